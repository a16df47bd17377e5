/** One fetch of a plan, ready to be sent any number of times. */
import { parse, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { CallerGone, RequestError } from '../../../subgraphs/kernel/errors/index.js';
import type { ArgumentedRequirements } from '../plan/argumented-requirements.js';
import { AnswerErrors, type FailureReporting } from '../answer/caller-errors.js';
import type { ResponsePath } from './data-path.js';
import { copyValue, type VagueNames } from './merge.js';
import type { HasCompleteKey } from '../plan/entity-keys.js';
import { fetchTimedOut } from './fetch-timeout.js';
import type { FetchOperation, Rewrite } from '../plan/plan-nodes.js';
import { compilePathRewrite, compileRewrites, treeAfterRewrites, type ApplyRewrite } from './rewrites.js';
import { clientVariable } from '../operation/planned-variables.js';
import type { Run } from '../run.js';
import {
  fragmentsOf,
  operationOf,
  toSelectionTree,
  type JsonObject,
  type SelectionTree,
} from '../plan/selection-tree.js';
import type { SatisfiesType } from '../plan/type-conditions.js';
import type { FetchObservation, SubgraphRequest, SubgraphTransport } from '../types.js';

/** What compiling a plan needs to know of its supergraph. */
export interface PlanEnvironment extends FailureReporting {
  readonly satisfies: SatisfiesType;
  readonly transportOf: (subgraph: string) => SubgraphTransport;
  readonly keysOf: (subgraph: string) => HasCompleteKey;
  /** Its name in the `join__Graph` enum. */
  readonly graphOf: (subgraph: string) => string;
  readonly requirements: ArgumentedRequirements;
  /** Interfaces that are object types to a subgraph, by its name in the enum. */
  readonly interfaceObjects: ReadonlyMap<string, ReadonlySet<string>>;
  /** The whole supergraph. */
  readonly schema: GraphQLSchema;
  /** The types that the planned operation names in type conditions. */
  readonly conditionTypes: ReadonlySet<string>;
  /** What one fetch may take. */
  readonly fetchTimeoutMilliseconds: number;
  readonly observeFetch: ((observation: FetchObservation) => void) | undefined;
}

export class SubgraphFetch {
  readonly subgraph: string;
  readonly document: DocumentNode;
  readonly transport: SubgraphTransport;
  /** Of the operation's root: `_entities` or its aliases for a fetch of entities. */
  readonly tree: SelectionTree;
  readonly vagueNames: VagueNames;
  readonly #operationType: SubgraphRequest['operationType'];
  readonly #operation: FetchOperation;
  readonly #environment: PlanEnvironment;
  readonly #entityFetch: boolean;

  constructor(operation: FetchOperation, environment: PlanEnvironment, entityFetch: boolean) {
    this.#operation = operation;
    this.#environment = environment;
    this.#entityFetch = entityFetch;
    this.subgraph = operation.serviceName;
    this.document = parse(operation.operation, { noLocation: true });
    this.transport = environment.transportOf(operation.serviceName);
    this.vagueNames = environment.interfaceObjects.get(environment.graphOf(operation.serviceName)) ?? null;
    const definition = operationOf(this.document);
    this.tree = toSelectionTree(definition.selectionSet, fragmentsOf(this.document));
    this.#operationType = definition.operation;
  }

  errorsOf(run: Run): AnswerErrors {
    return new AnswerErrors(this.subgraph, run.context, this.#environment);
  }

  /** The client's variables that this fetch takes; a new object each time. */
  variablesOf(run: Run): Record<string, unknown> {
    const variables: Record<string, unknown> = {};
    for (const name of this.#operation.variableUsages ?? []) {
      const sent = clientVariable(name);
      if (Object.hasOwn(run.variables, sent)) variables[name] = run.variables[sent];
    }
    return variables;
  }

  request(run: Run, variables: Record<string, unknown>): SubgraphRequest {
    return {
      subgraph: this.subgraph,
      operationType: this.#operationType,
      text: this.#operation.operation,
      document: this.document,
      operationName: this.#operation.operationName ?? undefined,
      variables,
      shareable: this.#entityFetch && run.operationType === 'query',
      context: run.context,
    };
  }

  /**
   * Calls one of the two, now, when the answer is there, or when its time or the request's is over. Never throws, never
   * rejects. An answer that comes later is not looked at.
   */
  send(
    run: Run,
    variables: Record<string, unknown>,
    onAnswer: (answer: ExecutionResult) => void,
    onFailure: (error: unknown) => void,
  ): void | Promise<void> {
    const { signal } = run.context;
    if (signal?.aborted) {
      onFailure(reasonOf(signal.reason));
      return;
    }
    const observe = this.#environment.observeFetch;
    const startedAt = observe === undefined ? 0 : performance.now();
    const ended = (ok: boolean) => {
      const { subgraph } = this;
      observe?.({ subgraph, operationType: this.#operationType, milliseconds: performance.now() - startedAt, ok });
    };
    const fail = (error: unknown) => {
      ended(false);
      onFailure(error);
    };
    const succeed = (answer: ExecutionResult) => {
      try {
        onAnswer(answer);
      } catch (error) {
        // An answer of no known shape is no answer.
        fail(error);
        return;
      }
      if (observe !== undefined) ended(true);
    };
    try {
      const answer = this.transport.execute(this.request(run, variables));
      if (isPromise(answer))
        return this.transport.keepsTime === true
          ? answer.then(succeed, fail)
          : this.#settle(run, answer, succeed, fail);
      succeed(answer);
    } catch (error) {
      fail(error);
    }
  }

  #settle(
    run: Run,
    answer: Promise<ExecutionResult>,
    succeed: (answer: ExecutionResult) => void,
    fail: (error: unknown) => void,
  ): Promise<void> {
    return new Promise((resolve) => {
      let isSettled = false;
      const settle = (how: () => void) => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        leave();
        how();
        resolve();
      };
      const { fetchTimeoutMilliseconds } = this.#environment;
      const timer = setTimeout(() => {
        const request = { subgraph: this.subgraph, operationType: this.#operationType };
        settle(() => fail(fetchTimedOut(request, fetchTimeoutMilliseconds)));
      }, fetchTimeoutMilliseconds);
      const leave = run.untilEnd((reason) => settle(() => fail(reasonOf(reason))));
      answer.then(
        (answered) => settle(() => succeed(answered)),
        (error: unknown) => settle(() => fail(error)),
      );
    });
  }
}

/** Why the request ended. Whoever ends it without a word has no use for its answer. */
function reasonOf(reason: unknown): RequestError {
  return reason instanceof RequestError ? reason : new CallerGone('The request ended before this was answered.');
}

/** The output rewrites of a fetch, or of one alias of a batch. */
export class AnswerRewrites {
  readonly #apply: readonly ApplyRewrite[];
  readonly rewritePath: (path: ResponsePath) => ResponsePath;
  /** What the answer looks like afterwards. */
  readonly tree: SelectionTree;
  readonly #rawTree: SelectionTree;

  constructor(rawTree: SelectionTree, rewrites: readonly Rewrite[] | null | undefined, satisfies: SatisfiesType) {
    this.#rawTree = rawTree;
    this.#apply = compileRewrites(rewrites, satisfies);
    this.rewritePath = compilePathRewrite(rewrites);
    this.tree = treeAfterRewrites(rawTree, rewrites);
  }

  /** `answer` itself when there is nothing to rewrite or it is `fresh`, else a rewritten copy. */
  apply<T>(answer: T, fresh: boolean): T {
    if (this.#apply.length === 0) return answer;
    const own = fresh ? answer : (copyValue(this.#rawTree, answer) as T);
    for (const apply of this.#apply) apply(own);
    return own;
  }

  /** True when what {@link apply} answers belongs to the request. */
  isOwn(fresh: boolean): boolean {
    return fresh || this.#apply.length > 0;
  }
}

export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

export function isJsonObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
