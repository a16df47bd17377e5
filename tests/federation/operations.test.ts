import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, validate, type ExecutionResult } from 'graphql';
import { createGraphExecutor } from '../../cli/graph/executor.js';
import { createGatewayMetrics, type SupergraphExecutor } from '../../gateway/index.js';
import { compileCost, defaultLimits } from '../../gateway/limits/index.js';
import { operationsOf } from '../../gateway/server/pages/collections.js';
import { seed } from '../../prisma/seed.js';
import { readOperationCollections, subgraphNames } from '../../schema/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { loadConfig, packagePath } from '../../subgraphs/kernel/config/index.js';
import { countStatements, type CountedDatabase, type Database } from '../../subgraphs/kernel/db/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { settleSealing } from '../../subgraphs/kernel/write/index.js';
import { openTestDatabase, type TestDatabase } from '../testkit/index.js';

const collections = readOperationCollections();
const operations = collections.flatMap((collection) =>
  operationsOf(collection).map((operation) => ({ collection: collection.title, ...operation })),
);
const queries = operations.filter(({ type }) => type === 'query');
const subscriptions = operations.filter(({ type }) => type === 'subscription');

let opened: TestDatabase;
let counted: CountedDatabase<Database>;
let executor: SupergraphExecutor;

beforeAll(async () => {
  opened = await openTestDatabase();
  await seed(opened.database);
  counted = countStatements(opened.database);
  executor = await createGraphExecutor({
    config: loadConfig({}),
    database: counted.db,
    log: createLogger({ level: 'silent' }),
    metrics: createGatewayMetrics({ process: false }),
  });
});

afterAll(async () => {
  await executor.dispose();
  await settleSealing(opened.database);
  await opened.close();
});

const request = (source: string) => ({
  source,
  document: parse(source),
  context: {
    requestId: 'collections',
    headers: {},
    identity: Identity.of({ subject: 'reader', scopes: ['*'] }),
    perSubgraph: new Map<string, unknown>(),
  },
});

describe('the operations that the explorers offer', () => {
  test('are of every domain and across them, and each says which question it answers', () => {
    const titles = collections.map(({ title }) => title.toLowerCase().replaceAll(' ', '-'));
    const domains = subgraphNames.filter((name) => name !== 'platform');
    expect(titles).toEqual(['across-domains', ...[...domains, 'figures'].sort()]);
    for (const { name, question } of operations)
      expect([name, question]).toEqual([name, expect.stringMatching(/ .*[.?]$/)]);
    expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
  });

  test.each(collections)('$title is valid in this graph, one operation as much as all', ({ document }) => {
    expect(validate(executor.apiSchema, parse(document))).toEqual([]);
  });

  test.each(exampleOperations())('that $file sends is valid in this graph', ({ document }) => {
    expect(validate(executor.apiSchema, parse(document))).toEqual([]);
  });

  test.each(operations)('$name stays below half of the default limit of cost', ({ source }) => {
    const document = parse(source);
    const [operation] = document.definitions;
    if (operation?.kind !== 'OperationDefinition') throw new Error('no operation');
    const cost = compileCost(executor.apiSchema, document, operation, defaultLimits)({});
    expect(cost).toBeLessThan(defaultLimits.maxCost / 2);
  });

  test.each(queries)('$name is answered on the demo company, without an error', async ({ source }) => {
    const result: ExecutionResult = await executor.execute(request(source));
    expect(result.errors).toBeUndefined();
    expect(emptyFields(result.data)).toEqual([]);
  });

  test.each(subscriptions)('$name is followed', async ({ source }) => {
    const abort = new AbortController();
    const { context, ...operation } = request(source);
    const events = await executor.subscribe({ ...operation, context: { ...context, signal: abort.signal } });
    expect(events).toHaveProperty('next');
    if (Symbol.asyncIterator in events) await events[Symbol.asyncIterator]().return?.();
    abort.abort();
  });
});

describe('the analysts’ questions', () => {
  const sourceOf = (name: string) => queries.find((query) => query.name === name)?.source ?? '';

  test('all that happened at a commit: a scan, an audit and a build, both with their work, and work about itself', async () => {
    const { data }: ExecutionResult<any> = await executor.execute(request(sourceOf('AtACommit')));
    const { commit } = data;
    expect(commit.repository.fullName).toBe('meridian/dose-portal');
    expect(commit.scans.nodes).toHaveLength(1);
    expect(commit.auditRuns.nodes).toMatchObject([{ overallResult: 'FAIL', workItems: { nodes: [{}, {}] } }]);
    expect(commit.builds.nodes).toMatchObject([{ phase: 'Phase 2: electronic signatures', status: 'FAILED' }]);
    expect(commit.workItems.nodes).toMatchObject([{ status: 'COMPLETED', claimedBy: 'tomas.lindqvist' }]);
  });

  test('requirements of high risk without verified evidence, by month: the last scan of a month counts', async () => {
    const { data }: ExecutionResult<any> = await executor.execute(request(sourceOf('HighRiskWithoutEvidenceByMonth')));
    const rows = await counted.db.query<{ month: string; repository: string; total: number; without: number }>(
      `select to_char(date_trunc('month', max(taken_at), 'UTC') at time zone 'UTC', 'YYYY-MM') as month, full_name as repository,
         (array_agg(total order by taken_at desc))[1] as total, (array_agg(total - deeply_covered order by taken_at desc))[1] as without
       from traceability.coverage_snapshots s join traceability.repositories r on r.id = s.repository_id
       where risk_rating = 'HIGH' group by full_name, date_trunc('month', taken_at, 'UTC')`,
    );
    const answered = data.coverageSnapshots.groupBy.map(({ key, aggregate: { sum } }: any) => ({
      month: key.takenAt.slice(0, 7),
      repository: key.repository.fullName,
      total: sum.total,
      without: sum.withoutVerifiedEvidence,
    }));
    const inOrder = (list: readonly object[]) => list.map((row) => JSON.stringify(row)).sort();
    expect(inOrder(answered)).toEqual(inOrder(rows));
    expect(new Set(rows.map(({ without }) => without)).size).toBeGreaterThan(1);
  });

  test('requirements that have changed since their last approval: by their text, and not by a status', async () => {
    const changed = async (): Promise<string[]> => {
      const { data, errors }: ExecutionResult<any> = await executor.execute(request(sourceOf('ChangedSinceApproval')));
      expect(errors).toBeUndefined();
      for (const { changedSinceApproval } of data.requirements.nodes) expect(changedSinceApproval).toBe(true);
      return data.requirements.nodes.map(({ title }: { title: string }) => title);
    };
    const update = (assignment: string, title: string) =>
      counted.db.query(`update traceability.requirements set ${assignment} where title = $1 returning id`, [title]);
    const told = 'Delivery is recorded';
    expect(await changed()).toEqual([told]);
    await update(`validation_status = 'IN_REVIEW', gxp_risk_rating = 'LOW'`, 'A dose has a unit');
    expect(await changed()).toEqual([told]);
    await update(`fingerprint = repeat('0', 64)`, 'A dose has a unit');
    // The newest change comes first, and what nobody has approved is not asked for.
    expect(await changed()).toEqual(['A dose has a unit', told]);
    await update(`fingerprint = repeat('0', 64)`, 'Alarms reach the ward');
    expect(await changed()).toHaveLength(2);
  });

  test('what a requirement shows of its approvals is what it is filtered by', async () => {
    const source = `{
      all: requirements(first: 100) { nodes { id lastApprovedAt changedSinceApproval } }
      yes: requirements(first: 100, filter: { changedSinceApproval: { eq: true } }) { nodes { id } }
      no: requirements(first: 100, filter: { changedSinceApproval: { eq: false } }) { nodes { id } }
      never: requirements(first: 100, filter: { lastApprovedAt: { isNull: true } }) { nodes { id } } }`;
    const { data }: ExecutionResult<any> = await executor.execute(request(source));
    const kept = (holds: (node: any) => boolean) => data.all.nodes.filter(holds).map(({ id }: any) => id);
    const ids = ({ nodes }: any): string[] => nodes.map(({ id }: any) => id);
    expect(ids(data.yes)).toEqual(kept(({ changedSinceApproval }) => changedSinceApproval === true));
    expect(ids(data.no)).toEqual(kept(({ changedSinceApproval }) => changedSinceApproval === false));
    expect(ids(data.never)).toEqual(kept(({ lastApprovedAt }) => lastApprovedAt === null));
    for (const list of [data.yes, data.no, data.never]) expect(list.nodes).not.toEqual([]);
  });
});

// Levels with a list or an entity of their own; computed parts of an entity are levels too. Of the trail: entries, seals, and
// their entities, one statement for each of the types among ten entries; then sealing, head and first fault. Of the search: what
// was found, and the repositories of each of three kinds. Of the release: each list, and the repository as audits know it.
const levels: Record<string, number> = { Coverage: 3, Evidence: 5, Trail: 15, Search: 4, Release: 10 };

describe('the README’s questions', () => {
  const readme = readFileSync(packagePath('README.md'), 'utf8');
  const sources = [...readme.matchAll(/```graphql\n(.*?)```/gs)].map((match) => match[1] ?? '');

  test('are five', () => {
    expect(sources).toHaveLength(Object.keys(levels).length);
  });

  test.each(sources)('are answered on the demo company, with at most one statement a level: %s', async (source) => {
    expect(validate(executor.apiSchema, parse(source))).toEqual([]);
    const before = counted.count();
    const result: ExecutionResult = await executor.execute(request(source));
    expect(result.errors).toBeUndefined();
    expect(emptyFields(result.data)).toEqual([]);
    const name = /query (\w+)/.exec(source)?.[1] ?? '';
    expect(counted.count() - before).toBeLessThanOrEqual(levels[name] ?? 0);
  });
});

/** What the examples keep in template literals marked as GraphQL. */
function exampleOperations(): { file: string; document: string }[] {
  return ['typed-client/src/operations.ts', 'resuming-subscriber/follow-changes.ts'].map((file) => {
    const text = readFileSync(packagePath('examples', file), 'utf8');
    return {
      file,
      document: [...text.matchAll(/\/\* GraphQL \*\/ `([^`]*)`/g)].map(([, source]) => source).join('\n'),
    };
  });
}

/** Root fields that answer nothing at all. */
function emptyFields(data: ExecutionResult['data']): string[] {
  return Object.entries(data ?? {})
    .filter(([, value]) => !holdsSomething(value))
    .map(([name]) => name);
}

function holdsSomething(value: unknown): boolean {
  const list = Array.isArray(value) ? value : (value as { nodes?: unknown[] } | null)?.nodes;
  return list === undefined ? value !== null : list.length > 0;
}
