/** Reaches a subgraph in this process: its schema, compiled once for each fetch of a plan. */
import {
  createSourceEventStream,
  execute,
  GraphQLError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { compileFetch, interpretFetch, type Runner } from './compiled-fetch.js';
import { refuseFiles } from './uploads.js';
import { mayHoldExactNumbers, toPlainNumbers } from '../json/exact-json.js';
import type { GatewayContext, SubgraphRequest, SubgraphTransport } from '../executor/types.js';

export interface InProcessOptions {
  readonly name: string;
  readonly schema: GraphQLSchema;
  /** Called once for each request, or each event of a subscription. */
  readonly contextFor: (context: GatewayContext) => unknown;
  /** Executions of a fetch before it is compiled; compiling costs about as much as ten of them. Default 2; `Infinity` never compiles. */
  readonly compileAfter?: number;
}

export function createInProcessTransport(options: InProcessOptions): SubgraphTransport {
  const { schema } = options;
  const compileAfter = options.compileAfter ?? 2;
  // By the plan's own document: what is compiled lives exactly as long as the plan that uses it.
  const runners = new WeakMap<DocumentNode, Runner>();
  const executions = new WeakMap<DocumentNode, number>();

  const runnerOf = (request: SubgraphRequest): Runner | undefined => {
    const known = runners.get(request.document);
    if (known !== undefined) return known;
    const count = (executions.get(request.document) ?? 0) + 1;
    executions.set(request.document, count);
    if (count <= compileAfter) return undefined;
    return async (contextValue, variables) => {
      const runner = await compileFetch(schema, request.document, request.operationName);
      runners.set(request.document, runner);
      return runner(contextValue, variables);
    };
  };

  return {
    freshAnswers: true,
    execute(request) {
      refuseFiles(request);
      const runner = runnerOf(request) ?? interpretFetch(schema, request.document, request.operationName);
      return runner(contextOf(options, request.context), plainVariables(request.variables));
    },
    async subscribe(request) {
      const { document, operationName, context } = request;
      const variableValues = plainVariables(request.variables);
      const contextValue = contextOf(options, context);
      const events = await createSourceEventStream({ schema, document, operationName, variableValues, contextValue });
      if (!(Symbol.asyncIterator in events)) return events;
      // Each event has a context of its own: what one has loaded may be out of date at the next.
      return mapAnswers(events[Symbol.asyncIterator](), (rootValue) => {
        const ofEvent = options.contextFor({ ...context, perSubgraph: new Map() });
        return execute({ schema, document, operationName, variableValues, rootValue, contextValue: ofEvent });
      });
    },
    async dispose() {},
  };
}

/** Resolvers in this process know plain numbers. */
function plainVariables(variables: SubgraphRequest['variables']): SubgraphRequest['variables'] {
  if (variables === undefined || !Object.values(variables).some(mayHoldExactNumbers)) return variables;
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, toPlainNumbers(value)]));
}

function contextOf({ name, contextFor }: InProcessOptions, context: GatewayContext): unknown {
  let ofSubgraph = context.perSubgraph.get(name);
  if (ofSubgraph === undefined) {
    ofSubgraph = contextFor(context);
    context.perSubgraph.set(name, ofSubgraph);
  }
  return ofSubgraph;
}

/** A source that breaks says why in its last event: a server would take a rejection for its own, and end the whole connection. */
function mapAnswers(
  source: AsyncIterator<unknown>,
  answer: (event: unknown) => ExecutionResult | Promise<ExecutionResult>,
): AsyncIterableIterator<ExecutionResult> {
  let isBroken = false;
  const next = async (): Promise<IteratorResult<ExecutionResult>> => {
    if (isBroken) return { value: undefined, done: true };
    try {
      const event = await source.next();
      return event.done ? { value: undefined, done: true } : { value: await answer(event.value), done: false };
    } catch (error) {
      isBroken = true;
      return { value: { errors: [toStreamError(error)] }, done: false };
    }
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next,
    return: async () => {
      await source.return?.();
      return { value: undefined, done: true };
    },
  };
}

/** Takes the code of an expected error along; of any other, what was thrown is for the log. */
function toStreamError(error: unknown): GraphQLError {
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
