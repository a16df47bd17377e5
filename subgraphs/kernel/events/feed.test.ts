import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeOn, engine, openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { openDatabase, sql, type Database, type Transaction } from '../db/index.js';
import { toCursor } from './cursor.js';
import { appendEvents, currentCursor, expireEvents, followEvents, readEvents, type Event } from './index.js';
import { feedOf } from './feed.js';

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  await database.script('create table public.counter (id text primary key, value int not null default 0)');
});
afterAll(() => opened.close());

const change = (id: string, action = 'changed') => ({ type: 'Thing', id: `Thing:${id}`, action });

async function append(...ids: readonly string[]): Promise<void> {
  await database.transaction((tx) =>
    appendEvents(
      tx,
      ids.map((id) => change(id)),
    ),
  );
}

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

/** Takes `count` events and stops. */
async function take(events: AsyncIterable<Event>, count: number): Promise<string[]> {
  const taken: string[] = [];
  if (count === 0) return taken;
  for await (const event of events) {
    taken.push(event.id.slice('Thing:'.length));
    if (taken.length === count) break;
  }
  return taken;
}

/** Until those who began to follow before are live: a replay is never too slow. */
async function untilFollowing(db: Database): Promise<void> {
  const bystander = { push: () => undefined, fail: () => undefined };
  await feedOf(db).join(bystander);
  await db.query('select 1');
  feedOf(db).leave(bystander);
}

/** A transaction whose steps the test takes one by one. */
function stepwise(): {
  run(step: (tx: Transaction) => Promise<unknown>): Promise<void>;
  end(how: 'commit' | 'rollback'): Promise<void>;
} {
  let begun: (tx: Transaction) => void = () => undefined;
  let finish: (how: 'commit' | 'rollback') => void = () => undefined;
  const tx = new Promise<Transaction>((resolve) => (begun = resolve));
  const how = new Promise<'commit' | 'rollback'>((resolve) => (finish = resolve));
  const done = database
    .transaction(async (transaction) => {
      begun(transaction);
      if ((await how) === 'rollback') throw new Error('rolled back');
    })
    .catch(() => undefined);
  return {
    run: async (step) => {
      await step(await tx);
    },
    end: async (choice) => {
      finish(choice);
      await done;
    },
  };
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
    await append(...ids.slice(0, 5));
    await append(...ids.slice(5));
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

  test('a cursor ahead of the feed is refused, by readers and followers', async () => {
    const ahead = toCursor(9_000_000_000);
    await expect(readEvents(database, { after: ahead, limit: 1 })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    await expect(followEvents(database, { after: ahead }).next()).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  test('a rolled back append leaves no event and holds nobody up', async () => {
    const start = await currentCursor(database);
    await database
      .transaction(async (tx) => {
        await appendEvents(tx, [change('never')]);
        throw new Error('no');
      })
      .catch(() => undefined);
    await append('after');
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
      const [first, second] = [stepwise(), stepwise()];
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
    const [late, held, early] = [stepwise(), stepwise(), stepwise()];
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
            const transaction = stepwise();
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

  test('a follower on another connection hears of changes that this process did not make', async () => {
    const other = await openDatabase({ url: opened.url ?? '', log: { warn: () => undefined } });
    const events = followEvents(other, { after: await currentCursor(database) });
    const heard = take(events, 2);
    await append('far');
    await append('away');
    expect(await heard).toEqual(['far', 'away']);
    await other.close();
  });

  test('a follower hears of an event that waited for a transaction which then rolled back', async () => {
    const heard = take(followEvents(database, { after: await currentCursor(database) }), 1);
    const held = stepwise();
    await held.run((tx) => appendEvents(tx, [change('never')]));
    await append('waited');
    await held.end('rollback');
    expect(await heard).toEqual(['waited']);
  });
});

describe('following', () => {
  test('replays what was missed and goes on live, each event once, while others append', async () => {
    const start = await currentCursor(database);
    const ids = Array.from({ length: 60 }, (_, n) => `f${n}`);
    await append(...ids.slice(0, 20));
    const heard = take(followEvents(database, { after: start }), ids.length);
    for (const id of ids.slice(20)) await append(id);
    expect(await heard).toEqual(ids);
  });

  test('resumes at the cursor of any event it gave', async () => {
    const start = await currentCursor(database);
    await append('m1', 'm2', 'm3');
    for await (const event of followEvents(database, { after: start })) {
      if (event.id !== 'Thing:m2') continue;
      expect(await take(followEvents(database, { after: event.cursor }), 1)).toEqual(['m3']);
      break;
    }
  });

  test('a reader that stops while it waits is let go at once, and again when it has gone', async () => {
    const events = followEvents(database, { after: null });
    const waiting = events.next();
    await untilFollowing(database);
    expect(await events.return()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await events.return()).toEqual({ done: true, value: undefined });
  });

  test('without a cursor begins now, and the filter holds live', async () => {
    await append('wanted');
    const heard = take(followEvents(database, { after: null, entityIds: ['Thing:wanted', 'Thing:end'] }), 1);
    let isHeard = false;
    void heard.then(() => (isHeard = true));
    // The follower begins at a moment of its own: it hears of the first of these that comes after.
    while (!isHeard) await append('unwanted', 'end');
    expect(await heard).toEqual(['end']);
  });

  test('many followers cost one reading of the feed, and the last to leave stops it', async () => {
    let statements = 0;
    let stopped = 0;
    const watched: Database = {
      engine: database.engine,
      query: (statement, values) => {
        statements++;
        return database.query(statement, values);
      },
      transaction: (run, options) => database.transaction(run, options),
      script: (text) => database.script(text),
      listen: async (...listening) => {
        const stop = await database.listen(...listening);
        return async () => {
          stopped++;
          await stop();
        };
      },
      close: () => Promise.resolve(),
    };
    const after = await currentCursor(watched);
    const endings = Array.from({ length: 50 }, () => new AbortController());
    const followers = endings.map(({ signal }) => followEvents(watched, { after, signal }));
    const first = followers.map((follower) => follower.next());
    await append('first');
    await Promise.all(first);
    const before = statements;
    const second = followers.map((follower) => follower.next());
    await append('second');
    for (const { value } of await Promise.all(second)) expect(value).toMatchObject({ id: 'Thing:second' });
    expect(statements - before).toBeLessThanOrEqual(4);
    const last = followers.map((follower) => follower.next());
    for (const ending of endings) ending.abort();
    for (const { done } of await Promise.all(last)) expect(done).toBe(true);
    await database.query('select 1');
    expect(stopped).toBe(1);
  });
});

describe('a feed of its own', () => {
  let own: TestDatabase;
  beforeAll(async () => {
    own = await openTestDatabase();
  });
  afterAll(() => own.close());

  test('a lost notification is made good by the next look', async () => {
    feedOf(own.database, { pollMs: 30, bufferedEvents: 5 });
    const deaf: Database = own.database;
    await deaf.script(`create or replace function platform.announce_events() returns trigger language plpgsql as $$ begin
      perform pg_advisory_xact_lock_shared(1464157780, 0); return null; end $$`);
    const heard = take(followEvents(deaf, { after: await currentCursor(deaf) }), 1);
    await deaf.transaction((tx) => appendEvents(tx, [change('silent')]));
    expect(await heard).toEqual(['silent']);
  });

  test('a follower that does not read is closed with the cursor to resume from, and resumes without loss', async () => {
    const after = await currentCursor(own.database);
    const [slow, quick] = [followEvents(own.database, { after }), followEvents(own.database, { after })];
    const first = slow.next();
    await untilFollowing(own.database);
    const ids = Array.from({ length: 21 }, (_, n) => `s${n}`);
    for (const id of ids) {
      const waiting = [quick.next(), ...(id === 's0' ? [first] : [])];
      await own.database.transaction((tx) => appendEvents(tx, [change(id)]));
      for (const { value } of await Promise.all(waiting)) expect(value).toMatchObject({ id: `Thing:${id}` });
    }
    await quick.return();
    const error = (await slow.next().catch((thrown: unknown) => thrown)) as {
      code: string;
      extensions: { cursor: string };
    };
    expect(error).toMatchObject({ code: 'SLOW_CONSUMER' });
    const rest = await take(followEvents(own.database, { after: error.extensions.cursor }), 20);
    expect(rest).toEqual(ids.slice(1));
  });

  test('expiry removes the oldest events, and only cursors that point before what is left are expired', async () => {
    const { database: db } = own;
    const start = await currentCursor(db);
    await db.query(sql`insert into platform.events (entity_type, entity_id, action, occurred_at)
      values ('Thing', 'Thing:old', 'changed', '2020-01-01'), ('Thing', 'Thing:older', 'changed', '2019-01-01')`);
    const kept = await currentCursor(db);
    await db.query(sql`insert into platform.events (entity_type, entity_id, action, occurred_at)
      values ('Thing', 'Thing:new', 'changed', '2026-01-01'), ('Thing', 'Thing:straggler', 'changed', '2018-01-01')`);
    await db.query(
      sql`delete from platform.events where entity_id not in ('Thing:old', 'Thing:older', 'Thing:new', 'Thing:straggler')`,
    );
    expect(await expireEvents(db, new Date('2021-01-01'))).toBe(2);
    const idsAfter = async (after: string | null) =>
      (await readEvents(db, { after, limit: 10 })).events.map((event) => event.id);
    expect(await idsAfter(kept)).toEqual(['Thing:new', 'Thing:straggler']);
    expect(await idsAfter(null)).toEqual(['Thing:new', 'Thing:straggler']);
    await expect(idsAfter(start)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    await expect(followEvents(db, { after: start }).next()).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    expect(await expireEvents(db, new Date())).toBe(2);
    await expect(idsAfter(kept)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    expect(await idsAfter(await currentCursor(db))).toEqual([]);
  });
});

test('these tests ran on the engine that they were asked for', () => {
  expect(database.engine).toBe(engine);
});
