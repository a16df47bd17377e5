import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  connect,
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
async function request(branch: string | null = 'main'): Promise<string> {
  const commitSha = (commit += 1).toString(16).padStart(40, '0');
  const { auditRun } = await subgraph.mutate('auditRunRequest', { repositoryId, commitSha, branch }, 'auditRun { id }');
  return auditRun.id;
}

async function perform(auditRunId: string, files: Record<string, string>) {
  const given = Object.entries({ 'README.md': '', ...files }).map(([path, content]) => ({ path, content }));
  const { auditRun, userErrors } = await subgraph.mutate(
    'auditRunPerform',
    { auditRunId, files: given, changedPaths: [] },
    'auditRun { overallResult findings { nodes { id code rule severity path line message acceptedReason } } }',
  );
  expect(userErrors).toEqual([]);
  return auditRun;
}

const open = async (filter: object = {}) => {
  const { data } = await subgraph.ask(
    `query ($filter: AuditFindingFilter) { auditFindings(filter: $filter) { nodes {
      id path line branch firstSeenAt lastSeenAt resolvedAt acceptedBy repository { fullName } firstRun { id } lastRun { id } } } }`,
    { filter: { resolvedAt: { isNull: true }, ...filter } },
  );
  return data.auditFindings.nodes;
};

test('a finding is seen, moves, is resolved on its branch alone, and comes back as itself', async () => {
  const [first, second, third] = [await request(), await request(), await request()];
  const other = await request('feature');
  const broken = { 'a.py': 'def f(:\n' };
  expect(await perform(first, broken)).toMatchObject({
    overallResult: 'FAIL',
    findings: {
      nodes: [{ code: 'A0', rule: 'syntax', severity: 'ERROR', path: 'a.py', line: 1, acceptedReason: null }],
    },
  });
  await perform(other, broken);
  expect((await open()).map(({ branch }: { branch: string }) => branch).sort()).toEqual(['feature', 'main']);
  const onMain = { branch: { eq: 'main' } };
  const [seen] = await open(onMain);
  expect(seen).toMatchObject({ firstRun: { id: first }, lastRun: { id: first }, resolvedAt: null });
  await perform(second, { 'a.py': '\n\ndef f(:\n' });
  const [moved] = await open(onMain);
  expect(moved).toMatchObject({
    id: seen.id,
    line: 3,
    firstSeenAt: seen.firstSeenAt,
    firstRun: { id: first },
    lastRun: { id: second },
  });
  await perform(third, { 'a.py': 'x = 1\n' });
  expect(await open(onMain)).toEqual([]);
  expect(await open()).toHaveLength(1);
  await perform(await request(), broken);
  expect(await open(onMain)).toMatchObject([{ id: seen.id, firstSeenAt: seen.firstSeenAt, resolvedAt: null }]);
});

test('an audit that ends after a later one of its branch changes nothing of what that found', async () => {
  const [early, late] = [await request('slow'), await request('slow')];
  await perform(late, { 'b.py': 'x = (\n' });
  const before = await open({ branch: { eq: 'slow' } });
  const told = await perform(early, { 'b.py': '\n\nx = (\n', 'c.py': 'x = (\n' });
  expect(told.findings.nodes.map(({ path }: { path: string }) => path).sort()).toEqual(['b.py', 'c.py']);
  expect(await open({ branch: { eq: 'slow' } })).toEqual(before);
});

test('an accepted finding counts no more, on any branch, until it is reopened', async () => {
  const broken = { 'd.py': 'x = (\n' };
  const run = await perform(await request('one'), broken);
  const [{ id }] = run.findings.nodes;
  const accept = (auditFindingIds: string[], reason = 'nobody runs it') =>
    subgraph.mutate('auditFindingsAccept', { auditFindingIds, reason }, 'acceptedCount');
  expect((await accept([id])).acceptedCount).toBe(1);
  expect(await perform(await request('two'), broken)).toMatchObject({
    overallResult: 'PASS',
    findings: { nodes: [{ path: 'd.py', acceptedReason: 'nobody runs it' }] },
  });
  const { reopenedCount } = await subgraph.mutate(
    'auditFindingsReopen',
    { auditFindingIds: [id, id] },
    'reopenedCount',
  );
  expect(reopenedCount).toBe(1);
  expect((await perform(await request('two'), broken)).overallResult).toBe('FAIL');
  const unknown = 'AuditFinding:00000000-0000-4000-8000-000000000000';
  expect((await accept([id, unknown])).userErrors).toMatchObject([
    { code: 'NOT_FOUND', field: ['auditFindingIds', '1'] },
  ]);
  expect((await accept([])).userErrors).toMatchObject([{ code: 'VALIDATION' }]);
  expect((await accept([id], ' ')).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['reason'] }]);
});

test('a secret of a file is found, and stands nowhere in the database', async () => {
  const secret = ['ghp_', 'Zx9Qw3Er7Ty1Ui5Op2As8Df4Gh6Jk0Lz3Xc5'].join('');
  const run = await perform(await request('leak'), {
    'src/keys.ts': `export const token = '${secret}';\nimport x from '${secret}';\n`,
    'contracts/boundaries.yaml': `forbidden: [{ from: '**', to: '**', because: x }]\n`,
  });
  expect(run.findings.nodes.map(({ rule }: { rule: string }) => rule)).toContain('github');
  const tables = await subgraph.database.query<{ name: string }>(
    sql`select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  for (const { name } of tables) {
    const rows = await subgraph.database.query(
      sql`select 1 from ${sql.raw(name)} t where t::text like ${`%${secret}%`}`,
    );
    expect([name, rows.length]).toEqual([name, 0]);
  }
});

test('checks that were run elsewhere bring findings of their own, and keep their results', async () => {
  await request('elsewhere');
  const { claims } = await subgraph.mutate('auditRunsClaim', { limit: 1 }, 'claims { leaseToken auditRun { id } }');
  const input = {
    auditRunId: claims[0].auditRun.id,
    leaseToken: claims[0].leaseToken,
    filesChecked: 1,
    checks: [
      {
        code: 'PROJECT',
        name: 'Licences',
        result: 'WARN',
        findings: [{ rule: 'licence', severity: 'ERROR', path: 'a.js', message: 'has no licence; password=Abc12345' }],
      },
    ],
  };
  const { auditRun, userErrors } = await subgraph.mutate(
    'auditRunComplete',
    input,
    'auditRun { overallResult checks { code name result } findings { nodes { rule path line message } } }',
  );
  expect(userErrors).toEqual([]);
  expect(auditRun).toEqual({
    overallResult: 'PASS',
    checks: [{ code: 'PROJECT', name: 'Licences', result: 'WARN' }],
    findings: {
      nodes: [{ rule: 'licence', path: 'a.js', line: null, message: 'has no licence; password=[redacted]' }],
    },
  });
});
