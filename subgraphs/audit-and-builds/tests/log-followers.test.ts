import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  connect,
  openSubgraph,
  readyProject,
  runningBuild,
  type TestSubgraph,
} from '../../../tests/federation/audit-and-builds/subgraph.js';
import type { Database } from '../../kernel/db/index.js';
import { uuidOfType } from '../../kernel/ids/index.js';
import { followLog, type LogBatch } from '../repository/follow-log.js';

let subgraph: TestSubgraph;
let projectId: string;
beforeAll(async () => {
  subgraph = await openSubgraph();
  await connect(subgraph);
  projectId = await readyProject(subgraph);
});
afterAll(() => subgraph.close());

/** A Database of its own, as the feed sees it, whose statements are noted by the name that stands in them. */
function watch(database: Database): { readonly watched: Database; readonly noted: string[] } {
  const noted: string[] = [];
  const watched: Database = {
    engine: database.engine,
    query: (statement, values) => {
      const text = typeof statement === 'string' ? statement : statement.text;
      noted.push(/\/\* ([\w.]+) \*\//.exec(text)?.[1] ?? text);
      return database.query(statement, values);
    },
    transaction: (run, options) => database.transaction(run, options),
    script: (text) => database.script(text),
    listen: (...listening) => database.listen(...listening),
    lane: () => watched,
    state: () => database.state(),
    close: () => Promise.resolve(),
  };
  return { watched, noted };
}

const appends = 5;

/** How often the log was looked at and read while `readers` followed what was appended, a line at a time. */
async function cost(readers: number): Promise<Record<string, number>> {
  const { watched, noted } = watch(subgraph.database);
  const id = await runningBuild(subgraph, projectId);
  const append = () => subgraph.mutate('buildLogsAppend', { buildId: id, lines: [{ message: 'a line' }] });
  await append();
  const buildId = uuidOfType(id, 'Build');
  const following = Array.from({ length: readers }, (_, n) =>
    followLog(watched, { buildId, after: 0, levels: n % 2 === 0 ? null : ['info'], sources: null }),
  );
  const nextOfAll = (): Promise<IteratorResult<LogBatch, void>[]> =>
    Promise.all(following.map((batches) => batches.next()));
  await nextOfAll();
  noted.length = 0;
  for (let n = 0; n < appends; n++) {
    const heard = nextOfAll();
    await append();
    for (const { value } of await heard) expect(value?.lines).toMatchObject([{ sequence: n + 2, message: 'a line' }]);
  }
  const counts: Record<string, number> = {};
  for (const name of noted) counts[name] = (counts[name] ?? 0) + 1;
  await Promise.all(following.map((batches) => batches.return()));
  return counts;
}

test('what an append costs does not depend on how many follow the build', async () => {
  const ofLog = ({ 'builds.logState': looks = 0, 'builds.listLines': reads = 0 }) => ({ looks, reads });
  const [one, hundred] = [ofLog(await cost(1)), ofLog(await cost(100))];
  expect(one).toEqual({ looks: appends, reads: appends });
  expect(hundred).toEqual(one);
});

test('a reader who leaves, or was never let in, keeps nobody else from reading on', async () => {
  const { database } = subgraph;
  const id = await runningBuild(subgraph, projectId);
  const append = (message: string) => subgraph.mutate('buildLogsAppend', { buildId: id, lines: [{ message }] });
  const range = { buildId: uuidOfType(id, 'Build'), after: 0, levels: null, sources: null };
  const gone = new AbortController();
  const leaving = followLog(database.lane({ kind: 'caller', caller: 'a', request: 'r', signal: gone.signal }), {
    ...range,
    signal: gone.signal,
  });
  const staying = followLog(database, range);
  const first = [leaving.next(), staying.next()];
  await append('one');
  for (const batch of first) expect((await batch).value?.lines).toMatchObject([{ message: 'one' }]);
  const heard = staying.next();
  gone.abort();
  expect(await leaving.next()).toMatchObject({ done: true });
  await append('two');
  expect((await heard).value?.lines).toMatchObject([{ message: 'two' }]);
  await staying.return();
});
