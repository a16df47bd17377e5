import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { settleSealing } from '../../../subgraphs/kernel/write/index.js';
import { openTestDatabase, type TestDatabase } from '../../testkit/index.js';
import { openGraph, type Graph, type Shape } from './graph.js';
import { ids, populate } from './world.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
  await populate(opened.database);
});
afterAll(async () => {
  await settleSealing(opened.database);
  await opened.close();
});

const owner = Identity.of({ subject: 'user_jana', scopes: [] });
const stranger = Identity.of({ subject: 'somebody', scopes: [] });

describe.each(['in process', 'over HTTP'] satisfies Shape[])('with the subgraphs %s', (shape) => {
  const graphs = new Map<Identity, Graph>();
  beforeAll(async () => {
    for (const caller of [owner, stranger]) graphs.set(caller, await openGraph(opened.database, shape, { caller }));
  });
  afterAll(async () => {
    for (const graph of graphs.values()) await graph.close();
  });

  async function ask(source: string, caller = owner): Promise<Record<string, any>> {
    const { result } = (await graphs.get(caller)?.ask(source)) ?? {};
    expect(result?.errors).toBeUndefined();
    return result?.data ?? {};
  }

  const repositories = (filter: string) => ask(`{ repositories(filter: ${filter}) { nodes { fullName } } }`);
  const workItems = async (filter: string, caller = owner) => {
    const data = await ask(`{ workItems(filter: ${filter}) { totalCount nodes { subjectId } } }`, caller);
    expect(data['workItems'].nodes).toHaveLength(data['workItems'].totalCount);
    return data['workItems'].nodes.map(({ subjectId }: { subjectId: string }) => subjectId);
  };

  test('repositories whose last audit failed and whose coverage is below 80 %', async () => {
    const asked = '{ lastAuditRun: { overallResult: { eq: FAIL } }, coverageRatio: { lt: 0.8 } }';
    expect(await repositories(asked)).toEqual({ repositories: { nodes: [{ fullName: 'acme/api' }] } });
    const other = '{ lastAuditRun: { overallResult: { eq: PASS } }, coverageRatio: { lt: 0.8 } }';
    expect(await repositories(other)).toEqual({ repositories: { nodes: [] } });
  });

  test('repositories without documents of a kind, and without any audit', async () => {
    const asked = '{ documents: { none: { filename: { eq: "dosing.md" } } }, auditRunsCount: { eq: 0 } }';
    expect(await repositories(asked)).toEqual({ repositories: { nodes: [{ fullName: 'acme/web' }] } });
  });

  test('repositories by how often they were audited', async () => {
    const order = '{ field: AUDIT_RUNS_COUNT, direction: DESC }';
    const data = await ask(`{ repositories(orderBy: ${order}) { nodes { fullName auditRuns { totalCount } } } }`);
    expect(data['repositories'].nodes).toEqual([
      { fullName: 'acme/api', auditRuns: { totalCount: 2 } },
      { fullName: 'acme/web', auditRuns: { totalCount: 0 } },
    ]);
  });

  test('work items about what failed: builds, audits', async () => {
    expect(await workItems('{ subject: { build: { status: { eq: RUNNING } } } }')).toEqual([ids.build]);
    expect(await workItems('{ subject: { build: { status: { eq: FAILED } } } }')).toEqual([]);
    expect(await workItems('{ subject: { auditRun: { overallResult: { eq: FAIL } } } }')).toEqual([ids.auditRun]);
    const ofRepository =
      '{ subject: { auditRun: { repository: { requirements: { some: { gxpId: { eq: "REQ-002" } } } } } } }';
    expect(await workItems(ofRepository)).toEqual([ids.auditRun]);
  });

  test('builds about which there is work', async () => {
    const data = await ask('{ builds(filter: { workItems: { some: {} } }) { nodes { id workItems { totalCount } } } }');
    expect(data['builds'].nodes).toEqual([{ id: ids.build, workItems: { totalCount: 1 } }]);
  });

  test('accounts by who they are elsewhere', async () => {
    const filter = '{ user: { connectedRepositories: { some: { fullName: { eq: "acme/api" } } } } }';
    const data = await ask(
      `{ accounts(filter: ${filter}, orderBy: { user: { field: CREATED_AT } }) { nodes { id } } }`,
    );
    expect(data['accounts'].nodes).toEqual([{ id: ids.account }]);
  });

  test('somebody else’s scans are not told by conditions, their negations or counts', async () => {
    const ofScan = '{ subject: { scanJob: { url: { startsWith: "https://example.com" } } } }';
    expect(await workItems(ofScan)).toEqual([ids.scanJob]);
    expect(await workItems(ofScan, stranger)).toEqual([]);
    expect(await workItems('{ subject: { scanJob: {} } }', stranger)).toEqual([]);
    const any = await workItems('{}', stranger);
    expect(await workItems(`{ not: ${ofScan} }`, stranger)).toEqual(any);
    const around = '{ subject: { scanJob: { account: { scanJobsCount: { gte: 0 } } } } }';
    expect(await workItems(around)).toEqual([ids.scanJob]);
    expect(await workItems(around, stranger)).toEqual([]);
  });
});
