import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getNamedType, isLeafType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import {
  dimensionsOf,
  MapRegistry,
  enumValueOf,
  momentsOf,
  numbersOf,
  type Dimension,
  type EntityMap,
} from '../../subgraphs/kernel/read/index.js';
import type { TestDatabase } from '../testkit/index.js';
import { ask as askOf, askWell as askWellOf, callersOf, domains, type Domain } from './every-domain.js';
import { openSeededDatabase } from './seeded-database.js';

type Item = Record<string, any>;

let opened: TestDatabase;
let callers: readonly Identity[];

beforeAll(async () => {
  opened = await openSeededDatabase();
  callers = await callersOf(opened);
});
afterAll(() => opened.close());

const ask = (schema: GraphQLSchema, query: string, caller?: Identity) => askOf(opened, schema, query, caller);
const askWell = (schema: GraphQLSchema, query: string, caller?: Identity) => askWellOf(opened, schema, query, caller);

/** What is selected of an item, or of a group's key, to know a dimension's value. */
function selectionOf({ schema }: Domain, map: EntityMap, { name, source }: Dimension, place: 'item' | 'key'): string {
  if (source.kind === 'many') {
    const isList = map.relations?.[source.name]?.kind === 'list';
    return place === 'key' ? name : `${name}: ${source.name} { ${isList ? '__typename' : 'totalCount'} }`;
  }
  if (source.kind === 'reference') return `${name} { ${Object.keys(source.key).join(' ')} }`;
  if (source.kind !== 'one') return name;
  const target = schema.getType(source.type) as GraphQLObjectType;
  const [leaf] = Object.values(target.getFields()).filter(({ type }) => isLeafType(getNamedType(type)));
  return `${name} { ${target.getFields()['id'] === undefined ? (leaf?.name ?? '') : 'id'} }`;
}

/** All but the counts of what other domains' subgraphs answer. */
function figuresOf(map: EntityMap) {
  const registry = MapRegistry.of(map);
  const isOwn = ({ source }: Dimension) => source.kind !== 'many' || map.relations?.[source.name] !== undefined;
  return {
    numbers: numbersOf(map, registry).filter(isOwn),
    moments: momentsOf(map),
    dimensions: dimensionsOf(map, registry).filter(isOwn),
  };
}

const valueOf = (item: Item, name: string): unknown => {
  const value = item[name] ?? null;
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? Number(value) : value;
  if (Array.isArray(value)) return value.length;
  return 'totalCount' in value ? value.totalCount : JSON.stringify(value);
};

async function itemsOf(domain: Domain, field: string, map: EntityMap, caller: Identity): Promise<Item[]> {
  const { numbers, moments, dimensions } = figuresOf(map);
  const all: Dimension[] = [...numbers, ...moments, ...dimensions];
  const names = new Set(all.map((each) => each.name));
  const selection = [...names]
    .map((name) =>
      selectionOf(
        domain,
        map,
        all.find((each) => each.name === name)!,
        'item',
      ),
    )
    .join(' ');
  const items: Item[] = [];
  for (let after: string | null = null; ;) {
    const page: string = after === null ? '' : `, after: "${after}"`;
    const data: any = await askWell(
      domain.schema,
      `{ list: ${field}(first: 100${page}) { nodes { ${selection} } pageInfo { hasNextPage endCursor } } }`,
      caller,
    );
    items.push(...data.list.nodes);
    if (data.list.pageInfo.hasNextPage !== true || items.length > 2_000) return items;
    after = data.list.pageInfo.endCursor as string;
  }
}

function numbers(items: readonly Item[], name: string): number[] {
  return items.flatMap((item) => {
    const value = valueOf(item, name);
    return value === null ? [] : [Number(value)];
  });
}

function sum(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
}

/** Linear between neighbours, as `percentile_cont`. */
function percentile(values: readonly number[], fraction: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((one, other) => one - other);
  const place = fraction * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}

function near(value: number | null): unknown {
  return value === null ? null : expect.closeTo(value, 6 - Math.ceil(Math.log10(Math.abs(value) + 1)));
}

function extreme(items: readonly Item[], name: string, isMoment: boolean, direction: 1 | -1): unknown {
  const values = items.map((item) => valueOf(item, name)).filter((value) => value !== null) as (string | number)[];
  const given = isMoment ? values : values.map(Number);
  return given.length === 0
    ? null
    : given.reduce((best, value) => ((value < best ? 1 : -1) === direction ? value : best));
}

function startOf(bucket: string, moment: string): string {
  const [year = '', month = ''] = moment.split('-');
  return bucket === 'YEAR' ? `${year}-01-01T00:00:00.000000Z` : `${year}-${month}-01T00:00:00.000000Z`;
}

describe.each(domains.map((domain) => [domain.name, domain] as const))('%s', (_name, domain) => {
  const { schema, maps } = domain;
  const roots = Object.entries(domain.model.queries).filter(([, root]) => root.kind === 'connection');

  test.each(roots.map(([field, { type }]) => [field, maps.get(type)!] as const))(
    '%s: every aggregate and every group is what one counts from all items',
    async (field, map) => {
      const { numbers: figures, moments, dimensions } = figuresOf(map);
      const names = figures.map(({ name }) => name).join(' ');
      const extremes = [...figures, ...moments].map(({ name }) => name).join(' ');
      const simple = names === '' ? '' : `sum { ${names} } avg { ${names} }`;
      for (const caller of callers) {
        const items = await itemsOf(domain, field, map, caller);
        const distinct = dimensions
          .map(({ name }) => `d_${name}: countDistinct(field: ${enumValueOf(name)})`)
          .join(' ');
        const groups = dimensions.map(
          (dimension) =>
            `g_${dimension.name}: groupBy(first: 1000, fields: [{ field: ${enumValueOf(dimension.name)}${dimension.source.kind === 'timestamp' ? ', bucket: MONTH' : ''} }]) {
              key { ${selectionOf(domain, map, dimension, 'key')} } aggregate { count ${names === '' ? '' : `sum { ${names} }`} } }`,
        );
        const { list } = await askWell(
          schema,
          `{ list: ${field} { aggregate { count ${distinct} ${simple}
            ${extremes === '' ? '' : `min { ${extremes} } max { ${extremes} }`}
            ${names === '' ? '' : `median: percentile(fraction: 0.5) { ${names} } p95: percentile(fraction: 0.95) { ${names} }`} }
            ${groups.join(' ')} } }`,
          caller,
        );
        const { aggregate } = list;
        expect(aggregate.count).toBe(items.length);
        for (const { name } of figures) {
          const values = numbers(items, name);
          const total = sum(values);
          expect([name, aggregate.sum[name], aggregate.avg[name]]).toEqual([
            ...[name, near(total), near(total === null ? null : total / values.length)],
          ]);
          expect([name, aggregate.median[name], aggregate.p95[name]]).toEqual([
            ...[name, near(percentile(values, 0.5)), near(percentile(values, 0.95))],
          ]);
        }
        for (const { name, scalar } of [...figures, ...moments]) {
          const isMoment = scalar === 'DateTime';
          const found = [aggregate.min[name], aggregate.max[name]].map((value) =>
            isMoment || value === null ? value : Number(value),
          );
          expect([name, ...found]).toEqual([
            name,
            extreme(items, name, isMoment, 1),
            extreme(items, name, isMoment, -1),
          ]);
        }
        for (const { name, source } of dimensions) {
          const values = items.map((item) => valueOf(item, name));
          expect([name, aggregate[`d_${name}`]]).toEqual([
            name,
            new Set(values.filter((value) => value !== null)).size,
          ]);
          const keyOf = (value: unknown): unknown =>
            source.kind === 'timestamp' && typeof value === 'string' ? startOf('MONTH', value) : value;
          const expected = new Map<unknown, Item[]>();
          for (const item of items) {
            const key = keyOf(valueOf(item, name));
            expected.set(key, [...(expected.get(key) ?? []), item]);
          }
          const found = new Map<unknown, any>(list[`g_${name}`].map((group: any) => [valueOf(group.key, name), group]));
          expect(found.size).toBe(expected.size);
          for (const [key, members] of expected) {
            expect([name, key, found.get(key)?.aggregate.count]).toEqual([name, key, members.length]);
            for (const figure of figures) {
              expect(found.get(key)?.aggregate.sum[figure.name]).toEqual(near(sum(numbers(members, figure.name))));
            }
          }
        }
      }
    },
    60_000,
  );
});

describe('groups', () => {
  const { schema } = domains.find(({ name }) => name === 'scanning-and-wallets')!;
  const groups = (args: string, selection = 'key { type createdAt } aggregate { count sum { amount } }') =>
    ask(schema, `{ creditTransactions { groupBy(${args}) { ${selection} } } }`);
  const byType = 'fields: [{ field: TYPE }]';
  const counts = (list: any[]): number[] => list.map(({ aggregate }) => aggregate.count);

  test('come by their keys, or in the order that is asked for, the first first', async () => {
    const all = (await groups(byType)).data.creditTransactions.groupBy;
    const ordered = (await groups(`${byType}, orderBy: [{ measure: COUNT, direction: DESC }]`)).data.creditTransactions
      .groupBy;
    expect(counts(ordered)).toEqual(counts(all).sort((one, other) => other - one));
    const bySum = (await groups(`${byType}, orderBy: [{ measure: SUM, field: AMOUNT, direction: DESC }], first: 2`))
      .data;
    const sums = all.map((group: any) => group.aggregate.sum.amount as number);
    expect(bySum.creditTransactions.groupBy.map((group: any) => group.aggregate.sum.amount)).toEqual(
      sums.sort((one: number, other: number) => other - one).slice(0, 2),
    );
    const backward = (await groups(`${byType}, orderBy: [{ key: TYPE, direction: DESC }]`)).data.creditTransactions
      .groupBy;
    expect(backward).toEqual([...all].reverse());
  });

  test('are kept by conditions on their figures', async () => {
    const all = (await groups(byType)).data.creditTransactions.groupBy;
    const few = (await groups(`${byType}, having: { or: [{ count: { lt: 30 } }, { sum: { amount: { gt: 1000 } } }] }`))
      .data;
    expect(few.creditTransactions.groupBy).toEqual(
      all.filter(({ aggregate }: any) => aggregate.count < 30 || aggregate.sum.amount > 1000),
    );
    const others = (await groups(`${byType}, having: { not: { count: { lt: 30 } } }`)).data.creditTransactions.groupBy;
    expect(others).toEqual(all.filter(({ aggregate }: any) => aggregate.count >= 30));
  });

  test('are over the items that the connection’s filter keeps, whatever page is asked for', async () => {
    const { data } = await ask(
      schema,
      `{ creditTransactions(first: 1, filter: { amount: { gt: 0 } }) { totalCount nodes { id } aggregate { count min { amount } } groupBy(${byType}) { aggregate { count } } } }`,
    );
    const { totalCount, nodes, aggregate, groupBy } = data.creditTransactions;
    expect(nodes).toHaveLength(1);
    expect(aggregate.count).toBe(totalCount);
    expect(aggregate.min.amount).toBeGreaterThan(0);
    expect(counts(groupBy).reduce((total, count) => total + count, 0)).toBe(totalCount);
  });

  test('of moments begin where the time zone’s spans do', async () => {
    const keys = async (args: string): Promise<string[]> =>
      (await groups(`fields: [{ field: CREATED_AT, ${args} }], first: 1000`)).data.creditTransactions.groupBy.map(
        ({ key }: any) => key.createdAt,
      );
    const berlin = await keys('bucket: DAY, timeZone: "Europe/Berlin"');
    for (const key of berlin) {
      const local = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'medium' }).format(
        new Date(key),
      );
      expect(local).toBe('00:00:00');
    }
    for (const key of await keys('bucket: WEEK')) expect(new Date(key).getUTCDay()).toBe(1);
    for (const key of await keys('bucket: QUARTER')) expect([0, 3, 6, 9]).toContain(new Date(key).getUTCMonth());
    for (const key of await keys('bucket: YEAR')) expect(key).toMatch(/-01-01T00:00:00.000000Z$/);
    for (const key of await keys('bucket: HOUR')) expect(key).toMatch(/:00:00.000000Z$/);
  });

  test('by what a relation leads to have the entity as their key, with one statement more however many there are', async () => {
    const { data, statements } = await groups(
      'fields: [{ field: WALLET }]',
      'key { wallet { id creditBalance } } aggregate { count }',
    );
    const found = data.creditTransactions.groupBy;
    expect(found.length).toBeGreaterThan(1);
    for (const { key } of found) expect(key.wallet.id).toMatch(/^Wallet:/);
    expect(statements).toBe(2);
  });

  test('of every parent’s connection are in the parent’s own statement', async () => {
    const { data, statements } = await ask(
      schema,
      `{ wallets { nodes { creditTransactions(first: 2) { nodes { id } aggregate { count sum { amount } } groupBy(${byType}) { aggregate { count } } } } } }`,
    );
    for (const { creditTransactions: list } of data.wallets.nodes) {
      expect(counts(list.groupBy).reduce((total, count) => total + count, 0)).toBe(list.aggregate.count);
    }
    expect(statements).toBe(1);
  });

  test.each([
    ['fields: []', 'groupBy.fields must have 1 to 8 fields.'],
    ['fields: [{ field: TYPE }, { field: TYPE }]', 'groupBy.fields names a field twice.'],
    ['fields: [{ field: TYPE, bucket: DAY }]', 'TYPE has no time buckets'],
    ['fields: [{ field: CREATED_AT, timeZone: "Europe/Berlin" }]', 'timeZone goes with a bucket'],
    ['fields: [{ field: CREATED_AT, bucket: DAY, timeZone: "Mars/Olympus" }]', 'timeZone must be a name'],
    ['fields: [{ field: CREATED_AT, bucket: DAY, timeZone: "+02:00" }]', 'timeZone must be a name'],
    [`${byType}, first: 0`, 'groupBy.first must be 1 to 1000, got 0.'],
    [`${byType}, first: 1001`, 'groupBy.first must be 1 to 1000, got 1001.'],
    [`${byType}, orderBy: [{ direction: ASC }]`, 'give either key or measure'],
    [`${byType}, orderBy: [{ key: CREATED_AT }]`, 'CREATED_AT is not among the fields'],
    [`${byType}, orderBy: [{ measure: SUM }]`, 'SUM needs a field'],
  ])('%s is refused, and the caller is told why', async (args, message) => {
    const { errors } = await groups(args);
    expect(errors).toEqual([expect.stringContaining(message)]);
  });

  test('a fraction outside 0 to 1 is refused', async () => {
    const { errors } = await ask(
      schema,
      '{ creditTransactions { aggregate { percentile(fraction: 1.5) { amount } } } }',
    );
    expect(errors).toEqual(['percentile.fraction must be 0 to 1, got 1.5.']);
  });

  test('a caller who may see nothing gets figures over nothing', async () => {
    const query = `{ creditTransactions { totalCount aggregate { count countDistinct(field: TYPE) sum { amount } percentile(fraction: 0.5) { amount } } groupBy(${byType}) { aggregate { count } } } }`;
    const { data, errors } = await ask(schema, query, Identity.of({ subject: 'nobody', scopes: [] }));
    expect(errors).toEqual([]);
    expect(data.creditTransactions).toEqual({
      totalCount: 0,
      aggregate: { count: 0, countDistinct: 0, sum: { amount: null }, percentile: { amount: null } },
      groupBy: [],
    });
  });
});
