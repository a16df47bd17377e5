import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startGraph, type StartedGraph } from '../../cli/graph/start-graph.js';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { TrailWatch } from '../../subgraphs/kernel/trail/index.js';
import { settleSealing } from '../../subgraphs/kernel/write/index.js';
import { openTestDatabase, startProgram, type ChildProgram, type TestDatabase } from '../testkit/index.js';

const folder = mkdtempSync(join(tmpdir(), 'weft-subscriber-'));
const journal = join(folder, 'changes.ndjson');
let opened: TestDatabase;
let graph: StartedGraph;
let trail: TrailWatch;

beforeAll(async () => {
  opened = await openTestDatabase();
  const { database } = opened;
  const log = createLogger({ level: 'silent' });
  trail = new TrailWatch(database, log);
  graph = await startGraph({
    config: loadConfig({ PORT: '0', WEFT_AUTH: 'off' }),
    log,
    remotes: {},
    opening: Promise.resolve({ database, seeded: false, trail, close: () => Promise.resolve() }),
  });
});

afterAll(async () => {
  await graph.close();
  await trail.stop();
  await settleSealing(opened.database);
  await opened.close();
  rmSync(folder, { recursive: true, force: true });
});

async function register(name: string): Promise<void> {
  const query = `mutation ($input: RepositoryRegisterInput!) { repositoryRegister(input: $input) { userErrors { message } } }`;
  const input = { fullName: `acme/${name}`, gitUrl: `https://git.example/acme/${name}.git` };
  const answer = await fetch(`${graph.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  });
  expect(await answer.json()).toEqual({ data: { repositoryRegister: { userErrors: [] } } });
}

const start = (): ChildProgram =>
  startProgram(
    ['examples', 'resuming-subscriber', 'main.ts'],
    ['--url', `${graph.url}/graphql`, '--journal', journal, '--type', 'Repository'],
  );

const received = (): string[] =>
  existsSync(journal)
    ? readFileSync(journal, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line) => (JSON.parse(line) as { entityId: string }).entityId.replace('Repository:acme/', ''))
    : [];

/** By hand: leaving a loop over them would close the lines for whoever reads on. */
async function until(program: ChildProgram, wanted: RegExp): Promise<void> {
  for (;;) {
    const line = await program.lines.next();
    if (line.done === true)
      throw new Error(`it ended before it said ${String(wanted)}: ${(await program.ended).errors}`);
    if (wanted.test(line.value)) return;
  }
}

test('a subscriber killed again and again has every change in its journal, once and in order', async () => {
  let subscriber = start();
  await until(subscriber, /^following from now on$/);
  let changes = 0;
  const change = () => register(`r${(changes += 1)}`);
  // The first change tells that the stream is live; those before it are nobody's promise.
  let isLive = false;
  const live = until(subscriber, / Repository:acme\/r\d+$/).then(() => (isLive = true));
  let changing: Promise<void> | undefined;
  while (!isLive) await Promise.race([live, (changing = change())]);
  // Changes at one time have any order among them.
  await changing;
  const first = Number(received()[0]?.slice(1));

  for (let round = 1; round <= 2; round += 1) {
    for (let count = 0; count < 5; count += 1) await change();
    // Somewhere in the middle of what it is receiving.
    await subscriber.kill();
    for (let count = 0; count < 5; count += 1) await change();
    subscriber = start();
    await until(subscriber, /^following after /);
  }
  await until(subscriber, new RegExp(` Repository:acme/r${changes}$`));
  await subscriber.kill();
  expect(received()).toEqual(Array.from({ length: changes - first + 1 }, (_, index) => `r${first + index}`));
}, 120_000);
