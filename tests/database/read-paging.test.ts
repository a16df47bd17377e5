import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openTestDatabase, type TestDatabase } from '../testkit/database.js';
import { fixtureSchema, fixtureTables, run, uuid } from './read-fixture.js';

const schema = fixtureSchema();
let opened: TestDatabase;

beforeAll(async () => {
  opened = await openTestDatabase();
  await opened.database.script(fixtureTables);
  await opened.database.query(`insert into fixture.authors values ('${uuid(1)}', 'Author')`);
});

afterAll(() => opened.close());

interface Book {
  readonly n: number;
  readonly title: string;
  readonly rating: number | null;
  readonly pages: number;
}

// Few distinct values, so that ties and nulls meet the pages' edges often.
const book = (n: number): fc.Arbitrary<Book> =>
  fc.record({
    n: fc.constant(n),
    title: fc.constantFrom('a', 'b', 'c'),
    rating: fc.constantFrom(null, 1, 2.5),
    pages: fc.integer({ min: 0, max: 3 }),
  });

const scenario = fc.record({
  before: fc
    .integer({ min: 0, max: 25 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => book(n)))),
  order: fc.constantFrom('TITLE', 'RATING', 'PAGES', 'PUBLISHED_AT'),
  direction: fc.constantFrom('ASC', 'DESC'),
  backward: fc.boolean(),
  size: fc.integer({ min: 1, max: 7 }),
  /** Between two pages: rows to remove (by position among the original ones) and rows to add. */
  changes: fc.array(
    fc.record({ remove: fc.array(fc.nat(24), { maxLength: 2 }), add: fc.array(book(0), { maxLength: 2 }) }),
    {
      maxLength: 6,
    },
  ),
});

const page = (backward: boolean, order: string, direction: string): string => `
  query ($size: Int!, $cursor: String) { author(name: "Author") {
    books(${backward ? 'last: $size, before: $cursor' : 'first: $size, after: $cursor'}, orderBy: { field: ${order}, direction: ${direction} }) {
      nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;

async function insert(books: readonly Book[]): Promise<void> {
  await opened.database.query(
    `insert into fixture.books select id, '${uuid(1)}', title, pages, rating, published_at, 'paperback', 'librarian'
     from unnest($1::uuid[], $2::text[], $3::int[], $4::numeric[], $5::timestamptz[]) as b (id, title, pages, rating, published_at)`,
    [
      books.map((b) => uuid(b.n)),
      books.map((b) => b.title),
      books.map((b) => b.pages),
      books.map((b) => b.rating),
      books.map((b) => (b.rating === null ? null : `2026-01-01T00:00:00.00000${b.pages}Z`)),
    ],
  );
}

test('pages lose and repeat nothing while rows are inserted and deleted between them, for every order, both ways', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ before, order, direction, backward, size, changes }) => {
      await opened.database.query('delete from fixture.books');
      await insert(before);
      const removed = new Set<number>();
      const seen: string[] = [];
      let nextNew = 1000;
      let cursor: string | null = null;
      for (let step = 0; ; step += 1) {
        const { result } = await run({ database: opened.database, schema }, page(backward, order, direction), {
          size,
          cursor,
        });
        expect(result.errors).toBeUndefined();
        const { nodes, pageInfo } = result.data?.['author'].books;
        const ids = nodes.map((node: { id: string }) => node.id.slice('Book:'.length));
        seen.push(...(backward ? ids.reverse() : ids));
        if (!(backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) break;
        cursor = backward ? pageInfo.startCursor : pageInfo.endCursor;
        const change = changes[step];
        if (change === undefined) continue;
        for (const n of change.remove) removed.add(n);
        await opened.database.query('delete from fixture.books where id = any($1::uuid[])', [change.remove.map(uuid)]);
        await insert(change.add.map((added) => ({ ...added, n: nextNew++ })));
      }
      expect(new Set(seen).size).toBe(seen.length);
      const stayed = before.filter((b) => !removed.has(b.n)).map((b) => uuid(b.n));
      expect(stayed.filter((kept) => !seen.includes(kept))).toEqual([]);
      if (changes.length === 0) await expectOrder(seen, order, direction, backward);
    }),
    { numRuns: 60, seed: 20261121 },
  );
});

/** Without changes the pages together are the list as PostgreSQL orders it. */
async function expectOrder(
  seen: readonly string[],
  order: string,
  direction: string,
  backward: boolean,
): Promise<void> {
  const column = { TITLE: 'title', RATING: 'rating', PAGES: 'pages', PUBLISHED_AT: 'published_at' }[order];
  const rows = await opened.database.query<{ id: string }>(
    `select id from fixture.books order by ${column} ${direction}, id ${direction}`,
  );
  const ids = rows.map((row) => row.id);
  expect(seen).toEqual(backward ? ids.reverse() : ids);
}
