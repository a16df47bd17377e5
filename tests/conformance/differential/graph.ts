/** Seven subgraphs that use every directive of Federation, over data computed from names. */
import type { SubgraphFixture, SubgraphFixtures } from '../compose-fixture.js';
import { isMissing, variantCodes } from './faults.js';
import { fieldValue, guarded, media, type FieldArguments, type Parent, type ValueContext } from './values.js';

/** The subgraph whose answer a field is, for fields of entities that a subgraph may not know. */
export const owners: Readonly<Record<string, string>> = {
  'Product.shippingCost': 'inventory',
  'Product.stockLevel': 'inventory',
  'Product.inStock': 'inventory',
  'Product.warehouse': 'inventory',
  'Product.freight': 'inventory',
  'Product.stockNote': 'inventory',
  'Product.reviews': 'reviews',
  'Product.urgency': 'reviews',
  'Person.name': 'people',
  'Person.email': 'people',
  'Person.nick': 'people',
  'Person.friend': 'people',
  'Person.employer': 'people',
  'Book.rating': 'ratings',
  'Book.blurb': 'ratings',
  'Book.critic': 'ratings',
  'Movie.rating': 'ratings',
  'Movie.blurb': 'ratings',
  'Movie.critic': 'ratings',
};

const catalog = `
  scalar JSON
  type Query {
    products(first: Int = 3): [Product!]
    product(id: ID!): Product
    productBySku(sku: String!): Product
    media(id: ID!): Media
    allMedia(first: Int = 3): [Media]
    featured: [Featured]
    strict: Product!
  }
  type Mutation { productTouch(id: ID!, note: String): Product }
  interface Named { name: String }
  interface Media @key(fields: "id") { id: ID! title: String! }
  type Book implements Media & Named @key(fields: "id") {
    id: ID! title: String! name: String pages: Int author: Person
  }
  type Movie implements Media & Named @key(fields: "id") {
    id: ID! title: String! name: String minutes: Int! director: Person
  }
  type Product implements Named @key(fields: "id") @key(fields: "sku") {
    id: ID! sku: String! @shareable name: String
    price(currency: Currency = EUR): Money
    weight: Float
    internalCode: String @inaccessible
    tags(limit: Int, match: TagFilter): [String!]
    kind: Kind
    meta: JSON
    size: Size
    media: Media
    category: Category
    variants: [Variant!]
    related(first: Int = 2): [Product]
  }
  type Variant @key(fields: "product { id } code") { product: Product! code: String! label: String }
  type Category @key(fields: "id") { id: ID! label: String @shareable }
  type Size @shareable { height: Int! width: Int }
  type Money @shareable { amount: Int! currency: Currency! }
  enum Currency { EUR USD }
  enum Kind { PLAIN FANCY SECRET @inaccessible }
  input TagFilter { prefix: String min: Int = 0 }
  union Featured = Product | Book | Hidden
  type Hidden @inaccessible { note: String }
  type Person @key(fields: "id", resolvable: false) { id: ID! }
`;

const inventory = `
  type Product @key(fields: "id") {
    id: ID!
    weight: Float @external
    internalCode: String @external
    size: Size @external
    shippingCost(zone: Zone!): Int @requires(fields: "weight internalCode")
    stockLevel: Int @requires(fields: "weight")
    freight: Int @requires(fields: "size { height width }")
    inStock: Boolean!
    warehouse: Warehouse
    stockNote: String @override(from: "legacy")
    rollout: String @override(from: "legacy", label: "percent(40)")
    beta: String @override(from: "legacy", label: "beta")
  }
  type Size @shareable { height: Int! width: Int }
  type Warehouse @key(fields: "id") { id: ID! city: String! manager: Person }
  type Variant @key(fields: "product { id } code") { product: Product! code: String! quantity: Int! }
  type Person @key(fields: "id", resolvable: false) { id: ID! }
  enum Zone { NEAR FAR }
`;

const reviews = `
  type Query { latestReviews(first: Int = 3): [Review!]! }
  type Review @key(fields: "id") {
    id: ID! body: String! stars: Int author: Person product: Product @provides(fields: "sku")
  }
  type Person @key(fields: "id") { id: ID! reviews(first: Int = 2): [Review] }
  type Product @key(fields: "id") {
    id: ID!
    sku: String! @external
    stockLevel: Int @external
    reviews(first: Int = 2): [Review!]!
    urgency: Int @requires(fields: "stockLevel")
  }
`;

const people = `
  type Query { people: [Person!] me: Person! }
  type Mutation { personGreet(id: ID!, words: [String!]!): Person! }
  interface Named { name: String }
  type Person implements Named @key(fields: "id") {
    id: ID! name: String email: String! nick: String friend: Person employer: Company
  }
  type Company @shareable { label: String category: Category }
  type Category @key(fields: "id", resolvable: false) { id: ID! }
`;

const ratings = `
  type Query { topRated: [Media] }
  type Media @interfaceObject @key(fields: "id") { id: ID! rating: Int blurb: String! critic: Person }
  type Person @key(fields: "id", resolvable: false) { id: ID! }
`;

const legacy = `
  type Product @key(fields: "id") { id: ID! stockNote: String rollout: String beta: String legacyId: Int }
`;

const search = `
  type Query { search(term: String!, first: Int = 4): [SearchResult] tagged(tags: [String!] = ["a"]): [Product] }
  union SearchResult = Product | Book | Person | Review
  type Product @key(fields: "sku") { sku: String! @shareable }
  type Book @key(fields: "id") { id: ID! }
  type Person @key(fields: "id") { id: ID! }
  type Review @key(fields: "id") { id: ID! }
`;

type Resolver = (parent: Parent, args: FieldArguments, context: ValueContext) => unknown;

/** Resolvers of every field named, each through its faults. */
function resolversOf(type: string, fields: readonly string[], subgraph?: string): Record<string, Resolver> {
  return Object.fromEntries(fields.map((field) => [field, guarded(type, field, fieldValue(type, field, subgraph))]));
}

function reference(subgraph: string, type: string) {
  return { __resolveReference: (entity: Parent) => (isMissing(subgraph, type, entity.id) ? null : entity) };
}

const byTypename = { __resolveType: (value: { __typename: string }) => value.__typename };

const productReference = {
  __resolveReference: (entity: { id?: string; sku?: string }) => {
    const id = entity.id ?? entity.sku?.slice(4);
    return { ...entity, id, sku: `sku-${id}` };
  },
};
const variantReference = {
  __resolveReference: ({ product, code }: { product: { id: string }; code: string }) =>
    variantCodes(product.id).includes(code) ? { id: `${product.id}-${code}`, product, code } : null,
};

const fixtures: Record<string, SubgraphFixture> = {
  catalog: {
    typeDefs: catalog,
    resolvers: {
      Query: {
        ...resolversOf('Query', ['products', 'product', 'productBySku', 'media', 'allMedia', 'strict']),
        ...resolversOf('Query', ['featured'], 'catalog'),
      },
      Mutation: resolversOf('Mutation', ['productTouch']),
      Media: {
        ...byTypename,
        __resolveReference: ({ id }: Parent) => media(id),
      },
      Featured: byTypename,
      Book: {
        __resolveReference: (book: Parent) => book,
        ...resolversOf('Book', ['title', 'name', 'pages', 'author']),
      },
      Movie: {
        __resolveReference: (movie: Parent) => movie,
        ...resolversOf('Movie', ['title', 'name', 'minutes', 'director']),
      },
      Product: {
        ...productReference,
        ...resolversOf('Product', ['name', 'price', 'weight', 'internalCode', 'tags', 'meta', 'size']),
        ...resolversOf('Product', ['kind'], 'catalog'),
        ...resolversOf('Product', ['sku', 'media', 'category', 'variants', 'related']),
      },
      Variant: { ...variantReference, ...resolversOf('Variant', ['label']) },
      Category: { __resolveReference: (category: Parent) => category, ...resolversOf('Category', ['label']) },
    },
  },
  inventory: {
    typeDefs: inventory,
    resolvers: {
      Product: {
        ...reference('inventory', 'Product'),
        ...resolversOf('Product', ['inStock', 'warehouse', 'stockNote']),
        ...resolversOf('Product', ['shippingCost', 'stockLevel', 'freight', 'rollout', 'beta'], 'inventory'),
      },
      Warehouse: { __resolveReference: (house: Parent) => house, ...resolversOf('Warehouse', ['city', 'manager']) },
      Variant: { ...variantReference, ...resolversOf('Variant', ['quantity']) },
    },
  },
  reviews: {
    typeDefs: reviews,
    resolvers: {
      Query: resolversOf('Query', ['latestReviews']),
      Review: {
        __resolveReference: (review: Parent) => review,
        ...resolversOf('Review', ['body', 'stars', 'author', 'product']),
      },
      Person: {
        __resolveReference: (person: Parent) => person,
        ...resolversOf('Person', ['reviews']),
      },
      Product: {
        ...reference('reviews', 'Product'),
        ...resolversOf('Product', ['sku', 'reviews']),
        ...resolversOf('Product', ['urgency'], 'reviews'),
      },
    },
  },
  people: {
    typeDefs: people,
    resolvers: {
      Query: resolversOf('Query', ['people', 'me']),
      Mutation: resolversOf('Mutation', ['personGreet']),
      Person: {
        ...reference('people', 'Person'),
        ...resolversOf('Person', ['name', 'email', 'nick', 'friend', 'employer']),
      },
      Company: resolversOf('Company', ['label', 'category']),
    },
  },
  ratings: {
    typeDefs: ratings,
    resolvers: {
      Query: resolversOf('Query', ['topRated']),
      Media: { ...reference('ratings', 'Media'), ...resolversOf('Media', ['rating', 'blurb', 'critic']) },
    },
  },
  legacy: {
    typeDefs: legacy,
    resolvers: {
      Product: {
        __resolveReference: (product: Parent) => product,
        stockNote: () => 'the field has moved',
        ...resolversOf('Product', ['rollout', 'beta'], 'legacy'),
        ...resolversOf('Product', ['legacyId']),
      },
    },
  },
  search: {
    typeDefs: search,
    resolvers: {
      Query: resolversOf('Query', ['search', 'tagged']),
      SearchResult: byTypename,
      Product: { __resolveReference: (product: Parent) => product, ...resolversOf('Product', ['sku']) },
      Book: { __resolveReference: (book: Parent) => book },
      Person: { __resolveReference: (person: Parent) => person },
      Review: { __resolveReference: (review: Parent) => review },
    },
  },
};

export const differentialSubgraphs: SubgraphFixtures = fixtures;
