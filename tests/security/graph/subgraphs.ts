/** What the test graph's subgraphs answer. */
import type { GatewayContext } from '../../../gateway/executor/index.js';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import { running, ticks } from './ticks.js';

export interface SubgraphSource {
  readonly typeDefs: string;
  readonly resolvers: Readonly<Record<string, unknown>>;
}

const users = [
  { id: '1', name: 'Ada', email: 'ada@example.com', salary: 100 },
  { id: '2', name: 'Bob', email: 'bob@example.com', salary: 200 },
];
const items = [
  { __typename: 'Book', id: 'b1', title: 'Logic', price: 10, pages: 300 },
  { __typename: 'Film', id: 'f1', title: 'Motion', price: 20, minutes: 90 },
  { __typename: 'Safe', id: 's1', title: 'Steel', price: 30, content: 'gold' },
];

export const account: SubgraphSource = {
  typeDefs: /* GraphQL */ `
    type Query {
      hello(name: String = "world"): String
      whoami: String
      authorization: String
      me: User @authenticated
      users: [User!]!
      user(id: ID!): User
      badge: Badge
      tier: Tier
      payroll: String! @requiresScopes(scopes: [["hr:read", "hr:pay"], ["admin"]])
      boom: String
      refused: String
      slow: String
      sum(numbers: [Int!]): Int
    }
    type Mutation {
      rename(id: ID!, name: String!): User @requiresScopes(scopes: [["users:write"]])
      touch: String
      ingest(text: String!): Int
    }
    type User @key(fields: "id") {
      id: ID!
      name: String!
      email: String @authenticated
      login: String! @authenticated
      salary: Int @requiresScopes(scopes: [["hr:read"]])
    }
    scalar Badge @authenticated
    enum Tier @requiresScopes(scopes: [["tier:read"]]) {
      GOLD
      IRON
    }
  `,
  resolvers: {
    Query: {
      hello: (_: unknown, { name }: { name: string }) => `hello ${name}`,
      whoami: (_: unknown, __: unknown, context: GatewayContext) => context.identity.subject,
      authorization: (_: unknown, __: unknown, context: GatewayContext) => context.headers['authorization'] ?? null,
      me: () => users[0],
      users: () => users,
      user: (_: unknown, { id }: { id: string }) => users.find((user) => user.id === id),
      badge: () => 'star',
      tier: () => 'GOLD',
      payroll: () => 'paid',
      boom: () => {
        throw new Error('select * from secrets where password = 1');
      },
      refused: () => {
        throw new RequestError('BAD_USER_INPUT', 'That is not for you.', { internal: 'rule 7' });
      },
      slow: (_: unknown, __: unknown, context: GatewayContext) => {
        running.count += 1;
        return new Promise((resolve) => {
          context.signal?.addEventListener('abort', () => {
            running.count -= 1;
            resolve('aborted');
          });
        });
      },
      sum: (_: unknown, { numbers }: { numbers: number[] | null }) => (numbers ?? []).reduce((a, b) => a + b, 0),
    },
    Mutation: {
      rename: (_: unknown, { id, name }: { id: string; name: string }) => ({ id, name }),
      touch: () => 'touched',
      ingest: (_: unknown, { text }: { text: string }) => text.length,
    },
    User: {
      __resolveReference: ({ id }: { id: string }) => users.find((user) => user.id === id),
      login: ({ name }: { name: string }) => name.toLowerCase(),
    },
  },
};

export const catalog: SubgraphSource = {
  typeDefs: /* GraphQL */ `
    type Query {
      items(first: Int, last: Int): ItemConnection!
      search: [Found!]
      safe: Safe
      item(id: ID!): Item
      shelf: [Item]
    }
    type ItemConnection {
      nodes: [Item]!
    }
    interface Item {
      id: ID!
      title: String
      price: Int
      related(first: Int! = 5): ItemConnection
    }
    type Book implements Item {
      id: ID!
      title: String
      price: Int @authenticated
      pages: Int
      related(first: Int! = 5): ItemConnection
    }
    type Film implements Item {
      id: ID!
      title: String
      price: Int
      minutes: Int
      related(first: Int! = 5): ItemConnection
    }
    type Safe implements Item @requiresScopes(scopes: [["safe:open"]]) {
      id: ID!
      title: String
      price: Int
      content: String
      related(first: Int! = 5): ItemConnection
    }
    union Found = Book | Film | Safe
  `,
  resolvers: {
    Query: {
      items: () => ({ nodes: items }),
      search: () => items,
      safe: () => items[2],
      item: (_: unknown, { id }: { id: string }) => items.find((item) => item.id === id),
      shelf: () => items,
    },
    Book: { related: () => ({ nodes: items.slice(0, 2) }) },
    Film: { related: () => ({ nodes: items.slice(0, 2) }) },
    Safe: { related: () => ({ nodes: items.slice(0, 2) }) },
  },
};

export const reviews: SubgraphSource = {
  typeDefs: /* GraphQL */ `
    type Query {
      reviews: Int
    }
    type User @key(fields: "id") {
      id: ID!
      salary: Int @external
      bonus: Int @requires(fields: "salary") @requiresScopes(scopes: [["hr:read"]])
      stars: Int
    }
    type Subscription {
      ticks(count: Int!): Tick
      endless: Tick
      secretTicks(count: Int!): Tick @requiresScopes(scopes: [["ticks:read"]])
      broken: Tick
    }
    type Tick {
      number: Int
      by: User
      secret: String @authenticated
    }
  `,
  resolvers: {
    User: {
      bonus: ({ salary }: { salary?: number }) => (salary === undefined ? null : salary / 10),
      stars: () => 5,
    },
    Subscription: {
      ticks: { subscribe: (_: unknown, { count }: { count: number }) => ticks(count) },
      secretTicks: { subscribe: (_: unknown, { count }: { count: number }) => ticks(count, 'secretTicks') },
      endless: { subscribe: () => ticks(1, 'endless', { hold: true }) },
      broken: {
        subscribe: () => {
          throw new Error('the queue at 10.0.0.7 is down');
        },
      },
    },
    Query: { reviews: () => 7 },
  },
};
