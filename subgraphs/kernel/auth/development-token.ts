/** Makes tokens for development: a local key, its public half as a JWKS file for `WEFT_JWKS_FILE`, and tokens signed with it. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import { StartupError } from '../errors/index.js';

export interface DevelopmentTokenOptions {
  readonly subject: string;
  readonly scopes: readonly string[];
  /** Seconds, or jose's spelling of a time span: `2h`, `7 days`. */
  readonly expiresIn: number | string;
  readonly issuer: string;
  readonly audience: string;
  /** The private key as a JWK, made with mode 0600 when missing. Its public half is written beside it, see {@link publicKeysFile}. */
  readonly keyFile: string;
  readonly name?: string;
}

export interface DevelopmentToken {
  readonly token: string;
  /** The JWKS file that verifies it. */
  readonly jwksFile: string;
}

export async function mintDevelopmentToken(options: DevelopmentTokenOptions): Promise<DevelopmentToken> {
  const privateKey = await readOrCreateKey(options.keyFile);
  const jwksFile = await writePublicKeys(options.keyFile, privateKey);
  const token = await new SignJWT({
    scope: options.scopes.join(' '),
    ...(options.name === undefined ? {} : { name: options.name }),
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: privateKey.kid as string })
    .setSubject(options.subject)
    .setIssuer(options.issuer)
    .setAudience(options.audience)
    .setIssuedAt()
    .setExpirationTime(
      typeof options.expiresIn === 'number' ? Math.floor(Date.now() / 1000) + options.expiresIn : options.expiresIn,
    )
    .sign(await importJWK(privateKey, 'ES256'));
  return { token, jwksFile };
}

/** `.weft/token-key.json` → `.weft/token-key.jwks.json`. */
export function publicKeysFile(keyFile: string): string {
  return keyFile.replace(/(\.json)?$/, '.jwks.json');
}

async function readOrCreateKey(keyFile: string): Promise<JWK> {
  const existing = await readFile(keyFile, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StartupError(`The key file ${keyFile} can't be read.`, { cause: error });
  });
  if (existing !== null) return parsePrivateKey(existing, keyFile);
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const key: JWK = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256', use: 'sig' };
  await mkdir(dirname(keyFile), { recursive: true });
  const draft = await writeDraft(keyFile, JSON.stringify(key));
  try {
    // A link appears whole or not at all: of two that start at once one makes the key, and the other reads it.
    await link(draft, keyFile);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return parsePrivateKey(await readFile(keyFile, 'utf8'), keyFile);
  } finally {
    await unlink(draft);
  }
}

async function writeDraft(file: string, text: string): Promise<string> {
  const draft = `${file}.${randomUUID()}.tmp`;
  await writeFile(draft, text, { mode: 0o600 });
  return draft;
}

function parsePrivateKey(text: string, keyFile: string): JWK {
  let key: JWK | null = null;
  try {
    key = JSON.parse(text) as JWK | null;
  } catch {
    // Reported below, as any other content that is not the key.
  }
  if (
    key === null ||
    key.kty !== 'EC' ||
    key.crv !== 'P-256' ||
    typeof key.d !== 'string' ||
    typeof key.kid !== 'string'
  ) {
    throw new StartupError(`The key file ${keyFile} holds no development key. Remove it, and a new one is made.`);
  }
  return key;
}

async function writePublicKeys(keyFile: string, privateKey: JWK): Promise<string> {
  const file = publicKeysFile(keyFile);
  const { kty, crv, x, y, kid } = privateKey;
  const text = `${JSON.stringify({ keys: [{ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }] }, null, 2)}\n`;
  if ((await readFile(file, 'utf8').catch(() => null)) === text) return file;
  await rename(await writeDraft(file, text), file);
  return file;
}
