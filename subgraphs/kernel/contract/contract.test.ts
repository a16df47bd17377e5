import { describe, expect, test } from '@jest/globals';
import { parse, print, type FieldDefinitionNode, type ObjectTypeDefinitionNode } from 'graphql';
import { entity, everyone, field, match, orderBy, query, type ModelInput } from '../read/index.js';
import { completeContract, guardResolvers } from './index.js';

const id = { column: 'id', sqlType: 'uuid' } as const;
const book = entity({
  type: 'Book',
  table: 'books',
  key: id,
  fields: {
    id: field.id('Book', 'id'),
    title: field.text('title'),
    format: field.enum('format'),
    pages: field.integer('pages'),
    soldAt: field.timestamp('sold_at'),
  },
  filterFields: { authorId: field.id('Author', 'author_id') },
  customFilters: { hasWord: () => 'true' },
  orders: { SOLD_AT: [orderBy('sold_at', 'timestamptz')], SHELF: [orderBy('shelf', 'int4')] },
  defaultOrder: { field: 'SOLD_AT', direction: 'DESC' },
  visible: everyone,
});
const author = entity({
  type: 'Author',
  table: 'authors',
  key: id,
  fields: { id: field.id('Author', 'id') },
  relations: {
    books: { kind: 'connection', type: 'Book', on: [match('author_id', 'id')] },
    prizes: {
      kind: 'connection',
      type: 'Book',
      on: [match('author_id', 'id')],
      orders: { YEAR: [orderBy('j.year', 'int4')] },
      defaultOrder: { field: 'YEAR', direction: 'ASC' },
    },
  },
  visible: everyone,
});
const model: ModelInput = {
  entities: [book, author],
  queries: { books: query.connection('Book'), book: query.one('Book'), author: query.one('Author') },
};

const written = `
  type Query {
    "All books."
    books: BookConnection @authenticated
    book: Book @authenticated
    author: Author @tag(name: "public")
    search(text: String!): BookSearchConnection @authenticated
  }
  type Mutation {
    "Sells a book."
    bookSell: BookSellPayload @requiresScopes(scopes: [["books:sell"], ["books:all", "books:admin"]])
    stockTake: StockTakePayload @requiresScopes(scopes: [["books:all"]])
  }
  input BookSellInput { bookId: ID! clientKey: String }
  type StockTakePayload { "How many there are." count: Int! }
  enum Format { PAPER AUDIO }
  input BookFilter { "Has this word." hasWord: String "Of the title, in any case." title: StringFilter }
  enum BookOrderField { "By its place in the shop." SHELF }
  type Book @key(fields: "id") {
    id: ID!
    "What it is called."
    title: String!
    "What it is made of."
    format: Format!
    pages: Int!
    "When it was sold."
    soldAt: DateTime
  }
  type Author @key(fields: "id") {
    id: ID!
    books: BookConnection!
    prizes("Of this year." first: Int = 3): PrizeConnection!
  }
  type BookSearchConnection { nodes: [Book!]! }
`;

const completed = completeContract(parse(written), model);
const typeOf = (name: string) =>
  completed.definitions.find((node) => 'name' in node && node.name?.value === name) as ObjectTypeDefinitionNode;
const fieldOf = (type: string, name: string): FieldDefinitionNode =>
  typeOf(type).fields!.find((node) => node.name.value === name)!;
const argumentsOf = (type: string, name: string): string[] =>
  fieldOf(type, name).arguments!.map((argument) => `${argument.name.value}: ${print(argument.type)}`);
const fieldsOf = (type: string): string[] =>
  typeOf(type).fields!.map((node) => `${node.name.value}: ${print(node.type)}`);

const paging = ['first: Int', 'after: String', 'last: Int', 'before: String'];

describe('a contract completed from its maps', () => {
  test('a field that leads to a connection is given its arguments and the types that it needs', () => {
    expect(argumentsOf('Query', 'books')).toEqual([...paging, 'filter: BookFilter', 'orderBy: BookOrder']);
    expect(fieldsOf('BookConnection')).toEqual([
      ...['edges: [BookEdge!]!', 'nodes: [Book!]!', 'pageInfo: PageInfo!', 'totalCount: NonNegativeInt!'],
      ...['aggregate: BookAggregate!', 'groupBy: [BookGroup!]!'],
    ]);
    expect(fieldsOf('BookEdge')).toEqual(['cursor: String!', 'node: Book!']);
  });

  test('what can be compared is a filter with the comparators of its kind, described as its field is', () => {
    expect(fieldsOf('BookFilter')).toEqual([
      ...['id: IDFilter', 'title: StringFilter', 'format: FormatFilter', 'pages: IntFilter', 'soldAt: DateTimeFilter'],
      ...['authorId: IDFilter', 'and: [BookFilter!]', 'or: [BookFilter!]', 'not: BookFilter', 'hasWord: String'],
    ]);
    expect(fieldsOf('FormatFilter')).toEqual([
      'eq: Format',
      'neq: Format',
      'in: [Format!]',
      'nin: [Format!]',
      'isNull: Boolean',
    ]);
    expect(fieldOf('BookFilter', 'format').description?.value).toBe('What it is made of.');
  });

  test('what a relation leads to is filtered by its own conditions: one row directly, many by some, none or every', () => {
    const shop = entity({
      type: 'Shop',
      table: 'shops',
      key: id,
      fields: { id: field.id('Shop', 'id') },
      relations: {
        owner: { kind: 'one', type: 'Author', on: [match('id', 'owner_id')] },
        books: { kind: 'connection', type: 'Book', on: [match('shop_id', 'id')] },
      },
      visible: everyone,
    });
    const sdl = print(
      completeContract(
        parse(`type Query { shops: ShopConnection @authenticated } type Shop @key(fields: "id") { id: ID! }
          type Author @key(fields: "id") { id: ID! } type Book @key(fields: "id") { id: ID! title: String! }`),
        { entities: [shop, author, book], queries: { shops: query.connection('Shop') } },
      ),
    );
    expect(sdl).toContain('owner: AuthorFilter');
    expect(sdl).toContain('books: BookListFilter');
    for (const quantifier of ['some', 'none', 'every']) expect(sdl).toContain(`${quantifier}: BookFilter`);
  });

  test('figures are offered for what is a number, and groups for what can be compared', () => {
    expect(fieldsOf('BookAggregate')).toEqual([
      ...['count: NonNegativeInt!', 'countDistinct: NonNegativeInt!', 'sum: BookNumbers!', 'avg: BookNumbers!'],
      ...['percentile: BookNumbers!', 'min: BookExtremes!', 'max: BookExtremes!'],
    ]);
    expect(fieldsOf('BookNumbers')).toEqual(['pages: Float']);
    expect(fieldsOf('BookExtremes')).toEqual(['pages: Int', 'soldAt: DateTime']);
    expect(fieldsOf('BookGroupKey')).toEqual(['title: String', 'format: Format', 'pages: Int', 'soldAt: DateTime']);
  });

  test('a connection with orders of its own has an order type of its own', () => {
    const values = (type: string) => (typeOf(type) as unknown as { values: { name: { value: string } }[] }).values;
    const own = ['TITLE', 'FORMAT', 'PAGES', 'SOLD_AT', 'SHELF'];
    expect(values('BookOrderField').map(({ name }) => name.value)).toEqual(own);
    expect(values('PrizeOrderField').map(({ name }) => name.value)).toEqual([...own, 'YEAR']);
    expect(fieldsOf('BookOrder')).toEqual([
      ...['field: BookOrderField!', 'direction: OrderDirection!', 'thenBy: [BookOrder!]'],
    ]);
    expect(argumentsOf('Author', 'prizes')).toEqual([...paging, 'filter: BookFilter', 'orderBy: PrizeOrder']);
  });

  test('what a person has written stays: descriptions, arguments, and fields beside the derived ones', () => {
    const first = fieldOf('Author', 'prizes').arguments![0]!;
    expect(first.description?.value).toBe('Of this year.');
    expect(first.defaultValue).toMatchObject({ value: '3' });
    expect(fieldOf('BookFilter', 'title').description?.value).toBe('Of the title, in any case.');
    expect(fieldOf('Query', 'books').description?.value).toBe('All books.');
    expect(fieldsOf('BookSearchConnection')).toEqual(['nodes: [Book!]!']);
    expect(argumentsOf('Query', 'search')).toEqual(['text: String!']);
  });

  test('a mutation is given its input and its payload, which answers what its name begins with', () => {
    expect(argumentsOf('Mutation', 'bookSell')).toEqual(['input: BookSellInput!']);
    expect(fieldsOf('BookSellPayload')).toEqual(['book: Book', 'userErrors: [UserError!]!']);
    expect(fieldsOf('StockTakePayload')).toEqual(['count: Int!', 'userErrors: [UserError!]!']);
    expect(argumentsOf('Mutation', 'stockTake')).toEqual([]);
  });

  test('an entity is found by its id', () => {
    expect(argumentsOf('Query', 'book')).toEqual(['id: ID!']);
    expect(fieldOf('Query', 'author').description?.value).toBe('An author by its global id. Null when there is none.');
    expect(fieldOf('Book', 'id').description?.value).toBe('Global id, `Book:` and a UUID.');
  });

  test('a field that asks for scopes says so', () => {
    expect(fieldOf('Mutation', 'bookSell').description?.value).toBe(
      'Sells a book. Requires the scope `books:sell`, or `books:all` and `books:admin`.',
    );
    expect(fieldOf('Query', 'books').description?.value).not.toContain('Requires');
  });

  test('an extension in the same document is part of its type', () => {
    const extended = completeContract(
      parse(`${written} extend type Mutation { bookBurn: BookBurnPayload } input BookBurnInput { id: ID! }`),
      model,
    );
    const sdl = print(extended);
    expect(sdl).not.toContain('extend type');
    expect(sdl).toContain('input: BookBurnInput!');
  });

  test('a type that is written as something else than the maps make it is refused', () => {
    expect(() => completeContract(parse(`${written} union BookEdge = Book`), model)).toThrow(
      /BookEdge is written as Union/,
    );
  });
});

describe('root fields', () => {
  const faultsOf = (fields: string) => guardResolvers(parse(fields), {}).faults;

  test.each([
    ['type Mutation { a: Int }', /Mutation.a does not say who may call it/],
    ['type Mutation { a: Int @authenticated }', /Mutation.a changes data and names no scope/],
    ['type Mutation { a: Int @tag(name: "internal") }', /does not say who/],
    ['type Query { a: Int }', /Query.a does not say who may call it/],
    ['extend type Subscription { a: Int }', /Subscription.a does not say who may call it/],
    ['type Thing @authenticated { a: Int }', /Thing is protected as a type/],
    ['interface Thing { a: Int @authenticated }', /Thing.a is protected on an interface/],
  ])('%s stops the start', (sdl, fault) => {
    expect(faultsOf(sdl)).toEqual([expect.stringMatching(fault)]);
  });

  test.each([
    'type Mutation { a: Int @tag(name: "public") }',
    'type Mutation { a: Int @requiresScopes(scopes: [["a"]]) }',
    'type Query { a: Int @authenticated }',
    'type Thing { a: Int }',
  ])('%s does not', (sdl) => {
    expect(faultsOf(sdl)).toEqual([]);
  });
});
