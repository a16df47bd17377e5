/**
 * What a scan of 10,000 artifacts costs, and what its reads cost then: on the embedded engine, or on PostgreSQL with
 * WEFT_TEST_DATABASE_URL=… npm run bench -- ingest
 */
import { execute, parse } from 'graphql';
import { subgraphSdl } from '../../../schema/subgraph-sdl.js';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { countStatements, type Database } from '../../../subgraphs/kernel/db/index.js';
import { buildSubgraph } from '../../../subgraphs/kernel/subgraph/index.js';
import { settleSealing } from '../../../subgraphs/kernel/write/index.js';
import { createSubgraph, ingestScan, type ScanFileInput } from '../../../subgraphs/traceability/index.js';
import { openTestDatabase } from '../../testkit/database.js';
import { generateRepository } from './generated-repository.js';

const artifacts = 10_000;
const schema = buildSubgraph(createSubgraph(), subgraphSdl(createSubgraph()));
const test = await openTestDatabase();
const auth = Identity.of({ subject: 'bench', scopes: ['traceability:write', 'traceability:keys'] });

const writer = (database: Database) => ({ auth, requestId: 'bench', database });

async function ask(
  query: string,
  variables: Record<string, unknown> = {},
  db: Pick<Database, 'query'> = test.database,
) {
  const contextValue = { ...writer(test.database), db, loaders: new Map(), signal: undefined };
  const result = await execute({ schema, document: parse(query), variableValues: variables, contextValue });
  if (result.errors !== undefined) throw result.errors[0] ?? new Error('failed');
  return result;
}

async function scan(what: string, files: readonly ScanFileInput[], commit: string): Promise<void> {
  const counted = countStatements(test.database);
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  let peak = heapBefore;
  const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage().heapUsed)), 10);
  const start = performance.now();
  const result = await ingestScan(writer(counted.db), {
    repository: 'bench/repository',
    gitUrl: 'https://git.example.com/bench/repository.git',
    commitSha: commit.repeat(40),
    files,
  });
  const taken = performance.now() - start;
  clearInterval(sampler);
  const { createdCount, changedCount, removedCount, unchangedCount, unchanged, userErrors } = result;
  const megabytes = ((peak - heapBefore) / 1_048_576).toFixed(0);
  console.log(
    `${what}: ${taken.toFixed(0)} ms, ${counted.count()} statements, heap +${megabytes} MB; ` +
      JSON.stringify({ createdCount, changedCount, removedCount, unchangedCount, unchanged, userErrors }),
  );
  await settleSealing(test.database);
}

async function touched(): Promise<number> {
  const [row] = await test.database.query<{ count: number }>(`select count(*)::int as count from (
    select updated_at from traceability.requirements union all select updated_at from traceability.user_stories
    union all select updated_at from traceability.specs union all select updated_at from traceability.evidence
  ) a where updated_at = (select max(updated_at) from traceability.repositories)`);
  return row?.count ?? -1;
}

const reads = {
  coverage: `{ repository(fullName: "bench/repository") { coverage { requirements { total deeplyCovered } } } }`,
  gaps: `{ repository(fullName: "bench/repository") { gaps(first: 100) { nodes { kind gxpId reason artifact { title } } pageInfo { endCursor } } } }`,
  'gaps, counted': `{ repository(fullName: "bench/repository") { gaps { totalCount } } }`,
  'matrix, first page': `{ repository(fullName: "bench/repository") { traceabilityMatrix(first: 100) {
    nodes { requirement { gxpId } userStory { gxpId } specification { gxpId } evidence { gxpId } evidenceLinkStatus } pageInfo { endCursor } } } }`,
  'matrix, counted': `{ repository(fullName: "bench/repository") { traceabilityMatrix { totalCount } } }`,
  'requirements not covered': `{ repository(fullName: "bench/repository") { requirements(first: 20, filter: { isCovered: { eq: false } }) { nodes { gxpId } } } }`,
  search: `{ searchArtifacts(query: "attributable records") { nodes { rank snippet artifact { gxpId } } } }`,
};

async function readAll(): Promise<void> {
  for (const [what, query] of Object.entries(reads)) {
    const counted = countStatements<Pick<Database, 'query'>>({ query: test.database.query.bind(test.database) });
    await ask(query, {}, counted.db);
    const taken: number[] = [];
    for (let n = 0; n < 15; n += 1) {
      const start = performance.now();
      await ask(query);
      taken.push(performance.now() - start);
    }
    const median = taken.sort((a, b) => a - b)[7] ?? NaN;
    console.log(`${what}: ${median.toFixed(1)} ms, ${counted.count()} statements with the repository`);
  }
}

/** Reads of a small repository beside a large one must find their rows by index: a scan of a whole table is a fault. */
async function explainAll(): Promise<void> {
  const seen: { text: string; values: readonly unknown[] }[] = [];
  const spy: Pick<Database, 'query'> = {
    query: (statement, values) => {
      const bound = statement as { text: string; values?: readonly unknown[] };
      const text = typeof statement === 'string' ? statement : bound.text;
      seen.push({ text, values: values ?? (typeof statement === 'string' ? [] : (bound.values ?? [])) });
      return test.database.query(statement, values);
    },
  };
  for (const [what, query] of Object.entries(reads)) {
    seen.length = 0;
    await ask(query.replace('bench/repository', 'bench/small'), {}, spy);
    const last = seen.at(-1);
    if (last === undefined) throw new Error(`${what} ran no statement`);
    const plan = await test.database.query<{ 'QUERY PLAN': string }>(`explain ${last.text}`, last.values);
    const scans = plan
      .map((row) => row['QUERY PLAN'])
      .filter((line) => /Seq Scan on (?!system_contexts|repositories)/.test(line));
    console.log(`${what}: ${scans.length === 0 ? 'by index' : scans.map((line) => line.trim()).join('; ')}`);
    if (scans.length > 0 && what !== 'search') process.exitCode = 1;
  }
}

const { files, edited, publicJwk } = await generateRepository(artifacts);
console.log(
  `${files.length} files, ${(JSON.stringify(files).length / 1_048_576).toFixed(1)} MB as JSON, on ${test.database.engine}`,
);
await scan('first scan', files.slice(0, 1), '0');
await ask(`mutation ($input: TrustedKeyAddInput!) { trustedKeyAdd(input: $input) { userErrors { message } } }`, {
  input: { repositoryId: 'Repository:bench/repository', jwk: publicJwk },
});
await scan(`${artifacts} artifacts`, files, '1');
if (test.database.engine === 'postgres') await test.database.query('analyze');
await scan('the same again', files, '1');
await scan('the same at another commit', files, '2');
await scan('1 % changed', edited, '3');
console.log(`rows touched by that: ${await touched()}`);
await readAll();
if (test.database.engine === 'postgres') {
  const small = await generateRepository(100);
  await ingestScan(writer(test.database), {
    repository: 'bench/small',
    gitUrl: 'https://git.example.com/bench/small.git',
    commitSha: '4'.repeat(40),
    files: small.files,
  });
  await test.database.query('analyze');
  await explainAll();
}
await test.close();
