/** Reaches a subgraph in this process: its schema, compiled once for each fetch of a plan. */
import {
  createSourceEventStream,
  execute,
  GraphQLError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { GatewayContext, SubgraphRequest, SubgraphTransport } from '../executor/types.js';

export interface InProcessOptions {
  readonly name: string;
  readonly schema: GraphQLSchema;
  /** Called once for each request, or each event of a subscription. */
  readonly contextFor: (context: GatewayContext) => unknown;
  /** Executions of a fetch before it is compiled; compiling costs about as much as ten of them. Default 2; `Infinity` never compiles. */
  readonly compileAfter?: number;
}

type Runner = (
  contextValue: unknown,
  variables: SubgraphRequest['variables'],
) => ExecutionResult | Promise<ExecutionResult>;

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
      const runner = (await compile(schema, request)) ?? interpret(schema, request);
      runners.set(request.document, runner);
      return runner(contextValue, variables);
    };
  };

  return {
    freshAnswers: true,
    execute(request) {
      const runner = runnerOf(request) ?? interpret(schema, request);
      return runner(contextOf(options, request.context), request.variables);
    },
    async subscribe(request) {
      const { document, operationName, context } = request;
      const variableValues = request.variables;
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

function interpret(schema: GraphQLSchema, { document, operationName }: SubgraphRequest): Runner {
  return (contextValue, variables) =>
    execute({ schema, document, operationName, contextValue, variableValues: variables });
}

/** Undefined when graphql-jit can't compile the document; graphql-js then answers, or says why not. */
async function compile(
  schema: GraphQLSchema,
  { document, operationName }: SubgraphRequest,
): Promise<Runner | undefined> {
  // Loaded by the first fetch that is worth it: it is a tenth of the time to the first answer.
  const { compileQuery, isCompiledQuery } = await import('graphql-jit');
  const compiled = compileQuery(schema, document, operationName);
  if (!isCompiledQuery(compiled)) return undefined;
  return (contextValue, variables) => {
    const answer = compiled.query(undefined, contextValue, variables ?? {});
    return 'then' in answer ? answer.then(withPlainErrors) : withPlainErrors(answer);
  };
}

/** graphql-jit's errors have a read-only `extensions: undefined`, and hide what was thrown. */
function withPlainErrors(answer: ExecutionResult): ExecutionResult {
  if (!answer.errors?.length) return answer;
  return { ...answer, errors: answer.errors.map(toPlainError) };
}

function toPlainError(error: GraphQLError): GraphQLError {
  if (error.extensions !== undefined) return error;
  const { nodes, path, originalError } = error;
  return new GraphQLError(error.message, {
    nodes: nodes ?? null,
    path: path ?? null,
    originalError: originalError ?? null,
  });
}
