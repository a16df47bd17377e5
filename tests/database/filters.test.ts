import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getNamedType, isEnumType, isLeafType, isListType, getNullableType, type GraphQLObjectType } from 'graphql';
import type { Identity } from '../../subgraphs/kernel/auth/index.js';
import {
  filterFields,
  countsOf,
  enumValueOf,
  expressionOrders,
  MapRegistry,
  ordersOf,
  type EntityMap,
  type FieldMap,
} from '../../subgraphs/kernel/read/index.js';
import { engine, type TestDatabase } from '../testkit/index.js';
import { ask, askWell, callersOf, domains, type Domain } from './every-domain.js';
import { openSeededDatabase } from './seeded-database.js';

type Item = Record<string, any>;

let opened: TestDatabase;
let callers: readonly Identity[];

beforeAll(async () => {
  opened = await openSeededDatabase();
  callers = await callersOf(opened);
});
afterAll(() => opened.close());

interface Condition {
  readonly text: string;
  readonly holds: (value: any) => boolean;
}

/** Fields of a type that can be filtered and are shown. */
function shownFields({ schema }: Domain, map: EntityMap): [string, FieldMap][] {
  const shown = (schema.getType(map.type) as GraphQLObjectType).getFields();
  return Object.entries(filterFields(map)).filter(
    ([name]) =>
      map.fields[name] !== undefined && shown[name] !== undefined && isLeafType(getNamedType(shown[name].type)),
  );
}

function literal({ schema }: Domain, map: EntityMap, name: string, value: unknown): string {
  const type = (schema.getType(map.type) as GraphQLObjectType).getFields()[name]?.type;
  return type !== undefined && isEnumType(getNamedType(type)) ? String(value) : JSON.stringify(value);
}

/** Every comparator of the field, with values that are there. */
function conditionsOf(
  domain: Domain,
  map: EntityMap,
  [name, field]: [string, FieldMap],
  items: readonly Item[],
): Condition[] {
  const values = [...new Set(items.map((item) => item[name] as unknown).filter((value) => value != null))];
  const spell = (value: unknown) => literal(domain, map, name, value);
  const isMissing = (value: unknown) => value === null || value === undefined;
  const conditions: Condition[] = [
    { text: 'isNull: true', holds: isMissing },
    { text: 'isNull: false', holds: (value) => !isMissing(value) },
    ...(field.kind === 'boolean' ? [] : [{ text: 'in: []', holds: () => false }]),
  ];
  for (const sample of [values[0], values[Math.floor(values.length / 2)]]) {
    if (sample === undefined) continue;
    const one = spell(sample);
    conditions.push(
      { text: `eq: ${one}`, holds: (value) => value === sample },
      { text: `neq: ${one}`, holds: (value) => value !== sample },
    );
    if (field.kind === 'boolean') continue;
    conditions.push(
      { text: `in: [${one}]`, holds: (value) => value === sample },
      { text: `nin: [${one}]`, holds: (value) => value !== sample },
    );
    if (field.kind === 'text') {
      const part = String(sample).slice(1, 5);
      const [upper, lower] = [part.toUpperCase(), part.toLowerCase()];
      const start = String(sample).slice(0, 3);
      conditions.push(
        {
          text: `contains: ${JSON.stringify(upper)}`,
          holds: (value) =>
            String(value ?? '')
              .toLowerCase()
              .includes(lower) && !isMissing(value),
        },
        {
          text: `startsWith: ${JSON.stringify(start)}`,
          holds: (value) => !isMissing(value) && String(value).toLowerCase().startsWith(start.toLowerCase()),
        },
      );
    }
    if (!['integer', 'bigint', 'numeric', 'timestamp'].includes(field.kind)) continue;
    const known = (holds: (value: any) => boolean) => (value: any) => !isMissing(value) && holds(value);
    conditions.push(
      { text: `gt: ${one}`, holds: known((value) => value > sample) },
      { text: `gte: ${one}`, holds: known((value) => value >= sample) },
      { text: `lt: ${one}`, holds: known((value) => value < sample) },
      { text: `lte: ${one}`, holds: known((value) => value <= sample) },
    );
  }
  return conditions;
}

/** All items, each with its fields and, of each relation, the fields of what it leads to. */
async function itemsOf(domain: Domain, root: string, map: EntityMap, caller: Identity): Promise<Item[]> {
  const own = shownFields(domain, map).map(([name]) => name);
  const related = relationsOf(domain, map).map(({ name, kind, below }) => {
    const selection = ['__typename', ...below].join(' ');
    return kind === 'connection'
      ? `${name}(first: 100) { totalCount nodes { ${selection} } }`
      : `${name} { ${selection} }`;
  });
  return pagesOf(domain, `${root}(first: 50`, [...own, ...related].join(' '), caller);
}

/** All nodes of a list, page by page; `start` is its field with its first arguments. */
async function pagesOf(domain: Domain, start: string, selection: string, caller: Identity): Promise<Item[]> {
  const nodes: Item[] = [];
  for (let after = ''; ;) {
    const query = `{ list: ${start}${after}) { nodes { ${selection} } pageInfo { hasNextPage endCursor } } }`;
    const { list } = await askWell(opened, domain.schema, query, caller);
    nodes.push(...list.nodes);
    if (list.pageInfo.hasNextPage !== true) return nodes;
    after = `, after: "${list.pageInfo.endCursor}"`;
  }
}

function nullsLast(one: any, other: any): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return one < other ? -1 : Number(one > other);
}

function relationsOf(domain: Domain, map: EntityMap) {
  const offered = new Set(inputFields(domain, map));
  return [...MapRegistry.of(map).related(map).values()].flatMap((related) => {
    const { name } = related;
    const kind = map.relations?.[name]?.kind;
    if (related.kind === 'union' || kind === undefined || kind === 'reference' || !offered.has(name)) return [];
    const { target } = related;
    return [{ name, kind, target, below: shownFields(domain, target).map(([field]) => field) }];
  });
}

/** Of relations that the domain's own subgraph answers. */
function ownCounts(map: EntityMap) {
  return countsOf(map, MapRegistry.of(map)).filter(({ source }) => map.relations?.[source.name] !== undefined);
}

function inputFields({ schema }: Domain, map: EntityMap): string[] {
  const type = schema.getType(`${map.connectionName ?? map.type}Filter`);
  return type !== undefined && 'getFields' in type ? Object.keys(type.getFields()) : [];
}

/** Both engines are asked in the same SQL: on the embedded one every second list will do. */
const roots = domains
  .flatMap((domain) =>
    Object.entries(domain.model.queries).flatMap(([root, { kind, type }]) =>
      kind === 'connection' ? [[root, domain, domain.maps.get(type)!] as const] : [],
    ),
  )
  .filter((_, index) => engine === 'postgres' || index % 2 === 0);

describe.each(roots)('%s', (root, domain, map) => {
  test('every comparator of every field, and its negation, keeps what one would keep by hand', async () => {
    for (const caller of callers) {
      const items = await itemsOf(domain, root, map, caller);
      for (const field of shownFields(domain, map)) {
        const [name] = field;
        const conditions = conditionsOf(domain, map, field, items);
        const aliases = conditions.flatMap(({ text }, index) => [
          `a${index}: ${root}(filter: { ${name}: { ${text} } }) { totalCount }`,
          `n${index}: ${root}(filter: { not: { ${name}: { ${text} } } }) { totalCount }`,
        ]);
        const found = await askWell(opened, domain.schema, `{ ${aliases.join(' ')} }`, caller);
        for (const [index, { text, holds }] of conditions.entries()) {
          const expected = items.filter((item) => holds(item[name])).length;
          expect([name, text, found[`a${index}`].totalCount, found[`n${index}`].totalCount]).toEqual([
            ...[name, text, expected, items.length - expected],
          ]);
        }
      }
    }
  }, 60_000);

  test('conditions on what a relation leads to keep what one would keep by hand', async () => {
    for (const caller of callers) {
      const items = await itemsOf(domain, root, map, caller);
      for (const { name, kind, target } of relationsOf(domain, map)) {
        const many = (item: Item): Item[] => (kind === 'connection' ? item[name].nodes : (item[name] ?? []));
        if (kind === 'connection' && items.some((item) => item[name].totalCount > 100)) continue;
        const related = kind === 'one' ? items.flatMap((item) => item[name] ?? []) : items.flatMap(many);
        for (const field of shownFields(domain, target).slice(0, 4)) {
          const conditions = conditionsOf(domain, target, field, related).slice(0, 6);
          const quantifiers = kind === 'one' ? ['one'] : ['some', 'none', 'every'];
          const asked = conditions.flatMap((condition) =>
            quantifiers.map((quantifier) => ({ ...condition, quantifier })),
          );
          const aliases = asked.map(({ text, quantifier }, index) => {
            const inner = `{ ${field[0]}: { ${text} } }`;
            return `a${index}: ${root}(filter: { ${name}: ${quantifier === 'one' ? inner : `{ ${quantifier}: ${inner} }`} }) { totalCount }`;
          });
          const found = await askWell(opened, domain.schema, `{ ${aliases.join(' ')} }`, caller);
          for (const [index, { text, holds, quantifier }] of asked.entries()) {
            const meets = (row: Item) => holds(row[field[0]]);
            const keeps = {
              one: (item: Item) => item[name] != null && meets(item[name]),
              some: (item: Item) => many(item).some(meets),
              none: (item: Item) => !many(item).some(meets),
              every: (item: Item) => many(item).every(meets),
            }[quantifier as 'one' | 'some' | 'none' | 'every'];
            const place = `${name} ${quantifier} ${field[0]} ${text}`;
            expect([place, found[`a${index}`].totalCount]).toEqual([place, items.filter(keeps).length]);
          }
        }
      }
    }
  }, 60_000);

  test('how many rows a relation leads to is filtered and ordered by as one would count them', async () => {
    const field = { kind: 'integer', source: '', sqlType: 'int8' } as const;
    for (const caller of callers) {
      const items = await itemsOf(domain, root, map, caller);
      for (const { name, source } of ownCounts(map)) {
        const countOf = (item: Item): number => item[source.name].totalCount ?? item[source.name].length;
        const counts = items.map((item) => ({ [name]: countOf(item) }));
        const conditions = conditionsOf(domain, map, [name, field], counts);
        const aliases = conditions.map(
          ({ text }, index) => `a${index}: ${root}(filter: { ${name}: { ${text} } }) { totalCount }`,
        );
        const order = `orderBy: { field: ${enumValueOf(name)}, direction: DESC }`;
        const list = `list: ${root}(first: 100, ${order}) { nodes { ${source.name} { ${'totalCount' in (items[0]?.[source.name] ?? {}) ? 'totalCount' : '__typename'} } } }`;
        const found = await askWell(opened, domain.schema, `{ ${[...aliases, list].join(' ')} }`, caller);
        for (const [index, { text, holds }] of conditions.entries()) {
          const expected = counts.filter((item) => holds(item[name])).length;
          expect([name, text, found[`a${index}`].totalCount]).toEqual([name, text, expected]);
        }
        const greatest = items.map(countOf).sort((one, other) => other - one);
        expect([order, found.list.nodes.map(countOf)]).toEqual([order, greatest.slice(0, 100)]);
      }
    }
  }, 60_000);

  test('orders by a field of what a relation leads to are by its values, with those that have none as the greatest', async () => {
    for (const caller of callers) {
      const items = await itemsOf(domain, root, map, caller);
      for (const { name, kind, target, below } of relationsOf(domain, map)) {
        if (kind !== 'one') continue;
        const comparable = Object.entries(target.fields).filter(
          ([field, { kind: type, source }]) =>
            below.includes(field) && typeof source === 'string' && ['integer', 'bigint', 'timestamp'].includes(type),
        );
        for (const [field] of comparable.slice(0, 3)) {
          const order = `orderBy: { ${name}: { field: ${enumValueOf(field)} } }`;
          const value = (item: Item) => item[name]?.[field] ?? null;
          const list = await pagesOf(domain, `${root}(first: 50, ${order}`, `${name} { ${field} }`, caller);
          const sorted = items.map(value).sort(nullsLast);
          expect([order, list.map(value)]).toEqual([order, sorted]);
        }
      }
    }
  }, 60_000);

  test('every order, and one after another, is the same list in pages as in one', async () => {
    const values = Object.keys({ ...ordersOf(map, null), ...expressionOrders(map) });
    const type = domain.schema.getType(map.type) as GraphQLObjectType;
    const key = Object.values(type.getFields()).find(
      ({ name, type: own }) => name === 'id' || (isLeafType(getNamedType(own)) && !isListType(getNullableType(own))),
    );
    for (const [index, value] of values.entries()) {
      const next = values[(index + 1) % values.length];
      const direction = index % 2 === 0 ? 'ASC' : 'DESC';
      const thenBy =
        next === value ? '' : `, thenBy: [{ field: ${next}, direction: ${index % 3 === 0 ? 'DESC' : 'ASC'} }]`;
      const order = `orderBy: { field: ${value}, direction: ${direction}${thenBy} }`;
      const page = (args: string) =>
        askWell(
          opened,
          domain.schema,
          `{ list: ${root}(${args}, ${order}) { edges { cursor node { ${key?.name} } } } }`,
        );
      const { list: whole } = await page('first: 40');
      const paged: unknown[] = [];
      for (let after = ''; paged.length < whole.edges.length;) {
        const { list } = await page(`first: 7${after}`);
        paged.push(...list.edges.map(({ node }: any) => node));
        after = `, after: "${list.edges.at(-1).cursor}"`;
      }
      const expected = whole.edges.map(({ node }: any) => node);
      expect([order, paged.slice(0, expected.length)]).toEqual([order, expected]);
      if (whole.edges.length < 40) {
        const { list: backward } = await page('last: 40');
        expect([order, backward.edges.map(({ node }: any) => node)]).toEqual([order, expected]);
      }
    }
  }, 60_000);
});

describe('a condition on a relation', () => {
  test('sees no row that the caller may not see', async () => {
    const { schema } = domains.find(({ name }) => name === 'scanning-and-wallets')!;
    const [, owner] = callers;
    const query =
      '{ accounts(filter: { scanJobs: { some: {} } }) { totalCount } wallets(filter: { account: { scanJobs: { some: {} } } }) { totalCount } }';
    const all = await askWell(opened, schema, query);
    const own = await askWell(opened, schema, query, owner);
    expect(own.accounts.totalCount).toBeLessThanOrEqual(1);
    expect(all.accounts.totalCount).toBeGreaterThan(own.accounts.totalCount);
  });

  test('may follow three relations, and a fourth is refused', async () => {
    const { schema } = domains.find(({ name }) => name === 'workflow')!;
    const nested = (depth: number, ofItem = true): string => {
      if (depth === 0) return '{ id: { isNull: false } }';
      const below = nested(depth - 1, !ofItem);
      return ofItem ? `{ workOrder: ${below} }` : `{ workItems: { some: ${below} } }`;
    };
    const asked = (depth: number) => ask(opened, schema, `{ workItems(filter: ${nested(depth)}) { totalCount } }`);
    expect((await asked(3)).errors).toEqual([]);
    expect((await asked(4)).errors).toEqual([expect.stringContaining('may follow 3 relations')]);
  });

  test('may be nested to eight levels, and deeper is refused', async () => {
    const { schema } = domains.find(({ name }) => name === 'workflow')!;
    const nested = (depth: number): string =>
      depth === 1 ? '{ id: { isNull: false } }' : `{ not: ${nested(depth - 1)} }`;
    const asked = (depth: number) => ask(opened, schema, `{ workItems(filter: ${nested(depth)}) { totalCount } }`);
    expect((await asked(8)).errors).toEqual([]);
    expect((await asked(9)).errors).toEqual([expect.stringContaining('8 levels deep')]);
  });
});
