import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { describeOn, openTestDatabase, quietLog, type TestDatabase } from '../../../tests/testkit/index.js';
import { RequestError } from '../errors/index.js';
import { openDatabase, sql, type Database, type Lane } from './index.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase({ migrated: false });
  await opened.database.script('create table notes (id int primary key, text text)');
});
afterAll(() => opened.close());

const lane = (caller: string, signal?: AbortSignal, request = 'r'): Lane => ({
  kind: 'caller',
  caller,
  request,
  signal,
});

test('a statement of a caller who has gone never begins, and a transaction ends before its next one', async () => {
  const { database } = opened;
  const gone = new AbortController();
  const mine = database.lane(lane('ada', gone.signal));
  const outcome = mine.transaction(async (tx) => {
    await tx.query(sql`insert into notes (id) values (1)`);
    gone.abort(new RequestError('TIMEOUT', 'The time is up.'));
    await tx.query(sql`insert into notes (id) values (2)`);
  });
  await expect(outcome).rejects.toMatchObject({ code: 'TIMEOUT', message: 'The time is up.' });
  await expect(mine.query('select 1')).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(await database.query('select id from notes')).toEqual([]);
});

test('statements that wait behind a long one are dropped when their caller goes', async () => {
  const { database } = opened;
  const gone = new AbortController();
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const long = database.lane(lane('bob')).transaction(async () => {
    begin();
    await finished;
  });
  await begun;
  // More than there are connections left: on either engine some wait.
  const ada = database.lane(lane('ada', gone.signal));
  const asked = Array.from({ length: 30 }, () => ada.query('select pg_sleep(0)').catch((error: unknown) => error));
  expect(database.state().waiting).toBeGreaterThan(0);
  gone.abort();
  expect((await Promise.all(asked)).at(-1)).toMatchObject({ code: 'TIMEOUT' });
  expect(database.state()).toMatchObject({ waiting: 0, inUse: 1 });
  finish();
  await long;
});

describeOn('postgres', 'on PostgreSQL', () => {
  let database: Database;
  /** Looks from outside: nothing of the pool under test. */
  let observer: Database;
  beforeEach(async () => {
    database = await openDatabase({ url: opened.url as string, log: quietLog, poolSize: 10, waitMs: 300 });
    observer = opened.database;
  });
  afterEach(() => database.close());

  const sleeping = async (): Promise<number> => {
    const [row] = await observer.query<{ count: number }>(
      `select count(*)::int4 as count from pg_stat_activity
       where datname = current_database() and state = 'active' and query like '%pg_sleep(60)%' and pid <> pg_backend_pid()`,
    );
    return row?.count ?? 0;
  };
  const untilSleeping = async (count: number): Promise<void> => {
    while ((await sleeping()) !== count) await turn();
  };

  const attack = (signal: AbortSignal, request = 'r'): Promise<unknown>[] =>
    Array.from({ length: 40 }, () =>
      database
        .lane(lane('mallory', signal, request))
        .query('select pg_sleep(60)')
        .catch((error: unknown) => error),
    );

  describe('one caller who asks for all connections', () => {
    test('has its share of them, others are served, and all ends in PostgreSQL when it goes', async () => {
      const gone = new AbortController();
      const attacks = ['a', 'b', 'c', 'd'].flatMap((request) => attack(gone.signal, request));
      await untilSleeping(4);
      expect(await database.lane(lane('victim')).query('select 1 as one')).toEqual([{ one: 1 }]);
      expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
      gone.abort();
      await Promise.all(attacks);
      expect(await sleeping()).toBe(0);
      expect(database.state()).toMatchObject({ inUse: 0, waiting: 0, callers: 0, cancelled: 4 });
    });

    test('has a smaller one with a single request, and what waits too long is told so', async () => {
      const gone = new AbortController();
      const attacks = attack(gone.signal);
      await untilSleeping(2);
      const busy = (await Promise.race(attacks)) as RequestError;
      expect(busy).toMatchObject({ code: 'SERVER_BUSY', extensions: { retryAfterSeconds: 2 } });
      expect(await sleeping()).toBe(2);
      gone.abort();
      await Promise.all(attacks);
      await untilSleeping(0);
      expect(database.state().refused).toBeGreaterThan(0);
    });
  });

  test('a cancelled statement hits nobody who has its connection afterwards', async () => {
    const rounds = Array.from({ length: 30 }, async (_, n) => {
      const gone = new AbortController();
      const cancelled = database
        .lane(lane(`ada ${n % 3}`, gone.signal))
        .query('select pg_sleep(60)')
        .catch((error: unknown) => error);
      setTimeout(() => gone.abort(), n);
      await cancelled;
      return database.query<{ n: number }>(sql`select ${n}::int4 as n, pg_sleep(0.005)`);
    });
    expect((await Promise.all(rounds)).map(([row]) => row?.n)).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });

  test('a commit is never cancelled: who goes away during it finds what was written', async () => {
    await observer.script(`
      create function slow_commit() returns trigger language plpgsql as $$ begin perform pg_sleep(0.3); return null; end $$;
      create table slow (id int);
      create constraint trigger slow after insert on slow deferrable initially deferred for each row execute function slow_commit()`);
    const gone = new AbortController();
    const written = database
      .lane(lane('ada', gone.signal))
      .transaction((tx) => tx.query(sql`insert into slow values (1)`));
    const committing = async (): Promise<boolean> => {
      const rows = await observer.query(`select 1 from pg_stat_activity where state = 'active' and query = 'commit'`);
      return rows.length > 0;
    };
    while (!(await committing())) await turn();
    gone.abort();
    await written;
    expect(await observer.query('select id from slow')).toEqual([{ id: 1 }]);
  });

  test('transactions that each need a second connection do not wait for one another for ever', async () => {
    const small = await openDatabase({ url: opened.url as string, log: quietLog, poolSize: 3, waitMs: 300 });
    const outcomes = Array.from({ length: 12 }, (_, n) =>
      small.lane(lane(`caller ${n}`, undefined)).transaction(async (tx) => {
        await tx.query('select pg_sleep(0.01)');
        return small.lane(lane(`caller ${n}`)).query<{ n: number }>(sql`select ${n}::int4 as n`);
      }),
    );
    const settled = await Promise.allSettled(outcomes);
    for (const outcome of settled)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'SERVER_BUSY' });
    expect(small.state()).toMatchObject({ inUse: 0, waiting: 0, callers: 0 });
    await small.close();
  });

  test('one request may hold a transaction and ask beside it, with a share of one', async () => {
    const small = await openDatabase({ url: opened.url as string, log: quietLog, poolSize: 2, waitMs: 300 });
    const mine = small.lane(lane('ada'));
    expect(await mine.transaction(async () => mine.query('select 1 as one'))).toEqual([{ one: 1 }]);
    await small.close();
  });
});
