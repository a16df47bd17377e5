/** Runs one document on every way and says where they differ. */
import {
  execute,
  parse,
  subscribe,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql';
import type { SupergraphExecutor } from '../../../gateway/executor/types.js';
import { createContext } from '../compose-fixture.js';
import type { FuzzDocument } from './document-writer.js';
import type { RunningGraph } from './graphs.js';
import { firstDifference, type Answer, type Difference } from './verdict.js';

export interface Examined {
  readonly way: string;
  readonly difference: Difference;
}

export interface ExamineOutcome {
  readonly difference: Examined | null;
  /** Whether the reference met a fault. */
  readonly hasErrors: boolean;
}

export async function examine(graph: RunningGraph, written: FuzzDocument, seed: number): Promise<ExamineOutcome> {
  const document = parse(written.source);
  const overrides = graph.overridesFor(seed);
  graph.mutations.length = 0;
  const expected = await referenceAnswer(graph.reference, document, written, overrides);
  const lenient = once(async () => {
    return graph.lenient ? await referenceAnswer(graph.lenient, document, written, overrides) : null;
  });
  const hasErrors = expected.some(({ errors }) => errors !== undefined);
  for (const way of graph.waysFor(seed)) {
    way.mutations.length = 0;
    const received = await gatewayAnswer(way.executor, document, written, overrides);
    const difference =
      (await firstDifference(received, expected, lenient)) ?? mutationDifference(way.mutations, graph.mutations);
    if (difference !== null) return { difference: { way: way.name, difference }, hasErrors };
  }
  return { difference: null, hasErrors };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function mutationDifference(received: readonly string[], expected: readonly string[]): Difference | null {
  return received.join('\n') === expected.join('\n') ? null : { kind: 'mutations', expected, received: [...received] };
}

async function referenceAnswer(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operationName, variables }: FuzzDocument,
  contextValue: object,
): Promise<Answer> {
  const args = { schema, document, operationName: operationName ?? null, variableValues: variables, contextValue };
  if (getOperationAST(document, operationName)?.operation !== 'subscription') return [asJson(await execute(args))];
  return gathered(await subscribe(args));
}

async function gatewayAnswer(
  executor: SupergraphExecutor,
  document: DocumentNode,
  { source, operationName, variables }: FuzzDocument,
  overrides: object,
): Promise<Answer> {
  const operation = { document, source, operationName, variables, context: createContext(overrides) };
  if (getOperationAST(document, operationName)?.operation !== 'subscription') {
    return [asJson(await executor.execute(operation))];
  }
  return gathered(await executor.subscribe(operation));
}

async function gathered(events: AsyncIterable<ExecutionResult> | ExecutionResult): Promise<Answer> {
  if (!(Symbol.asyncIterator in events)) return [asJson(events)];
  const answer: ExecutionResult[] = [];
  for await (const event of events) answer.push(asJson(event));
  return answer;
}

function asJson(result: ExecutionResult): ExecutionResult {
  return JSON.parse(JSON.stringify(result)) as ExecutionResult;
}
