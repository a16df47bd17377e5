/** Tokens, good and bad in every way. */
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { createTokenVerifier, type TokenVerifier } from '../../../subgraphs/kernel/auth/index.js';

export const issuer = 'https://issuer.test';
export const audience = 'weft';

export interface TokenInput {
  readonly subject?: string;
  readonly scopes?: readonly string[];
  readonly claims?: Record<string, unknown>;
  readonly issuer?: string;
  readonly audience?: string;
  /** Seconds from now. */
  readonly expiresIn?: number;
  readonly kid?: string;
  readonly key?: CryptoKey;
}

export interface TokenMint {
  readonly verifyToken: TokenVerifier;
  readonly jwksFile: string;
  readonly strangersKey: CryptoKey;
  mint(input?: TokenInput): Promise<string>;
  /** A token for each way of being bad, by name. */
  badTokens(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export async function createMint(): Promise<TokenMint> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-tokens-'));
  const jwksFile = join(folder, 'jwks.json');
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const stranger = await generateKeyPair('ES256');
  await writeFile(jwksFile, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] }));

  const mint = (input: TokenInput = {}) =>
    new SignJWT({ scope: (input.scopes ?? []).join(' '), ...input.claims })
      .setProtectedHeader({ alg: 'ES256', kid: input.kid ?? 'k1' })
      .setSubject(input.subject ?? 'user-1')
      .setIssuer(input.issuer ?? issuer)
      .setAudience(input.audience ?? audience)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + (input.expiresIn ?? 600))
      .sign(input.key ?? privateKey);

  return {
    jwksFile,
    strangersKey: stranger.privateKey,
    verifyToken: createTokenVerifier({ jwksFile, issuer, audience, clockToleranceSeconds: 0 }),
    mint,
    async badTokens() {
      const good = await mint({ scopes: ['admin'] });
      const [header = '', payload = '', signature = ''] = good.split('.');
      const claims = { ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object) };
      const none = encode({ alg: 'none', kid: 'k1' });
      const hmac = encode({ alg: 'HS256', kid: 'k1' });
      const publicKeyText = await exportSPKI(publicKey);
      const forgedPayload = encode({ ...claims, scope: 'admin hr:read' });
      return {
        'with an altered payload': `${header}.${forgedPayload}.${signature}`,
        expired: await mint({ expiresIn: -60 }),
        'for another audience': await mint({ audience: 'someone-else' }),
        'of another issuer': await mint({ issuer: 'https://evil.test' }),
        'with alg none': `${none}.${payload}.`,
        'with alg none and the signature kept': `${none}.${payload}.${signature}`,
        'signed with HS256 by the public key': `${hmac}.${payload}.${createHmac('sha256', publicKeyText)
          .update(`${hmac}.${payload}`)
          .digest('base64url')}`,
        "signed by a stranger's key": await mint({ key: stranger.privateKey }),
        'of an unknown key id': await mint({ key: stranger.privateKey, kid: 'k2' }),
        'that is no token': 'abc',
        'without a subject': await mint({ subject: '' }),
      };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
