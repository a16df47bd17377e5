import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  connect,
  createProject,
  openSubgraph,
  repositoryId,
  type TestSubgraph,
} from '../../../tests/federation/audit-and-builds/subgraph.js';
import { sql } from '../../kernel/db/index.js';

let subgraph: TestSubgraph;
beforeAll(async () => {
  subgraph = await openSubgraph();
  await connect(subgraph);
});
afterAll(() => subgraph.close());

let commit = 0;
async function request(): Promise<string> {
  const commitSha = (commit += 1).toString(16).padStart(40, '0');
  const { auditRun, userErrors } = await subgraph.mutate(
    'auditRunRequest',
    { repositoryId, commitSha },
    'auditRun { id }',
  );
  expect(userErrors).toEqual([]);
  return auditRun.id;
}
async function claim() {
  const { claims } = await subgraph.mutate(
    'auditRunsClaim',
    { limit: 1 },
    'claims { leaseToken auditRun { id status } }',
  );
  return { auditRunId: claims[0].auditRun.id, leaseToken: claims[0].leaseToken };
}
const ended = 'auditRun { status overallResult filesChecked errorDetail completedAt checks { code result detail } }';
const check = (code: string, result: string) => ({ code, name: code, result });

describe('audits', () => {
  test.each([
    [['PASS', 'WARN'], 'PASS'],
    [['PASS', 'FAIL'], 'FAIL'],
    [['FAIL', 'ERROR'], 'ERROR'],
  ])('checks %j make the verdict %s, which is null before', async (results, verdict) => {
    await request();
    const claimed = await claim();
    const before = await subgraph.ask(`query ($id: ID!) { auditRun(id: $id) { status overallResult worker } }`, {
      id: claimed.auditRunId,
    });
    expect(before.data.auditRun).toEqual({ status: 'RUNNING', overallResult: null, worker: 'tester' });
    const checks = results.map((result, index) => check(index === 0 ? 'A4' : 'P1', result));
    const { auditRun } = await subgraph.mutate('auditRunComplete', { ...claimed, filesChecked: 3, checks }, ended);
    expect(auditRun).toMatchObject({ status: 'COMPLETED', overallResult: verdict, filesChecked: 3 });
  });

  test('an audit that could not be carried out is ERROR with its reason, and final', async () => {
    await request();
    const claimed = await claim();
    const { auditRun } = await subgraph.mutate('auditRunFail', { ...claimed, reason: 'no checkout' }, ended);
    expect(auditRun).toMatchObject({ status: 'ERROR', overallResult: 'ERROR', errorDetail: 'no checkout' });
    const again = await subgraph.mutate('auditRunComplete', {
      ...claimed,
      filesChecked: 0,
      checks: [check('A4', 'PASS')],
    });
    expect(again.userErrors).toMatchObject([
      { code: 'INVALID_TRANSITION', message: expect.stringContaining('it is final') },
    ]);
  });

  test('claims at the same time never share an audit, and a lease that is over can not complete', async () => {
    const ids = await Promise.all([request(), request(), request()]);
    const claims = await Promise.all([claim(), claim(), claim()]);
    expect(new Set(claims.map(({ auditRunId }) => auditRunId))).toEqual(new Set(ids));
    const [late] = claims;
    const id = late?.auditRunId.slice('AuditRun:'.length);
    await subgraph.database.query(sql`update builds.audit_runs set lease_expires_at = now() where id = ${id}::uuid`);
    const complete = (claimed: object) =>
      subgraph.mutate('auditRunComplete', { ...claimed, filesChecked: 1, checks: [check('A9', 'PASS')] });
    expect((await complete(late)).userErrors).toMatchObject([{ code: 'LEASE_EXPIRED' }]);
    const taken = await claim();
    expect(taken.auditRunId).toBe(late?.auditRunId);
    expect((await complete(late)).userErrors).toMatchObject([{ code: 'LEASE_EXPIRED' }]);
    for (const claimed of [taken, ...claims.slice(1)]) expect((await complete(claimed)).userErrors).toEqual([]);
  });

  test('of two workers that complete one audit at the same time, one wins', async () => {
    await request();
    const claimed = await claim();
    const input = { ...claimed, filesChecked: 1, checks: [check('A4', 'PASS')] };
    const both = await Promise.all([1, 2].map(() => subgraph.mutate('auditRunComplete', input)));
    expect(both.flatMap(({ userErrors }) => userErrors.map((error: { code: string }) => error.code))).toEqual([
      'INVALID_TRANSITION',
    ]);
  });

  test('posted files are judged by the contracts of the repository’s newest project, and stored', async () => {
    const projectId = await createProject(subgraph);
    const content = 'forbidden:\n  - { from: "src/**", to: pg }';
    await subgraph.mutate('contractSave', { projectId, type: 'BOUNDARIES', content });
    const auditRunId = await request();
    const files = [
      { path: 'package.json', content: '{"dependencies":{"pg":"8"}}' },
      { path: 'src/a.ts', content: `import pg from 'pg';` },
      { path: 'src/a.test.ts', content: '' },
    ];
    const { auditRun } = await subgraph.mutate('auditRunPerform', { auditRunId, files, physics: 'graphql: {}' }, ended);
    expect(auditRun).toMatchObject({ status: 'COMPLETED', overallResult: 'FAIL', filesChecked: 3 });
    expect(auditRun.checks).toEqual([
      { code: 'A0', result: 'PASS', detail: null },
      { code: 'A4', result: 'FAIL', detail: 'src/a.ts:1 imports pg' },
      { code: 'A9', result: 'PASS', detail: null },
      { code: 'P1', result: 'PASS', detail: null },
      { code: 'T1', result: 'PASS', detail: null },
      { code: 'W1', result: 'PASS', detail: null },
    ]);
    const again = await subgraph.mutate('auditRunPerform', { auditRunId, files });
    expect(again.userErrors).toMatchObject([{ code: 'INVALID_TRANSITION' }]);
  });

  test('paths that leave the root and commits that are none are refused', async () => {
    const auditRunId = await request();
    for (const path of ['/etc/passwd', '../x', 'a/../../b', 'a\\b', '']) {
      const { userErrors } = await subgraph.mutate('auditRunPerform', { auditRunId, files: [{ path, content: '' }] });
      expect(userErrors).toMatchObject([{ code: 'VALIDATION', field: ['files', '0', 'path'] }]);
    }
    expect((await subgraph.mutate('auditRunRequest', { repositoryId, commitSha: 'main' })).userErrors).toMatchObject([
      { code: 'VALIDATION', field: ['commitSha'] },
    ]);
    const unknown = { repositoryId: 'Repository:acme/unknown', commitSha: 'a'.repeat(40) };
    expect((await subgraph.mutate('auditRunRequest', unknown)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  test('a repository, a commit and a user that are unknown here resolve with empty fields', async () => {
    const { data, errors } = await subgraph.ask(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) {
        ... on Repository { fullName webhookActive connectedBy { id } auditRuns { totalCount } webhookDeliveries { totalCount } }
        ... on Commit { auditRuns { nodes { id } } }
        ... on User { githubLogin displayLogin projects { totalCount } } } }`,
      {
        representations: [
          { __typename: 'Repository', id: 'Repository:who/knows' },
          { __typename: 'Commit', id: `Commit:who/knows@${'a'.repeat(40)}` },
          { __typename: 'User', githubLogin: 'nobody' },
        ],
      },
    );
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual([
      {
        fullName: 'who/knows',
        webhookActive: null,
        connectedBy: null,
        auditRuns: { totalCount: 0 },
        webhookDeliveries: { totalCount: 0 },
      },
      { auditRuns: { nodes: [] } },
      { githubLogin: 'nobody', displayLogin: null, projects: { totalCount: 0 } },
    ]);
  });

  test('lists within lists are one statement, however many there are', async () => {
    const { statements, errors } = await subgraph.ask(
      `{ connectedRepositories { nodes { connectedBy { githubLogin } auditRuns(first: 5) { nodes { checks { code } repository { fullName } } }
        projects { nodes { contracts { type } builds { nodes { phase } } } } } } }`,
    );
    expect([errors, statements]).toEqual([undefined, 1]);
  });
});
