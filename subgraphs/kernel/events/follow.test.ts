import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { append, change, stepwise, take, untilFollowing } from '../../../tests/testkit/feed.js';
import { describeOn, openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { openDatabase, sql, type Database } from '../db/index.js';
import { toCursor } from './cursor.js';
import { feedOf } from './feed.js';
import { appendEvents, currentCursor, expireEvents, followEvents, readEvents, type Event } from './index.js';

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
});
afterAll(() => opened.close());

/** May be taken from again. */
const kept = (events: AsyncGenerator<Event>): AsyncIterable<Event> => ({
  [Symbol.asyncIterator]: () => ({ next: () => events.next() }),
});

describe('following', () => {
  test('a cursor ahead of the feed, or of no feed, is refused', async () => {
    for (const after of [toCursor(9_000_000_000), 'nonsense']) {
      await expect(followEvents(database, { after }).next()).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    }
  });

  test('replays what was missed and goes on live, each event once, while others append', async () => {
    const start = await currentCursor(database);
    const ids = Array.from({ length: 60 }, (_, n) => `f${n}`);
    await append(database, ...ids.slice(0, 20));
    const heard = take(followEvents(database, { after: start }), ids.length);
    for (const id of ids.slice(20)) await append(database, id);
    expect(await heard).toEqual(ids);
  });

  test('resumes at the cursor of any event it gave', async () => {
    const start = await currentCursor(database);
    await append(database, 'm1', 'm2', 'm3');
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
    await append(database, 'wanted');
    const heard = take(followEvents(database, { after: null, entityIds: ['Thing:wanted', 'Thing:end'] }), 1);
    let isHeard = false;
    void heard.then(() => (isHeard = true));
    // The follower begins at a moment of its own: it hears of the first of these that comes after.
    while (!isHeard) await append(database, 'unwanted', 'end');
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
      lane: (lane) => database.lane(lane),
      state: () => database.state(),
      close: () => Promise.resolve(),
    };
    const after = await currentCursor(watched);
    const endings = Array.from({ length: 50 }, () => new AbortController());
    const followers = endings.map(({ signal }) => followEvents(watched, { after, signal }));
    const first = followers.map((follower) => follower.next());
    await append(database, 'first');
    await Promise.all(first);
    const before = statements;
    const second = followers.map((follower) => follower.next());
    await append(database, 'second');
    for (const { value } of await Promise.all(second)) expect(value).toMatchObject({ id: 'Thing:second' });
    expect(statements - before).toBeLessThanOrEqual(4);
    const last = followers.map((follower) => follower.next());
    for (const ending of endings) ending.abort();
    for (const { done } of await Promise.all(last)) expect(done).toBe(true);
    await database.query('select 1');
    expect(stopped).toBe(1);
  });
});

describeOn('postgres', 'following beside other connections', () => {
  test('a follower on another connection hears of changes that this process did not make', async () => {
    const other = await openDatabase({ url: opened.url ?? '', log: { warn: () => undefined } });
    const events = followEvents(other, { after: await currentCursor(database) });
    const heard = take(events, 2);
    await append(database, 'far');
    await append(database, 'away');
    expect(await heard).toEqual(['far', 'away']);
    await other.close();
  });

  test('a follower hears of an event that waited for a transaction which then rolled back', async () => {
    const heard = take(followEvents(database, { after: await currentCursor(database) }), 1);
    const held = stepwise(database);
    await held.run((tx) => appendEvents(tx, [change('never')]));
    await append(database, 'waited');
    await held.end('rollback');
    expect(await heard).toEqual(['waited']);
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

  test('a follower that does not read for long is told nothing, holds a bounded part, and then gets every event in order', async () => {
    const db = own.database;
    const after = await currentCursor(db);
    const pages: number[] = [];
    const admit = (page: readonly Event[]) => {
      pages.push(page.length);
      return Promise.resolve(page);
    };
    const [slow, quick] = [followEvents(db, { after, admit }), followEvents(db, { after })];
    const first = slow.next();
    await untilFollowing(db);
    const ids = Array.from({ length: 1_621 }, (_, n) => `s${n}`);
    const heard = take(quick, ids.length);
    await append(db, 's0');
    expect((await first).value).toMatchObject({ id: 'Thing:s0' });
    for (let n = 1; n < ids.length; n += 20) await append(db, ...ids.slice(n, n + 20));
    expect(await heard).toEqual(ids);
    expect(await take(kept(slow), ids.length - 1)).toEqual(ids.slice(1));
    expect(Math.max(...pages)).toBeLessThanOrEqual(5 + 500);
    // And it is live again.
    const next = slow.next();
    await append(db, 'later');
    expect((await next).value).toMatchObject({ id: 'Thing:later' });
    await slow.return();
  });

  test('a follower that reads at once while the process is busy gets every event in order', async () => {
    const db = own.database;
    const ids = Array.from({ length: 3_000 }, (_, n) => `b${n}`);
    const cell = new Int32Array(new SharedArrayBuffer(4));
    const heard = take(followEvents(db, { after: await currentCursor(db) }), ids.length);
    await untilFollowing(db);
    for (let n = 0; n < ids.length; n += 300) {
      await append(db, ...ids.slice(n, n + 300));
      Atomics.wait(cell, 0, 0, 5);
    }
    expect(await heard).toEqual(ids);
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
