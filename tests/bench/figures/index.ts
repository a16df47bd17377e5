/**
 * Groups over 1,000,000 rows, conditions on relations, counts and orders, beside the same SQL by hand on `pg`, in turns.
 * Needs PostgreSQL: WEFT_TEST_DATABASE_URL=… npm run bench -- figures
 */
import { execute, parse } from 'graphql';
import pg from 'pg';
import { readSources, subgraphDocument } from '../../../schema/index.js';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import type { RequestContext } from '../../../subgraphs/kernel/context.js';
import type { Database } from '../../../subgraphs/kernel/db/index.js';
import {
  entity,
  everyone,
  field,
  match,
  orderBy,
  query,
  type ModelInput,
} from '../../../subgraphs/kernel/read/index.js';
import { buildSubgraph } from '../../../subgraphs/kernel/subgraph/index.js';
import { openTestDatabase } from '../../testkit/database.js';

const rows = 1_000_000;
const shops = 20_000;
const rounds = 9;

const id = { column: 'id', sqlType: 'uuid' } as const;
const model: ModelInput = {
  entities: [
    entity({
      type: 'Shop',
      table: 'figures.shops',
      key: id,
      fields: { id: field.id('Shop', 'id'), name: field.text('name'), town: field.text('town') },
      relations: { sales: { kind: 'connection', type: 'Sale', on: [match('shop_id', 'id')] } },
      orders: { NAME: [orderBy('name', 'text')] },
      defaultOrder: { field: 'NAME', direction: 'ASC' },
      visible: everyone,
    }),
    entity({
      type: 'Sale',
      table: 'figures.sales',
      key: id,
      fields: {
        id: field.id('Sale', 'id'),
        kind: field.text('kind'),
        amount: field.numeric('amount'),
        soldAt: field.timestamp('sold_at'),
      },
      relations: { shop: { kind: 'one', type: 'Shop', on: [match('id', 'shop_id')] } },
      visible: everyone,
    }),
  ],
  queries: { shops: query.connection('Shop'), sales: query.connection('Sale') },
};
const own = `
  type Query { shops: ShopConnection @authenticated sales: SaleConnection @authenticated }
  type Shop @key(fields: "id") { id: ID! name: String! town: String! sales: SaleConnection! }
  type Sale @key(fields: "id") { id: ID! kind: String! amount: Float! soldAt: DateTime! shop: Shop }`;
const definition = { name: 'figures', model, resolvers: {} };
const sources = { shared: readSources().shared, subgraphs: { figures: own } };
const schema = buildSubgraph(definition, subgraphDocument(definition, sources));

const opened = await openTestDatabase({ migrated: false });
const { database, url } = opened;
if (url === null) throw new Error('Set WEFT_TEST_DATABASE_URL to a PostgreSQL server: this measures PostgreSQL.');

async function fill(): Promise<void> {
  await database.script(`create schema figures;
    create table figures.shops (id uuid primary key, name text not null, town text not null);
    create table figures.sales (id uuid primary key, shop_id uuid not null, kind text not null, amount numeric(10,2) not null, sold_at timestamptz not null);
    create index on figures.shops (name, id)`);
  const key = (n: string): string => `('00000000-0000-4000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
  await database.query(
    `insert into figures.shops select ${key('n')}, 'Shop ' || lpad(n::text, 6, '0'), 'Town ' || n % 100 from generate_series(1, ${shops}) n`,
  );
  // In parts, none of which meets the statement's time limit on a busy machine.
  for (let from = 1; from <= rows; from += 50_000) {
    await database.query(`insert into figures.sales select ${key('n')}, ${key(`1 + (n::int8 * 7919) % ${shops}`)}, 'kind ' || n % 10,
      (n % 1000) / 7.0, timestamptz '2020-01-01' + n * interval '1 minute' from generate_series(${from}, ${from + 49_999}) n`);
  }
  await database.script('create index on figures.sales (shop_id); analyze figures.shops; analyze figures.sales');
}

const contests = [
  {
    name: 'groups by two keys, with three figures',
    graph: `{ sales { groupBy(fields: [{ field: KIND }, { field: SOLD_AT, bucket: YEAR }]) {
      key { kind soldAt } aggregate { count sum { amount } avg { amount } } } } }`,
    hand: `select kind, date_trunc('year', sold_at, 'UTC'), count(*), sum(amount), avg(amount) from figures.sales
      group by 1, 2 order by 1, 2 limit 100`,
  },
  {
    name: 'sales of one town',
    graph: '{ sales(filter: { shop: { town: { eq: "Town 7" } } }) { aggregate { count sum { amount } } } }',
    hand: `select count(*), sum(s.amount) from figures.sales s join figures.shops p on p.id = s.shop_id where p.town = 'Town 7'`,
  },
  {
    name: 'shops that sold something dear',
    graph: '{ shops(filter: { sales: { some: { amount: { gt: 142.6 } } } }) { totalCount } }',
    hand: `select count(*) from figures.shops p where exists (select from figures.sales s where s.shop_id = p.id and s.amount > 142.6)`,
  },
  {
    name: 'shops with many sales',
    graph: '{ shops(filter: { salesCount: { gte: 50 } }) { totalCount } }',
    hand: `select count(*) from figures.shops p where (select count(*) from figures.sales s where s.shop_id = p.id) >= 50`,
  },
  {
    name: 'sales by the names of their shops',
    graph: '{ sales(first: 20, orderBy: { shop: { field: NAME } }) { nodes { id kind amount } } }',
    hand: `select s.id, s.kind, s.amount from figures.sales s left join figures.shops p on p.id = s.shop_id
      order by p.name, s.id limit 20`,
  },
];

const context = (of: Database): RequestContext => ({
  auth: Identity.of({ subject: 'bench', scopes: [] }),
  requestId: 'bench',
  db: of,
  database: of,
  loaders: new Map(),
  signal: undefined,
});

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;

try {
  await fill();
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  for (const { name, graph, hand } of contests) {
    const document = parse(graph);
    const ask = async (): Promise<void> => {
      const { errors } = await execute({ schema, document, contextValue: context(database) });
      if (errors !== undefined) throw errors[0] ?? new Error('failed');
    };
    const [asked, written]: [number[], number[]] = [[], []];
    // The first round warms both up.
    for (let round = 0; round <= rounds; round += 1) {
      const pair = [await milliseconds(ask), await milliseconds(() => pool.query(hand))] as const;
      if (round === 0) continue;
      asked.push(pair[0]);
      written.push(pair[1]);
    }
    const [one, other] = [median(asked), median(written)];
    console.log(
      `${name}: ${one.toFixed(1)} ms beside ${other.toFixed(1)} ms by hand, ratio ${(one / other).toFixed(2)} (limit 1.2)`,
    );
  }
  await pool.end();
} finally {
  await opened.close();
}
