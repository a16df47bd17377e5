/** The way of every operation, whatever transport it came by: prepared, admitted, executed within its time. */
import {
  GraphQLError,
  isScalarType,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import type { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { errorsOfUpdate, followParts } from '../../executor/incremental/follow-parts.js';
import {
  isIncremental,
  type DeferredFields,
  type IncrementalResult,
} from '../../executor/incremental/incremental-result.js';
import { mapAnswers } from '../../executor/answer/map-answers.js';
import type { GatewayContext, SubscribeResult, SupergraphExecutor } from '../../executor/types.js';
import {
  checkNesting,
  fragmentsOf,
  groupFields,
  checkCost,
  type OperationLimits,
  type TrustedDocuments,
} from '../../limits/index.js';
import type { AdmittedOperation } from './admitted-operation.js';
import { continued } from './continued-stream.js';
import {
  createDocuments,
  toGraphQLError,
  type Documents,
  type PreparedDocument,
  type PreparedOperation,
} from './documents.js';
import type { GatewayMetrics } from '../metrics.js';
import { badRequest, withTrustedDocument, type OperationParameters } from '../http/parameters.js';
import { resumable, type ResumableSubscription } from './resumption.js';
import { Turns } from './turns.js';

export interface OperationsOptions {
  readonly executor: SupergraphExecutor;
  readonly limits: OperationLimits;
  /** Given, only these are answered. */
  readonly trustedDocuments: TrustedDocuments | null;
  /** False: only to an authenticated caller. */
  readonly anonymousIntrospection: boolean;
  /** True: what is not found is not compared with what there is. */
  readonly hideSuggestions?: boolean;
  /** Fields of `Mutation` that take large inputs; every one when missing. */
  readonly ingests?: ReadonlySet<string> | undefined;
  readonly timeLimitMilliseconds: number;
  readonly metrics: GatewayMetrics;
}

/** An operation of a valid document. */
export interface ChosenOperation {
  readonly document: DocumentNode;
  readonly source: string;
  readonly node: OperationDefinitionNode;
}

/** A context whose work can be ended: by the caller's going away, or by the time limit. */
export type AbortableContext = GatewayContext & { readonly abort: (reason: RequestError) => void };

export class Operations {
  readonly prepare: Documents['prepare'];
  readonly #isPrepared: Documents['isPrepared'];
  readonly #turns = new Turns();
  readonly #options: OperationsOptions;

  constructor(options: OperationsOptions) {
    this.#options = options;
    const { hideSuggestions = false } = options;
    const documents = createDocuments(() => options.executor.apiSchema, options.limits, { hideSuggestions });
    this.prepare = documents.prepare;
    this.#isPrepared = documents.isPrepared;
  }

  /** To be waited for before a document is prepared; undefined for one that is ready. Rejects with SERVER_BUSY. */
  turnOf(
    source: string,
    { identity, callerAddress, signal }: Pick<GatewayContext, 'identity' | 'callerAddress' | 'signal'>,
  ): Promise<void> | undefined {
    if (this.#isPrepared(source)) return undefined;
    const caller = identity.subject === null ? `from ${callerAddress ?? ''}` : `by ${identity.subject}`;
    return this.#turns.take(caller, () => void this.prepare(source), signal);
  }

  /** Whether the graph has the scalar that files are sent for. */
  takesFiles(): boolean {
    return isScalarType(this.#options.executor.apiSchema.getType('Upload'));
  }

  /** Puts a trusted document in place of its id. Throws FORBIDDEN for what is not trusted where nothing else is let in. */
  resolve(parameters: OperationParameters): OperationParameters {
    return withTrustedDocument(parameters, this.#options.trustedDocuments);
  }

  /** Whether it is a mutation of nothing but ingests. What can't be executed is not. */
  isIngest(parameters: OperationParameters): boolean {
    const chosen = this.choose(parameters);
    if (!('node' in chosen)) return false;
    const { node, document } = chosen;
    const fields = groupFields([node.selectionSet], fragmentsOf(document)).flatMap(({ nodes }) => nodes);
    return node.operation === 'mutation' && fields.every(({ name }) => this.#options.ingests?.has(name.value) ?? true);
  }

  get schema(): GraphQLSchema {
    return this.#options.executor.apiSchema;
  }

  /** The operation that the parameters mean, or why there is none that could be executed. Its cost is not looked at. */
  choose({ query = '', operationName = null }: OperationParameters): ChosenOperation | readonly GraphQLError[] {
    if (query === '') return [noQuery()];
    const { document, source, errors, operations } = this.prepare(query);
    if (errors.length > 0 || document === null) return errors;
    try {
      return { document, source, node: chooseOperation(operations, operationName).node };
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  /** Throws the one error, or answers the list of errors, that keep the operation from running. */
  admit(parameters: OperationParameters, identity: Identity): AdmittedOperation | readonly GraphQLError[] {
    if (parameters.query === undefined || parameters.query === '') return [noQuery()];
    return this.admitPrepared(this.prepare(parameters.query), parameters, identity);
  }

  admitPrepared(
    prepared: PreparedDocument,
    parameters: Pick<OperationParameters, 'operationName' | 'variables'>,
    identity: Identity,
  ): AdmittedOperation | readonly GraphQLError[] {
    if (prepared.errors.length > 0 || prepared.document === null) return prepared.errors;
    const { operationName = null, variables = null } = parameters;
    try {
      const operation = chooseOperation(prepared.operations, operationName);
      if (prepared.usesIntrospection && !identity.isAuthenticated && !this.#options.anonymousIntrospection) {
        throw new RequestError('UNAUTHENTICATED', 'Introspection is for authenticated callers only.');
      }
      this.#checkVariables(operation, variables ?? {});
      return {
        type: operation.node.operation,
        document: prepared.document,
        source: prepared.source,
        operationName,
        variables,
        defers: prepared.defers,
      };
    } catch (error) {
      if (error instanceof RequestError) return [toGraphQLError(error)];
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  /** Never rejects because of the operation; past the time limit what is not there yet is null, each fetch with one TIMEOUT error. */
  async execute(operation: AdmittedOperation, context: AbortableContext): Promise<ExecutionResult> {
    const { executor, metrics, timeLimitMilliseconds } = this.#options;
    const ended = metrics.operationStarted(operation.type);
    let limit: TimeLimit | undefined;
    try {
      const answer = executor.execute({ ...operation, context });
      if (!(answer instanceof Promise)) return ended(answer);
      limit = timeLimit(timeLimitMilliseconds, context);
      return ended(await Promise.race([answer, limit.reached]));
    } catch (error) {
      return ended({ errors: [toWrappedError(error)] });
    } finally {
      limit?.clear();
    }
  }

  /**
   * As {@link execute}, with deferred fragments in parts of their own. The time limit is for all parts together: past it, those
   * that are left fail, each with one TIMEOUT error.
   */
  async executeIncrementally(
    operation: AdmittedOperation,
    context: AbortableContext,
    deferredFields: DeferredFields,
  ): Promise<ExecutionResult | IncrementalResult> {
    const { executor, metrics, timeLimitMilliseconds } = this.#options;
    const ended = metrics.operationStarted(operation.type);
    const limit = timeLimit(timeLimitMilliseconds, context);
    try {
      const answer = executor.executeIncrementally({ ...operation, context, deferredFields });
      const result = await Promise.race([answer, limit.reached]);
      if (!isIncremental(result)) {
        limit.clear();
        endLate(answer, result);
        return ended(result);
      }
      const { data = null, errors: first = [] } = result.initial;
      const errors = [...first];
      const updates = followParts(result.updates, {
        onUpdate(update) {
          for (const error of errorsOfUpdate(update)) errors.push(error);
        },
        onEnd() {
          limit.clear();
          ended({ data, errors });
        },
      });
      return { ...result, updates };
    } catch (error) {
      limit.clear();
      return ended({ errors: [toWrappedError(error)] });
    }
  }

  /** `lastEventId` is the cursor of the last event that the caller has; it counts before an `after` in the operation. */
  async subscribe(
    operation: AdmittedOperation,
    context: AbortableContext,
    lastEventId?: string,
  ): Promise<SubscribeResult> {
    const { executor, metrics } = this.#options;
    try {
      const takeUp = (after: string): Promise<SubscribeResult> =>
        this.#follow(resumable(executor.apiSchema, operation, after), operation, context);
      const resuming = resumable(executor.apiSchema, operation, lastEventId);
      const events = await this.#follow(resuming, operation, context);
      if (!(Symbol.asyncIterator in events)) return events;
      return metrics.subscriptionStarted(resuming?.startsAfter === true ? continued(events, takeUp) : events);
    } catch (error) {
      return { errors: [toWrappedError(error)] };
    }
  }

  async #follow(
    resuming: ResumableSubscription | null,
    operation: AdmittedOperation,
    context: AbortableContext,
  ): Promise<SubscribeResult> {
    try {
      const events = await this.#options.executor.subscribe({ ...(resuming?.operation ?? operation), context });
      if (resuming === null) return events;
      return Symbol.asyncIterator in events ? mapAnswers(events, resuming.answer) : resuming.answer(events);
    } catch (error) {
      return { errors: [toWrappedError(error)] };
    }
  }

  #checkVariables(operation: PreparedOperation, variables: Record<string, unknown>): void {
    const { maxCost } = this.#options.limits;
    checkNesting(variables);
    checkCost(operation.cost, variables, maxCost);
  }
}

function noQuery(): GraphQLError {
  return badRequest('The request has no "query".');
}

/** For an answer to be shaped after its time is over. */
const graceMilliseconds = 1_000;

/** Parts that come after their caller was told that the time is over are read by nobody: what they hold is let go. */
function endLate(answer: Promise<ExecutionResult | IncrementalResult>, told: ExecutionResult): void {
  const end = async () => {
    const late = await answer;
    if (late !== told && isIncremental(late)) await late.updates.return?.();
  };
  // The caller has its error already, and the executor has logged its own.
  end().catch(() => undefined);
}

interface TimeLimit {
  /** Resolves past the limit and the grace, when the context was aborted and the executor holds on all the same. */
  readonly reached: Promise<ExecutionResult>;
  readonly clear: () => void;
}

function timeLimit(milliseconds: number, context: AbortableContext): TimeLimit {
  let timer: NodeJS.Timeout | undefined;
  const reached = new Promise<ExecutionResult>((resolve) => {
    timer = setTimeout(() => {
      const error = new RequestError('TIMEOUT', `The operation took longer than ${milliseconds} ms.`);
      context.abort(error);
      // What was answered in time comes now. Should the executor hold on to something, the caller doesn't.
      timer = setTimeout(() => resolve({ errors: [toGraphQLError(error)] }), graceMilliseconds);
    }, milliseconds);
  });
  return { reached, clear: () => clearTimeout(timer) };
}

function chooseOperation(operations: readonly PreparedOperation[], name: string | null): PreparedOperation {
  const fitting = name === null ? operations : operations.filter(({ node }) => node.name?.value === name);
  const [operation] = fitting;
  if (operation !== undefined && fitting.length === 1) return operation;
  const message =
    name !== null
      ? `The document has no operation ${JSON.stringify(name.slice(0, 80))}.`
      : operations.length === 0
        ? 'The document has no operation.'
        : 'The document has several operations: name one with "operationName".';
  throw new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}

/** So that the cause stays with it for the log; who formats it masks it. */
function toWrappedError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError('Unexpected error.', {
    originalError: error instanceof Error ? error : new Error(String(error)),
  });
}
