/** Subgraphs whose slow fields answer when the test says so. */
import type { SubgraphFixtures } from '../compose-fixture.js';

export class Gates {
  /** The gates that were asked for, in order. */
  readonly asked: string[] = [];
  readonly #watchers: (() => void)[] = [];
  readonly #open = new Set<string>();
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Resolves when somebody stands before the gate, or has passed it. */
  async askedFor(gate: string): Promise<void> {
    while (!this.asked.includes(gate)) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  /** Resolves with `value` once the gate is open. */
  async pass<T>(gate: string, value: T): Promise<T> {
    this.asked.push(gate);
    for (const watch of this.#watchers.splice(0)) watch();
    if (this.#open.has(gate)) return value;
    await new Promise<void>((resolve) => {
      this.#waiting.set(gate, [...(this.#waiting.get(gate) ?? []), resolve]);
    });
    return value;
  }

  /** Shuts all, and lets go whoever waits still. */
  reset(): void {
    this.open(...this.#waiting.keys());
    this.#open.clear();
    this.asked.length = 0;
  }

  open(...gates: string[]): void {
    for (const gate of gates) {
      this.#open.add(gate);
      for (const resolve of this.#waiting.get(gate) ?? []) resolve();
      this.#waiting.delete(gate);
    }
  }
}

interface Id {
  readonly id: string;
}

const products = ['p1', 'p2', 'p3'].map((id) => ({ id, sku: `sku-${id}`, name: `name of ${id}` }));

export function gatedSubgraphs(gates: Gates): SubgraphFixtures {
  const gated = (gate: string) => gates.pass(gate, `${gate} came`);
  const productOf = ({ id, sku }: { id?: string; sku?: string }) =>
    products.find((product) => product.id === id || product.sku === sku);
  return {
    catalog: {
      typeDefs: /* GraphQL */ `
        type Query {
          product(id: ID!): Product
          products: [Product!]!
          node(id: ID!): Node
          page(first: Int): ProductPage
          fast: String
          slowRoot: String
          stats: Stats
        }
        type Mutation {
          rename(id: ID!, name: String!): Renamed
          touch: String
        }
        type Renamed {
          ok: Boolean
          product: Product
        }
        interface Node {
          id: ID!
        }
        type ProductPage {
          nodes: [Product!]!
          total: Int
        }
        type Product implements Node @key(fields: "id") @key(fields: "sku") {
          id: ID!
          sku: String!
          name: String
          slowText: String
          size: Size
          failing: String!
          weight: Int
        }
        type Size {
          width: Int
          depth: Int!
        }
        type Stats {
          count: Int
          slowSum: String
        }
      `,
      resolvers: {
        Query: {
          product: (_: unknown, { id }: Id) => productOf({ id }),
          products: () => products,
          node: (_: unknown, { id }: Id) => ({ __typename: 'Product', ...productOf({ id }) }),
          page: () => ({ nodes: products, total: products.length }),
          fast: () => 'fast',
          slowRoot: () => gated('slowRoot'),
          stats: () => ({ count: 3, slowSum: () => gated('slowSum') }),
        },
        Mutation: {
          rename: (_: unknown, { id, name }: Id & { name: string }) => ({
            ok: true,
            product: { ...productOf({ id }), name },
          }),
          touch: () => 'touched',
        },
        Product: {
          __resolveReference: productOf,
          slowText: () => gated('slowText'),
          size: () => ({ width: 2, depth: () => null }),
          failing: () => null,
          weight: () => 7,
        },
      },
    },
    reviews: {
      typeDefs: /* GraphQL */ `
        type Product @key(fields: "id") {
          id: ID!
          weight: Int @external
          reviews: [Review!]
          rating: String
          strictRating: String!
          postage: Int @requires(fields: "weight")
        }
        type Review @key(fields: "id") {
          id: ID!
          body: String
          author: Person
        }
        type Person @key(fields: "id", resolvable: false) {
          id: ID!
        }
      `,
      resolvers: {
        Product: {
          reviews: ({ id }: Id) =>
            gates.pass(
              'reviews',
              [1, 2].map((n) => ({ id: `${id}-r${n}`, body: `body ${n}`, author: { id: `u${n}` } })),
            ),
          rating: () => gated('rating'),
          strictRating: async ({ id }: Id) => {
            await gates.pass('strictRating', null);
            if (id === 'p2') throw new Error('p2 has none');
            return `strict ${id}`;
          },
          postage: ({ weight }: { weight: number }) => weight * 2,
        },
        Review: { __resolveReference: ({ id }: Id) => ({ id, body: `body of ${id}`, author: { id: 'u1' } }) },
      },
    },
    people: {
      typeDefs: /* GraphQL */ `
        type Query {
          me: Person
        }
        type Person @key(fields: "id") {
          id: ID!
          name: String
        }
      `,
      resolvers: {
        Query: { me: () => ({ id: 'u1' }) },
        Person: { name: async ({ id }: Id) => gates.pass('name', `name of ${id}`) },
      },
    },
    stock: {
      typeDefs: /* GraphQL */ `
        type Product @key(fields: "sku") {
          sku: String!
          inStock: String
        }
      `,
      resolvers: { Product: { inStock: () => gated('inStock') } },
    },
    search: {
      typeDefs: /* GraphQL */ `
        type Query {
          found: [Product]
        }
        type Product @key(fields: "sku", resolvable: false) {
          sku: String!
        }
      `,
      resolvers: { Query: { found: () => products.map(({ sku }) => ({ sku })) } },
    },
  };
}
