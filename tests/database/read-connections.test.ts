import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { openTestDatabase, type TestDatabase } from '../testkit/database.js';
import { fixtureSchema, fixtureTables, run as runOn, uuid } from './read-fixture.js';

const schema = fixtureSchema();
let opened: TestDatabase;
const run = (source: string, variables: Record<string, unknown> = {}, auth?: Identity) =>
  runOn({ database: opened.database, schema, ...(auth && { auth }) }, source, variables);

beforeAll(async () => {
  opened = await openTestDatabase();
  const { database } = opened;
  await database.script(fixtureTables);
  await database.query(
    `insert into fixture.authors select ${id('n')}, 'Author ' || lpad(n::text, 3, '0') from generate_series(1, 60) n`,
  );
  // Authors 1–50 have 20 books each; 51–60 none. Ratings repeat and are missing for every third, dates for every fifth.
  await database.query(`insert into fixture.books
    select ${id('n')}, ${id('1 + n % 50')}, 'Book ' || lpad(n::text, 4, '0'), n,
      case when n % 3 > 0 then (n % 7) / 2.0 end,
      case when n % 5 > 0 then timestamptz '2026-01-01' + (n % 40) * interval '1.000001 hour' end,
      case when n % 2 = 0 then 'paperback' else 'hard_cover' end,
      case when n % 10 = 0 then 'ann' else 'bob' end, jsonb_build_object('n', n)
    from generate_series(1, 1000) n`);
  await database.query(`insert into fixture.tags select ${id('n')}, 'Tag ' || n from generate_series(1, 10) n`);
  await database.query(
    `insert into fixture.book_tags select ${id('b')}, ${id('t')}, ((b * t) % 100) / 100.0 from generate_series(1, 20) b, generate_series(1, 10) t`,
  );
});

afterAll(() => opened.close());

/** The fixture's UUID for a number, in SQL. */
function id(expression: string): string {
  return `('00000000-0000-4000-8000-' || lpad(to_hex(${expression}), 12, '0'))::uuid`;
}

describe('one statement', () => {
  test('serves 50 parents, each with its first 5 children filtered, ordered and counted', async () => {
    const { result, statements } = await run(`{ authors(first: 50) { nodes { name
      books(first: 5, filter: { format: { eq: PAPERBACK } }, orderBy: { field: PAGES, direction: DESC }) {
        totalCount pageInfo { hasNextPage } nodes { title pages format }
      } } } }`);
    expect(result.errors).toBeUndefined();
    expect(statements).toBe(1);
    const authors = result.data?.['authors'].nodes;
    expect(authors).toHaveLength(50);
    for (const [index, author] of (authors as { books: any }[]).entries()) {
      const mine = Array.from({ length: 1000 }, (_, n) => n + 1).filter(
        (n) => 1 + (n % 50) === index + 1 && n % 2 === 0,
      );
      expect(author.books.totalCount).toBe(mine.length);
      expect(author.books.nodes.map((book: { pages: number }) => book.pages)).toEqual(mine.reverse().slice(0, 5));
      expect(author.books.pageInfo.hasNextPage).toBe(mine.length > 5);
    }
  });

  test('serves every level, whatever its width: parents, children, their one author, their tags, a bounded list', async () => {
    const { result, statements } = await run(`{ authors(first: 50) { nodes { shelf { title }
      books(first: 3) { nodes { author { name } tags(first: 2) { edges { weight node { name } } } } } } } }`);
    expect(result.errors).toBeUndefined();
    expect(statements).toBe(1);
  });

  test('is all that a count costs, and a page without a count does not count', async () => {
    expect((await run('{ books { totalCount } }')).statements).toBe(1);
    const { result, statements } = await run(
      'query ($counted: Boolean!) { books(first: 1) { nodes { title } totalCount @include(if: $counted) } }',
      { counted: false },
    );
    expect(statements).toBe(1);
    expect(result.data?.['books']).toEqual({ nodes: [{ title: 'Book 0001' }] });
  });
});

describe('reading ahead', () => {
  test('keeps apart what one key of the response means at two places of a connection', async () => {
    const { result } = await run(`{ authors(first: 1) {
      nodes { x: books(first: 1) { nodes { title } } } edges { node { x: books(first: 2) { nodes { title } } } } } }`);
    const titles = ({ x }: any) => x.nodes.map(({ title }: { title: string }) => title);
    const { nodes, edges } = result.data?.['authors'];
    expect(titles(nodes[0])).toEqual(['Book 0050']);
    expect(titles(edges[0].node)).toEqual(['Book 0050', 'Book 0100']);
  });

  test('takes arguments, orders and conditions from variables, under a key longer than a name in PostgreSQL', async () => {
    const key = `key_${'x'.repeat(80)}`;
    const query = `query ($size: Int!, $order: BookOrder!, $filter: BookFilter, $with: Boolean!, $after: String) {
      authors(first: 2) { nodes { name ${key}: books(first: $size, orderBy: $order, filter: $filter, after: $after) {
        pageInfo { endCursor } nodes { title author @include(if: $with) { name } } } } } }`;
    const order = { field: 'PAGES', direction: 'DESC' };
    const ask = (more: object) =>
      run(query, { size: 2, order, filter: { format: { eq: 'PAPERBACK' } }, with: true, ...more });
    const first = await ask({});
    expect(first.statements).toBe(1);
    const [author] = first.result.data?.['authors'].nodes;
    expect(author[key].nodes).toEqual([
      { title: 'Book 1000', author: { name: 'Author 001' } },
      { title: 'Book 0950', author: { name: 'Author 001' } },
    ]);
    const next = await ask({ with: false, after: author[key].pageInfo.endCursor });
    expect(next.statements).toBe(1);
    expect(next.result.data?.['authors'].nodes[0][key].nodes).toEqual([{ title: 'Book 0900' }, { title: 'Book 0850' }]);
  });

  test.each([
    ['first: 1000', 'first must be 1 to 100, got 1000.'],
    ['after: "WyJBIl0"', 'The cursor belongs to the ordering A, this page is ordered by Book.TITLE_ASC.'],
    ['filter: { ratedExactly: 1000 }', expect.stringContaining('overflow')],
  ])('is not done where it can’t: books(%s) fails where it is asked for', async (args, message) => {
    const { result } = await run(`{ authors(first: 1) { nodes { shelf { title } books(${args}) { nodes { id } } } } }`);
    expect(result.errors).toEqual([expect.objectContaining({ message, path: ['authors', 'nodes', 0, 'books'] })]);
  });
});

describe('a connection', () => {
  test('of a parent without children is empty, and its total is 0', async () => {
    const { result } = await run('{ authors(last: 2) { nodes { name books { totalCount nodes { id } } } } }');
    const empty = { totalCount: 0, nodes: [] };
    expect(result.data?.['authors'].nodes).toEqual([
      { name: 'Author 059', books: empty },
      { name: 'Author 060', books: empty },
    ]);
  });

  test('shows the columns of its join table on the edge, and orders by them', async () => {
    const { result } = await run(
      `{ book(id: "Book:${uuid(7)}") { tags(first: 3) { edges { weight node { name } } } } }`,
    );
    const expected = Array.from({ length: 10 }, (_, t) => ({
      weight: ((7 * (t + 1)) % 100) / 100,
      node: { name: `Tag ${t + 1}` },
    }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, 3);
    expect(result.data?.['book'].tags.edges).toEqual(expected);
  });

  test('reads one field selected in several places, under aliases and through fragments, with the columns of all of them', async () => {
    const { result } =
      await run(`query { authors(first: 1) { nodes { ...A } nodes { books(first: 1) { nodes { pages } } } }
        again: authors(first: 1) { edges { node { title: name } } } }
      fragment A on Author { name books(first: 1) { nodes { title } } }`);
    expect(result.data).toEqual({
      authors: { nodes: [{ name: 'Author 001', books: { nodes: [{ title: 'Book 0050', pages: 50 }] } }] },
      again: { edges: [{ node: { title: 'Author 001' } }] },
    });
  });

  test.each(['ASC', 'DESC'])(
    'between two cursors has what lies between, from either end, over nulls too (%s)',
    async (direction) => {
      const by = `orderBy: { field: RATING, direction: ${direction} }`;
      const { result } = await run(
        `{ author(name: "Author 001") { books(first: 20, ${by}) { edges { cursor node { id } } } } }`,
      );
      const edges = result.data?.['author'].books.edges;
      const ids = edges.map((edge: { node: { id: string } }) => edge.node.id);
      const cursors = { after: edges[1].cursor, before: edges[18].cursor };
      const between = await run(
        `query ($after: String, $before: String) { author(name: "Author 001") {
        head: books(first: 5, after: $after, before: $before, ${by}) { nodes { id } pageInfo { hasNextPage hasPreviousPage } }
        tail: books(last: 5, after: $after, before: $before, ${by}) { nodes { id } pageInfo { hasNextPage hasPreviousPage } }
      } }`,
        cursors,
      );
      const page = (list: string[]) => ({
        nodes: list.map((id) => ({ id })),
        pageInfo: { hasNextPage: true, hasPreviousPage: true },
      });
      expect(between.result.data?.['author']).toEqual({ head: page(ids.slice(2, 7)), tail: page(ids.slice(13, 18)) });
    },
  );

  test.each([
    ['{ books(first: 0) { totalCount } }', 'first must be 1 to 100, got 0.'],
    ['{ books(first: 101) { totalCount } }', 'first must be 1 to 100, got 101.'],
    ['{ books(last: -1) { totalCount } }', 'last must be 1 to 100, got -1.'],
    ['{ books(first: 1, last: 1) { totalCount } }', 'Give first or last, not both.'],
  ])('refuses %s', async (source, message) => {
    const { result, statements } = await run(source);
    expect(result.errors?.[0]).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT' } });
    expect(statements).toBe(0);
  });
});

describe('filters', () => {
  const all = Array.from({ length: 1000 }, (_, n) => n + 1);
  const rating = (n: number): number | null => (n % 3 > 0 ? Number(((n % 7) / 2).toFixed(2)) : null);
  test.each<[string, (n: number) => boolean]>([
    ['title: { eq: "Book 0007" }', (n) => n === 7],
    ['title: { in: ["Book 0007", "Book 0009"] }', (n) => n === 7 || n === 9],
    ['title: { in: [] }', () => false],
    ['title: { nin: ["Book 0007"] }', (n) => n !== 7],
    ['title: { startsWith: "book 099" }', (n) => n >= 990 && n < 1000],
    ['title: { contains: "_" }', () => false],
    ['title: { contains: "%" }', () => false],
    ['title: { contains: "k 1" }', (n) => n === 1000],
    ['rating: { eq: 1.5 }', (n) => rating(n) === 1.5],
    ['rating: { isNull: true }', (n) => rating(n) === null],
    ['rating: { isNull: false, gt: 1 }', (n) => (rating(n) ?? 0) > 1],
    ['not: { rating: { gt: 1 } }', (n) => !((rating(n) ?? 0) > 1)],
    ['format: { in: [PAPERBACK] }', (n) => n % 2 === 0],
    ['longerThan: 995', (n) => n > 995],
    ['or: [{ longerThan: 998 }, { title: { eq: "Book 0001" } }]', (n) => n > 998 || n === 1],
    ['or: []', () => false],
    ['and: [{ longerThan: 10 }, { not: { longerThan: 12 } }]', (n) => n === 11 || n === 12],
    ['and: []', () => true],
    [`authorId: { in: ["Author:${uuid(1)}"] }`, (n) => 1 + (n % 50) === 1],
    ['publishedAt: { lt: "2026-01-01T02:00:00Z" }', (n) => n % 5 > 0 && n % 40 < 2],
    ['publishedAt: { lt: "2026-01-01T03:00:00+01:00" }', (n) => n % 5 > 0 && n % 40 < 2],
  ])('%s keeps exactly what it says', async (filter, keeps) => {
    const { result } = await run(`{ books(filter: { ${filter} }) { totalCount } }`);
    expect(result.errors).toBeUndefined();
    expect(result.data?.['books'].totalCount).toBe(all.filter(keeps).length);
  });

  test.each([
    ['title: { eq: null }', 'filter.title.eq is null: use isNull to ask for null.'],
    ['title: { in: [null] }', 'filter.title.in contains null: use isNull to ask for null.'],
    ['title: null', 'filter.title is null: leave it out, or use isNull.'],
    ['title: { eq: "a\\u0000b" }', 'Text may not contain the character U+0000.'],
    ['authorId: { eq: "Book:1" }', 'Expected an id of type Author, got Book.'],
    ['authorId: { eq: "Author:1" }', 'Malformed id "Author:1": expected Author: and a UUID.'],
    [`${'not: { '.repeat(9)} longerThan: 1 ${'}'.repeat(9)}`, 'A filter may be nested 8 levels deep.'],
    [`or: [${'{ longerThan: 1 } '.repeat(65)}]`, 'A filter may have 64 terms.'],
  ])('refuse %s with a typed error, without asking the database', async (filter, message) => {
    const { result, statements } = await run(`{ books(filter: { ${filter} }) { totalCount } }`);
    expect(result.errors?.[0]).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT' } });
    expect(statements).toBe(0);
  });
});

describe('cursors', () => {
  const cursor = (...values: unknown[]): string => Buffer.from(JSON.stringify(values)).toString('base64url');
  test.each([
    ['no cursor at all', 'hello'],
    ['empty', ''],
    ['not JSON', Buffer.from('{').toString('base64url')],
    ['too few values', cursor('Book.TITLE_ASC', 'x')],
    ['too many values', cursor('Book.TITLE_ASC', 'x', uuid(1), 1)],
    ['a forged key', cursor('Book.TITLE_ASC', 'x', "'; drop table fixture.books; --")],
    ['a null where none can be', cursor('Book.TITLE_ASC', null, uuid(1))],
    ['a number for text', cursor('Book.TITLE_ASC', 1, uuid(1))],
    ['NUL in text', cursor('Book.TITLE_ASC', 'a\0', uuid(1))],
    ['another ordering', cursor('Book.PAGES_ASC', 1, uuid(1))],
    ['another direction', cursor('Book.TITLE_DESC', 'x', uuid(1))],
    ['another type', cursor('Author.NAME_ASC', 'x', uuid(1))],
    ['oversize', cursor('Book.TITLE_ASC', 'x'.repeat(70_000), uuid(1))],
  ])('that are %s are refused with CURSOR_INVALID', async (_name, after) => {
    const { result, statements } = await run('query ($after: String) { books(after: $after) { nodes { id } } }', {
      after,
    });
    expect(result.errors?.[0]?.extensions?.['code']).toBe('CURSOR_INVALID');
    expect(statements).toBe(0);
  });

  test.each([
    ['PUBLISHED_AT', '"not a date"'],
    ['PUBLISHED_AT', '"2026-13-45T99:00:00Z"'],
    ['PUBLISHED_AT', '"2026-02-30T00:00:00Z"'],
    ['PUBLISHED_AT', '"0000-01-01T00:00:00Z"'],
    ['RATING', '"1e5"'],
    ['RATING', '["1"]'],
    ['PAGES', '1.5'],
    ['PAGES', '99999999999'],
  ])('with a forged %s value %s are refused, not sent to the database', async (order, value) => {
    const after = cursor(`Book.${order}_ASC`, JSON.parse(value), uuid(1));
    const { result } = await run(
      `query ($after: String) { books(after: $after, orderBy: { field: ${order}, direction: ASC }) { nodes { id } } }`,
      { after },
    );
    expect(result.errors?.[0]?.extensions?.['code']).toBe('CURSOR_INVALID');
  });
});

describe('visibility', () => {
  const ann = Identity.of({ subject: 'ann', scopes: [] });
  test('is part of every statement: counts, pages, parents, lists, keys', async () => {
    const { result } = await run(
      `{ books { totalCount } authors(first: 1) { nodes { shelf { id } books { totalCount nodes { title } } } }
         own: book(id: "Book:${uuid(10)}") { title } foreign: book(id: "Book:${uuid(11)}") { title } }`,
      {},
      ann,
    );
    expect(result.errors).toBeUndefined();
    expect(result.data?.['books'].totalCount).toBe(100);
    expect(result.data?.['own']).toEqual({ title: 'Book 0010' });
    expect(result.data?.['foreign']).toBeNull();
    const mine = Array.from({ length: 20 }, (_, i) => (i + 1) * 50).filter((n) => n % 10 === 0);
    expect(result.data?.['authors'].nodes[0].books.totalCount).toBe(mine.length);
  });

  test('of nothing asks no statement', async () => {
    const { result, statements } = await run('{ books { totalCount nodes { id } } }', {}, Identity.anonymous);
    expect(result.data?.['books']).toEqual({ totalCount: 0, nodes: [] });
    expect(statements).toBe(0);
  });
});

describe('keys', () => {
  const entities = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Book { title } ... on Author { name } } }`;
  test('many representations are one statement for each type, in order, with null for the missing and the unseen', async () => {
    const representations = [
      { __typename: 'Book', id: `Book:${uuid(10)}` },
      { __typename: 'Author', name: 'Author 002' },
      { __typename: 'Book', id: `Book:${uuid(5000)}` },
      { __typename: 'Book', id: `Book:${uuid(11)}` },
      { __typename: 'Author', id: `Author:${uuid(3)}` },
      { __typename: 'Book', id: `Book:${uuid(20)}` },
      { __typename: 'Author', name: 'Nobody' },
    ];
    const { result, statements } = await run(
      entities,
      { representations },
      Identity.of({ subject: 'ann', scopes: [] }),
    );
    expect(result.errors).toBeUndefined();
    expect(result.data?.['_entities']).toEqual([
      { title: 'Book 0010' },
      { name: 'Author 002' },
      null,
      null,
      { name: 'Author 003' },
      { title: 'Book 0020' },
      null,
    ]);
    // Books by id, authors by id, authors by name.
    expect(statements).toBe(3);
  });

  test.each([[['Author 001', 'Author 002']], [{ eq: 'Author 001' }], [7], [true]])(
    'a representation whose key is %j is a typed error, and leaves its neighbours whole',
    async (name) => {
      const { result, statements } = await run(entities, {
        representations: [
          { __typename: 'Author', name },
          { __typename: 'Author', name: 'Author 002' },
        ],
      });
      expect(result.errors).toMatchObject([
        { path: ['_entities', 0], message: 'name must be text.', extensions: { code: 'BAD_USER_INPUT' } },
      ]);
      expect(result.data?.['_entities']).toEqual([null, { name: 'Author 002' }]);
      expect(statements).toBe(1);
    },
  );

  test.each([
    ['Book:nonsense', 'Malformed id "Book:nonsense": expected Book: and a UUID.'],
    [`Author:${uuid(1)}`, 'Expected an id of type Book, got Author.'],
    ['', 'Malformed id "": expected Book:key.'],
  ])('an id %j is a typed error that names the expected type', async (bookId, message) => {
    const { result, statements } = await run('query ($id: ID!) { book(id: $id) { title } }', { id: bookId });
    expect(result.errors?.[0]).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT', expectedType: 'Book' } });
    expect(statements).toBe(0);
  });
});
