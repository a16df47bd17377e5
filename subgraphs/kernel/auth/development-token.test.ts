import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTokenVerifier, mintDevelopmentToken } from './index.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'weft-key-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const issuer = 'weft-development';
const audience = 'weft';

test('a development token is verified by the public keys that are written beside its key', async () => {
  const keyFile = join(folder, 'keys', 'token-key.json');
  const options = {
    subject: 'ada',
    scopes: ['a:read', 'b:write'],
    expiresIn: '2h',
    issuer,
    audience,
    keyFile,
    name: 'Ada',
  };
  const { token, jwksFile } = await mintDevelopmentToken(options);
  const identity = await createTokenVerifier({ jwksFile, issuer, audience })(token);
  expect(identity).toMatchObject({ subject: 'ada', name: 'Ada', scopes: new Set(['a:read', 'b:write']) });
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600);

  const again = await mintDevelopmentToken({ ...options, expiresIn: 60 });
  await expect(createTokenVerifier({ jwksFile, issuer, audience })(again.token)).resolves.toBeDefined();
});

test('two that start at once make one key between them', async () => {
  const keyFile = join(folder, 'raced.json');
  const mint = () => mintDevelopmentToken({ subject: 'a', scopes: [], expiresIn: 60, issuer, audience, keyFile });
  const tokens = await Promise.all(Array.from({ length: 5 }, mint));
  const verify = createTokenVerifier({ jwksFile: tokens[0]?.jwksFile, issuer, audience });
  for (const { token } of tokens) await expect(verify(token)).resolves.toBeDefined();
});

test('a key file that holds something else is not overwritten', async () => {
  const keyFile = join(folder, 'other.json');
  await writeFile(keyFile, '{"kty":"oct","k":"abc"}');
  await expect(
    mintDevelopmentToken({ subject: 'a', scopes: [], expiresIn: 60, issuer, audience, keyFile }),
  ).rejects.toThrow(/holds no development key/);
});

test.each([
  ['holds a symmetric key', '{"keys":[{"kty":"oct","k":"abc"}]}', /private or symmetric/],
  ['holds a private key', '{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"c"}]}', /private or symmetric/],
  ['is no key set', '{"a":1}', /not a JSON Web Key Set/],
  ['is no JSON', '{', /is not JSON/],
])('a JWKS file that %s stops the start', async (_name, content, message) => {
  const jwksFile = join(folder, 'bad.jwks.json');
  await writeFile(jwksFile, content);
  expect(() => createTokenVerifier({ jwksFile, issuer, audience })).toThrow(message);
  expect(() => createTokenVerifier({ jwksFile: join(folder, 'none.json'), issuer, audience })).toThrow(/can't be read/);
});
