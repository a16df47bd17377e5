import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { append, change, stepwise } from '../../../tests/testkit/feed.js';
import { describeOn, openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { sql, type Database } from '../db/index.js';
import { toCursor } from './cursor.js';
import { appendEvents, currentCursor, readEvents, type Event } from './index.js';

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  await database.script('create table public.counter (id text primary key, value int not null default 0)');
});
afterAll(() => opened.close());

async function readAll(after: string | null, limit = 100): Promise<Event[]> {
  const all: Event[] = [];
  for (let cursor = after, more = true; more;) {
    const page = await readEvents(database, { after: cursor, limit });
    all.push(...page.events);
    cursor = page.next;
    more = page.more;
  }
  return all;
}

describe('reading', () => {
  test('an event comes back as it was appended, in order, with the cursor after it', async () => {
    const start = await currentCursor(database);
    await database.transaction((tx) =>
      appendEvents(tx, [
        { ...change('a'), repository: 'acme/api', account: 'user_1', payload: { n: [1] } },
        { ...change('b') },
      ]),
    );
    const { events, next, more } = await readEvents(database, { after: start, limit: 10 });
    expect(events).toEqual([
      expect.objectContaining({
        type: 'Thing',
        id: 'Thing:a',
        repository: 'acme/api',
        account: 'user_1',
        payload: { n: [1] },
      }),
      expect.objectContaining({ id: 'Thing:b', action: 'changed', repository: null, account: null, payload: {} }),
    ]);
    expect(events[1]?.cursor).toBe(next);
    expect(more).toBe(false);
  });

  test('resuming at every cursor gives exactly the events after it', async () => {
    const start = await currentCursor(database);
    const ids = Array.from({ length: 12 }, (_, n) => `r${n}`);
    await append(database, ...ids.slice(0, 5));
    await append(database, ...ids.slice(5));
    const all = await readAll(start, 5);
    expect(all.map((event) => event.id)).toEqual(ids.map((id) => `Thing:${id}`));
    for (const [index, event] of all.entries()) {
      expect((await readAll(event.cursor, 3)).map(({ position }) => position)).toEqual(
        all.slice(index + 1).map(({ position }) => position),
      );
    }
  });

  test('a filter leaves out what it should, and its next cursor is past what it left out', async () => {
    const start = await currentCursor(database);
    await database.transaction((tx) =>
      appendEvents(tx, [
        { ...change('1'), repository: 'acme/api' },
        { ...change('2'), type: 'Other', repository: 'acme/web' },
        { ...change('3', 'removed'), account: 'user_1' },
      ]),
    );
    const idsOf = async (filter: object) =>
      (await readEvents(database, { after: start, limit: 10, ...filter })).events.map((event) => event.id);
    expect(await idsOf({ types: ['Other'] })).toEqual(['Thing:2']);
    expect(await idsOf({ types: [] })).toEqual([]);
    expect(await idsOf({ repository: 'acme/api' })).toEqual(['Thing:1']);
    expect(await idsOf({ entityIds: ['Thing:1', 'Thing:3'] })).toEqual(['Thing:1', 'Thing:3']);
    expect(await idsOf({ actions: ['removed'], account: 'user_1' })).toEqual(['Thing:3']);
    const { next } = await readEvents(database, { after: start, limit: 10, types: ['None'] });
    expect(next).toBe(await currentCursor(database));
  });

  test.each([
    '',
    'abc',
    'weft:e1:5',
    toCursor(5).slice(0, -1),
    `${toCursor(5)}=`,
    `${toCursor(5)} `,
    toCursor(-1),
    'x'.repeat(70),
  ])('a cursor that was never given out is refused: %j', async (cursor) => {
    await expect(readEvents(database, { after: cursor, limit: 1 })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  test('a cursor ahead of the feed is refused', async () => {
    const ahead = toCursor(9_000_000_000);
    await expect(readEvents(database, { after: ahead, limit: 1 })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  test('a rolled back append leaves no event and holds nobody up', async () => {
    const start = await currentCursor(database);
    await database
      .transaction(async (tx) => {
        await appendEvents(tx, [change('never')]);
        throw new Error('no');
      })
      .catch(() => undefined);
    await append(database, 'after');
    expect((await readAll(start)).map((event) => event.id)).toEqual(['Thing:after']);
  });
});

describeOn('postgres', 'reading beside writers', () => {
  test('two writers that commit in either order lose no event, in 1,000 rounds', async () => {
    let cursor = await currentCursor(database);
    const seen: string[] = [];
    const look = async (): Promise<void> => {
      const page = await readEvents(database, { after: cursor, limit: 100 });
      seen.push(...page.events.map((event) => event.id));
      cursor = page.next;
    };
    const expected: string[] = [];
    for (let round = 0; round < 1_000; round++) {
      const [first, second] = [stepwise(database), stepwise(database)];
      await first.run((tx) => appendEvents(tx, [change(`${round}a`)]));
      await second.run((tx) => appendEvents(tx, [change(`${round}b`)]));
      const order = round % 2 === 0 ? [first, second] : [second, first];
      for (const writer of order) {
        await writer.end('commit');
        await look();
      }
      expected.push(`Thing:${round}a`, `Thing:${round}b`);
    }
    expect(seen).toEqual(expected);
  }, 60_000);

  test('a transaction that began long before it reached the entity keeps the entity’s commit order', async () => {
    // By transaction id the later change of this entity would be read first: its writer is the oldest, and `held`, which
    // is still running, lies between the two.
    const start = await currentCursor(database);
    const [late, held, early] = [stepwise(database), stepwise(database), stepwise(database)];
    await late.run((tx) => tx.query('select pg_current_xact_id()'));
    await held.run((tx) => tx.query('select pg_current_xact_id()'));
    await early.run((tx) => appendEvents(tx, [change('e', 'first')]));
    await early.end('commit');
    await late.run((tx) => appendEvents(tx, [change('e', 'second')]));
    await late.end('commit');
    const read = await readEvents(database, { after: start, limit: 10 });
    await held.end('commit');
    expect([...read.events, ...(await readAll(read.next))].map((event) => event.action)).toEqual(['first', 'second']);
  });

  test('however writers interleave, each entity’s events are read in commit order and none is missed', async () => {
    await database.query(sql`insert into public.counter (id) values ('x'), ('y') on conflict do nothing`);
    const writer = fc.record({
      entities: fc.uniqueArray(fc.constantFrom('x', 'y'), { minLength: 1, maxLength: 2 }),
      takesIdEarly: fc.boolean(),
      commits: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(writer, { minLength: 2, maxLength: 5 }),
        fc.infiniteStream(fc.nat()),
        async (writers, picks) => {
          const start = await currentCursor(database);
          let cursor = start;
          const read: Event[] = [];
          const look = async (): Promise<void> => {
            const page = await readEvents(database, { after: cursor, limit: 3 });
            read.push(...page.events);
            cursor = page.next;
          };
          const committed = new Map<string, number[]>([
            ['x', []],
            ['y', []],
          ]);
          const chains: Promise<unknown>[] = [];
          const steps = writers.map(({ entities, takesIdEarly, commits }, writer) => {
            const transaction = stepwise(database);
            const values = new Map<string, number>();
            const work: (() => Promise<unknown>)[] = [];
            if (takesIdEarly) work.push(() => transaction.run((tx) => tx.query('select pg_current_xact_id()')));
            // In one order, as every writer that does not want a deadlock takes its locks.
            for (const entity of [...entities].sort()) {
              work.push(() =>
                transaction.run(async (tx) => {
                  const [row] = await tx.query<{ value: number }>(
                    sql`update public.counter set value = value + 1 where id = ${entity} returning value`,
                  );
                  const value = row?.value ?? 0;
                  values.set(entity, value);
                  await appendEvents(tx, [{ ...change(entity), payload: { value } }]);
                }),
              );
            }
            work.push(async () => {
              await transaction.end(commits ? 'commit' : 'rollback');
              if (commits) for (const [entity, value] of values) committed.get(entity)?.push(value);
            });
            chains[writer] = Promise.resolve();
            return work;
          });
          for (;;) {
            const open = [...steps.keys()].filter((writer) => (steps[writer]?.length ?? 0) > 0);
            const pick = picks.next().value ?? 0;
            const writer = open[pick % open.length];
            if (writer === undefined) break;
            const step = steps[writer]?.shift();
            chains[writer] = chains[writer]?.then(step) ?? Promise.resolve();
            // It may be waiting for another's lock, so it is given a moment and no more.
            await Promise.race([chains[writer], database.query('select 1')]);
            if (pick % 3 === 0) await look();
          }
          await Promise.all(chains);
          do await look();
          while ((await readEvents(database, { after: cursor, limit: 1 })).events.length > 0);
          for (const entity of ['x', 'y']) {
            const values = read
              .filter((event) => event.id === `Thing:${entity}`)
              .map((event) => event.payload['value'] as number);
            expect(values).toEqual([...values].sort((a, b) => a - b));
            expect(new Set(values)).toEqual(new Set(committed.get(entity)));
          }
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  }, 60_000);
});
