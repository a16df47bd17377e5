/** What evidence is worth beside its signature and its result: its age, its signers, the criteria that it speaks of. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { exportJWK, GeneralSign, generateKeyPair } from 'jose';
import { createSigner, requirement, spec, story, type Signer } from '../../../tests/federation/traceability/files.js';
import { openSubgraph, type TestSubgraph } from '../../../tests/federation/traceability/subgraph.js';
import type { ScanFileInput } from '../index.js';

let subgraph: TestSubgraph;
let signer: Signer;
let repository: string;
let count = 0;
beforeAll(async () => {
  subgraph = await openSubgraph();
  signer = await createSigner('k');
});
afterAll(() => subgraph.close());
beforeEach(async () => {
  repository = `acme/standing-${(count += 1)}`;
  await scan([]);
  await trust(signer.publicJwk);
});

const ingestMutation = `mutation ($input: ScanIngestInput!) { scanIngest(input: $input) {
  unchanged userErrors { code field message } scan { changedCount } } }`;
const scan = async (files: readonly ScanFileInput[], more: object = {}) =>
  (
    await subgraph.get(ingestMutation, {
      input: { repository, gitUrl: `https://git.example.com/${repository}`, commitSha: 'a'.repeat(40), files, ...more },
    })
  ).scanIngest;
const trust = (jwk: object) =>
  subgraph.get(`mutation ($input: TrustedKeyAddInput!) { trustedKeyAdd(input: $input) { userErrors { code } } }`, {
    input: { repositoryId: `Repository:${repository}`, jwk },
  });
const read = async (fields: string) =>
  (await subgraph.get(`query ($name: String!) { repository(fullName: $name) { ${fields} } }`, { name: repository }))
    .repository;
const gaps = async () =>
  (await read('gaps(first: 50) { nodes { kind gxpId reason } }')).gaps.nodes as { kind: string; gxpId: string }[];
const gapsOf = async (kind: string) => (await gaps()).filter((gap) => gap.kind === kind);
const coverage = async () =>
  await read(
    'coverage { requirements { deeplyCovered } evidence { deeplyCovered } } requirements { nodes { isCovered } }',
  );

const tested = 'c'.repeat(40);
const hash = (digit: string) => digit.repeat(64);
const trace = (risk = 'LOW') => [
  requirement('REQ-1', { risk }),
  story('US-1', 'REQ-1'),
  spec('SPEC-1', 'US-1', { source_files: '[src/a.ts]', test_files: '[src/a.test.ts, src/b.test.ts]' }),
];
const sourceFiles = ['src/a.ts', 'src/a.test.ts', 'src/b.test.ts'].map((path) => ({ path, sha256: hash('1') }));

describe('evidence older than its code', () => {
  test('is stale, says why, and stops covering with the scan that finds it, though no artifact has changed', async () => {
    const files = [...trace(), await signer.evidence('EV-1', 'SPEC-1', { git_commit: tested })];
    await scan(files, { sources: { files: sourceFiles, changes: [{ since: tested, paths: [] }] } });
    const fields = 'evidence { nodes { isCovered freshness freshnessReason gitCommit } }';
    expect((await read(fields)).evidence.nodes).toMatchObject([
      { isCovered: true, freshness: 'CURRENT', gitCommit: tested },
    ]);
    expect((await coverage()).requirements.nodes).toEqual([{ isCovered: true }]);
    const changed = { sources: { files: sourceFiles, changes: [{ since: tested, paths: ['src/a.ts'] }] } };
    expect(await scan(files, changed)).toMatchObject({ unchanged: false, scan: { changedCount: 1 } });
    const reason = '"src/a.ts" has changed since commit cccccccccccc.';
    expect((await read(fields)).evidence.nodes).toMatchObject([
      { isCovered: false, freshness: 'STALE', freshnessReason: reason },
    ]);
    expect(await coverage()).toEqual({
      coverage: { requirements: { deeplyCovered: 0 }, evidence: { deeplyCovered: 0 } },
      requirements: { nodes: [{ isCovered: false }] },
    });
    expect(await gapsOf('STALE')).toEqual([{ kind: 'STALE', gxpId: 'EV-1', reason }]);
    expect(await scan(files, changed)).toMatchObject({ unchanged: true });
  });

  test('refutes no longer when it failed, and newer evidence that passes covers', async () => {
    const failed = await signer.evidence('EV-1', 'SPEC-1', { git_commit: tested, result: 'FAIL' });
    const passed = await signer.evidence('EV-2', 'SPEC-1', { git_commit: 'd'.repeat(40) });
    const changes = [
      { since: tested, paths: ['src/a.ts'] },
      { since: 'd'.repeat(40), paths: [] },
    ];
    await scan([...trace(), failed, passed], { sources: { files: sourceFiles, changes } });
    expect((await coverage()).requirements.nodes).toEqual([{ isCovered: true }]);
    expect(await gapsOf('FAILED')).toEqual([]);
  });
});

describe('files that a specification names and the repository lacks', () => {
  test('are a gap that names them, and are not known without a word about sources', async () => {
    await scan(trace(), { sources: { files: sourceFiles.slice(0, 1) } });
    const fields = 'specifications { nodes { missingFiles } }';
    expect((await read(fields)).specifications.nodes).toEqual([{ missingFiles: ['src/a.test.ts', 'src/b.test.ts'] }]);
    expect(await gapsOf('FILES_MISSING')).toEqual([
      {
        kind: 'FILES_MISSING',
        gxpId: 'SPEC-1',
        reason: 'It names files that the repository does not have: src/a.test.ts, src/b.test.ts.',
      },
    ]);
    await scan(trace(), { sources: { files: sourceFiles } });
    expect(await gapsOf('FILES_MISSING')).toEqual([]);
    await scan(trace());
    expect((await read(fields)).specifications.nodes).toEqual([{ missingFiles: null }]);
  });

  test.each([
    [{ files: [{ path: 'a', sha256: 'short' }] }, ['sources', 'files', '0', 'sha256']],
    [{ files: [], changes: [{ since: 'HEAD~1', paths: [] }] }, ['sources', 'changes', '0', 'since']],
    [{ files: [], systemStateHashes: ['x'] }, ['sources', 'systemStateHashes', '0']],
  ])('and sources that are no such thing are refused: %j', async (sources, field) => {
    expect((await scan(trace(), { sources })).userErrors).toMatchObject([{ code: 'VALIDATION', field }]);
  });
});

describe('a policy of two signatures at high risk', () => {
  async function signedBy(kids: readonly string[], gxpId: string): Promise<ScanFileInput> {
    const payload = { gxp_id: gxpId, spec_id: 'SPEC-1', result: 'PASS' };
    const sign = new GeneralSign(new TextEncoder().encode(JSON.stringify(payload)));
    for (const kid of kids) sign.addSignature(await keyOf(kid)).setProtectedHeader({ alg: 'ES256', kid });
    return { path: `.gxp/evidence/${gxpId}.jws`, content: JSON.stringify(await sign.sign()) };
  }
  const pairs = new Map<string, CryptoKey>();
  async function keyOf(kid: string): Promise<CryptoKey> {
    const known = pairs.get(kid);
    if (known !== undefined) return known;
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    pairs.set(kid, privateKey);
    await trust({ ...(await exportJWK(publicKey)), kid, alg: 'ES256' });
    return privateKey;
  }
  beforeEach(() => pairs.clear());
  const require = (highRiskSignatures: number) =>
    subgraph.get(
      `mutation ($input: RepositoryUpdateInput!) { repositoryUpdate(input: $input) {
        repository { highRiskSignatures } userErrors { code field } } }`,
      { input: { repositoryId: `Repository:${repository}`, highRiskSignatures } },
    );

  test('counts different keys, says what is missing, and holds for high risk alone', async () => {
    await scan([...trace('HIGH'), await signedBy(['author'], 'EV-1')]);
    expect((await coverage()).requirements.nodes).toEqual([{ isCovered: true }]);
    await require(2);
    expect((await coverage()).requirements.nodes).toEqual([{ isCovered: false }]);
    const reason = 'It is for a requirement of high risk and needs 2 signatures by different keys; it has 1.';
    expect(await gapsOf('SIGNATURES_MISSING')).toEqual([{ kind: 'SIGNATURES_MISSING', gxpId: 'EV-1', reason }]);
    // One key twice is one signer.
    await scan([...trace('HIGH'), await signedBy(['author', 'author'], 'EV-1')]);
    expect((await coverage()).requirements.nodes).toEqual([{ isCovered: false }]);
    await scan([...trace('HIGH'), await signedBy(['author', 'approver'], 'EV-1')]);
    expect(await coverage()).toMatchObject({
      coverage: { requirements: { deeplyCovered: 1 }, evidence: { deeplyCovered: 1 } },
      requirements: { nodes: [{ isCovered: true }] },
    });
    expect(await gaps()).toEqual([]);
    await scan([...trace('MEDIUM'), await signedBy(['author'], 'EV-1')]);
    expect((await coverage()).requirements.nodes).toEqual([{ isCovered: true }]);
  });

  test('is 1 to 4', async () => {
    await scan(trace());
    for (const count of [0, 5]) {
      expect((await require(count)).repositoryUpdate.userErrors).toEqual([
        { code: 'VALIDATION', field: ['highRiskSignatures'] },
      ]);
    }
  });
});

describe('acceptance criteria', () => {
  const criteria = '["AC-1: Keeps every entry.", "Refuses a change.", "Can be printed."]';
  const withCriteria = [
    requirement('REQ-1', { acceptance_criteria: '["Every change is kept."]' }),
    story('US-1', 'REQ-1', { acceptance_criteria: criteria }),
    spec('SPEC-1', 'US-1'),
  ];
  const verified = (gxpId: string, statements: unknown, more: object = {}) =>
    signer.evidence(gxpId, 'SPEC-1', { acceptance_criteria_verified: statements, ...more });
  const verdicts = async () => {
    const fields = 'criteria { nodes { label text result statements { nodes { evidence { gxpId } result } } } }';
    const found = await read(`userStories { nodes { ${fields} } } requirements { nodes { ${fields} } }`);
    return [...found.requirements.nodes, ...found.userStories.nodes].flatMap(({ criteria: { nodes } }) =>
      nodes.map(({ label, result }: { label: string; result: string }) => `${label} ${result}`),
    );
  };

  test('have their own verdict, by label in the nearest artifact or by their text anywhere above', async () => {
    const evidence = await verified('EV-1', [
      { criterion_id: 'AC-01', status: 'PASS' },
      { criterion_id: 'US-1-AC-2', status: 'FAIL' },
      { description: 'every  change is kept.', status: 'PASS' },
      { criterion_id: 'AC-9', status: 'PASS' },
    ]);
    await scan([...withCriteria, evidence]);
    expect(await verdicts()).toEqual(['AC-1 PASS', 'AC-1 PASS', 'AC-2 FAIL', 'AC-3 UNKNOWN']);
    expect(await gapsOf('CRITERIA_OPEN')).toEqual([
      {
        kind: 'CRITERIA_OPEN',
        gxpId: 'US-1',
        reason: 'Evidence speaks of its acceptance criteria, and these have not passed: AC-2, AC-3.',
      },
    ]);
    const statements = await read(
      'evidence { nodes { criterionStatements { nodes { label text criterion { text } } } } }',
    );
    expect(statements.evidence.nodes[0].criterionStatements.nodes).toEqual([
      { label: 'AC-1', text: null, criterion: { text: 'AC-1: Keeps every entry.' } },
      { label: 'AC-2', text: null, criterion: { text: 'Refuses a change.' } },
      { label: null, text: 'every  change is kept.', criterion: { text: 'Every change is kept.' } },
      { label: 'AC-9', text: null, criterion: null },
    ]);
  });

  test('pass only by evidence whose signature holds, and keep their ids while their texts change', async () => {
    const stranger = await createSigner('stranger');
    const statements = { 'AC-1': 'PASS', 'AC-2': 'PENDING' };
    await scan([
      ...withCriteria,
      await stranger.evidence('EV-1', 'SPEC-1', { acceptance_criteria_verified: statements }),
    ]);
    expect(await verdicts()).toEqual(['AC-1 UNKNOWN', 'AC-1 UNKNOWN', 'AC-2 PENDING', 'AC-3 UNKNOWN']);
    const ids = async () => (await read('userStories { nodes { criteria { nodes { id } } } }')).userStories.nodes[0];
    const before = await ids();
    await scan([
      withCriteria[0]!,
      story('US-1', 'REQ-1', { acceptance_criteria: '["AC-1: Keeps all entries.", "Refuses every change."]' }),
      ...withCriteria.slice(2),
    ]);
    expect((await ids()).criteria.nodes).toEqual(before.criteria.nodes.slice(0, 2));
  });

  test('that nobody speaks of are no gap', async () => {
    await scan([...withCriteria, await signer.evidence('EV-1', 'SPEC-1')]);
    expect(await gapsOf('CRITERIA_OPEN')).toEqual([]);
  });
});
