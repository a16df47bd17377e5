import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from '@jest/globals';
import {
  describeOn,
  openTestDatabase,
  operationCount,
  startProgram,
  type ChildProgram,
  type TestDatabase,
} from '../../../tests/testkit/index.js';
import { createEmbedder } from '../../kernel/embeddings/index.js';
import { addDocument, createWorker, expireLeases, openStore } from './queue-fixture.js';
import { factsOfEach, makeDocument, readState } from './queue-laws.js';

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

/** Numbers from 0 to below 1, always the same. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

async function fill(documents: number): Promise<void> {
  const add = (n: number): Promise<unknown> =>
    addDocument(opened.database, files.store, {
      filename: `${n}.md`,
      fileType: 'md',
      content: makeDocument(n),
      repository: `acme/part-${n % 20}`,
      maxRetries: 20,
    });
  for (let n = 0; n < documents; n += 10) {
    await Promise.all(Array.from({ length: Math.min(10, documents - n) }, (_, i) => add(n + i)));
  }
}

async function expectLaws(documents: number): Promise<void> {
  expect(await readState(opened.database)).toMatchObject({
    unfinished: 0,
    failed: 0,
    completed: documents * 3,
    documents,
    facts: documents * factsOfEach,
    embedded: documents * factsOfEach,
    doubled: 0,
    notOnce: 0,
  });
}

describeOn('postgres', 'eight workers that are killed at random', () => {
  const leaseSeconds = 2;

  test('complete every job exactly once in effect; no evidence is lost or doubled, and no job stays behind', async () => {
    const documents = Math.ceil(operationCount(600) / 3);
    await fill(documents);
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
    await expectLaws(documents);
    expect(kills).toBeGreaterThan(operationCount(600) / 200);
    expect(lost).toBeGreaterThan(0);
    // What a lost job was worked on, its lease, and until somebody looks: on a machine that others keep busy too.
    expect(longestLossSeconds).toBeLessThan(leaseSeconds + 20);
  }, 240_000);
});

test('workers that hang in the middle of their jobs and come back after their leases complete each job exactly once', async () => {
  await opened.database.script('delete from evidence.documents');
  const documents = operationCount(8);
  await fill(documents);
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
  await expectLaws(documents);
}, 120_000);
