/** The graph that is measured: 50 products, four fetches, an answer of about 22 KB. */
import { buildSchema, isObjectType, printSchema, type GraphQLSchema } from 'graphql';
import type { SubgraphFixtures } from '../../conformance/compose-fixture.js';

interface Product {
  readonly id: string;
}

const text = (length: number, seed: string) => seed.repeat(Math.ceil(length / seed.length)).slice(0, length);

const products: readonly Product[] = Array.from({ length: 50 }, (_, i) => ({ id: `product-${i}` }));

const fields = {
  name: ({ id }: Product) => `Name of ${id}`,
  description: ({ id }: Product) => text(120, `${id} `),
  price: () => ({ amount: 1_999, currency: 'EUR' }),
  stock: ({ id }: Product) => id.length,
  warehouse: () => ({ code: 'W-1', city: 'Rotterdam' }),
  reviews: ({ id }: Product) => [1, 2].map((n) => ({ id: `${id}-review-${n}`, stars: n, author: { id: `user-${n}` } })),
};
const userName = ({ id }: { id: string }) => `User ${id}`;

export const benchSubgraphs: SubgraphFixtures = {
  products: {
    typeDefs: `type Query { products: [Product!]! }
      type Product @key(fields: "id") { id: ID! name: String! description: String price: Price }
      type Price { amount: Int! currency: String! }`,
    resolvers: {
      Query: { products: () => products },
      Product: { name: fields.name, description: fields.description, price: fields.price },
    },
  },
  inventory: {
    typeDefs: `type Product @key(fields: "id") { id: ID! stock: Int warehouse: Warehouse }
      type Warehouse { code: String city: String }`,
    resolvers: { Product: { stock: fields.stock, warehouse: fields.warehouse } },
  },
  reviews: {
    typeDefs: `type Product @key(fields: "id") { id: ID! reviews: [Review!] }
      type Review { id: ID! stars: Int author: User }
      type User @key(fields: "id") { id: ID! }`,
    resolvers: { Product: { reviews: fields.reviews } },
  },
  users: {
    typeDefs: `type User @key(fields: "id") { id: ID! name: String }`,
    resolvers: { User: { name: userName } },
  },
};

export const benchQuery = `query Products {
  products {
    id name description price { amount currency }
    stock warehouse { code city }
    reviews { id stars author { id name } }
  }
}`;

/** The same data from one schema, on graphql-js. */
export function buildMergedBenchSchema(apiSchema: GraphQLSchema): GraphQLSchema {
  const schema = buildSchema(printSchema(apiSchema));
  const resolvers: Record<string, Record<string, (parent: never) => unknown>> = {
    Query: { products: () => products },
    Product: fields,
    User: { name: userName },
  };
  for (const [typeName, ofType] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) continue;
    for (const [name, resolve] of Object.entries(ofType)) {
      const field = type.getFields()[name];
      if (field) field.resolve = resolve as never;
    }
  }
  return schema;
}
