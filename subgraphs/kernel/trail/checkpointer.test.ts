import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import S3rver from '@20minutes/s3rver';
import { auditTrailSealed, openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { loadConfig } from '../config/index.js';
import type { Database, Transaction } from '../db/index.js';
import {
  Checkpointer,
  generateNoteKey,
  isSignedBy,
  listCheckpoints,
  listPublications,
  makeCheckpoint,
  openStores,
  parseCheckpoint,
  parseNoteSigner,
  readSigners,
  startCheckpoints,
  TrailWatch,
  type CheckpointStore,
} from './index.js';

const origin = 'log.example/weft';
const key = generateNoteKey(origin);
const signer = parseNoteSigner(key);
let opened: TestDatabase;
let database: Database;
let told: string[];
const say = (_facts: unknown, message?: string): void => void told.push(message ?? '');
const log = { warn: say, error: say };
const folder = mkdtempSync(join(tmpdir(), 'weft-checkpoints-'));

beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  await appended(3);
});
beforeEach(() => {
  told = [];
});
afterAll(async () => {
  await opened.close();
  rmSync(folder, { recursive: true, force: true });
});

async function appended(entries: number): Promise<void> {
  await database.query(
    `insert into traceability.audit_log ("user", action, resource_type, resource_id, payload_hash)
     select 'ann', 'changed', 'Thing', gen_random_uuid(), repeat('0', 64) from generate_series(1, $1::int)`,
    [entries],
  );
  await auditTrailSealed(database);
}

const round = (stores: readonly CheckpointStore[] = [], signers = [signer]) =>
  new Checkpointer({ database, log, signers, stores }).round();

test('a checkpoint is made of what is sealed, and the same again while nothing is', async () => {
  const first = await round();
  expect(parseCheckpoint(first?.note ?? '')).toMatchObject({ origin, size: 3 });
  expect(isSignedBy(first?.note ?? '', [signer.verifierKey])).toBe(true);
  expect(await round()).toEqual(first);
  await appended(2);
  expect((await round())?.size).toBe(5);
  expect((await listCheckpoints(database, 10)).map(({ size }) => size)).toEqual([5, 3]);
});

test('many at once make one', async () => {
  await appended(1);
  const made = await Promise.all(Array.from({ length: 8 }, () => makeCheckpoint(database, [signer])));
  expect(new Set(made.map((one) => one?.note)).size).toBe(1);
});

test('a new key signs beside the one before it; older checkpoints stay as they are', async () => {
  const next = parseNoteSigner(generateNoteKey(origin));
  await appended(1);
  const { note = '' } = (await round([], [next, signer])) ?? {};
  expect([next, signer].map(({ verifierKey }) => isSignedBy(note, [verifierKey]))).toEqual([true, true]);
  const [, earlier] = await listCheckpoints(database, 2);
  expect(isSignedBy(earlier?.note ?? '', [signer.verifierKey])).toBe(true);
  const config = loadConfig({ WEFT_TRAIL_KEY: key, WEFT_TRAIL_KEY_PREVIOUS: generateNoteKey('log.example/other') });
  expect(() => readSigners(config.trail)).toThrow('another name');
});

describe('what was signed before binds', () => {
  class Undo extends Error {}
  const undone = async (run: (tx: Transaction) => Promise<void>): Promise<void> => {
    await database
      .transaction(async (tx) => {
        for (const table of ['audit_log', 'audit_seals', 'audit_tiles', 'audit_checkpoints'])
          await tx.query(`alter table traceability.${table} disable trigger all`);
        await run(tx);
        throw new Undo();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undo)) throw error;
      });
  };
  /** As a transaction is, where one can't be inside of another. */
  const inside = (tx: Transaction): Database =>
    ({ transaction: (run: never) => (run as (t: Transaction) => unknown)(tx) }) as never;

  test('a log that was cut gets no signature', async () => {
    const outside = { store: 'file:///outside', size: 1_000, root: new Uint8Array(32) };
    await expect(makeCheckpoint(database, [signer], [outside])).rejects.toMatchObject({ kind: 'TRUNCATED' });
    await undone(async (tx) => {
      await tx.query('delete from traceability.audit_seals where sequence > 4');
      await expect(makeCheckpoint(inside(tx), [signer])).rejects.toMatchObject({ kind: 'TRUNCATED' });
    });
  });

  test('a log that was rewritten gets none, also where the stored checkpoints were taken away', async () => {
    const [last] = await listCheckpoints(database, 1);
    await undone(async (tx) => {
      await tx.query(`update traceability.audit_seals set leaf_hash = sha256('x') where sequence = 2`);
      await expect(makeCheckpoint(inside(tx), [signer])).rejects.toMatchObject({ kind: 'FORKED' });
      await tx.query('delete from traceability.audit_checkpoints');
      const outside = { store: 'file:///outside', size: last?.size ?? 0, root: last?.root ?? new Uint8Array() };
      await expect(makeCheckpoint(inside(tx), [signer], [outside])).rejects.toThrow('a checkpoint in file:///outside');
    });
  });
});

describe('stores', () => {
  let receiver: Server;
  const received: string[] = [];
  let status = 200;
  let s3: S3rver;
  let stores: CheckpointStore[];
  const repository = join(folder, 'repository.git');

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        received.push(body);
        response.writeHead(status).end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    s3 = new S3rver({
      port: 0,
      address: '127.0.0.1',
      silent: true,
      directory: join(folder, 's3'),
      configureBuckets: [{ name: 'trail', configs: [] }],
    });
    await s3.run();
    const { port: s3Port } = s3.httpServer.address() as AddressInfo;
    execFileSync('git', ['init', '--quiet', '--bare', repository]);
    const { port } = receiver.address() as AddressInfo;
    const { trail } = loadConfig({
      WEFT_TRAIL_KEY: key,
      WEFT_TRAIL_STORES: [
        pathToFileURL(join(folder, 'files')).href,
        `s3+http://127.0.0.1:${s3Port}/trail/weft?region=eu-central-1`,
        `http://127.0.0.1:${port}/checkpoints`,
        `git+${pathToFileURL(repository).href}#audit`,
      ].join(','),
      WEFT_TRAIL_S3_ACCESS_KEY_ID: 'S3RVER',
      WEFT_TRAIL_S3_SECRET_ACCESS_KEY: 'S3RVER',
    });
    stores = await openStores(trail);
  });
  afterAll(async () => {
    receiver.close();
    await s3.close();
  });

  test('a checkpoint comes to a folder, a bucket, a receiver and a branch, once each', async () => {
    await appended(1);
    const first = await round(stores);
    await appended(1);
    const second = await round(stores);
    await round(stores);
    expect(told).toEqual([]);
    expect(received).toEqual([first?.note, second?.note]);
    for (const store of stores.filter(({ name }) => !name.startsWith('http')))
      expect([store.name, await store.readLast()]).toEqual([store.name, second?.note]);
    expect(readdirSync(join(folder, 'files', 'checkpoints')).toSorted()).toEqual(
      [first, second].map((one) => String(one?.size)).toSorted(),
    );
    const git = (...args: string[]): string => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' });
    expect(git('log', '--format=%s', 'audit').trim().split('\n')).toEqual(
      [second, first].map((one) => `Checkpoint of ${one?.size ?? 0} entries`),
    );
    expect(git('show', `audit:checkpoints/${first?.size ?? 0}`)).toBe(first?.note);
    expect((await listPublications(database)).map(({ size, failure }) => [size, failure])).toEqual(
      stores.map(() => [second?.size, null]),
    );
  });

  test('a store that fails is told of, does not stop the others, and gets the newest when it is well', async () => {
    status = 503;
    await appended(1);
    await round(stores);
    expect(told).toEqual(['a checkpoint could not be brought to a store']);
    expect((await listPublications(database)).filter(({ failure }) => failure !== null)).toMatchObject([
      { failure: 'the receiver answered 503' },
    ]);
    status = 200;
    const again = await round(stores);
    expect(received.at(-1)).toBe(again?.note);
    expect((await listPublications(database)).filter(({ failure }) => failure !== null)).toEqual([]);
  });

  test('no store takes a second head of one size', async () => {
    const [last] = await listCheckpoints(database, 1);
    const forged = { size: last?.size ?? 0, note: last?.note.replace(/\n.{44}\n/, `\n${'A'.repeat(43)}=\n`) ?? '' };
    for (const store of stores.filter(({ name }) => !name.startsWith('http')))
      await expect(store.publish(forged)).rejects.toThrow(`another checkpoint of size ${forged.size}`);
  });

  test('what a store has binds: nothing is signed over a log that is shorter', async () => {
    const files = stores[0]!;
    const size = 5_000;
    const note = [
      origin,
      String(size),
      Buffer.alloc(32).toString('base64'),
      '',
      '\u2014 log.example/weft AAAA',
      '',
    ].join('\n');
    await files.publish({ size, note });
    await expect(round([files])).rejects.toMatchObject({ kind: 'TRUNCATED' });
    expect(told).toEqual(['no checkpoint of the audit trail was signed']);
    rmSync(join(folder, 'files'), { recursive: true });
  });
});

test('the schedule begins at once, and a checkpoint that is late is a condition of the trail', async () => {
  const files = join(folder, 'scheduled');
  const { trail } = loadConfig({ WEFT_TRAIL_KEY: key, WEFT_TRAIL_STORES: pathToFileURL(files).href });
  const stores = [(await openStores(trail))[0]!.name];
  await appended(1);
  const watch = new TrailWatch(database, log, { everyMs: 3_600_000, checkpoints: { everySeconds: 0, stores } });
  await watch.look();
  expect(watch.condition).toBe('late');
  expect(told).toContain('a checkpoint of the audit trail is late');
  const scheduled = await startCheckpoints(trail, database, log);
  await scheduled.stop();
  expect(existsSync(join(files, 'checkpoint'))).toBe(true);
  expect(readFileSync(join(files, 'checkpoint'), 'utf8')).toBe((await listCheckpoints(database, 1))[0]?.note);
  await watch.look();
  expect(watch.condition).toBe('ok');
  await watch.stop();
});
