import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { checkPublicKey, type PublicKey } from '../../subgraphs/traceability/domain/index.js';

/** A private key with the public half that verifies what it signs. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: PublicKey;
}

/**
 * Reads a private key in PEM (PKCS #8, SEC 1 or PKCS #1). The key id is the RFC 7638 thumbprint of its public half unless
 * one is given.
 */
export async function readSigningKey(privateKeyPem: string, kid?: string): Promise<SigningKey> {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(privateKeyPem);
  } catch {
    throw new StartupError('The signing key is not an unencrypted private key in PEM.');
  }
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  const check = await checkPublicKey({
    ...jwk,
    ...(privateKey.asymmetricKeyType === 'rsa' && { alg: 'PS256' }),
    ...(kid !== undefined && { kid }),
  });
  if (check.key === null) throw new StartupError(`The signing key cannot be used: ${check.reason}`);
  return { privateKey, publicKey: check.key };
}

/** A new Ed25519 key: the same content gives the same signature, so signing again changes nothing. */
export async function createSigningKey(): Promise<SigningKey> {
  const { privateKey } = generateKeyPairSync('ed25519');
  return readSigningKey(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
}
