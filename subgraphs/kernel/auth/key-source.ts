/** Where the public keys that verify tokens come from: a JWKS URL, or a JWKS file. */
import { readFileSync, statSync, type Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
  type JWTVerifyGetKey,
} from 'jose';
import { StartupError } from '../errors/index.js';

/** Keys fetched from a URL are fetched anew after this, so that a withdrawn key stops working. */
const cacheMilliseconds = 10 * 60_000;
const fetchTimeoutMilliseconds = 5_000;

/** Keys of a URL: cached, fetched anew when a token names a key id that is not there (rotation), at most once in the cooldown. */
export function keysOfUrl(url: URL, cooldownMilliseconds: number): JWTVerifyGetKey {
  return createRemoteJWKSet(url, {
    cooldownDuration: cooldownMilliseconds,
    cacheMaxAge: cacheMilliseconds,
    timeoutDuration: fetchTimeoutMilliseconds,
  });
}

/**
 * Keys of a file, read again when the file has changed. Throws StartupError when they can't be had now; a file that turns
 * bad later keeps the last good keys in use.
 */
export function keysOfFile(path: string, cooldownMilliseconds: number): JWTVerifyGetKey {
  let keys = createLocalJWKSet(parsePublicKeys(readNow(path), nameOf(path)));
  let version = versionOf(statSync(path));
  let checkedAt = Date.now();

  async function refresh(): Promise<void> {
    checkedAt = Date.now();
    const current = versionOf(await stat(path));
    if (current === version) return;
    keys = createLocalJWKSet(parsePublicKeys(await readFile(path, 'utf8'), nameOf(path)));
    version = current;
  }

  async function key(header?: JWSHeaderParameters, token?: FlattenedJWSInput) {
    if (Date.now() - checkedAt >= cooldownMilliseconds) await refresh().catch(() => undefined);
    return keys(header, token);
  }
  return key;
}

function versionOf({ mtimeMs, size, ino }: Stats): string {
  return `${mtimeMs}:${size}:${ino}`;
}

function readNow(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartupError(`${nameOf(path)} can't be read.`, { cause: error });
  }
}

function nameOf(path: string): string {
  return `The JWKS file ${path}`;
}

/**
 * Throws StartupError when the text is not a set of public keys: a private or symmetric key there is a mistake worth
 * stopping for. `source` is who said it, as the subject of a sentence.
 */
export function parsePublicKeys(text: string, source: string): JSONWebKeySet {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new StartupError(`${source} is not JSON.`, { cause: error });
  }
  if (!isKeySet(parsed)) throw new StartupError(`${source} is not a JSON Web Key Set: expected {"keys": [...]}.`);
  for (const key of parsed.keys) {
    if (key.kty === 'oct' || key.d !== undefined) {
      throw new StartupError(`${source} holds a private or symmetric key; only public keys belong there.`);
    }
  }
  return parsed;
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return (
    typeof value === 'object' &&
    value !== null &&
    'keys' in value &&
    Array.isArray(value.keys) &&
    value.keys.every(
      (key) => typeof key === 'object' && key !== null && typeof (key as { kty?: unknown }).kty === 'string',
    )
  );
}
