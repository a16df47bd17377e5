import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDatabase, type Database, type Queryable } from '../../subgraphs/kernel/db/index.js';
import { describeOn, openTestDatabase, quietLog, type TestDatabase } from '../testkit/index.js';
import { valueOf } from './seeded-database.js';

interface Broken {
  readonly sequence: number | null;
  readonly reason: string;
}

let opened: TestDatabase;
let database: Database;

/** For the tests of the block that calls it. */
function openForBlock(): void {
  beforeAll(async () => {
    opened = await openTestDatabase();
    database = opened.database;
  });
  afterAll(() => opened.close());
}

const insert = `insert into traceability.audit_log ("user", action, resource_type, resource_id, payload_hash, entity_id, payload, request_id)
  select 'jana', 'changed', 'Thing', gen_random_uuid(), encode(sha256(convert_to(p, 'UTF8')), 'hex'), 'Thing:' || n, p, 'r-' || n
  from generate_series(1, $1) n cross join lateral (select '{"n":' || n || '}' as p) payload`;

/** Transactions of other databases on the server hold sealing up as well, until they end: so does the test then. */
async function appended(entries: number): Promise<void> {
  await database.query(insert, [entries]);
  await settled();
}

async function settled(): Promise<void> {
  const isSettled =
    'select coalesce(max(xid) < pg_snapshot_xmin(pg_current_snapshot()), true) from traceability.audit_log where xid < $1';
  const restored = '500000000';
  for (const end = performance.now() + 20_000; !(await valueOf<boolean>(database, isSettled, [restored]));) {
    if (performance.now() > end) throw new Error('a transaction of the server has been open for 20 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function sealed(entries: number): Promise<void> {
  await appended(entries);
  expect(await seal()).toBe(entries);
}

function seal(db: Database = database, maxEntries = 1000): Promise<number> {
  return valueOf(db, 'select traceability.seal_audit_log($1)', [maxEntries]);
}

async function firstBroken(db: Queryable = database): Promise<Broken | undefined> {
  const [broken] = await db.query<Broken>('select sequence, reason from traceability.verify_audit_chain()');
  const links = await valueOf<number>(db, 'select count(*) from traceability.audit_seals');
  for (const size of [Math.ceil(links / 9), Math.ceil(links / 2)])
    expect(await firstBrokenInParts(db, size)).toEqual(broken);
  return broken;
}

/** Parts find what one pass over all finds, however they are cut. */
async function firstBrokenInParts(db: Queryable, size: number): Promise<Broken | undefined> {
  for (let from = 1; ;) {
    const to = await valueOf<number | null>(
      db,
      `select max(sequence) from (
         select sequence from traceability.audit_seals where sequence >= $1 order by sequence limit $2) part`,
      [from, size],
    );
    if (to === null) return undefined;
    const part = 'select sequence, reason from traceability.verify_audit_chain($1, $2)';
    const [broken] = await db.query<Broken>(part, [from, to]);
    if (broken !== undefined) return broken;
    from = to + 1;
  }
}

class Undo extends Error {}

/** The first broken entry after what somebody with the owner's rights can do, who takes the guards away first. All undone. */
async function brokenBy(statement: string): Promise<Broken | undefined> {
  let broken: Broken | undefined;
  await database
    .transaction(async (tx) => {
      for (const table of ['audit_log', 'audit_seals'])
        await tx.query(`alter table traceability.${table} disable trigger all`);
      for (const each of statement.split(';')) await tx.query(each);
      broken = await firstBroken(tx);
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  return broken;
}

const entryOf = (sequence: number): string =>
  `(select audit_id from traceability.audit_seals where sequence = ${sequence})`;

describe('sealing', () => {
  openForBlock();

  test('seals in batches, each entry once, and an unbroken chain verifies', async () => {
    await appended(25);
    expect([await seal(database, 10), await seal(database, 10), await seal(database, 10), await seal()]).toEqual([
      10, 10, 5, 0,
    ]);
    await sealed(3);
    expect(await valueOf(database, 'select max(sequence) from traceability.audit_seals')).toBe(28);
    expect(await firstBroken()).toBeUndefined();
  });

  test('an entry of the running transaction is left for later', async () => {
    await database.transaction(async (tx) => {
      await tx.query(insert, [1]);
      expect(await valueOf(tx, 'select traceability.seal_audit_log()')).toBe(0);
    });
    await settled();
    expect(await seal()).toBe(1);
  });

  test('reads the range after the last seal by its index, and not the log', async () => {
    await sealed(1000);
    await database.script('analyze traceability.audit_log; analyze traceability.audit_seals');
    const plan = await database.query<Record<string, string>>(
      `explain select a.* from traceability.audit_log a
       where (a.xid, a.position) > ('1000000'::xid8, 5::bigint) and a.xid < '2000000'::xid8
       order by a.xid, a.position limit 1000`,
    );
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index Scan using audit_log_xid_position_idx/);
  });
});

describe('after a restore from a cluster with higher transaction ids', () => {
  openForBlock();

  test('old and new entries are sealed', async () => {
    await sealed(3);
    await database.query(
      `insert into traceability.audit_log ("user", action, resource_type, resource_id, payload_hash, xid)
       values ('old', 'restored', 'Thing', gen_random_uuid(), repeat('0', 64), '900000000')`,
    );
    expect(await seal()).toBe(1);
    await sealed(2);
    expect(await seal()).toBe(0);
    expect(await firstBroken()).toBeUndefined();
  });
});

describe('verification names the first broken entry', () => {
  openForBlock();
  beforeAll(async () => {
    await sealed(4);
    await sealed(5);
  });

  const columns = {
    '"user"': `'eve'`,
    timestamp: `timestamp + interval '1 microsecond'`,
    action: `'nothing'`,
    resource_type: `'Other'`,
    resource_id: 'gen_random_uuid()',
    'payload, payload_hash': `(null, repeat('a', 64))`,
    xid: `'7'`,
    entity_id: `'Thing:99'`,
    request_id: 'null',
    repository: `'acme/other'`,
  };
  test.each(Object.entries(columns))('a changed %s of an entry', async (column, value) => {
    const assignment = column.includes(',') ? `(${column}) = ${value}` : `${column} = ${value}`;
    expect(await brokenBy(`update traceability.audit_log set ${assignment} where id = ${entryOf(5)}`)).toEqual({
      sequence: 5,
      reason: 'ENTRY_CHANGED',
    });
  });

  test('every column of the log is in the hash', async () => {
    const definition = await valueOf<string>(database, `select prosrc from pg_proc where proname = 'audit_entry_hash'`);
    const names = await database.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'traceability.audit_log'::regclass and attnum > 0`,
    );
    for (const { name } of names) expect(definition).toMatch(new RegExp(`entry\\."?${name}\\b`));
  });

  test('the hash is the same in every time zone', async () => {
    await database.transaction(async (tx) => {
      await tx.query(`set local timezone = 'Asia/Kathmandu'`);
      expect(await tx.query('select * from traceability.verify_audit_chain()')).toEqual([]);
    });
  });

  test.each([
    ['an entry that is gone', `delete from traceability.audit_log where id = ${entryOf(4)}`, 4, 'ENTRY_MISSING'],
    ['a gap in the sequence', 'delete from traceability.audit_seals where sequence = 3', 4, 'SEQUENCE_GAP'],
    ['a beginning that is gone', 'delete from traceability.audit_seals where sequence < 3', 3, 'SEQUENCE_GAP'],
    [
      'a changed seal',
      `update traceability.audit_seals set entry_hash = repeat('b', 64) where sequence = 6`,
      6,
      'SEAL_CHANGED',
    ],
    [
      'a cut chain',
      `update traceability.audit_seals set previous_hash = repeat('c', 64) where sequence = 7`,
      7,
      'SEAL_CHANGED',
    ],
    [
      'a changed last entry',
      `update traceability.audit_log set action = 'x' where id = ${entryOf(9)}`,
      9,
      'ENTRY_CHANGED',
    ],
  ])('%s', async (_, statement, sequence, reason) => {
    expect(await brokenBy(statement)).toEqual({ sequence, reason });
  });

  test('an entry that was slipped in behind the last seal', async () => {
    const broken = await brokenBy(
      `insert into traceability.audit_log ("user", action, resource_type, resource_id, payload_hash, xid)
       values ('eve', 'backdated', 'Thing', gen_random_uuid(), repeat('0', 64), '3')`,
    );
    expect(broken).toEqual({ sequence: null, reason: 'ENTRY_NOT_SEALED' });
  });

  test.each([1, 5])('an entry that was slipped in before link %i', async (sequence) => {
    const broken = await brokenBy(
      `insert into traceability.audit_log ("user", action, resource_type, resource_id, payload_hash, xid)
       select 'eve', 'backdated', 'Thing', gen_random_uuid(), repeat('0', 64), (xid::text::bigint - 1)::text::xid8
       from traceability.audit_log where id = ${entryOf(sequence)}`,
    );
    expect(broken).toEqual({ sequence: null, reason: 'ENTRY_NOT_SEALED' });
  });

  test('a rewritten entry whose own seal was rewritten too', async () => {
    expect(
      await brokenBy(`update traceability.audit_log set action = 'x' where id = ${entryOf(5)};
      update traceability.audit_seals s set entry_hash = traceability.audit_entry_hash(s.previous_hash, a)
      from traceability.audit_log a where a.id = s.audit_id and s.sequence = 5`),
    ).toEqual({ sequence: 6, reason: 'SEAL_CHANGED' });
  });

  test('a range verifies on its own, from the seal before it', async () => {
    expect(await database.query('select * from traceability.verify_audit_chain(4)')).toEqual([]);
    expect(await database.query('select * from traceability.verify_audit_chain(9)')).toEqual([]);
  });
});

describeOn('postgres', 'sealing beside others', () => {
  openForBlock();

  test('a transaction that commits after later ones is sealed, and nothing is sealed ahead of it', async () => {
    const other = await openDatabase({ url: opened.url ?? '', log: quietLog });
    try {
      await other.transaction(async (slow) => {
        await slow.query(insert, [1]);
        await database.query(insert, [5]);
        expect(await seal()).toBe(0);
      });
      await settled();
      expect(await seal()).toBe(6);
      expect(await firstBroken()).toBeUndefined();
    } finally {
      await other.close();
    }
  });

  test('ten that seal at once make one chain', async () => {
    const before = await valueOf<number>(database, 'select count(*) from traceability.audit_seals');
    await appended(500);
    for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 10 }, () => seal(database, 20)));
    await seal();
    expect(await valueOf(database, 'select count(*) from traceability.audit_seals')).toBe(before + 500);
    expect(await firstBroken()).toBeUndefined();
  });
});
