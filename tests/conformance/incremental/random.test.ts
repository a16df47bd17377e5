import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, validate, type ExecutionResult } from 'graphql';
import type { DeferredFields } from '../../../gateway/executor/incremental/incremental-result.js';
import type { SubgraphFailure, SupergraphExecutor } from '../../../gateway/executor/types.js';
import { engine } from '../../testkit/index.js';
import { createContext, createFixtureExecutor } from '../compose-fixture.js';
import { toComparable } from '../differential/compare.js';
import { differentialSubgraphs } from '../differential/graph.js';
import { randomOperation } from '../differential/random-query.js';
import { differenceOf, failedPlaces } from './agreement.js';
import { asJson, begin, takeParts } from './parts.js';
import { withRandomDefers, type RandomDefers } from './random-defer.js';

// The run on a server has more time.
const operationCount = engine === 'postgres' ? 600 : 120;
const firstSeed = 20_261_201;

/** Overrides are drawn once: the whole answer and the parts must be of the same graph. */
const context = { overridePercentage: 50 };

let executor: SupergraphExecutor;
const faults: SubgraphFailure[] = [];

beforeAll(() => {
  executor = createFixtureExecutor(differentialSubgraphs, {
    reportFailure: (failure) => void (failure.subgraph === 'gateway' && faults.push(failure)),
  });
});
afterAll(() => executor.dispose());

function* operations(): Generator<RandomDefers & { readonly seed: number }> {
  let found = 0;
  for (let seed = firstSeed; found < operationCount; seed++) {
    const { source, variables } = randomOperation(executor.apiSchema, seed);
    const operation = withRandomDefers(source, variables, seed);
    if (operation.count === 0 || validate(executor.apiSchema, parse(operation.source)).length > 0) continue;
    found += 1;
    yield { ...operation, seed };
  }
}

/** What the parts say otherwise than the whole answer; null when nothing. */
async function differenceIn(
  { source, variables }: RandomDefers,
  fields: DeferredFields,
  whole: ExecutionResult,
): Promise<{ readonly difference: string | null; readonly isInParts: boolean }> {
  const parts = await takeParts(await begin(executor, source, fields, { variables, context }));
  const isInParts = parts.updates.length > 0;
  const difference = differenceOf(parts, whole);
  if (difference !== null || failedPlaces(parts).length > 0) return { difference, isInParts };
  const said = toComparable(parts.merged).nulls;
  const expected = toComparable(whole).nulls;
  const isSame = JSON.stringify(said) === JSON.stringify(expected);
  return { difference: isSame ? null : `errors at ${said.join()}, not at ${expected.join()}`, isInParts };
}

test(`the parts of ${operationCount} operations with random @defer say together what they say whole`, async () => {
  let inParts = 0;
  for (const operation of operations()) {
    const { source, variables, seed } = operation;
    const document = parse(source);
    const whole = asJson(await executor.execute({ document, source, variables, context: createContext(context) }));
    for (const fields of ['all', 'new'] as const) {
      const { difference, isInParts } = await differenceIn(operation, fields, whole);
      if (difference !== null) expect({ seed, fields, source, variables, difference }).toBeNull();
      if (isInParts) inParts += 1;
    }
  }
  expect(faults).toEqual([]);
  // Most are not answered whole, or little would be tried.
  expect(inParts).toBeGreaterThan(operationCount / 2);
}, 120_000);
