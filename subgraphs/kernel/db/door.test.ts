import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeOn, openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { checkDatabaseError, countStatements, openDatabase, sql } from './index.js';
import { mostPrepared } from './prepared-statements.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase({ migrated: false });
  await opened.database.script(`
    create type colour as enum ('red', 'green');
    create table paint (id int primary key, name text unique, amount int check (amount >= 0), parent int references paint)`);
});
afterAll(() => opened.close());

describe('values', () => {
  test.each([
    ['uuid', `'0B1D0000-0000-4000-8000-000000000000'::uuid`, '0b1d0000-0000-4000-8000-000000000000'],
    ['an int8 that is safe', '9007199254740991::int8', 9007199254740991],
    ['an int8 that is not', '9007199254740993::int8', 9007199254740993n],
    ['a small negative int8', '-5::int8', -5],
    ['numeric', '1.50::numeric', '1.50'],
    ['float8', `'-Infinity'::float8`, -Infinity],
    ['bool', 'false', false],
    ['an enum', `'red'::colour`, 'red'],
    ['an array of an enum', `array['red', 'green']::colour[]`, ['red', 'green']],
    ['an array with null, quotes and braces', `array[null, 'a"b', '{c,d}', 'NULL']`, [null, 'a"b', '{c,d}', 'NULL']],
    [
      'a nested array',
      `array[[1, 2], [3, 4]]`,
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['an empty array', `'{}'::int[]`, []],
    ['jsonb', `'{"a": [1, null]}'::jsonb`, { a: [1, null] }],
    ['an array of jsonb', `array['{"a": 1}'::jsonb]`, [{ a: 1 }]],
    ['bytea', `'\\x00ff'::bytea`, new Uint8Array([0, 255])],
    ['xid8', `'7'::xid8`, '7'],
    [
      'timestamptz with a part of a microsecond',
      `'2026-11-21 05:46:45.12+00'::timestamptz`,
      '2026-11-21T05:46:45.120000Z',
    ],
    [
      'timestamptz on the second, from another zone',
      `'2026-11-21 05:46:45+02'::timestamptz`,
      '2026-11-21T03:46:45.000000Z',
    ],
    ['timestamptz without end', `'infinity'::timestamptz`, 'infinity'],
    ['date', `'2026-11-21'::date`, '2026-11-21'],
    ['null', 'null::text', null],
  ])('%s comes out the same on every engine', async (_name, expression, expected) => {
    const [row] = await opened.database.query<{ value: unknown }>(`select ${expression} as value`);
    expect(row?.value).toEqual(expected);
  });

  test.each<[string, unknown, string]>([
    ['an array', ['a', null, 'b"{},\\'], 'text[]'],
    ['an object', { a: 'ü', b: [1] }, 'jsonb'],
    ['bytes', new Uint8Array([0, 1, 255]), 'bytea'],
    ['a bigint', 9007199254740993n, 'int8'],
    ['an array of objects', [{ a: 1 }, { b: '"' }], 'jsonb[]'],
    ['null', null, 'text'],
  ])('%s goes in and comes back', async (_name, value, type) => {
    const [row] = await opened.database.query<{ value: unknown }>(`select $1::${type} as value`, [value]);
    expect(row?.value).toEqual(value);
  });

  test('a Date goes in as the moment it is', async () => {
    const [row] = await opened.database.query(sql`select ${new Date(1_700_000_000_123)}::timestamptz as value`);
    expect(row).toEqual({ value: '2023-11-14T22:13:20.123000Z' });
  });

  test('a plain string runs one statement and never a second', async () => {
    await expect(opened.database.query('select 1; select 2')).rejects.toThrow('cannot insert multiple commands');
  });
});

describe('transactions', () => {
  test('what a failed transaction did is undone', async () => {
    const failed = opened.database.transaction(async (tx) => {
      await tx.query(sql`insert into paint (id, name) values (1, 'undone')`);
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    expect(await opened.database.query(sql`select * from paint where id = 1`)).toEqual([]);
  });

  test('a failed savepoint undoes its own work and not the transaction’s', async () => {
    await opened.database.transaction(async (tx) => {
      await tx.query(sql`insert into paint (id, name) values (2, 'kept')`);
      const inner = tx.savepoint(async (point) => {
        await point.query(sql`insert into paint (id, name) values (3, 'undone')`);
        await point.query(sql`insert into paint (id, name) values (4, 'kept')`);
      });
      await expect(inner).rejects.toThrow('duplicate key');
    });
    expect(await opened.database.query(sql`select id from paint where id in (2, 3, 4)`)).toEqual([{ id: 2 }]);
  });

  test('a commit that stored nothing because a failure was swallowed is an error', async () => {
    const swallowed = opened.database.transaction(async (tx) => {
      await tx.query('select 1/0').catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow('failure was swallowed');
  });

  test('a transaction is of no use after its function has ended', async () => {
    const kept = await opened.database.transaction((tx) => Promise.resolve(tx));
    await expect(kept.query('select 1')).rejects.toThrow('This transaction has ended');
  });

  test('statements of one transaction that are sent at once run in order', async () => {
    const rows = await opened.database.transaction((tx) =>
      Promise.all([1, 2, 3].map((n) => tx.query(sql`select ${n}::int as n, pg_current_xact_id()::text as xid`))),
    );
    expect(rows.flat().map((row) => row['n'])).toEqual([1, 2, 3]);
    expect(new Set(rows.flat().map((row) => row['xid'])).size).toBe(1);
  });

  test('a read-only transaction refuses to write', async () => {
    const write = opened.database.transaction((tx) => tx.query(sql`delete from paint`), { readOnly: true });
    await expect(write).rejects.toThrow('read-only');
  });

  test('isolation is what was asked for', async () => {
    const [row] = await opened.database.transaction((tx) => tx.query('show transaction_isolation'), {
      isolation: 'serializable',
    });
    expect(row).toEqual({ transaction_isolation: 'serializable' });
  });

  describeOn('pglite', 'on the one connection of the embedded engine', () => {
    test('calling the Database inside its own transaction fails at once, for each of its functions', async () => {
      const { database } = opened;
      for (const call of [
        () => database.query('select 1'),
        () => database.transaction(() => Promise.resolve()),
        () => database.script('select 1'),
        () => database.listen('c', () => undefined),
      ]) {
        await expect(database.transaction<unknown>(call)).rejects.toThrow('inside its own transaction');
      }
    });

    test('work that a transaction left running may use the Database once it has ended', async () => {
      let started: Promise<unknown> | undefined;
      const ended = opened.database.transaction(async () => {
        started = Promise.resolve().then(async () => {
          await ended;
          return opened.database.query(sql`select 1 as one`);
        });
        return Promise.resolve();
      });
      await ended;
      await expect(started).resolves.toEqual([{ one: 1 }]);
    });
  });
});

describe('failures', () => {
  test.each([
    ['unique', `insert into paint (id, name) values (10, 'x'), (11, 'x')`, 'paint_name_key'],
    ['check', `insert into paint (id, amount) values (12, -1)`, 'paint_amount_check'],
    ['foreign_key', `insert into paint (id, parent) values (13, 99)`, 'paint_parent_fkey'],
  ])('a broken %s constraint is recognised with its name', async (kind, statement, constraint) => {
    const error = await opened.database.query(statement).catch((thrown: unknown) => thrown);
    expect(checkDatabaseError(error)).toMatchObject({ kind, constraint, table: 'paint' });
    expect(checkDatabaseError(new Error('wrapped', { cause: error }))).toMatchObject({ kind, constraint });
  });

  test('half of a surrogate pair in JSON is the caller’s mistake', async () => {
    const json = JSON.stringify({ a: '\ud800' });
    const refused = opened.database.query('select $1::jsonb as value', [json]);
    await expect(refused).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'Text may not contain half of a surrogate pair.',
    });
  });

  test('text with U+0000 is the caller’s mistake, in a parameter and in JSON', async () => {
    for (const statement of [sql`select ${'a\0b'}::text`, sql`select ${{ a: '\0' }}::jsonb`]) {
      await expect(opened.database.query(statement)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });

  test('an error that is not the database’s is none', () => {
    expect(checkDatabaseError(new Error('no'))).toBeNull();
    expect(checkDatabaseError(null)).toBeNull();
  });

  test('a prepared statement that failed can be run again', async () => {
    const half = (value: string) => sql`select ${value}::int as n`;
    await expect(opened.database.query(half('no'))).rejects.toThrow('invalid input syntax');
    expect(await opened.database.query(half('7'))).toEqual([{ n: 7 }]);
  });
});

describe('notifications', () => {
  test('reach every listener of the channel, after commit only, until it stops listening', async () => {
    const { database } = opened;
    const heard: string[] = [];
    let wake = (): void => undefined;
    const until = async (count: number): Promise<void> => {
      while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
    };
    const note = (who: string) => (payload: string) => {
      heard.push(`${who}:${payload}`);
      wake();
    };
    const stopFirst = await database.listen('Paint', note('first'));
    const stopSecond = await database.listen('Paint', note('second'));
    await database
      .transaction(async (tx) => {
        await tx.query(sql`select pg_notify('Paint', 'undone')`);
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    await database.transaction((tx) => tx.query(sql`select pg_notify('Paint', 'one')`));
    await until(2);
    await stopFirst();
    await database.query(sql`select pg_notify('Paint', 'two')`);
    await until(3);
    expect(heard).toEqual(['first:one', 'second:one', 'second:two']);
    await stopSecond();
  });

  test('a listener may use the Database', async () => {
    const { database } = opened;
    const answer = await new Promise((resolve, reject) => {
      const ask = (): void => void database.query(sql`select 1 as one`).then(resolve, reject);
      void database.listen('ask', ask).then(() => database.query(sql`select pg_notify('ask', '')`));
    });
    expect(answer).toEqual([{ one: 1 }]);
  });
});

test('a connection forgets what it has prepared before that is without limit, and prepares anew', async () => {
  const { database } = opened;
  const prepared = 'select count(*)::int4 as n from pg_prepared_statements';
  const kept = () => database.query<{ n: number }>(prepared).then(([row]) => row?.n ?? 0);
  for (let n = 0; n <= mostPrepared; n++) await database.query({ name: `statement_${n}`, text: `select ${n} as n` });
  expect(await kept()).toBeLessThanOrEqual(mostPrepared);
  expect(await database.query({ name: 'statement_7', text: 'select 7 as n' })).toEqual([{ n: 7 }]);
}, 30_000);

describe('the statement counter', () => {
  test('counts what goes through it, in transactions too, and names it', async () => {
    const counted = countStatements(opened.database);
    await counted.db.query(sql`/* test.first */ select 1`);
    await counted.db.transaction((tx) => tx.savepoint((point) => point.query('select 2')));
    await opened.database.query('select 3');
    expect(counted.count()).toBe(2);
    expect(counted.statements()).toEqual([expect.stringMatching(/^test\.first:/), 'select 2']);
  });
});

describeOn('postgres', 'settings of a connection', () => {
  test('hold whatever the server, the database or the role has set', async () => {
    const [database] = await opened.database.query<{ name: string }>('select quote_ident(current_database()) as name');
    await opened.database.query(`alter database ${database?.name ?? ''} set jit = on`);
    await opened.database.query(`alter database ${database?.name ?? ''} set timezone = 'Asia/Tokyo'`);
    const second = await openDatabase({ url: opened.url ?? '', log: { warn: () => undefined } });
    expect(await second.query(`select current_setting('jit') as jit, current_setting('timezone') as zone`)).toEqual([
      { jit: 'off', zone: 'UTC' },
    ]);
    await second.close();
  });
});

describeOn('postgres', 'lost connections', () => {
  test('connections that the server closes are replaced, and listeners are told that they may have missed something', async () => {
    const { database } = opened;
    const reconnected = new Promise<void>((resolve) => {
      void database
        .listen('lost', () => undefined, resolve)
        .then(() =>
          database.query(`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`),
        );
    });
    await reconnected;
    const cut = database.query('select pg_terminate_backend(pg_backend_pid())');
    await expect(cut).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await database.query(sql`select 1 as one`)).toEqual([{ one: 1 }]);
  });

  test('a statement that takes too long ends with TIMEOUT', async () => {
    const slow = opened.database.transaction(async (tx) => {
      await tx.query('set local statement_timeout = 20');
      await tx.query('select pg_sleep(5)');
    });
    await expect(slow).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});
