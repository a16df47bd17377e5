/**
 * What lines of a build cost to append, to follow and to page: on the embedded engine, or on PostgreSQL with
 * WEFT_TEST_DATABASE_URL=… npm run bench -- audit-and-builds
 */
import { parse, execute, subscribe } from 'graphql';
import { subgraphSdl } from '../../../schema/subgraph-sdl.js';
import { createSubgraph } from '../../../subgraphs/audit-and-builds/index.js';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { sql } from '../../../subgraphs/kernel/db/index.js';
import { buildSubgraph } from '../../../subgraphs/kernel/subgraph/index.js';
import { settleSealing } from '../../../subgraphs/kernel/write/index.js';
import { openTestDatabase } from '../../testkit/database.js';

const schema = buildSubgraph(createSubgraph(), subgraphSdl(createSubgraph()));
const test = await openTestDatabase();
const { database } = test;
const auth = Identity.of({ subject: 'bench', scopes: ['builds:work'] });
const contextOf = () => ({ auth, requestId: 'bench', db: database, database, loaders: new Map(), signal: undefined });

const appendLines = parse(`mutation ($input: BuildLogsAppendInput!) { buildLogsAppend(input: $input) {
  lastSequence userErrors { message } } }`);
const pageOfLines = parse(`query ($id: ID!, $after: String) { build(id: $id) { logs(first: 100, after: $after) {
  nodes { sequence level message } pageInfo { endCursor } } } }`);

async function ask(document: ReturnType<typeof parse>, variables: Record<string, unknown>): Promise<any> {
  const result = await execute({
    schema,
    document,
    variableValues: variables,
    contextValue: contextOf(),
  });
  if (result.errors !== undefined) throw result.errors[0] ?? new Error('failed');
  return result.data;
}

/** A running build of a project of its own. */
async function createBuild(): Promise<string> {
  const [build] = await database.query<{ id: string }>(sql`
    with u as (insert into builds.users (github_id, github_login, access_token)
        select n, 'bench-' || n, '' from (select count(*) as n from builds.users) c returning id),
      p as (insert into builds.projects (user_id, name) select id, 'bench' from u returning id)
    insert into builds.builds (project_id, status) select id, 'running' from p returning id`);
  return build?.id ?? '';
}

const total = 100_000;
const batchSize = 1_000;
const batch = Array.from({ length: batchSize }, (_, n) => ({
  message: `compiled module number ${n} of the dose portal in ${n} ms`,
}));

async function timed(what: string, run: () => Promise<unknown>, lines = total): Promise<number> {
  const start = performance.now();
  await run();
  const perSecond = (lines / (performance.now() - start)) * 1_000;
  console.log(`${what}: ${Math.round(perSecond).toLocaleString('en')} lines/s`);
  return perSecond;
}

const buildId = await createBuild();
const plainId = await createBuild();
const messages = batch.map(({ message }) => message);

/** The same rows by one insert a batch: `indexed` into the product's own table, else into a bare one. */
const plain = async (indexed: boolean): Promise<void> => {
  for (let first = 0; first < total; first += batchSize) {
    await database.query(
      indexed
        ? sql`insert into builds.build_logs (build_id, sequence, message)
            select ${plainId}::uuid, ${first}::bigint + n, m from unnest(${messages}::text[]) with ordinality as l (m, n)`
        : sql`insert into bare_lines (build_id, sequence, message)
            select ${plainId}::uuid, ${first}::bigint + n, m from unnest(${messages}::text[]) with ordinality as l (m, n)`,
    );
  }
};
await database.script('create table bare_lines (like builds.build_logs including defaults)');

console.log(`${database.engine}: ${total} lines in batches of ${batchSize}`);
const bare = await timed('multi-row insert, no index', () => plain(false));
const indexed = await timed('multi-row insert, the log’s indexes', () => plain(true));
const appended = await timed('buildLogsAppend', async () => {
  for (let written = 0; written < total; written += batchSize) {
    const { buildLogsAppend } = await ask(appendLines, { input: { buildId: `Build:${buildId}`, lines: batch } });
    if (buildLogsAppend.lastSequence !== written + batchSize) throw new Error(JSON.stringify(buildLogsAppend));
  }
});
await settleSealing(database);
const ratio = (of: number): string => (appended / of).toFixed(2);
console.log(
  `buildLogsAppend is ${ratio(indexed)} of the insert with the log’s indexes, ${ratio(bare)} of the one without`,
);

await database.query(sql`update builds.builds set status = 'completed' where id = ${buildId}::uuid`);
const readers = 20;
const follow = async (): Promise<void> => {
  const document = parse(
    `subscription { buildLogs(buildId: "Build:${buildId}") { lines { sequence level message } } }`,
  );
  const stream = await subscribe({ schema, document, contextValue: contextOf() });
  if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream));
  let read = 0;

  for await (const { data } of stream) read += (data as any).buildLogs.lines.length as number;
  if (read !== total) throw new Error(`${read} lines were read`);
};
await timed('delivered to one follower', follow);
await timed(
  `delivered to ${readers} followers`,
  () => Promise.all(Array.from({ length: readers }, follow)),
  total * readers,
);

const million = 1_000_000;
const longId = await createBuild();
// Pages do not touch the index of words, and its making is most of the time of a million lines.
await database.script('drop index builds.build_logs_message_search_idx');
for (let first = 0; first < million; first += 100_000) {
  await database.query(sql`insert into builds.build_logs (build_id, sequence, message)
    select ${longId}::uuid, n, 'compiled module number ' || n from generate_series(${first + 1}::int, ${first + 100_000}::int) n`);
}
await database.script('analyze builds.build_logs');
const [middle] = await database.query<{ id: string }>(
  sql`select id from builds.build_logs where build_id = ${longId}::uuid and sequence = ${million / 2}`,
);
const cursor = Buffer.from(JSON.stringify(['BuildLog.SEQUENCE_ASC', million / 2, middle?.id])).toString('base64url');

async function median(after: string | null, expected: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 60; round += 1) {
    const start = performance.now();
    const { build } = await ask(pageOfLines, { id: `Build:${longId}`, after });
    times.push(performance.now() - start);
    if (build.logs.nodes[0].sequence !== expected) throw new Error('another page was read');
  }
  return times.slice(20).sort((a, b) => a - b)[20] ?? 0;
}

const firstPage = await median(null, 1);
const middlePage = await median(cursor, million / 2 + 1);
console.log(
  `page of 100 in a build of ${million} lines: first ${firstPage.toFixed(2)} ms, middle ${middlePage.toFixed(2)} ms, ` +
    `${(middlePage / firstPage).toFixed(2)}×`,
);
if (middlePage > firstPage * 1.5) {
  console.error('a page in the middle costs more than 1.5 times the first');
  process.exitCode = 1;
}
await test.close();
