/** Keys with objects in them, of which each subgraph knows something else. */
import { describe, expect, test } from '@jest/globals';
import { buildSchema, execute, isObjectType, parse, printSchema, validate, type GraphQLSchema } from 'graphql';
import { createContext, createFixtureExecutor, query, type SubgraphFixtures } from '../compose-fixture.js';
import { toComparable } from '../differential/compare.js';
import { randomOperation } from '../differential/random-query.js';
import { begin, takeParts } from '../incremental/parts.js';

interface Item {
  readonly id: string;
}
interface Cart {
  readonly items: readonly Item[];
  readonly box: { readonly code: string };
}

const cart = (...ids: string[]): Cart => ({ items: ids.map((id) => ({ id })), box: { code: `box-${ids.join('+')}` } });
const carts = [cart('1', '2'), cart('3'), cart()];
const cartOf = ({ items, box }: Partial<Cart>): Cart | undefined =>
  carts.find((one) =>
    items === undefined
      ? one.box.code === box?.code
      : one.items.map(({ id }) => id).join() === items.map(({ id }) => id).join(),
  );

type Resolvers = Record<string, Record<string, (parent: never) => unknown>>;
/** As one schema would answer; each subgraph has some of it. */
const fields: Resolvers = {
  Query: { carts: () => carts, cart: () => carts[0], noted: () => [carts[1], carts[0]] },
  Cart: {
    name: ({ box }: Cart) => `name of ${box.code}`,
    total: ({ items }: Cart) => items.length,
    twin: (one: Cart) => one,
    note: ({ box }: Cart) => `note of ${box.code}`,
    sealed: ({ box }: Cart) => `seal of ${box.code}`,
  },
  Item: {
    label: ({ id }: Item) => `label ${id}`,
    stock: ({ id }: Item) => Number(id) * 10,
    weight: ({ id }: Item) => Number(id) * 3,
    maker: ({ id }: Item) => ({ name: `maker of ${id}` }),
  },
  Box: { size: ({ code }: Cart['box']) => code.length, color: ({ code }: Cart['box']) => `color of ${code}` },
};

const subgraph = (typeDefs: string, ...names: string[]): SubgraphFixtures[string] => {
  const resolvers: Resolvers = { Cart: { __resolveReference: (reference: Cart) => cartOf(reference) } };
  for (const name of names) {
    const [type = '', field = ''] = name.split('.');
    resolvers[type] = { ...resolvers[type], [field]: fields[type]?.[field] as (parent: never) => unknown };
  }
  return { typeDefs, resolvers };
};

const subgraphs: SubgraphFixtures = {
  shop: subgraph(
    `type Query { carts: [Cart] cart: Cart }
     type Cart @key(fields: "items { id }") { items: [Item!] @shareable name: String }
     type Item { id: ID! @shareable label: String maker: Maker } type Maker { name: String }`,
    'Query.carts',
    'Query.cart',
    'Cart.name',
    'Item.label',
    'Item.maker',
  ),
  stocks: subgraph(
    `type Cart @key(fields: "items { id }") @key(fields: "box { code }") {
       items: [Item!] @shareable box: Box @shareable total: Int twin: Cart }
     type Item { id: ID! @shareable stock: Int } type Box { code: String @shareable size: Int }`,
    'Cart.total',
    'Cart.twin',
    'Item.stock',
    'Box.size',
  ),
  notes: subgraph(
    `type Query { noted: [Cart] }
     type Cart @key(fields: "box { code }") { box: Box @shareable note: String }
     type Box { code: String @shareable color: String }`,
    'Query.noted',
    'Cart.note',
    'Box.color',
  ),
  scales: subgraph(
    `type Cart @key(fields: "items { id }") {
       items: [Item!] @shareable total: Int @external sealed: String @requires(fields: "total") }
     type Item { id: ID! @shareable weight: Int }`,
    'Cart.sealed',
    'Item.weight',
  ),
};

function oneSchema(apiSchema: GraphQLSchema): GraphQLSchema {
  const schema = buildSchema(printSchema(apiSchema));
  for (const [name, resolvers] of Object.entries(fields)) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    for (const [field, resolve] of Object.entries(resolvers)) {
      const definition = type.getFields()[field];
      if (definition) definition.resolve = resolve as never;
    }
  }
  return schema;
}

describe('what stands in a key', () => {
  test('is asked of each subgraph that knows something of it', async () => {
    const executor = createFixtureExecutor(subgraphs);
    const source = '{ cart { items { label stock weight maker { name } } box { size color } sealed } }';
    expect(await query(executor, source)).toEqual({
      data: {
        cart: {
          items: [
            { label: 'label 1', stock: 10, weight: 3, maker: { name: 'maker of 1' } },
            { label: 'label 2', stock: 20, weight: 6, maker: { name: 'maker of 2' } },
          ],
          box: { size: 7, color: 'color of box-1+2' },
          sealed: 'seal of box-1+2',
        },
      },
    });
  });

  test('may be deferred', async () => {
    const executor = createFixtureExecutor(subgraphs);
    const source = '{ noted { note ... @defer { items { stock label } box { size } } } }';
    const { merged } = await takeParts(await begin(executor, source, 'all'));
    expect(merged).toEqual(await query(executor, source.replace('@defer', '')));
  });

  test('is answered in 250 random documents as one schema would', async () => {
    const executor = createFixtureExecutor(subgraphs);
    const schema = oneSchema(executor.apiSchema);
    for (let seed = 1, found = 0; found < 250; seed++) {
      const { source, variables } = randomOperation(schema, seed);
      const document = parse(source);
      if (validate(schema, document).length > 0) continue;
      found += 1;
      const asked = { document, source, variables, context: createContext() };
      const answered = toComparable(JSON.parse(JSON.stringify(await executor.execute(asked))) as object);
      const expected = await execute({ schema, document, variableValues: variables });
      expect({ source, ...answered }).toEqual({
        source,
        ...toComparable(JSON.parse(JSON.stringify(expected)) as object),
      });
    }
  });
});
