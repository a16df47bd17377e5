import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from '@jest/globals';
import {
  describeOn,
  openTestDatabase,
  operationCount,
  startProgram,
  type ChildProgram,
  type TestDatabase,
} from '../../../tests/testkit/index.js';
import { storeSnapshot } from '../../../tests/testkit/pglite-snapshot.js';
import { seeded } from '../../../tests/testkit/seeded.js';
import { PgliteDatabase } from '../../kernel/db/pglite.js';
import { createEmbedder } from '../../kernel/embeddings/index.js';
import { createWorker, expireLeases, openStore } from './queue-fixture.js';
import { expectLaws, fill, readState } from './queue-laws.js';

let opened: TestDatabase;
let files: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.close());
beforeEach(async () => {
  files = await openStore();
});
afterEach(() => files.close());

describeOn('postgres', 'eight workers that are killed at random', () => {
  const leaseSeconds = 2;

  test('complete every job exactly once in effect; no evidence is lost or doubled, and no job stays behind', async () => {
    const documents = Math.ceil(operationCount(600) / 3);
    await fill(opened.database, files.store, documents);
    const random = seeded(7);
    let isDone = false;
    let kills = 0;
    const running = new Set<ChildProgram>();
    const path = ['subgraphs', 'evidence-and-features', 'tests', 'queue-worker.fixture.ts'];
    /** One of the eight: it is killed in the middle of a job after so many, and another takes its place. */
    const keepRestarting = async (): Promise<void> => {
      while (!isDone) {
        const program = startProgram(path, [opened.url ?? '', files.folder, String(leaseSeconds)]);
        running.add(program);
        let left = 5 + Math.floor(random() * 70);
        for await (const _line of program.lines) if ((left -= 1) <= 0) break;
        if (left <= 0) kills += 1;
        await program.kill();
        running.delete(program);
      }
    };
    const workers = Array.from({ length: 8 }, keepRestarting);
    while ((await readState(opened.database)).unfinished > 0) await new Promise((resolve) => setTimeout(resolve, 500));
    isDone = true;
    await Promise.all([...running].map((program) => program.kill()));
    await Promise.all(workers);

    const { lost, longestLossSeconds, linked } = await readState(opened.database);
    // eslint-disable-next-line no-console -- the figures of a run under fire
    console.log(
      `${documents * 3} jobs, ${kills} kills, ${lost} leases lost, the longest for ${longestLossSeconds.toFixed(1)} s, ${linked} facts linked`,
    );
    await expectLaws(opened.database, documents);
    expect(kills).toBeGreaterThan(operationCount(600) / 200);
    expect(lost).toBeGreaterThan(0);
    // What a lost job was worked on, its lease, and until somebody looks: on a machine that others keep busy too.
    expect(longestLossSeconds).toBeLessThan(leaseSeconds + 20);
  }, 240_000);
});

test('workers that hang in the middle of their jobs and come back after their leases complete each job exactly once', async () => {
  await opened.database.script('delete from evidence.documents');
  // Few enough that all of them can hang at once.
  const documents = 8;
  await fill(opened.database, files.store, documents);
  const random = seeded(11);
  const own = createEmbedder({ embeddings: undefined });
  const hanging: (() => void)[] = [];
  /** Hangs now and then until its lease is long over, and then goes on as if nothing had happened. */
  const unreliable = {
    model: own.model,
    embed: async (texts: readonly string[], dimensions: number) => {
      if (random() < 0.5) await new Promise<void>((resolve) => hanging.push(resolve));
      return own.embed(texts, dimensions);
    },
  };
  const stuck: Promise<void>[] = [];
  for (let round = 0; round < 3; round += 1) {
    const stop = new AbortController();
    const settings = { concurrency: 50 };
    const before = hanging.length;
    stuck.push(createWorker(opened.database, files.store, { embedder: unreliable, settings }).run(stop.signal));
    // Until this worker has nothing more to do than to hang.
    while ((await readState(opened.database)).unfinished > hanging.length - before) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    stop.abort();
    await expireLeases(opened.database);
  }
  await createWorker(opened.database, files.store, { settings: { concurrency: 8 } }).drain();
  for (const goOn of hanging) goOn();
  await Promise.all(stuck);
  expect(hanging.length).toBeGreaterThan(0);
  await expectLaws(opened.database, documents);
}, 120_000);

describeOn('pglite', 'the process that owns the embedded store', () => {
  test('is killed in the middle of jobs, opened again and killed again: every job is completed exactly once in effect', async () => {
    const documents = Math.ceil(operationCount(18) / 3);
    const kills = Math.max(2, Math.floor(documents / 30));
    const random = seeded(5);
    const dataDir = await mkdtemp(join(tmpdir(), 'weft-killed-'));
    const snapshot = new Blob([await readFile(await storeSnapshot({ migrated: true }))]);
    let database = await PgliteDatabase.open({ dataDir, snapshot });
    await fill(database, files.store, documents);
    const path = ['subgraphs', 'evidence-and-features', 'tests', 'queue-worker.fixture.ts'];
    for (let kill = 0; kill < kills; kill += 1) {
      await database.close();
      const program = startProgram(path, [dataDir, files.folder]);
      let left = 1 + Math.floor((random() * documents) / kills);
      for await (const _line of program.lines) if ((left -= 1) <= 0) break;
      await program.kill();
      database = await PgliteDatabase.open({ dataDir });
      await expireLeases(database);
    }
    await createWorker(database, files.store, { settings: { concurrency: 8 } }).drain();
    await expectLaws(database, documents);
    await database.close();
    await rm(dataDir, { recursive: true });
  }, 600_000);
});
