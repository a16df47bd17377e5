import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readLog, startGateway, type Reader } from '../../../tests/federation/audit-and-builds/streaming.js';
import {
  connect,
  openSubgraph,
  readyProject,
  runningBuild,
  type TestSubgraph,
} from '../../../tests/federation/audit-and-builds/subgraph.js';
import { engine, operationCount } from '../../../tests/testkit/index.js';
import { seeded } from '../../../tests/testkit/seeded.js';

const readers = 20;
/** What the suite's time allows; `WEFT_TEST_OPERATIONS=100000` is a long build's log, on either engine. */
const lines = operationCount(engine === 'postgres' ? 20_000 : 2_000);

let subgraph: TestSubgraph;
let projectId: string;
beforeAll(async () => {
  subgraph = await openSubgraph();
  await connect(subgraph);
  projectId = await readyProject(subgraph);
});
afterAll(() => subgraph.close());

test.each(['in process', 'over HTTP'] as const)(
  'subgraphs %s: each of 20 readers, joining at random moments and some coming back, has every line once and in order',
  async (shape) => {
    const random = seeded(20_261_121);
    const gateway = await startGateway(subgraph, shape);
    try {
      const buildId = await runningBuild(subgraph, projectId);
      // Two begin before the first line and one after the last; the others in between.
      const joinAt = [0, 0, lines, ...Array.from({ length: readers - 3 }, () => Math.floor(random() * lines))];
      const reading: Promise<number>[] = [];
      const joinUpTo = (written: number): void => {
        while (joinAt.some((at) => at <= written)) {
          joinAt.splice(
            joinAt.findIndex((at) => at <= written),
            1,
          );
          const index = reading.length;
          const reader: Reader = {
            transport: index % 2 === 0 ? 'WebSocket' : 'SSE',
            hangUpAfter: index % 3 === 0 ? Math.ceil(lines / 7) : 0,
          };
          const read = readLog(gateway.url, buildId, reader);
          read.catch(() => undefined);
          reading.push(read);
        }
      };
      joinUpTo(0);
      for (let written = 0; written < lines;) {
        const size = Math.min(1 + Math.floor(random() * 1_000), lines - written);
        const batch = Array.from({ length: size }, (_, index) => ({
          message: `compiled module ${written + index + 1}`,
        }));
        const { userErrors, lastSequence } = await subgraph.mutate(
          'buildLogsAppend',
          { buildId, lines: batch, expectedLastSequence: written },
          'lastSequence',
        );
        expect(userErrors).toEqual([]);
        written = lastSequence;
        joinUpTo(written);
      }
      await subgraph.mutate('buildComplete', { buildId });
      expect(await Promise.all(reading)).toEqual(Array.from({ length: readers }, () => lines));
    } finally {
      await gateway.close();
    }
  },
  240_000,
);
