/** One graph, three ways: in-process subgraphs, subgraphs over HTTP, and a single schema on graphql-js. */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execute, parse, validate, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { createHttpSupergraphExecutor } from '../../../gateway/supergraph/index.js';
import type { GatewayContext, SupergraphExecutor } from '../../../gateway/executor/types.js';
import { engine } from '../../testkit/index.js';
import { seeded } from '../../testkit/seeded.js';
import { composeFixture, createContext, createFixtureExecutor } from '../compose-fixture.js';
import { serveSubgraphs, type HttpSubgraphs } from '../http-subgraphs.js';
import { toComparable } from './compare.js';
import { differentialSubgraphs } from './graph.js';
import { buildMergedSchema } from './merged-schema.js';
import { randomOperation, type RandomOperation } from './random-query.js';

// The run on a server has more time.
const operationCount = engine === 'postgres' ? 2_000 : 600;
const firstSeed = 20_261_121;

interface Case extends RandomOperation {
  readonly seed: number;
  readonly document: DocumentNode;
  readonly overrides: Pick<GatewayContext, 'overrideLabels' | 'overridePercentage'>;
}

describe('a federated graph answers as one schema would', () => {
  let http: HttpSubgraphs;
  let overHttp: SupergraphExecutor;
  let compiled: SupergraphExecutor;
  let interpreted: SupergraphExecutor;
  let merged: GraphQLSchema;

  beforeAll(async () => {
    http = await serveSubgraphs(differentialSubgraphs);
    overHttp = createHttpSupergraphExecutor(composeFixture(differentialSubgraphs), { urls: http.urls });
    compiled = createFixtureExecutor(differentialSubgraphs, { compileAfter: 0 });
    interpreted = createFixtureExecutor(differentialSubgraphs, { compileAfter: Infinity });
    merged = buildMergedSchema(compiled.apiSchema);
  });

  afterAll(async () => {
    await Promise.all([overHttp.dispose(), compiled.dispose(), interpreted.dispose()]);
    await http.close();
  });

  function* cases(): Generator<Case> {
    let found = 0;
    for (let seed = firstSeed; found < operationCount; seed++) {
      const operation = randomOperation(merged, seed);
      const document = parse(operation.source);
      if (validate(merged, document).length > 0) continue;
      found += 1;
      const random = seeded(seed);
      const overrides = { overridePercentage: random() * 100, overrideLabels: random() < 0.5 ? ['beta'] : [] };
      yield { ...operation, seed, document, overrides };
    }
  }

  const run = async (executor: SupergraphExecutor, { document, source, variables, overrides }: Case) =>
    asJson(await executor.execute({ document, source, variables, context: createContext(overrides) }));

  /** Compares one operation over every way; answers whether it met a fault. */
  async function check(item: Case): Promise<boolean> {
    const { document, variables, overrides, seed, source } = item;
    const reference = asJson(
      await execute({ schema: merged, document, variableValues: variables, contextValue: overrides }),
    );
    const expected = toComparable(reference);
    for (const executor of [seed % 2 === 0 ? compiled : interpreted, overHttp]) {
      const received = toComparable(await run(executor, item));
      if (isDeepStrictEqual(received, expected)) continue;
      expect({ seed, source, variables, overrides, ...received }).toEqual({
        seed,
        source,
        variables,
        overrides,
        ...expected,
      });
    }
    return reference.errors !== undefined;
  }

  test(`${operationCount} random operations give the same data and the same nulls with errors on every way`, async () => {
    let withErrors = 0;
    for (const batch of batches(cases(), 20)) {
      withErrors += (await Promise.all(batch.map(check))).filter(Boolean).length;
    }
    // The faults are met, and don't drown everything else.
    expect(withErrors).toBeGreaterThan(operationCount / 10);
    expect(withErrors).toBeLessThan(operationCount / 2);
  }, 120_000);
});

function* batches<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function asJson(result: ExecutionResult): ExecutionResult {
  return JSON.parse(JSON.stringify(result)) as ExecutionResult;
}
