/**
 * The long run: `npm run fuzz -- --count 100000 --seed 1`. Prints each finding made small, and ends with exit code 1 when
 * there was one. The same seeds are the same documents; `--seed` where another run stopped goes on with it.
 */
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runCampaign, type Finding } from './campaign.js';
import { graphNames, type GraphName } from './graph-names.js';

const { values } = parseArgs({
  options: {
    graph: { type: 'string', default: 'weft' },
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    /** Findings of each kind to make small. */
    shrink: { type: 'string', default: '5' },
    /** A file to add findings to, a line of JSON each. */
    findings: { type: 'string' },
  },
});
const graph = values.graph as GraphName;
if (!graphNames.includes(graph)) throw new Error(`--graph is one of ${graphNames.join(', ')}`);
const firstSeed = Number(values.seed);

const totals = await runCampaign(
  { graph, firstSeed, count: Number(values.count), shrinkOfKind: Number(values.shrink) },
  {
    onFinding(finding) {
      if (values.findings !== undefined) appendFileSync(values.findings, `${JSON.stringify(finding)}\n`);
      print(finding);
    },
    onProgress(seed, { documents, aborts, differences }) {
      if (documents % 1_000 === 0)
        console.log(`seed ${seed}: ${documents} documents, ${aborts} aborts, ${differences} differences`);
    },
  },
);
console.log(
  `${graph}: ${totals.documents} documents from seed ${firstSeed}: ${totals.aborts} aborts, ${totals.differences} differences; ${totals.withErrors} met faults of the data`,
);
process.exitCode = totals.aborts + totals.differences === 0 ? 0 : 1;

function print({ seed, kind, document, outcome }: Finding): void {
  console.log(`--- ${kind}, seed ${seed}`);
  console.log(document.source);
  if (Object.keys(document.variables).length > 0) console.log(`variables: ${JSON.stringify(document.variables)}`);
  console.log(JSON.stringify(outcome).slice(0, 3_000));
}
