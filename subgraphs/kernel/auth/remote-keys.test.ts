import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { createTokenVerifier, RemoteKeys } from './index.js';

const issuer = 'https://issuer.test';
const audience = 'weft';
const freshMilliseconds = 0;

interface Pair {
  readonly jwk: JWK;
  mint(): Promise<string>;
}

async function createPair(kid: string): Promise<Pair> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' },
    mint: () =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid })
        .setSubject('ada')
        .setIssuer(issuer)
        .setAudience(audience)
        .setExpirationTime('1h')
        .sign(privateKey),
  };
}

let first: Pair;
let second: Pair;
let server: Server;
let url: URL;
let asked: number;
/** What the issuer answers; null hangs up. */
let answer: { readonly status: number; readonly body: string } | null;

const keysOf = (...pairs: readonly Pair[]) => ({
  status: 200,
  body: JSON.stringify({ keys: pairs.map(({ jwk }) => jwk) }),
});

beforeAll(async () => {
  first = await createPair('first');
  second = await createPair('second');
  server = createServer((request, response) => {
    asked += 1;
    if (answer === null) return void request.socket.destroy();
    response.writeHead(answer.status, { location: '/elsewhere' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked = 0;
  answer = keysOf(first);
});

const verifierOf = (keys: RemoteKeys) => createTokenVerifier({ jwksUrl: keys, issuer, audience });
const untilFailed = async (keys: RemoteKeys): Promise<void> => {
  const { failures } = keys.state();
  while (keys.state().failures === failures) {
    await keys.ensure();
    await turn();
  }
};

test.each([
  ['hangs up', null],
  ['answers 500', { status: 500, body: '{"keys":[]}' }],
  ['sends elsewhere', { status: 302, body: '' }],
  ['answers a page', { status: 200, body: '<!doctype html>' }],
  ['answers other JSON', { status: 200, body: '{"error":"maintenance"}' }],
  ['answers no key at all', { status: 200, body: '{"keys":[]}' }],
  ['answers keys that verify nothing', { status: 200, body: '{"keys":[{"kty":"EC","crv":"P-256"}]}' }],
  ['shows a private key', { status: 200, body: '{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"c"}]}' }],
  ['answers without end', { status: 200, body: `{"keys":[${' '.repeat(1_100_000)}]}` }],
])('an issuer that %s leaves the last good keys in use, and says so', async (_name, nonsense) => {
  const keys = new RemoteKeys({ url, cooldownMilliseconds: 0, freshMilliseconds });
  const verify = verifierOf(keys);
  const token = await first.mint();
  expect(await verify(token)).toMatchObject({ subject: 'ada' });
  answer = nonsense;
  await untilFailed(keys);
  expect(await verify(token)).toMatchObject({ subject: 'ada' });
  expect(keys.state()).toMatchObject({ state: 'stale', ageSeconds: expect.any(Number) });

  answer = keysOf(first, second);
  while ((await keys.ensure()).state === 'stale') await turn();
  expect(await verify(await second.mint())).toMatchObject({ subject: 'ada' });
});

test('a key that the issuer has withdrawn verifies nothing once the set is old', async () => {
  const keys = new RemoteKeys({ url, cooldownMilliseconds: 0, freshMilliseconds });
  const verify = verifierOf(keys);
  await verify(await first.mint());
  answer = keysOf(second);
  await expect(verify(await first.mint())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a key id that nobody knows is looked for once in the cooldown, however many tokens name it', async () => {
  const keys = new RemoteKeys({ url, cooldownMilliseconds: 3_600_000 });
  const verify = verifierOf(keys);
  await verify(await first.mint());
  const unknown = await second.mint();
  for (let n = 0; n < 20; n++) await expect(verify(unknown)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(asked).toBe(1);
});

test('a new key is found by the first token that names it', async () => {
  const keys = new RemoteKeys({ url, cooldownMilliseconds: 0, freshMilliseconds: 3_600_000 });
  const verify = verifierOf(keys);
  await verify(await first.mint());
  answer = keysOf(first, second);
  const tokens = await Promise.all(Array.from({ length: 20 }, () => second.mint()));
  expect(await Promise.all(tokens.map((token) => verify(token)))).toHaveLength(20);
  expect(asked).toBe(2);
});

test('without any keys a token is neither good nor bad: the caller is told to come again', async () => {
  answer = null;
  const keys = new RemoteKeys({ url, cooldownMilliseconds: 0 });
  const verify = verifierOf(keys);
  await expect(verify(await first.mint())).rejects.toMatchObject({
    code: 'AUTHENTICATION_UNAVAILABLE',
    extensions: { retryAfterSeconds: 5 },
  });
  expect(keys.state()).toMatchObject({ state: 'missing', ageSeconds: null });
  answer = keysOf(first);
  expect(await verify(await first.mint())).toMatchObject({ subject: 'ada' });
});
