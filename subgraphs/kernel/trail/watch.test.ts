import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { auditEntriesSettled, describeOn, openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { onServer, quietLog, withDatabase } from '../../../tests/testkit/server.js';
import { Identity } from '../auth/index.js';
import { openDatabase } from '../db/index.js';
import { settleSealing, write, type Writer } from '../write/index.js';
import { findMissingEntries, TrailWatch } from './index.js';

let opened: TestDatabase;
let writer: Writer;
let told: { readonly message: string; readonly facts: Record<string, unknown> }[];
let watch: TrailWatch;

const log = {
  warn: (facts: unknown, message?: string) => void told.push({ message: message ?? '', facts: facts as never }),
  error: (facts: unknown, message?: string) => void told.push({ message: message ?? '', facts: facts as never }),
};
const messages = (): string[] => told.map(({ message }) => message);

beforeAll(async () => {
  opened = await openTestDatabase();
  writer = { auth: Identity.of({ subject: 'ann', scopes: [] }), requestId: 'request-1', database: opened.database };
});
afterAll(() => opened.close());

beforeEach(() => {
  told = [];
  watch = new TrailWatch(opened.database, log, { everyMs: 3_600_000, patienceSeconds: 0 });
});
afterEach(async () => {
  await watch.stop();
  await settleSealing(opened.database);
});

async function change(action: string): Promise<void> {
  await write(writer, { operation: 'test' }, async (tx) => {
    tx.record({ type: 'Repository', key: 'acme/api', action, repository: 'acme/api', details: { action } });
    return {};
  });
}

/** What a sealer that does not work leaves undone. */
async function withBrokenSealer(body: string, run: () => Promise<void>): Promise<void> {
  const { database } = opened;
  await settleSealing(database);
  await database.script(`alter function traceability.seal_audit_log(integer) rename to kept;
    create function traceability.seal_audit_log(integer) returns integer language plpgsql as $$ begin ${body} end $$`);
  try {
    await run();
    await settleSealing(database);
  } finally {
    await database.script(`drop function traceability.seal_audit_log(integer);
      alter function traceability.kept(integer) rename to seal_audit_log`);
  }
}

test('a sealer that fails is told of each time, counted, and well again when it seals', async () => {
  await withBrokenSealer(`raise exception 'no room on the disk';`, async () => {
    await change('firstChanged');
    await settleSealing(opened.database);
    expect(messages()).toEqual(['the audit trail could not be sealed']);
    expect(String(told[0]?.facts['err'])).toContain('no room on the disk');
    await watch.look();
    expect(watch.condition).toBe('failing');
    expect(watch.state).toMatchObject({ unsealed: 1, failuresInARow: expect.any(Number) });
    expect(watch.state?.failures).toBeGreaterThan(0);
  });
  await auditEntriesSettled(opened.database);
  await watch.look();
  await settleSealing(opened.database);
  await watch.look();
  expect(watch.condition).toBe('ok');
  expect(watch.state).toMatchObject({ unsealed: 0, unsealedSeconds: null, failuresInARow: 0 });
});

test('entries that nobody seals are told of once', async () => {
  await withBrokenSealer('return 0;', async () => {
    await change('secondChanged');
    await auditEntriesSettled(opened.database);
    await watch.look();
    await watch.look();
    expect(watch.condition).toBe('unsealed');
    expect(messages()).toEqual(['audit entries are not sealed, though nothing holds them up']);
    expect(told[0]?.facts).toMatchObject({ condition: 'unsealed', unsealed: 1 });
  });
});

describeOn('postgres', 'a transaction of another database', () => {
  test('holds sealing up, and is named with its process and its database until it ends', async () => {
    const { database, url } = opened;
    const name = `weft_test_other_${process.pid}`;
    await onServer(url ?? '', `create database ${name}`);
    const other = await openDatabase({ url: withDatabase(url ?? '', name), log: quietLog });
    try {
      await other.transaction(async (tx) => {
        const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid, pg_current_xact_id()');
        await change('thirdChanged');
        await settleSealing(database);
        await watch.look();
        expect(watch.condition).toBe('stalled');
        expect(watch.state?.unsealed).toBe(1);
        const blocker = String(told[0]?.facts['blocker']);
        expect(messages()).toEqual(['audit entries wait for a transaction to end']);
        // Others' tests on the server may have one that is older still.
        expect(blocker).toMatch(/^process \d+ in database \S+, running for \d+ s$/);
        expect(row?.pid).toBeGreaterThan(0);
      });
      await auditEntriesSettled(database);
      // No commit comes: the look itself has the rest sealed.
      await watch.look();
      await settleSealing(database);
      await watch.look();
      expect([watch.condition, watch.state?.unsealed]).toEqual(['ok', 0]);
    } finally {
      await other.close();
      await onServer(url ?? '', `drop database ${name} with (force)`);
    }
  });
});

// Last: what is lost stays lost for the process.
describe('an entry that is taken out after its commit and before its seal', () => {
  beforeAll(async () => {
    const { database } = opened;
    await withBrokenSealer('return 0;', async () => {
      await change('fourthChanged');
      await settleSealing(database);
      await database.script(`alter table traceability.audit_log disable trigger all;
        delete from traceability.audit_log where action = 'fourthChanged';
        alter table traceability.audit_log enable trigger all;
        alter table traceability.audit_log enable always trigger refuse_change, enable always trigger refuse_truncate`);
    });
    await auditEntriesSettled(database);
  });

  test('is missed by the process that committed it', async () => {
    await change('fifthChanged');
    await auditEntriesSettled(opened.database);
    await watch.look();
    expect(watch.condition).toBe('lost');
    expect(watch.state?.lostEntries).toBe(1);
    const lost = told.find(({ message }) => message.startsWith('audit entries that were committed here are gone'));
    expect(lost?.facts).toMatchObject({ requestId: 'request-1', entries: 1, found: 0 });
    expect(messages().filter((message) => message.startsWith('audit entries that were committed'))).toHaveLength(1);
  });

  test('is missed by its event, whichever process committed it', async () => {
    expect(await findMissingEntries(opened.database, { events: 1_000 })).toEqual([
      { position: expect.any(Number), entityId: 'Repository:acme/api', action: 'fourthChanged' },
    ]);
    expect(await findMissingEntries(opened.database, { events: 1 })).toEqual([]);
  });
});
