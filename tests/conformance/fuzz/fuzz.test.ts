/** The short run of the fuzzing; `npm run fuzz` is the long one. */
import { describe, expect, test } from '@jest/globals';
import { operationCount, startProgram } from '../../testkit/index.js';
import { graphNames } from './graph-names.js';

const documents = { weft: 240, differential: 160 };
const firstSeed = 20_261_201;

describe('random documents neither stop the gateway nor are answered otherwise than by one schema', () => {
  test.each(graphNames)(
    'over the graph %s',
    async (graph) => {
      const count = operationCount(documents[graph]);
      const args = ['--graph', graph, '--count', String(count), '--seed', String(firstSeed), '--shrink', '1'];
      const program = startProgram(['tests', 'conformance', 'fuzz', 'main.ts'], args);
      const lines: string[] = [];
      for await (const line of program.lines) lines.push(line);
      const { code, errors } = await program.ended;
      const summary = lines.pop();
      expect({ findings: lines, errors, code }).toEqual({ findings: [], errors: '', code: 0 });
      expect(summary).toMatch(`${graph}: ${count} documents from seed ${firstSeed}: 0 aborts, 0 differences;`);
      // The faults of the data are met, and don't drown everything else.
      const withErrors = Number(/; (\d+) met/.exec(summary ?? '')?.[1]);
      expect(withErrors).toBeGreaterThan(count / 20);
      expect(withErrors).toBeLessThan(count / 2);
    },
    300_000,
  );
});
