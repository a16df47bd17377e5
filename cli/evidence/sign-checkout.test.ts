import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkPublicKey, verifySignature } from '../../subgraphs/traceability/domain/index.js';
import { signCheckout } from './index.js';

let base = '';
let folder = '';
let resultsFile = '';

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'weft-evidence-')));
  folder = join(base, 'work');
  resultsFile = join(base, 'results.json');
  mkdirSync(join(folder, '.gxp/evidence'), { recursive: true });
  for (const [id, testFile] of [
    ['SPEC-1', 'a.test.ts'],
    ['SPEC-2', 'b.test.ts'],
  ] as const) {
    const fields = `gxp_id: ${id}\ntitle: T\nverification_tier: OQ\ntest_files: [${testFile}]`;
    writeFileSync(join(folder, `.gxp/${id}.md`), `---\n${fields}\n---\n`);
  }
  writeFileSync(join(folder, '.gxp/evidence/EV-SPEC-2.jws'), 'from.an.older-run');
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
  const results = ['passed', 'failed'].map((status, at) => ({
    ...{ name: join(folder, `${'ab'.charAt(at)}.test.ts`), status },
    assertionResults: [{ fullName: 'holds', status, duration: 1 }],
  }));
  writeFileSync(resultsFile, JSON.stringify({ startTime: 0, testResults: results }));
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});
function git(...args: string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
  execFileSync('git', [...identity, '-C', folder, ...args], { stdio: 'pipe' });
}

test('a checkout gets evidence for what its tests prove, loses what they do not, and the keys to verify it', async () => {
  const { files, refused } = await signCheckout({ folder, resultsFile });
  expect(files.map((file) => file.path)).toEqual(['.gxp/evidence/EV-SPEC-1.jws']);
  expect(refused).toEqual([{ gxpId: 'SPEC-2', reason: 'a test failed: b.test.ts: holds' }]);
  expect(existsSync(join(folder, '.gxp/evidence/EV-SPEC-2.jws'))).toBe(false);
  const keySet = JSON.parse(readFileSync(join(folder, '.gxp/keys/test.jwks.json'), 'utf8')) as { keys: object[] };
  expect(keySet.keys).toEqual([expect.not.objectContaining({ d: expect.anything() })]);
  const { key } = await checkPublicKey(keySet.keys[0]);
  const jws = readFileSync(join(folder, '.gxp/evidence/EV-SPEC-1.jws'), 'utf8');
  const verdict = await verifySignature(jws, key === null ? [] : [key], { now: new Date() });
  expect(verdict).toMatchObject({ verified: true, code: 'VERIFIED' });
});

test('a key of the signer’s own is taken', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const keyFile = join(base, 'key.pem');
  writeFileSync(keyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  await signCheckout({ folder, resultsFile, keyFile, keySetPath: 'keys.json' });
  const keySet = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')) as { keys: object[] };
  expect(keySet.keys).toEqual([expect.objectContaining(publicKey.export({ format: 'jwk' }))]);
});

test('a checkout with changes is not signed for', async () => {
  writeFileSync(join(folder, 'a.test.ts'), 'changed');
  await expect(signCheckout({ folder, resultsFile })).rejects.toThrow(/changes that are not committed/);
  expect(existsSync(join(folder, '.gxp/keys'))).toBe(false);
});
