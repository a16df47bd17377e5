/** A small shelf of authors, books and tags that has every shape the read engine knows: nullable orders, join table, visibility. */
import { execute, parse, validate, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import type { RequestContext } from '../../subgraphs/kernel/context.js';
import { countStatements, type Database } from '../../subgraphs/kernel/db/index.js';
import { entity, everyone, field, match, orderBy, query } from '../../subgraphs/kernel/read/index.js';
import { buildSubgraph, type SubgraphDefinition } from '../../subgraphs/kernel/subgraph/index.js';

export const fixtureTables = `
  create schema fixture;
  create table fixture.authors (id uuid primary key, name text not null, country text);
  create table fixture.books (
    id uuid primary key, author_id uuid not null references fixture.authors, title text not null, pages integer not null,
    rating numeric(3,2), published_at timestamptz, format text not null, owner text not null, extra jsonb
  );
  create index on fixture.books (author_id, title, id);
  create index on fixture.books (published_at, id);
  create table fixture.tags (id uuid primary key, name text not null);
  create table fixture.book_tags (book_id uuid references fixture.books on delete cascade, tag_id uuid references fixture.tags, weight numeric(3,2) not null, primary key (book_id, tag_id));
`;

const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@tag"])
  scalar DateTime
  scalar JSON
  enum Format { HARD_COVER PAPERBACK }
  enum OrderDirection { ASC DESC }
  enum BookOrderField { TITLE RATING PUBLISHED_AT PAGES }
  enum TagOrderField { NAME }
  enum BookTagOrderField { NAME WEIGHT }
  enum AuthorOrderField { NAME }
  input BookOrder { field: BookOrderField! direction: OrderDirection! }
  input TagOrder { field: BookTagOrderField! direction: OrderDirection! }
  input AuthorOrder { field: AuthorOrderField! direction: OrderDirection! }
  input StringFilter { eq: String neq: String in: [String] nin: [String] contains: String startsWith: String isNull: Boolean gt: String }
  input FloatFilter { eq: Float gt: Float gte: Float lt: Float lte: Float isNull: Boolean in: [Float!] }
  input DateTimeFilter { gt: DateTime lt: DateTime isNull: Boolean }
  input FormatFilter { eq: Format in: [Format!] }
  input IDFilter { eq: ID in: [ID!] }
  input BookFilter { title: StringFilter rating: FloatFilter publishedAt: DateTimeFilter format: FormatFilter authorId: IDFilter longerThan: Int ratedExactly: Float and: [BookFilter!] or: [BookFilter!] not: BookFilter }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type BookEdge { cursor: String! node: Book! }
  type BookConnection { nodes: [Book!]! edges: [BookEdge!]! pageInfo: PageInfo! totalCount: Int! }
  type BookTagEdge { cursor: String! node: Tag! weight: Float! }
  type BookTagConnection { nodes: [Tag!]! edges: [BookTagEdge!]! pageInfo: PageInfo! totalCount: Int! }
  type AuthorEdge { cursor: String! node: Author! }
  type AuthorConnection { nodes: [Author!]! edges: [AuthorEdge!]! pageInfo: PageInfo! totalCount: Int! }
  type Author @key(fields: "id") @key(fields: "name") {
    id: ID! name: String! country: String
    books(first: Int, after: String, last: Int, before: String, filter: BookFilter, orderBy: BookOrder): BookConnection!
    shelf: [Book!]!
  }
  type Book @key(fields: "id") {
    id: ID! title: String! pages: Int! rating: Float publishedAt: DateTime format: Format! extra: JSON authorId: ID!
    author: Author
    tags(first: Int, after: String, last: Int, before: String, orderBy: TagOrder): BookTagConnection!
  }
  type Tag @key(fields: "id") { id: ID! name: String! }
  type Query {
    authors(first: Int, after: String, last: Int, before: String, orderBy: AuthorOrder): AuthorConnection! @tag(name: "public")
    books(first: Int, after: String, last: Int, before: String, filter: BookFilter, orderBy: BookOrder): BookConnection! @tag(name: "public")
    author(name: String!): Author @tag(name: "public")
    book(id: ID!): Book @tag(name: "public")
  }
`;

const author = entity({
  type: 'Author',
  table: 'fixture.authors',
  key: { column: 'id', sqlType: 'uuid' },
  alternateKeys: { name: { column: 'name', sqlType: 'text' } },
  fields: { id: field.id('Author', 'id'), name: field.text('name'), country: field.text('country') },
  relations: {
    books: { kind: 'connection', type: 'Book', on: [match('author_id', 'id')] },
    shelf: { kind: 'list', type: 'Book', on: [match('author_id', 'id')], order: [orderBy('title', 'text')], limit: 3 },
  },
  orders: { NAME: [orderBy('name', 'text')] },
  defaultOrder: { field: 'NAME', direction: 'ASC' },
  visible: everyone,
});

const book = entity({
  type: 'Book',
  table: 'fixture.books',
  key: { column: 'id', sqlType: 'uuid' },
  fields: {
    id: field.id('Book', 'id'),
    title: field.text('title'),
    pages: field.integer('pages'),
    rating: field.numeric('rating'),
    publishedAt: field.timestamp('published_at'),
    format: field.enum('format'),
    extra: field.json('extra'),
    authorId: field.id('Author', 'author_id'),
  },
  relations: {
    author: { kind: 'one', type: 'Author', on: [match('id', 'author_id')] },
    tags: {
      kind: 'connection',
      type: 'Tag',
      on: [],
      through: {
        table: 'fixture.book_tags',
        parent: [match('book_id', 'id')],
        child: [match('id', 'tag_id')],
        edgeFields: { weight: field.numeric('weight') },
      },
      orders: { WEIGHT: [orderBy('j.weight', 'numeric')] },
      defaultOrder: { field: 'WEIGHT', direction: 'DESC' },
    },
  },
  filters: ['title', 'rating', 'publishedAt', 'format', 'authorId'],
  customFilters: {
    longerThan: (value, table, parameters) => `${table}.pages > ${parameters.add(value, 'int4')}`,
    ratedExactly: (value, table, parameters) => `${table}.rating = ${parameters.add(value, 'numeric(3,2)')}`,
  },
  orders: {
    TITLE: [orderBy('title', 'text')],
    RATING: [orderBy('rating', 'numeric', { nullable: true })],
    PUBLISHED_AT: [orderBy('published_at', 'timestamptz', { nullable: true })],
    PAGES: [orderBy('pages', 'int4')],
  },
  defaultOrder: { field: 'TITLE', direction: 'ASC' },
  visible: (auth) => {
    if (auth.has('books:all')) return 'all';
    const subject = auth.subject;
    return subject === null ? 'none' : (table, parameters) => `${table}.owner = ${parameters.add(subject)}`;
  },
});

const tag = entity({
  type: 'Tag',
  table: 'fixture.tags',
  key: { column: 'id', sqlType: 'uuid' },
  fields: { id: field.id('Tag', 'id'), name: field.text('name') },
  orders: { NAME: [orderBy('name', 'text')] },
  defaultOrder: { field: 'NAME', direction: 'ASC' },
  visible: everyone,
});

export const definition: SubgraphDefinition = {
  name: 'fixture',
  model: {
    entities: [author, book, tag],
    enums: { Format: { HARD_COVER: 'hard_cover', PAPERBACK: 'paperback' } },
    queries: {
      authors: query.connection('Author'),
      books: query.connection('Book'),
      author: query.one('Author', 'name'),
      book: query.one('Book'),
    },
  },
  resolvers: {},
};

export function fixtureSchema(): GraphQLSchema {
  return buildSubgraph(definition, sdl);
}

export const librarian = Identity.of({ subject: 'librarian', scopes: ['books:all'] });

/** Runs one operation as one request would, and tells what it cost. */
export async function run(
  input: { database: Database; schema: GraphQLSchema; auth?: Identity },
  source: string,
  variableValues: Record<string, unknown> = {},
): Promise<{ result: ExecutionResult<Record<string, any>>; statements: number }> {
  const document = parse(source);
  const errors = validate(input.schema, document);
  if (errors.length > 0) throw new Error(errors.map((error) => error.message).join('; '));
  const counter = countStatements(input.database);
  const contextValue: RequestContext = {
    auth: input.auth ?? librarian,
    requestId: 'test',
    db: counter.db,
    database: input.database,
    loaders: new Map(),
    signal: undefined,
  };
  const result = await execute({ schema: input.schema, document, contextValue, variableValues });
  return { result: result as ExecutionResult<Record<string, any>>, statements: counter.count() };
}

/** `n` → a UUID that orders as `n` does. */
export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}
