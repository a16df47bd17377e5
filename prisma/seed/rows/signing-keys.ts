/** The keys of the build pipeline, made from fixed seeds: signatures are genuine, and the same on every machine. */
import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';

interface SigningKey {
  readonly kid: string;
  /** First day in use. */
  readonly since: string;
  readonly privateKey: KeyObject;
}

/** Anybody can make these keys again: they sign nothing but the demo. */
function signingKey(kid: string, since: string): SigningKey {
  const seed = createHash('sha256').update(`weft demo signing key ${kid}`).digest();
  const key = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return { kid, since, privateKey: createPrivateKey({ key, format: 'der', type: 'pkcs8' }) };
}

/** Trusted ones, oldest first: the pipeline got a new key after its first year. */
export const signingKeys = [
  signingKey('meridian-ci-2025', '2024-11-25'),
  signingKey('meridian-ci-2026', '2026-01-07'),
] as const;

/** Of a supplier's machine, which nobody has registered. */
const foreignKey = signingKey('ci-runner-7', '2024-11-25');

export function keyOn(day: string, keyId?: string): SigningKey {
  if (keyId === foreignKey.kid) return foreignKey;
  const [first, ...rest] = signingKeys;
  return rest.findLast((key) => key.since <= day) ?? first;
}

export function publicJwkOf({ kid, privateKey }: SigningKey): Readonly<Record<string, unknown>> {
  return { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid, alg: 'EdDSA', use: 'sig' };
}

/** A compact JWS. */
export function signCompact({ kid, privateKey }: SigningKey, payload: unknown): string {
  const signed = `${encode({ alg: 'EdDSA', kid })}.${encode(payload)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}

/** The same signature over another payload: what an edited file looks like. */
export function replacePayload(jws: string, payload: unknown): string {
  const [header = '', , signature = ''] = jws.split('.');
  return `${header}.${encode(payload)}.${signature}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
