import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { examine } from '../../cli/doctor/examine.js';
import {
  describeOn,
  openTestDatabase,
  quietLog,
  startPgbouncer,
  type Pgbouncer,
  type TestDatabase,
} from '../testkit/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { appendEvents, followEvents } from '../../subgraphs/kernel/events/index.js';
import { write } from '../../subgraphs/kernel/write/index.js';
import {
  migrate,
  openDatabase,
  prepareDatabase,
  rollback,
  sql,
  migrationsFolder,
  type Database,
} from '../../subgraphs/kernel/db/index.js';

describeOn('postgres', 'through pgbouncer in transaction mode', () => {
  /** Straight to the server. */
  let opened: TestDatabase;
  let bouncer: Pgbouncer;
  let database: Database;
  beforeAll(async () => {
    opened = await openTestDatabase({ migrated: false });
    bouncer = startPgbouncer(opened.url as string);
    database = await openDatabase({ url: bouncer.url, log: quietLog, statementTimeoutMs: 5_000 });
  }, 120_000);
  afterAll(async () => {
    await database.close();
    bouncer.stop();
    await opened.close();
  });

  test('it is known for what it is, and a server of its own is not taken for one', () => {
    expect(database.state()).toMatchObject({ isPooled: true, isNotified: false });
    expect(opened.database.state()).toMatchObject({ isPooled: false, isNotified: true });
  });

  test('migrations are applied, undone and applied again', async () => {
    await prepareDatabase(database);
    const { rolledBack } = await rollback(database, migrationsFolder(), { to: null });
    expect(rolledBack.length).toBeGreaterThan(0);
    expect((await migrate(database, migrationsFolder())).applied).toEqual([...rolledBack].reverse());
    await prepareDatabase(database);
  }, 60_000);

  test('statements are asked in any session, as often as they like, and values are read alike in all', async () => {
    const statement = sql`select ${'2026-11-21T05:46:45.12Z'}::timestamptz as at, current_setting('TimeZone') as zone`;
    const rows = await Promise.all(Array.from({ length: 60 }, () => database.query(statement)));
    expect(new Set(rows.map(([row]) => JSON.stringify(row)))).toEqual(
      new Set([JSON.stringify({ at: '2026-11-21T05:46:45.120000Z', zone: 'UTC' })]),
    );
  });

  test('a transaction has the limits that a session would have, and leaves none behind', async () => {
    const settings = sql`select current_setting('statement_timeout') as statement, current_setting('jit') as jit,
      current_setting('idle_in_transaction_session_timeout') as idle`;
    const inside = await database.transaction((tx) => tx.query(settings));
    expect(inside).toEqual([{ statement: '5s', jit: 'off', idle: '30s' }]);
    const outside = await Promise.all(Array.from({ length: 12 }, () => database.query<{ idle: string }>(settings)));
    expect(outside.map(([row]) => row?.idle)).toEqual(outside.map(() => '0'));
  });

  test('a statement that takes too long is cancelled, although no session was told to', async () => {
    const impatient = await openDatabase({ url: bouncer.url, log: quietLog, statementTimeoutMs: 100 });
    await expect(impatient.query('select pg_sleep(60)')).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(await impatient.query('select 1 as one')).toEqual([{ one: 1 }]);
    await impatient.close();
  });

  test('a statement whose caller has gone ends in PostgreSQL', async () => {
    const sleeping = () =>
      opened.database.query(
        `select 1 from pg_stat_activity where state = 'active' and query = 'select pg_sleep(61)' and datname = current_database()`,
      );
    const gone = new AbortController();
    const lane = { kind: 'caller', caller: 'ada', request: 'r', signal: gone.signal } as const;
    const asked = database
      .lane(lane)
      .query('select pg_sleep(61)')
      .catch((error: unknown) => error);
    while ((await sleeping()).length === 0) await turn();
    gone.abort();
    expect(await asked).toMatchObject({ code: 'TIMEOUT' });
    expect(await sleeping()).toEqual([]);
  });

  test('writes with their audit entry and event are one transaction, through Prisma too', async () => {
    const auth = Identity.of({ subject: 'ada', scopes: [] });
    const written = await write({ auth, requestId: 'r', database }, { operation: 'test' }, async (tx) => {
      const prisma = await tx.prisma();
      await prisma.$executeRaw`select 1`;
      tx.record({ type: 'Build', key: '0b1d0000-0000-4000-8000-000000000001', action: 'buildCreated', details: {} });
      return { done: true };
    });
    expect(written).toEqual({ done: true, userErrors: [] });
    expect(await opened.database.query(`select action from platform.events`)).toEqual([{ action: 'buildCreated' }]);
  });

  test.each([
    ['looks for events by itself', false],
    ['is notified of them past the pooler', true],
  ])('who follows the feed %s', async (_name, direct) => {
    const followed = await openDatabase({
      url: bouncer.url,
      directUrl: direct ? (opened.url as string) : undefined,
      log: quietLog,
    });
    expect(followed.state()).toMatchObject({ isPooled: true, isNotified: direct });
    const ending = new AbortController();
    const events = followEvents(followed, { after: null, signal: ending.signal });
    const next = events.next();
    let isHeard = false;
    void next.then(() => (isHeard = true));
    while (!isHeard) {
      await database.transaction((tx) => appendEvents(tx, [{ type: 'Build', id: 'x', action: 'buildStarted' }]));
      await turn();
    }
    expect((await next).value).toMatchObject({ action: 'buildStarted' });
    ending.abort();
    await events.return();
    await followed.close();
  });

  test('the doctor recognises it and says what holds', async () => {
    const settings = { DATABASE_URL: bouncer.url, WEFT_AUTH: 'off', PORT: '0' };
    const find = async (more: Record<string, string>) =>
      (await examine({ ...settings, ...more })).find(({ name }) => name === 'pooler');
    expect(await find({})).toMatchObject({ status: 'warning', detail: expect.stringContaining('pgbouncer') });
    expect(await find({ WEFT_DATABASE_DIRECT_URL: opened.url as string })).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('pgbouncer'),
    });
    const direct = await examine({ ...settings, DATABASE_URL: opened.url as string });
    expect(direct.find(({ name }) => name === 'pooler')).toBeUndefined();
  });
});

describeOn('pglite', 'the embedded store', () => {
  test('is taken for no pooler', async () => {
    const opened = await openTestDatabase({ migrated: false });
    expect(opened.database.state()).toMatchObject({ isPooled: false, isNotified: true });
    await opened.close();
  });
});
