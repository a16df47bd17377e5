import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ScanFileInput } from '../index.js';
import { createSigner, requirement, spec, story, type Signer } from '../../../tests/federation/traceability/files.js';
import { ingest, openSubgraph, type TestSubgraph } from '../../../tests/federation/traceability/subgraph.js';

let subgraph: TestSubgraph;
let repository: string;
let count = 0;
beforeAll(async () => {
  subgraph = await openSubgraph();
});
afterAll(() => subgraph.close());
beforeEach(() => {
  repository = `acme/evidence-${(count += 1)}`;
});

const trace = [requirement('REQ-1'), story('US-1', 'REQ-1'), spec('SPEC-1', 'US-1')];
const evidenceQuery = `query ($name: String!) { repository(fullName: $name) { evidence { nodes {
  gxpId signatureVerified verificationReason verifiedAt algorithm keyId payload isCovered
  verifySignature { verified code reason algorithm keyId } } } requirements { nodes { isCovered } } } }`;
const read = async () => (await subgraph.get(evidenceQuery, { name: repository })).repository;
const scan = (files: readonly ScanFileInput[], commit = 'a') =>
  ingest(subgraph, { repository, files, commitSha: commit.repeat(40) });
const addMutation = `mutation ($input: TrustedKeyAddInput!) { trustedKeyAdd(input: $input) {
  trustedKey { id keyId algorithm isActive addedBy revokedAt jwk } reverifiedCount userErrors { code field message } } }`;
const add = async (jwk: object, more: object = {}) =>
  (await subgraph.get(addMutation, { input: { repositoryId: `Repository:${repository}`, jwk, ...more } }))
    .trustedKeyAdd;
const revokeMutation = `mutation ($id: ID!) { trustedKeyRevoke(input: { trustedKeyId: $id }) {
  trustedKey { isActive revokedAt } reverifiedCount userErrors { code field } } }`;
const revoke = async (id: string) => (await subgraph.get(revokeMutation, { id })).trustedKeyRevoke;

describe('evidence', () => {
  test.each(['ES256', 'EdDSA', 'RS256'])(
    'signed with %s by a trusted key is verified when it is scanned',
    async (algorithm) => {
      const signer = await createSigner('k', algorithm);
      await scan(trace);
      await add(signer.publicJwk);
      await scan([...trace, await signer.evidence('EV-1', 'SPEC-1')], 'b');
      const { evidence, requirements } = await read();
      expect(evidence.nodes).toMatchObject([
        { signatureVerified: true, keyId: 'k', algorithm, isCovered: true, payload: { result: 'passed' } },
      ]);
      expect(requirements.nodes).toEqual([{ isCovered: true }]);
    },
  );

  test('can’t be judged before its key is trusted, is verified when it is, and open again when the key is revoked', async () => {
    const signer = await createSigner('later');
    await scan([...trace, await signer.evidence('EV-1', 'SPEC-1')]);
    const unknown = {
      signatureVerified: null,
      verificationReason: expect.stringContaining('no trusted key'),
      isCovered: false,
    };
    expect((await read()).evidence.nodes).toMatchObject([
      { ...unknown, verifySignature: { verified: null, code: 'UNKNOWN_KEY' } },
    ]);
    const { trustedKey, reverifiedCount } = await add(signer.publicJwk);
    expect(reverifiedCount).toBe(1);
    const verified = await read();
    expect(verified.evidence.nodes).toMatchObject([
      { signatureVerified: true, verifySignature: { verified: true, code: 'VERIFIED' } },
    ]);
    expect(verified.requirements.nodes).toEqual([{ isCovered: true }]);
    expect(await revoke(trustedKey.id)).toMatchObject({
      reverifiedCount: 1,
      trustedKey: { isActive: false, revokedAt: expect.any(String) },
    });
    const open = await read();
    expect(open.evidence.nodes).toMatchObject([unknown]);
    expect(open.requirements.nodes).toEqual([{ isCovered: false }]);
  });

  test('is refuted when its payload was altered, when another key signed it, without algorithm, and with the key as a password', async () => {
    const [signer, other] = [await createSigner('k'), await createSigner('k')];
    await scan(trace);
    await add(signer.publicJwk);
    const sound = String((await signer.evidence('EV-1', 'SPEC-1')).content);
    const [header = '', payload = '', signature = ''] = sound.split('.');
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = (gxpId: string) => encode({ gxp_id: gxpId, parent_id: 'SPEC-1', result: 'failed' });
    const file = (name: string, content: string): ScanFileInput => ({ path: `.gxp/evidence/${name}.jws`, content });
    await scan(
      [
        ...trace,
        file('altered', `${header}.${claims('EV-ALTERED')}.${signature}`),
        await other.evidence('EV-OTHER', 'SPEC-1'),
        file('none', `${encode({ alg: 'none' })}.${claims('EV-NONE')}.${signature}`),
        file('hmac', `${encode({ alg: 'HS256', kid: 'k' })}.${claims('EV-HMAC')}.${signature}`),
        file('sound', `${header}.${payload}.${signature}`),
      ],
      'b',
    );
    const { evidence } = await read();
    const found = evidence.nodes.map(
      (node: { gxpId: string; signatureVerified: boolean; verifySignature: { code: string } }) =>
        [node.gxpId, node.signatureVerified, node.verifySignature.code].join(' '),
    );
    expect(found).toEqual([
      'EV-1 true VERIFIED',
      'EV-ALTERED false SIGNATURE_INVALID',
      'EV-HMAC false ALGORITHM_REFUSED',
      'EV-NONE false ALGORITHM_REFUSED',
      'EV-OTHER false SIGNATURE_INVALID',
    ]);
  });

  test('of one refuted signature leaves its specification uncovered, whatever else is verified', async () => {
    const [signer, forger] = [await createSigner('k'), await createSigner('k')];
    await scan(trace);
    await add(signer.publicJwk);
    await scan([...trace, await signer.evidence('EV-1', 'SPEC-1'), await forger.evidence('EV-2', 'SPEC-1')], 'b');
    const query = `query ($name: String!) { repository(fullName: $name) { specifications { nodes { isCovered } }
      coverage { specifications { covered deeplyCovered } evidence { deeplyCovered } } } }`;
    expect((await subgraph.get(query, { name: repository })).repository).toEqual({
      specifications: { nodes: [{ isCovered: false }] },
      coverage: { specifications: { covered: 1, deeplyCovered: 0 }, evidence: { deeplyCovered: 1 } },
    });
  });
});

describe('the result of evidence', () => {
  const query = `query ($name: String!) { repository(fullName: $name) {
    evidence { nodes { gxpId result resultReason isCovered } }
    requirements { nodes { isCovered } } specifications { nodes { isCovered } }
    coverage { specifications { deeplyCovered } evidence { deeplyCovered } }
    gaps(filter: { artifactKind: { eq: SIGNED_EVIDENCE } }) { nodes { kind gxpId reason } } } }`;
  const judged = async () => (await subgraph.get(query, { name: repository })).repository;

  test.each([
    ['PASS', { validation_result: 'PASS' }, true, []],
    ['FAIL', { test_results: { passed: 3, failed: 1 } }, false, ['FAILED']],
    ['PENDING', { validation_result: 'PENDING' }, false, ['INCONCLUSIVE']],
    ['UNKNOWN', {}, false, ['INCONCLUSIVE']],
  ])('%s under a good signature covers or not, in every place alike', async (result, claims, isCovered, kinds) => {
    const signer = await createSigner('k');
    await scan(trace);
    await add(signer.publicJwk);
    await scan([...trace, await signer.evidence('EV-1', 'SPEC-1', { result: undefined, ...claims })], 'b');
    const { evidence, requirements, specifications, coverage, gaps } = await judged();
    expect(evidence.nodes).toEqual([{ gxpId: 'EV-1', result, resultReason: expect.any(String), isCovered }]);
    expect([requirements.nodes, specifications.nodes]).toEqual([[{ isCovered }], [{ isCovered }]]);
    const deeplyCovered = isCovered ? 1 : 0;
    expect(coverage).toEqual({ specifications: { deeplyCovered }, evidence: { deeplyCovered } });
    expect(gaps.nodes.map(({ kind }: { kind: string }) => kind)).toEqual(kinds);
  });

  test('FAIL refutes a specification that other evidence proves, and says why', async () => {
    const signer = await createSigner('k');
    await scan(trace);
    await add(signer.publicJwk);
    const files = [
      await signer.evidence('EV-1', 'SPEC-1'),
      await signer.evidence('EV-2', 'SPEC-1', { result: undefined, validation_result: 'FAIL' }),
    ];
    await scan([...trace, ...files], 'b');
    const { specifications, gaps } = await judged();
    expect(specifications.nodes).toEqual([{ isCovered: false }]);
    expect(gaps.nodes).toEqual([{ kind: 'FAILED', gxpId: 'EV-2', reason: 'validation_result is "FAIL".' }]);
  });

  test('is read by the next scan where it was stored before results were', async () => {
    const signer = await createSigner('k');
    await scan(trace);
    await add(signer.publicJwk);
    const files = [...trace, await signer.evidence('EV-1', 'SPEC-1')];
    await scan(files, 'b');
    await subgraph.database.query('update traceability.evidence set result = null, result_reason = null');
    await scan(files, 'b');
    expect((await judged()).evidence.nodes).toMatchObject([{ gxpId: 'EV-1', result: 'PASS', isCovered: true }]);
  });
});

describe('an evidence package', () => {
  const folder = '.gxp/evidence/packages/OQ-SPEC-1';
  const digest = (content: string) => createHash('sha256').update(content).digest('hex');
  const tests = '{"passed":2,"failed":0}';
  const log = 'two passed';
  const packaged = async (signer: Signer): Promise<ScanFileInput[]> => {
    const files = [
      { path: 'test-results.json', sha256: digest(tests), size_bytes: tests.length },
      { path: 'test-output.log', sha256: digest(log), size_bytes: log.length },
    ];
    const manifest = { package_id: 'PKG-1', spec_id: 'SPEC-1', tier: 'OQ', files };
    const { content = '' } = await signer.evidence('PKG-1', 'SPEC-1', {
      gxp_id: undefined,
      parent_id: undefined,
      result: undefined,
      ...manifest,
    });
    return [
      { path: `${folder}/manifest.json`, content: JSON.stringify(manifest) },
      { path: `${folder}/signature.jws`, content },
      { path: `${folder}/test-results.json`, content: tests },
      { path: `${folder}/test-output.log`, sha256: digest(log), sizeBytes: log.length },
    ];
  };
  const query = `query ($name: String!) { repository(fullName: $name) { requirements { nodes { isCovered } }
    evidence { nodes { gxpId signatureVerified verificationReason packageFault result verifySignature { verified code }
      files { totalCount nodes { path sha256 sizeBytes evidence { gxpId } } } } } } }`;
  const stored = async () => (await subgraph.get(query, { name: repository })).repository;

  test('covers its specification, and its files are known by their hashes', async () => {
    const signer = await createSigner('k');
    await scan(trace);
    await add(signer.publicJwk);
    await scan([...trace, ...(await packaged(signer))], 'b');
    const { requirements, evidence } = await stored();
    expect(requirements.nodes).toEqual([{ isCovered: true }]);
    expect(evidence.nodes).toMatchObject([
      {
        gxpId: 'PKG-1',
        signatureVerified: true,
        packageFault: null,
        result: 'PASS',
        verifySignature: { code: 'VERIFIED' },
      },
    ]);
    expect(evidence.nodes[0].files).toEqual({
      totalCount: 2,
      nodes: [
        { path: 'test-output.log', sha256: digest(log), sizeBytes: log.length, evidence: { gxpId: 'PKG-1' } },
        { path: 'test-results.json', sha256: digest(tests), sizeBytes: tests.length, evidence: { gxpId: 'PKG-1' } },
      ],
    });
  });

  test('that was changed is refuted at once, whatever key is trusted before or after, and a mended one covers', async () => {
    const signer = await createSigner('k');
    const sound = await packaged(signer);
    const altered = sound.map((file) =>
      file.path.endsWith('.log') ? { ...file, sha256: digest('three passed') } : file,
    );
    await scan([...trace, ...altered]);
    const fault = '"test-output.log" was changed after it was signed: its hash is another.';
    const refuted = { signatureVerified: false, verificationReason: fault, packageFault: fault };
    expect((await stored()).evidence.nodes).toMatchObject([
      { ...refuted, verifySignature: { verified: false, code: 'PACKAGE_ALTERED' } },
    ]);
    await add(signer.publicJwk);
    const after = await stored();
    expect(after.evidence.nodes).toMatchObject([refuted]);
    expect(after.requirements.nodes).toEqual([{ isCovered: false }]);
    await scan([...trace, ...sound], 'b');
    const mended = await stored();
    expect(mended.evidence.nodes).toMatchObject([{ signatureVerified: true, packageFault: null }]);
    expect(mended.requirements.nodes).toEqual([{ isCovered: true }]);
  });
});

describe('a trusted key', () => {
  test('is stored with its public half and who added it', async () => {
    const { publicJwk } = await createSigner('mine');
    await scan(trace);
    const { trustedKey, userErrors } = await add(publicJwk);
    expect(userErrors).toEqual([]);
    expect(trustedKey).toMatchObject({
      keyId: 'mine',
      algorithm: 'ES256',
      isActive: true,
      addedBy: 'tester',
      revokedAt: null,
    });
    expect(Object.keys(trustedKey.jwk).sort()).toEqual(['crv', 'kty', 'x', 'y']);
  });

  test('is refused when it is private or symmetric, and nothing of it is stored', async () => {
    await scan(trace);
    const { publicJwk } = await createSigner('k');
    for (const jwk of [{ ...publicJwk, d: 'AAAA' }, { kty: 'oct', k: 'AAAA', kid: 'k', alg: 'HS256' }, {}]) {
      const { trustedKey, userErrors } = await add(jwk);
      expect({ trustedKey, userErrors }).toMatchObject({
        trustedKey: null,
        userErrors: [{ code: 'VALIDATION', field: ['jwk'] }],
      });
    }
    const keys = `query ($name: String!) { repository(fullName: $name) { trustedKeys { totalCount } } }`;
    expect((await subgraph.get(keys, { name: repository })).repository.trustedKeys.totalCount).toBe(0);
  });

  test('is refused under an id that the repository has had before, also after its revocation', async () => {
    await scan(trace);
    const { trustedKey } = await add((await createSigner('k')).publicJwk);
    await revoke(trustedKey.id);
    expect((await add((await createSigner('k')).publicJwk)).userErrors).toMatchObject([
      { code: 'ALREADY_EXISTS', field: ['jwk', 'kid'] },
    ]);
  });

  test('is added once under one client key', async () => {
    await scan(trace);
    const { publicJwk } = await createSigner('k');
    const [first, second] = [
      await add(publicJwk, { clientKey: repository }),
      await add(publicJwk, { clientKey: repository }),
    ];
    expect(second).toEqual(first);
    const other = await add((await createSigner('other')).publicJwk, { clientKey: repository });
    expect(other.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_MISMATCH' }]);
  });

  test('is refused for an unknown repository, and its revocation a second time or when there is none', async () => {
    await scan(trace);
    const { publicJwk } = await createSigner('k');
    expect((await add(publicJwk, { repositoryId: 'Repository:acme/nowhere' })).userErrors).toMatchObject([
      { code: 'NOT_FOUND', field: ['repositoryId'] },
    ]);
    const { trustedKey } = await add(publicJwk);
    expect((await revoke(trustedKey.id)).userErrors).toEqual([]);
    expect((await revoke(trustedKey.id)).userErrors).toEqual([{ code: 'INVALID_TRANSITION', field: ['trustedKeyId'] }]);
    expect((await revoke('TrustedKey:00000000-0000-4000-8000-000000000000')).userErrors).toEqual([
      { code: 'NOT_FOUND', field: ['trustedKeyId'] },
    ]);
  });
});
