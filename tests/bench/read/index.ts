/**
 * What a page costs: deep in 1,000,000 rows beside the first one, and the engine beside the same SQL by hand on `pg`.
 * Needs PostgreSQL: WEFT_TEST_DATABASE_URL=… npm run bench -- read
 */
import { execute, parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import pg from 'pg';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import type { RequestContext } from '../../../subgraphs/kernel/context.js';
import type { Database, Queryable } from '../../../subgraphs/kernel/db/index.js';
import { fixtureSchema, fixtureTables } from '../../database/read-fixture.js';
import { openTestDatabase } from '../../testkit/database.js';

const rows = 1_000_000;
const part = 50_000;
const schema = fixtureSchema();
const opened = await openTestDatabase({ migrated: false });
if (opened.url === null)
  throw new Error('Set WEFT_TEST_DATABASE_URL to a PostgreSQL server: this measures PostgreSQL.');

const context = (database: Database, db: Queryable = database): RequestContext => ({
  auth: Identity.of({ subject: 'bench', scopes: ['books:all'] }),
  requestId: 'bench',
  db,
  database,
  loaders: new Map(),
  signal: undefined,
});

async function fill(database: Database): Promise<void> {
  await database.script(fixtureTables);
  const id = (n: string): string => `('00000000-0000-4000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
  await database.query(`insert into fixture.authors select ${id('n')}, 'Author ' || n from generate_series(1, 1000) n`);
  // In parts, none of which meets the statement's time limit on a busy machine.
  for (let from = 1; from <= rows; from += part) {
    await database.query(`insert into fixture.books
      select ${id('n')}, ${id('1 + n % 1000')}, 'Book ' || lpad(n::text, 8, '0'), n, (n % 500) / 100.0,
        case when n % 10 > 0 then timestamptz '2020-01-01' + n * interval '1 second' end, 'paperback', 'bench'
      from generate_series(${from}, ${from + part - 1}) n`);
  }
  await database.script(`create index on fixture.books (title, id); analyze fixture.books; analyze fixture.authors`);
}

/** Median milliseconds of one run, after a warm-up. */
async function median(times: number, run: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < 20; i += 1) await run();
  const taken: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const start = performance.now();
    await run();
    taken.push(performance.now() - start);
  }
  return taken.sort((a, b) => a - b)[Math.floor(times / 2)] ?? NaN;
}

const pageOf = (order: string): DocumentNode =>
  parse(`query ($after: String) { books(first: 20, after: $after, orderBy: { field: ${order}, direction: ASC }) {
    nodes { id title pages } pageInfo { hasNextPage endCursor } } }`);

async function page(database: Database, document: DocumentNode, after: string | null, graph: GraphQLSchema = schema) {
  const result = await execute({ schema: graph, document, contextValue: context(database), variableValues: { after } });
  if (result.errors !== undefined) throw result.errors[0] ?? new Error('failed');
  return result;
}

async function deepPages(database: Database): Promise<void> {
  const cursor = (order: string, values: unknown[]): string =>
    Buffer.from(JSON.stringify([`Book.${order}_ASC`, ...values])).toString('base64url');
  const middle = `00000000-0000-4000-8000-${(rows / 2).toString(16).padStart(12, '0')}`;
  const middles = {
    TITLE: cursor('TITLE', [`Book ${String(rows / 2).padStart(8, '0')}`, middle]),
    PUBLISHED_AT: cursor('PUBLISHED_AT', ['2020-01-06T18:53:20Z', middle]),
  };
  for (const [order, after] of Object.entries(middles)) {
    const document = pageOf(order);
    // Alternating, and the best of each: a noisy neighbour should not decide.
    const [firsts, deeps]: [number[], number[]] = [[], []];
    for (let round = 0; round < 5; round += 1) {
      firsts.push(await median(100, () => page(database, document, null)));
      deeps.push(await median(100, () => page(database, document, after)));
    }
    const [first, deep] = [Math.min(...firsts), Math.min(...deeps)];
    console.log(
      `page of 20 by ${order} in ${rows} rows: first ${first.toFixed(2)} ms, in the middle ${deep.toFixed(2)} ms, ratio ${(deep / first).toFixed(2)} (limit 1.5)`,
    );
  }
}

/** CPU of this process for one run, in microseconds. */
async function cpu(times: number, run: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < 300; i += 1) await run();
  const start = process.cpuUsage();
  for (let i = 0; i < times; i += 1) await run();
  const used = process.cpuUsage(start);
  return (used.user + used.system) / times;
}

/** The engine answers a list query through graphql; by hand it is the very statement that the engine sent, on a bare pool. */
async function engineBesideHand(database: Database, url: string): Promise<void> {
  const document = pageOf('TITLE');
  let sent: { name: string; text: string; values: readonly unknown[] } | null = null;
  const spy: Queryable = {
    query: (statement, values = []) => {
      if (typeof statement !== 'string') sent = { ...statement, values };
      return database.query(statement, values);
    },
  };
  for (let i = 0; i < 3; i += 1) await execute({ schema, document, contextValue: context(database, spy) });
  const found = sent as { name: string; text: string; values: readonly unknown[] } | null;
  if (found === null) throw new Error('the engine did not prepare its statement');
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  const statement = { name: found.name, text: found.text, values: [...found.values] };
  const { reader, plan } = await engineCall(database);
  const results: number[][] = [];
  // Alternating, so that a noisy neighbour meets both.
  for (let round = 0; round < 9; round += 1) {
    results.push([
      await cpu(2_000, () => pool.query(statement)),
      await cpu(2_000, reader),
      await cpu(2_000, () => page(database, document, null)),
    ]);
  }
  await pool.end();
  const best = (index: number): number => Math.min(...results.map((round) => round[index] ?? NaN));
  const [hand, engine, graph] = [best(0), best(1), best(2)];
  console.log(`statement: ${found.text}`);
  console.log(
    `CPU per page of 20 (${plan}): by hand on pg ${hand.toFixed(0)} µs, engine ${engine.toFixed(0)} µs, ratio ${(engine / hand).toFixed(2)} (limit 1.3); ` +
      `with graphql-js around it ${graph.toFixed(0)} µs`,
  );
}

/** The engine alone: what a resolver calls, without graphql's own execution. */
async function engineCall(database: Database): Promise<{ reader: () => Promise<unknown>; plan: string }> {
  const resolve = schema.getQueryType()?.getFields()['books']?.resolve;
  if (resolve === undefined) throw new Error('no resolver');
  let captured: Parameters<typeof resolve> | null = null;
  const spied = fixtureSchema();
  const field = spied.getQueryType()?.getFields()['books'];
  if (field?.resolve === undefined) throw new Error('no resolver');
  const inner = field.resolve;
  field.resolve = (...args) => {
    captured = args;
    return inner(...args);
  };
  await page(database, pageOf('TITLE'), null, spied);
  const call = captured as Parameters<typeof resolve> | null;
  if (call === null) throw new Error('not called');
  const [parent, args, , info] = call;
  // The context is the request's, not the engine's.
  const shared = context(database);
  return { reader: () => Promise.resolve(inner(parent, args, shared, info)), plan: 'filterless, by TITLE' };
}

try {
  await fill(opened.database);
  await deepPages(opened.database);
  await engineBesideHand(opened.database, opened.url);
} finally {
  await opened.close();
}
