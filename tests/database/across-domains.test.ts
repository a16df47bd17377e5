import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execute, parse, validate } from 'graphql';
import { readSources, subgraphDocument } from '../../schema/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import {
  entity,
  everyone,
  field,
  MapRegistry,
  match,
  orderBy,
  query,
  storedLowerCase,
  type ModelInput,
  type Visibility,
} from '../../subgraphs/kernel/read/index.js';
import { buildSubgraph } from '../../subgraphs/kernel/subgraph/index.js';
import { openTestDatabase, type TestDatabase } from '../testkit/index.js';

const id = { column: 'id', sqlType: 'uuid' } as const;

/** Rows of the caller's own; all of them for the auditor. */
const ownedBy =
  (column: string) =>
  ({ subject }: Identity): Visibility =>
    subject === 'auditor' ? 'all' : (table, parameters) => `${table}.${column} = ${parameters.add(subject, 'text')}`;

/** Three domains that know of one another by names alone. */
const shopping: ModelInput = {
  entities: [
    entity({
      type: 'Shop',
      table: 'across.shops',
      key: { column: 'name', sqlType: 'text' },
      fields: { id: field.id('Shop', 'name', 'text'), name: field.text('name') },
      visible: everyone,
    }),
    entity({
      type: 'Review',
      table: 'across.reviews',
      key: { column: 'title', sqlType: 'text' },
      fields: { id: field.id('Review', 'title', 'text'), title: field.text('title') },
      relations: {
        subject: { kind: 'union', types: ['Shop', 'Inspection'], column: 'about' },
        reviewer: { kind: 'reference', type: 'Person', key: { login: 'reviewer' } },
      },
      visible: everyone,
    }),
  ],
  queries: { shops: query.connection('Shop'), reviews: query.connection('Review') },
};

const inspecting: ModelInput = {
  entities: [
    entity({
      type: 'Shop',
      connectionName: 'InspectedShop',
      table: 'across.inspected_shops',
      key: { column: 'shop', sqlType: 'text' },
      fields: { id: field.id('Shop', 'shop', 'text'), rating: field.integer('rating') },
      relations: {
        inspections: { kind: 'connection', type: 'Inspection', on: [match('shop', 'shop', 'text')] },
        newest: {
          kind: 'one',
          type: 'Inspection',
          on: [],
          through: {
            table: '(select distinct on (shop) shop, id from across.inspections order by shop, day desc)',
            parent: [match('shop', 'shop', 'text')],
            child: [match('id', 'id')],
          },
        },
      },
      visible: ownedBy('keeper'),
    }),
    entity({
      type: 'Inspection',
      table: 'across.inspections',
      key: id,
      fields: {
        id: field.id('Inspection', 'id'),
        result: field.enum('result'),
        day: field.integer('day'),
      },
      relations: { shop: { kind: 'one', type: 'Shop', on: [match('shop', 'shop', 'text')] } },
      orders: { DAY: [orderBy('day', 'int4')] },
      visible: ownedBy('keeper'),
    }),
    entity({
      type: 'Person',
      table: 'across.people',
      key: { column: 'login', sqlType: 'text', lowerCase: true },
      alternateKeys: { login: { column: 'login', sqlType: 'text', lowerCase: true } },
      fields: { id: field.id('Person', 'login', 'text'), login: field.text('login'), age: field.integer('age') },
      visible: ownedBy('login'),
    }),
  ],
  enums: { InspectionResult: storedLowerCase(['PASS', 'FAIL']) },
  queries: { inspections: query.connection('Inspection'), people: query.connection('Person') },
};

const noting: ModelInput = {
  entities: [
    entity({
      type: 'Note',
      table: 'across.notes',
      key: { column: 'text', sqlType: 'text' },
      fields: { id: field.id('Note', 'text', 'text'), text: field.text('text') },
      visible: ownedBy('writer'),
    }),
  ],
  extensions: [
    {
      type: 'Shop',
      relations: { notes: { kind: 'connection', type: 'Note', on: [match('about', 'id', 'text')] } },
      fields: {
        latestNote: {
          ...{ kind: 'text', sqlType: 'text', over: 'notes' },
          source: ({ from, row }) => `select max(${row}.text) from ${from}`,
        },
        isNamedLater: {
          ...{ kind: 'boolean', sqlType: 'boolean', over: 'notes', requires: ['name'] },
          source: ({ from, row }, own) => `${own('name')} > (select max(${row}.text) from ${from})`,
        },
      },
    },
  ],
  queries: { notes: query.connection('Note') },
};

const sources = {
  shared: readSources().shared,
  subgraphs: {
    shopping: `
      type Query { shops: ShopConnection @authenticated reviews: ReviewConnection @authenticated }
      type Shop @key(fields: "id") { id: ID! name: String! }
      type Inspection @key(fields: "id", resolvable: false) { id: ID! }
      type Person @key(fields: "login", resolvable: false) { login: String! }
      union ReviewSubject = Shop | Inspection
      type Review @key(fields: "id") { id: ID! title: String! subject: ReviewSubject reviewer: Person }`,
    inspecting: `
      type Query { inspections: InspectionConnection @authenticated people: PersonConnection @authenticated }
      type Shop @key(fields: "id") { id: ID! rating: Int inspections: InspectionConnection newest: Inspection }
      enum InspectionResult { PASS FAIL }
      type Inspection @key(fields: "id") { id: ID! result: InspectionResult day: Int shop: Shop }
      type Person @key(fields: "id") @key(fields: "login") { id: ID! login: String! age: Int }`,
    noting: `
      type Query { notes: NoteConnection @authenticated }
      type Note @key(fields: "id") { id: ID! text: String! }
      type Shop @key(fields: "id") {
        id: ID! notes: NoteConnection latestNote: String name: String! @external
        isNamedLater: Boolean @requires(fields: "name")
      }`,
  },
};

const registry = new MapRegistry({ shopping, inspecting, noting });
const schemaOf = (name: string, model: ModelInput, resolvers = {}) =>
  buildSubgraph({ name, model, resolvers }, subgraphDocument({ name, model }, sources, registry), registry);
const schema = schemaOf('shopping', shopping, {
  ReviewSubject: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
});
const inspectingSchema = schemaOf('inspecting', inspecting);

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
  await opened.database.script(`
    create schema across;
    create table across.shops (name text primary key);
    create table across.inspected_shops (shop text primary key, rating int, keeper text);
    create table across.inspections (id uuid primary key, shop text, result text, day int, keeper text);
    create table across.people (login text primary key, age int);
    create table across.reviews (title text primary key, about text, reviewer text);
    create table across.notes (text text primary key, about text, writer text);
    insert into across.shops values ('east'), ('north'), ('south');
    insert into across.inspected_shops values ('north', 5, 'kim'), ('south', 2, 'lee');
    insert into across.inspections values
      ('00000000-0000-4000-8000-000000000001', 'north', 'pass', 9, 'kim'),
      ('00000000-0000-4000-8000-000000000002', 'north', 'fail', 1, 'kim'),
      ('00000000-0000-4000-8000-000000000003', 'south', 'fail', 4, 'lee');
    insert into across.people values ('kim', 50), ('lee', 30);
    insert into across.reviews values
      ('about a fail', 'Inspection:00000000-0000-4000-8000-000000000003', 'Kim'),
      ('about north', 'Shop:north', 'lee'),
      ('about nothing', null, null);
    insert into across.notes values ('closed', 'Shop:north', 'kim'), ('sold', 'Shop:south', 'lee'), ('dear', 'Shop:south', 'kim');
  `);
});
afterAll(() => opened.close());

/** The auditor sees everything, kim and lee what is theirs, and zoe nothing of the other domains. */
const callers = ['auditor', 'kim', 'lee', 'zoe'] as const;

async function ask(caller: string, source: string, asked = schema): Promise<any> {
  const contextValue = {
    auth: Identity.of({ subject: caller, scopes: [] }),
    ...{ requestId: 'test', db: opened.database, database: opened.database, loaders: new Map(), signal: undefined },
  };
  const document = parse(source);
  expect(validate(asked, document)).toEqual([]);
  const { data, errors = [] } = await execute({ schema: asked, document, contextValue });
  expect(errors).toEqual([]);
  return data;
}

async function ofAll(answer: (caller: string) => Promise<unknown>): Promise<unknown[]> {
  return Promise.all(callers.map(answer));
}

const names = (list: any): string[] => list.nodes.map((node: any) => node.name ?? node.title);
const shops = (filter: string) =>
  ofAll(async (caller) => names((await ask(caller, `{ shops(filter: ${filter}) { nodes { name } } }`)).shops));
const reviews = (filter: string) =>
  ofAll(async (caller) => names((await ask(caller, `{ reviews(filter: ${filter}) { nodes { title } } }`)).reviews));

const [east, north, south] = ['east', 'north', 'south'];
const all = [east, north, south];

describe('conditions on what other domains say of an entity hold for what the caller may see of them', () => {
  test.each([
    ['a field', '{ rating: { gte: 1 } }', [[north, south], [north], [south], []]],
    ['a missing field', '{ rating: { isNull: true } }', [[east], [east, south], [east, north], all]],
    ['another value', '{ rating: { neq: 5 } }', [[east, south], [east, south], all, all]],
    ['no such value', '{ not: { rating: { eq: 2 } } }', [[east, north], all, [east, north], all]],
    ['some', '{ inspections: { some: { result: { eq: FAIL } } } }', [[north, south], [north], [south], []]],
    ['none', '{ inspections: { none: {} } }', [[east], [east, south], [east, north], all]],
    ['every', '{ inspections: { every: { result: { eq: FAIL } } } }', [[east, south], [east, south], all, all]],
    ['a count', '{ inspectionsCount: { gte: 2 } }', [[north], [north], [], []]],
    ['a count of none', '{ inspectionsCount: { eq: 0 } }', [[east], [east, south], [east, north], all]],
    ['the row that a relation picks', '{ newest: { result: { eq: PASS } } }', [[north], [north], [], []]],
    ['not the row that a relation picks', '{ not: { newest: {} } }', [[east], [east, south], [east, north], all]],
    ['what a domain adds', '{ notes: { some: { text: { neq: "dear" } } } }', [[north, south], [north], [south], []]],
    ['a field that a domain adds', '{ latestNote: { eq: "sold" } }', [[south], [], [south], []]],
    ['no such field', '{ latestNote: { isNull: true } }', [[east], [east], [east, north], all]],
    [
      'a field that a domain adds, taken with one of its own',
      '{ isNamedLater: { eq: true } }',
      [[north, south], [north, south], [south], []],
    ],
    ['a count of what a domain adds', '{ notesCount: { gt: 1 } }', [[south], [], [], []]],
  ])('%s', async (_name, filter, expected) => {
    expect(await shops(filter)).toEqual(expected);
  });

  test.each([
    ['one of several types', '{ subject: { shop: { name: { eq: "north" } } } }', Array(4).fill(['about north'])],
    ['a type', '{ subject: { inspection: {} } }', [['about a fail'], [], ['about a fail'], []]],
    [
      'what its type has in a third domain',
      '{ subject: { shop: { inspections: { some: { result: { eq: PASS } } } } } }',
      [['about north'], ['about north'], [], []],
    ],
    ['two types at once', '{ subject: { shop: {}, inspection: {} } }', [[], [], [], []]],
    ['a key in any case', '{ reviewer: { age: { gt: 40 } } }', [['about a fail'], ['about a fail'], [], []]],
    ['somebody', '{ reviewer: {} }', [['about a fail', 'about north'], ['about a fail'], ['about north'], []]],
  ])('%s', async (_name, filter, expected) => {
    expect(await reviews(filter)).toEqual(expected);
  });
});

/** By whom which shop comes when. */
const ordered = (root: string, orderBy: string) =>
  ofAll(async (caller) => {
    const title = root === 'shops' ? 'name' : 'title';
    const order = `orderBy: ${orderBy}`;
    const first = (await ask(caller, `{ list: ${root}(first: 1, ${order}) { edges { cursor node { ${title} } } } }`))
      .list;
    const rest = (
      await ask(caller, `{ list: ${root}(${order}, after: "${first.edges[0].cursor}") { nodes { ${title} } } }`)
    ).list;
    return [first.edges[0].node[title], ...names(rest)];
  });

describe('orders by what other domains say of an entity tell nothing of what the caller may not see', () => {
  test('a count', async () => {
    const untold = [south, north, east];
    const order = '{ field: INSPECTIONS_COUNT, direction: DESC }';
    expect(await ordered('shops', order)).toEqual([[north, south, east], [north, south, east], untold, untold]);
  });

  test('a field of the row that a relation picks, missing ones last', async () => {
    const order = '{ newest: { field: DAY } }';
    expect(await ordered('shops', order)).toEqual([
      [south, north, east],
      [north, east, south],
      [south, east, north],
      all,
    ]);
  });

  test('a field of another domain, missing ones last', async () => {
    expect(await ordered('shops', '{ field: RATING }')).toEqual([
      [south, north, east],
      [north, east, south],
      [south, east, north],
      all,
    ]);
  });

  test('a field that a domain adds, missing ones first where it descends', async () => {
    expect(await ordered('shops', '{ field: LATEST_NOTE, direction: DESC }')).toEqual([
      [east, south, north],
      [east, south, north],
      [north, east, south],
      [south, north, east],
    ]);
  });

  test('a field of what a key refers to', async () => {
    const [fail, ofNorth, nothing] = ['about a fail', 'about north', 'about nothing'];
    const untold = [fail, ofNorth, nothing];
    const order = '{ reviewer: { field: AGE } }';
    expect(await ordered('reviews', order)).toEqual([
      [ofNorth, fail, nothing],
      untold,
      [ofNorth, fail, nothing],
      untold,
    ]);
  });

  test('a cursor has no more', async () => {
    const order = 'orderBy: { field: INSPECTIONS_COUNT }';
    const { shops: list } = await ask('zoe', `{ shops(${order}) { edges { cursor } } }`);
    const places = list.edges.map(({ cursor }: any) => JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    expect(places.map(([, count]: unknown[]) => count)).toEqual([0, 0, 0]);
  });
});

test('figures count what the caller may see of other domains', async () => {
  const figures = await ofAll(async (caller) => {
    const { shops: list } = await ask(
      caller,
      `{ shops { aggregate { sum { inspectionsCount notesCount } }
          groupBy(fields: [{ field: INSPECTIONS_COUNT }]) { key { inspectionsCount } aggregate { count } } } }`,
    );
    const groups = list.groupBy.map(({ key, aggregate }: any) => [key.inspectionsCount, aggregate.count]);
    return [list.aggregate.sum.inspectionsCount, list.aggregate.sum.notesCount, groups];
  });
  expect(figures).toEqual([
    [
      3,
      3,
      [
        [0, 1],
        [1, 1],
        [2, 1],
      ],
    ],
    [
      2,
      2,
      [
        [0, 2],
        [2, 1],
      ],
    ],
    [
      1,
      1,
      [
        [0, 2],
        [1, 1],
      ],
    ],
    [0, 0, [[0, 3]]],
  ]);
});

test('each domain filters by what all others say of the entity', async () => {
  const filter = '{ shop: { name: { eq: "north" }, notes: { some: { text: { eq: "closed" } } } } }';
  const found = await ofAll(async (caller) => {
    const { inspections } = await ask(caller, `{ inspections(filter: ${filter}) { totalCount } }`, inspectingSchema);
    return inspections.totalCount;
  });
  expect(found).toEqual([2, 2, 0, 0]);
});
