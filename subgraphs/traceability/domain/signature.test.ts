import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CompactSign, FlattenedSign, GeneralSign } from 'jose';
import { checkPublicKey, verifySignature, type PublicKey } from './index.js';

const now = new Date('2026-03-01T12:00:00Z');
const claims = { gxp_id: 'EV-SPEC-001-001', spec_id: 'SPEC-001-001', timestamp: '2026-02-28T09:30:00Z' };
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const pairs = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: generateKeyPairSync('ed25519'),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function jwkOf(key: KeyObject, kid: string, alg?: string): Record<string, unknown> {
  return { ...createPublicKey(key).export({ format: 'jwk' }), kid, ...(alg !== undefined && { alg }) };
}
async function trusted(jwk: unknown): Promise<PublicKey> {
  const check = await checkPublicKey(jwk);
  if (check.key === null) throw new Error(check.reason);
  return check.key;
}
function sign(alg: string, key: KeyObject, payload: unknown = claims, header: object = { kid: alg }): Promise<string> {
  return new CompactSign(encode(payload)).setProtectedHeader({ alg, ...header }).sign(key);
}

let keys: PublicKey[] = [];
beforeAll(async () => {
  keys = [];
  for (const [alg, pair] of Object.entries(pairs)) keys.push(await trusted(jwkOf(pair.privateKey, alg, alg)));
  keys.push(await trusted(jwkOf(pairs.RS256.privateKey, 'PS256', 'PS256')));
});
const verdictOf = (jws: string, options: Partial<{ now: Date; maxBytes: number }> = {}) =>
  verifySignature(jws, keys, { now, ...options });

describe('genuine evidence', () => {
  test.each([
    ['ES256', pairs.ES256],
    ['ES384', pairs.ES384],
    ['ES512', pairs.ES512],
    ['EdDSA', pairs.EdDSA],
    ['RS256', pairs.RS256],
    ['PS256', pairs.RS256],
  ])('a compact %s signature verifies and tells its key, time and payload', async (alg, pair) => {
    expect(await verdictOf(await sign(alg, pair.privateKey))).toEqual({
      verified: true,
      code: 'VERIFIED',
      reason: expect.stringContaining(alg),
      signerCount: 1,
      keyId: alg,
      algorithm: alg,
      signedAt: new Date(claims.timestamp),
      expiresAt: null,
      payload: claims,
    });
  });

  test('a flattened JSON JWS verifies', async () => {
    const signer = new FlattenedSign(encode(claims)).setProtectedHeader({ alg: 'ES256', kid: 'ES256' });
    expect(await verdictOf(JSON.stringify(await signer.sign(pairs.ES256.privateKey)))).toMatchObject({
      verified: true,
    });
  });

  test('a general JSON JWS verifies when each of its signatures does', async () => {
    const signer = new GeneralSign(encode(claims));
    signer.addSignature(pairs.ES256.privateKey).setProtectedHeader({ alg: 'ES256', kid: 'ES256' });
    signer.addSignature(pairs.EdDSA.privateKey).setProtectedHeader({ alg: 'EdDSA', kid: 'EdDSA' });
    expect(await verdictOf(JSON.stringify(await signer.sign()))).toMatchObject({ verified: true, code: 'VERIFIED' });
  });

  test('a signature without a key id is tried with every trusted key that fits', async () => {
    const jws = await sign('ES256', pairs.ES256.privateKey, claims, {});
    expect(await verdictOf(jws)).toMatchObject({ verified: true, keyId: 'ES256' });
  });

  test('Ed25519 and EdDSA name the same algorithm', async () => {
    const jws = await sign('Ed25519', pairs.EdDSA.privateKey, claims, { kid: 'EdDSA' });
    expect(await verdictOf(jws)).toMatchObject({ verified: true, algorithm: 'Ed25519' });
  });

  test('the exact moment of expiry is still within the clock tolerance', async () => {
    const exp = now.getTime() / 1000;
    const jws = await sign('ES256', pairs.ES256.privateKey, { ...claims, exp });
    expect(await verdictOf(jws)).toMatchObject({ verified: true, expiresAt: now });
  });
});

describe('evidence that nobody can judge', () => {
  test('a key id that is not trusted leaves the verdict open', async () => {
    const jws = await sign('ES256', stranger.privateKey, claims, { kid: 'somebody' });
    expect(await verdictOf(jws)).toMatchObject({ verified: null, code: 'UNKNOWN_KEY', keyId: 'somebody' });
  });

  test('without a key id and without trusted keys the verdict is open', async () => {
    const jws = await sign('ES256', pairs.ES256.privateKey, claims, {});
    expect(await verifySignature(jws, [], { now })).toMatchObject({ verified: null, code: 'UNKNOWN_KEY' });
  });

  test('one signature of an unknown key leaves a JWS with a genuine one open', async () => {
    const signer = new GeneralSign(encode(claims));
    signer.addSignature(pairs.ES256.privateKey).setProtectedHeader({ alg: 'ES256', kid: 'ES256' });
    signer.addSignature(stranger.privateKey).setProtectedHeader({ alg: 'ES256', kid: 'somebody' });
    expect(await verdictOf(JSON.stringify(await signer.sign()))).toMatchObject({ verified: null, keyId: 'somebody' });
  });
});

describe('refuted evidence', () => {
  test('an altered payload is refuted', async () => {
    const [header, , signature] = (await sign('ES256', pairs.ES256.privateKey)).split('.');
    const forged = `${header}.${part({ ...claims, spec_id: 'SPEC-999' })}.${signature}`;
    expect(await verdictOf(forged)).toMatchObject({ verified: false, code: 'SIGNATURE_INVALID' });
  });

  test('a signature by another key under a trusted key id is refuted', async () => {
    const jws = await sign('ES256', stranger.privateKey, claims, { kid: 'ES256' });
    expect(await verdictOf(jws)).toMatchObject({ verified: false, code: 'SIGNATURE_INVALID', keyId: 'ES256' });
  });

  test.each(['none', 'None', 'NONE', ''])('algorithm "%s" is refused', async (alg) => {
    const jws = `${part({ alg, kid: 'ES256' })}.${part(claims)}.`;
    expect(await verdictOf(jws)).toMatchObject({ verified: false, code: 'ALGORITHM_REFUSED' });
  });

  test('an HMAC made from the trusted public key is refused, in each spelling of the key', async () => {
    const publicKey = createPublicKey(pairs.RS256.privateKey);
    const secrets = [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
    ];
    for (const secret of secrets) {
      const input = `${part({ alg: 'HS256', kid: 'RS256' })}.${part(claims)}`;
      const jws = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
      expect(await verdictOf(jws)).toMatchObject({ verified: false, code: 'ALGORITHM_REFUSED', algorithm: 'HS256' });
    }
  });

  test('a key that the JWS brings along counts for nothing', async () => {
    const header = { alg: 'ES256', kid: 'ES256', jwk: createPublicKey(stranger.privateKey).export({ format: 'jwk' }) };
    const jws = await sign('ES256', stranger.privateKey, claims, header);
    expect(await verdictOf(jws)).toMatchObject({ verified: false, code: 'SIGNATURE_INVALID' });
  });

  test('an algorithm other than the trusted key’s is refused', async () => {
    const jws = await sign('PS256', pairs.RS256.privateKey, claims, { kid: 'RS256' });
    expect(await verdictOf(jws)).toMatchObject({ verified: false, code: 'KEY_MISMATCH' });
  });

  test('an algorithm named only in the unprotected header is refused', async () => {
    const [, payload, signature] = (await sign('ES256', pairs.ES256.privateKey)).split('.');
    const header = { alg: 'ES256', kid: 'ES256' };
    const jws = JSON.stringify({ payload, protected: part({ typ: 'JWT' }), header, signature });
    expect(await verdictOf(jws)).toMatchObject({ verified: false, code: 'ALGORITHM_REFUSED' });
  });

  test('expired evidence is refuted and says when it expired', async () => {
    const jws = await sign('ES256', pairs.ES256.privateKey, { ...claims, exp: now.getTime() / 1000 - 3600 });
    expect(await verdictOf(jws)).toMatchObject({
      verified: false,
      code: 'EXPIRED',
      reason: expect.stringContaining('2026-03-01T11:00:00'),
    });
  });

  test('evidence from the future is refuted', async () => {
    const jws = await sign('ES256', pairs.ES256.privateKey, { ...claims, nbf: now.getTime() / 1000 + 3600 });
    expect(await verdictOf(jws)).toMatchObject({ verified: false, code: 'NOT_YET_VALID' });
  });

  test('an expiry that is no number cannot be outlived', async () => {
    const jws = await sign('ES256', pairs.ES256.privateKey, { ...claims, exp: 'never' });
    expect(await verdictOf(jws)).toMatchObject({ verified: false, code: 'MALFORMED' });
  });

  test.each(['first', 'last'])('two signatures of which the %s is bad are refuted', async (place) => {
    const signer = new GeneralSign(encode(claims));
    const bad = () => signer.addSignature(stranger.privateKey).setProtectedHeader({ alg: 'ES256', kid: 'ES256' });
    const good = () => signer.addSignature(pairs.EdDSA.privateKey).setProtectedHeader({ alg: 'EdDSA', kid: 'EdDSA' });
    for (const add of place === 'first' ? [bad, good] : [good, bad]) add();
    expect(await verdictOf(JSON.stringify(await signer.sign()))).toMatchObject({
      verified: false,
      code: 'SIGNATURE_INVALID',
    });
  });

  test.each([
    ['an unencoded payload', { b64: false, crit: ['b64'] }],
    ['an unknown critical extension', { crit: ['exp'], exp: 1 }],
  ])('%s is refused', async (_, extra) => {
    const input = `${part({ alg: 'ES256', kid: 'ES256', ...extra })}.${part(claims)}`;
    expect(await verdictOf(`${input}.AAAA`)).toMatchObject({ verified: false, code: 'UNSUPPORTED_EXTENSION' });
  });

  test.each([
    ['', 'MALFORMED'],
    ['a.b', 'MALFORMED'],
    ['a.b.c.d.e', 'MALFORMED'],
    ['{"payload":"e30","signatures":[]}', 'MALFORMED'],
    ['{"payload":"e30","signature":"AA"}', 'MALFORMED'],
    [`${part({ alg: 'ES256', kid: 'a\u0000b' })}.${part(claims)}.AA`, 'MALFORMED'],
    [`${part({ alg: 'ES256', kid: 'ES256' })}..AAAA`, 'MALFORMED'],
    [`${part({ alg: 'ES256', kid: 'ES256' })}.${part(claims)}.A`, 'MALFORMED'],
    [`${part({ alg: 'ES256', kid: 'ES256' })}.${part(claims)}.`, 'SIGNATURE_INVALID'],
  ])('the malformed JWS %j is refuted as %s', async (jws, code) => {
    expect(await verdictOf(jws)).toMatchObject({ verified: false, code });
  });

  test('a JWS over the size cap is refuted unread', async () => {
    const jws = await sign('ES256', pairs.ES256.privateKey);
    expect(await verdictOf(jws, { maxBytes: 100 })).toMatchObject({
      verified: false,
      code: 'TOO_LARGE',
      payload: null,
    });
  });

  test('no input makes it throw or verify', async () => {
    const header = fc.record(
      { alg: fc.constantFrom('ES256', 'none', 'HS256', 'RS256', 7), kid: fc.constantFrom('ES256', 'x', null, {}) },
      { requiredKeys: [] },
    );
    const compact = fc
      .tuple(fc.oneof(header, fc.jsonValue()), fc.jsonValue(), fc.base64String())
      .map(([head, payload, signature]) => `${part(head)}.${part(payload)}.${signature}`);
    const json = fc
      .tuple(fc.jsonValue(), fc.jsonValue(), fc.jsonValue())
      .map(([payload, signatures, header]) => JSON.stringify({ payload, signatures, header }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), compact, json), async (jws) => {
        expect((await verdictOf(jws)).verified).not.toBe(true);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('keys that may be trusted', () => {
  const publicJwk = jwkOf(pairs.ES256.privateKey, 'k1');
  const rsaJwk = jwkOf(pairs.RS256.privateKey, 'r1', 'RS256');

  test('a curve says its algorithm, and a missing key id becomes the thumbprint', async () => {
    const { key } = await checkPublicKey({ ...publicJwk, kid: undefined });
    expect(key).toMatchObject({ algorithm: 'ES256', kid: expect.stringMatching(/^[\w-]{43}$/) });
  });

  test('only public material is kept', async () => {
    const { key } = await checkPublicKey({ ...publicJwk, x5u: 'https://example.org', comment: 'hello' });
    expect(Object.keys(key?.jwk ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y']);
  });

  test.each([
    ['a private EC key', pairs.ES256.privateKey.export({ format: 'jwk' }), /private key \(it has "d"\)/],
    ['a private RSA key', { ...pairs.RS256.privateKey.export({ format: 'jwk' }), alg: 'RS256' }, /private key/],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' }, /symmetric/],
    ['an HMAC on an RSA key', { ...rsaJwk, alg: 'HS256' }, /"alg" must be one of/],
    ['an RSA key that does not say its algorithm', { ...rsaJwk, alg: undefined }, /"alg" must be one of/],
    ['an RSA algorithm on an EC key', { ...publicJwk, alg: 'RS256' }, /fit the key's type/],
    ['the algorithm of another curve', { ...publicJwk, alg: 'ES384' }, /fit the key's type/],
    ['a key for encryption', { ...publicJwk, use: 'enc' }, /"use" must be "sig"/],
    ['a key for signing', { ...publicJwk, key_ops: ['sign'] }, /"key_ops" must include "verify"/],
    ['a point that is not on the curve', { ...publicJwk, y: publicJwk.x }, /no valid "EC" key/],
    ['a short RSA key', { ...rsaJwk, n: String(rsaJwk.n).slice(0, 171) }, /out of bounds/],
    ['a key without its coordinates', { kty: 'EC', crv: 'P-256' }, /lacks a part/],
    ['a key id with a line break', { ...publicJwk, kid: 'a\nb' }, /"kid" must be/],
    ['no object', [publicJwk], /is an object/],
  ])('%s is refused with the reason', async (_, jwk, reason) => {
    expect(await checkPublicKey(jwk)).toEqual({ key: null, reason: expect.stringMatching(reason) });
  });
});
