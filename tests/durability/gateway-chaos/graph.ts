/** Three subgraphs of one small graph: every answer is a function of its arguments, every event of its cursor. */
import { statSync, watch } from 'node:fs';

export const subgraphNames = ['catalogue', 'stock', 'prices'] as const;
export type SubgraphName = (typeof subgraphNames)[number];

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])`;

const itemCount = 6;

interface Item {
  readonly id: string;
  readonly name?: string | null;
}

const nameOf = (id: string): string => `item ${id}`;
const countOf = (id: string): number => Number(id) * 7;
const reservedOf = (id: string): number => Number(id) % 3;
const priceOf = (id: string): number => Number(id) * 100 - 1;
const labelOf = (id: string, name: string): string => `${name} at ${priceOf(id)}`;
const itemOfEvent = (cursor: number): Item => ({ id: String((cursor % itemCount) + 1) });
const depots = [
  { id: 'north', items: [{ id: '1' }, { id: '4' }] },
  { id: 'south', items: [{ id: '2' }, { id: '6' }] },
];

/** Events `after` a cursor and on; one event for each byte of the log, which outlives the process that serves it. */
async function* eventsAfter(logFile: string, after: number) {
  let wake: (() => void) | undefined;
  const watcher = watch(logFile, () => wake?.());
  try {
    for (let cursor = after + 1; ; cursor++) {
      for (;;) {
        // Set before the look: what is written after it wakes.
        const written = new Promise<void>((resolve) => (wake = resolve));
        if (statSync(logFile).size >= cursor) break;
        await written;
      }
      yield { cursor, item: itemOfEvent(cursor) };
    }
  } finally {
    watcher.close();
  }
}

export interface Fixture {
  readonly typeDefs: string;
  readonly resolvers: Record<string, unknown>;
}

/** `logFile` is read by subscriptions alone. */
export function createFixtures(logFile: string): Record<SubgraphName, Fixture> {
  const eventsOf = (field: string) => ({
    [field]: {
      subscribe: async function* (_: unknown, { after }: { after: number }) {
        for await (const event of eventsAfter(logFile, after)) yield { [field]: event };
      },
    },
  });
  return {
    catalogue: {
      typeDefs: `${link}
        type Query { items(ids: [ID!]!): [Item] }
        type Item @key(fields: "id") { id: ID! name: String }
        type Subscription { itemChanged(after: Int!): ItemChange }
        type ItemChange { cursor: Int! item: Item }`,
      resolvers: {
        Query: { items: (_: unknown, { ids }: { ids: string[] }) => ids.map((id) => ({ id })) },
        Item: { name: ({ id }: Item) => nameOf(id) },
        Subscription: eventsOf('itemChanged'),
      },
    },
    stock: {
      typeDefs: `${link}
        type Query { depots: [Depot] }
        type Depot { id: ID! items: [Item] }
        type Item @key(fields: "id") { id: ID! count: Int reserved: Int }
        type Subscription { countChanged(after: Int!): CountChange }
        type CountChange { cursor: Int! item: Item }`,
      resolvers: {
        Query: { depots: () => depots },
        Item: { count: ({ id }: Item) => countOf(id), reserved: ({ id }: Item) => reservedOf(id) },
        Subscription: eventsOf('countChanged'),
      },
    },
    prices: {
      typeDefs: `${link}
        type Query { cheapest: Item }
        type Item @key(fields: "id") {
          id: ID! price: Int name: String @external label: String @requires(fields: "name")
        }`,
      resolvers: {
        Query: { cheapest: () => ({ id: '1' }) },
        Item: {
          price: ({ id }: Item) => priceOf(id),
          label: ({ id, name }: Item) => (typeof name === 'string' ? labelOf(id, name) : null),
        },
      },
    },
  };
}

/** Whose failure may leave a field null: its own subgraph's, or one's that it requires. */
export const culprits: Readonly<Record<string, readonly SubgraphName[]>> = {
  items: ['catalogue', 'stock'],
  name: ['catalogue'],
  itemChanged: ['catalogue'],
  depots: ['stock'],
  count: ['stock'],
  reserved: ['stock'],
  countChanged: ['stock'],
  cheapest: ['prices'],
  price: ['prices'],
  label: ['prices', 'catalogue'],
};

const whole = (id: string) => ({
  id,
  name: nameOf(id),
  count: countOf(id),
  price: priceOf(id),
  label: labelOf(id, nameOf(id)),
});

export interface Question {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly expected: unknown;
}

/** The `turn`th question of a client: they alternate. */
export function questionOf(turn: number, { reserved }: { reserved: boolean }): Question {
  if (turn % 2 === 0) {
    const ids = [turn, turn + 2, turn + 3].map((n) => String((n % itemCount) + 1));
    const field = reserved ? ' reserved' : '';
    return {
      query: `query ($ids: [ID!]!) { items(ids: $ids) { id name count price label${field} } }`,
      variables: { ids },
      expected: { items: ids.map((id) => ({ ...whole(id), ...(reserved && { reserved: reservedOf(id) }) })) },
    };
  }
  return {
    query: '{ depots { id items { id name count price label } } cheapest { id name count price label } }',
    variables: {},
    expected: {
      depots: depots.map(({ id, items }) => ({ id, items: items.map((item) => whole(item.id)) })),
      cheapest: whole('1'),
    },
  };
}

export type FeedField = 'itemChanged' | 'countChanged';
export const feeds: Readonly<Record<FeedField, SubgraphName>> = { itemChanged: 'catalogue', countChanged: 'stock' };

export function subscriptionOf(field: FeedField, { reserved }: { reserved: boolean }): string {
  const fields = `id name count price label${reserved ? ' reserved' : ''}`;
  return `subscription ($after: Int!) { ${field}(after: $after) { cursor item { ${fields} } } }`;
}

export function expectedEvent(field: FeedField, cursor: number, { reserved }: { reserved: boolean }): unknown {
  const { id } = itemOfEvent(cursor);
  return { [field]: { cursor, item: { ...whole(id), ...(reserved && { reserved: reservedOf(id) }) } } };
}
