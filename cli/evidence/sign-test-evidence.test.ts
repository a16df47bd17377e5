import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  parseArtifactFile,
  verifySignature,
  type SignedEvidenceArtifact,
} from '../../subgraphs/traceability/domain/index.js';
import { createSigningKey, parseTestRun, readSigningKey, signTestEvidence } from './index.js';

const commitSha = '0123456789012345678901234567890123456789';
const specification = (gxpId: string, testFiles: string[]) => ({
  ...{ gxpId, title: 'A door', verificationTier: 'OQ' as const, testFiles },
});
const file = (name: string, ...statuses: string[]) => ({
  name: `/checkout/${name}`,
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status, at) => ({ fullName: `test ${at}`, status, duration: 1.6 })),
});
const run = parseTestRun(
  JSON.stringify({
    startTime: Date.parse('2026-03-01T12:00:00Z'),
    testResults: [
      file('a.test.ts', 'passed', 'passed', 'pending'),
      file('b.test.ts', 'passed', 'failed'),
      file('c.test.ts', 'pending'),
      { name: '/checkout/d.test.ts', status: 'failed', assertionResults: [] },
    ],
  }),
  '/checkout',
);

describe('signing a test run', () => {
  test('gives evidence that parses, verifies by the public key, and says what ran on which commit', async () => {
    const key = await createSigningKey();
    const specifications = [specification('SPEC-1', ['a.test.ts'])];
    const { files, refused } = await signTestEvidence({ run, specifications, commitSha, key });
    expect(refused).toEqual([]);
    const [signed] = files.map((each) => parseArtifactFile(each));
    expect(signed).toMatchObject({
      outcome: 'ARTIFACT',
      artifact: { gxpId: 'EV-SPEC-1', parentId: 'SPEC-1', verificationTier: 'OQ', path: '.gxp/evidence/EV-SPEC-1.jws' },
    });
    const { jws, jwsPayload } = signed?.artifact as SignedEvidenceArtifact;
    expect(jwsPayload).toMatchObject({
      system_state: `git:${commitSha}`,
      test_results: { passed: 2, failed: 0, skipped: 1, duration_ms: 6 },
    });
    expect(await verifySignature(jws, [key.publicKey], { now: new Date() })).toMatchObject({
      verified: true,
      algorithm: 'EdDSA',
      signedAt: new Date('2026-03-01T12:00:00Z'),
    });
    expect((await signTestEvidence({ run, specifications, commitSha, key })).files).toEqual(files);
  });

  test.each([
    ['a test that failed', ['a.test.ts', 'b.test.ts'], 'a test failed: b.test.ts: test 1'],
    ['tests that were all skipped', ['c.test.ts'], 'no test of c.test.ts ran'],
    ['a file that could not be run', ['d.test.ts'], 'a test failed: d.test.ts: (the file could not be run)'],
    ['a file that is not in the run', ['a.test.ts', 'e.test.ts'], 'no test of e.test.ts ran'],
    ['no test files', [], 'it names no test files'],
  ])('refuses a specification with %s', async (_, testFiles, reason) => {
    const specifications = [specification('SPEC-2', testFiles)];
    const signed = await signTestEvidence({ run, specifications, commitSha, key: await createSigningKey() });
    expect(signed).toEqual({ files: [], refused: [{ gxpId: 'SPEC-2', reason }] });
  });

  test('takes keys of every supported kind', async () => {
    const pairs = [
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ];
    for (const { privateKey } of pairs) {
      const key = await readSigningKey(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
      const specifications = [specification('SPEC-1', ['a.test.ts'])];
      const [signed] = (await signTestEvidence({ run, specifications, commitSha, key })).files;
      const verdict = await verifySignature(signed?.content ?? '', [key.publicKey], { now: new Date() });
      expect(verdict).toMatchObject({ verified: true, keyId: key.publicKey.kid });
    }
  });

  test('refuses what is no private key, and a report of something else', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
    await expect(readSigningKey(pem)).rejects.toThrow(/not an unencrypted private key/);
    await expect(readSigningKey('hello')).rejects.toThrow(/not an unencrypted private key/);
    expect(() => parseTestRun('{}', '/')).toThrow(/none that are read/);
    expect(() => parseTestRun('<xml/>', '/')).toThrow(/none that are read/);
  });
});
