/** The public keys of a JWKS file. */
import { readFileSync, statSync, type Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createLocalJWKSet, type FlattenedJWSInput, type JWSHeaderParameters, type JWTVerifyGetKey } from 'jose';
import { StartupError } from '../errors/index.js';
import { parsePublicKeys } from './public-keys.js';

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
