/** Makes the executor of one supergraph. */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { GraphQLError, type ExecutionResult } from 'graphql';
import { RequestError } from '../../subgraphs/kernel/errors/index.js';
import type { Supergraph } from '../supergraph/supergraph.js';
import { Delivery } from './incremental/delivery.js';
import { createEntityKeys } from './plan/entity-keys.js';
import type { IncrementalResult } from './incremental/incremental-result.js';
import { IncrementalRun } from './incremental/incremental-run.js';
import { LruCache } from '../lru-cache.js';
import { PartErrors } from './incremental/part-errors.js';
import { PlanCache } from './plan/plan-cache.js';
import { prepareOperation, type PreparedOperation } from './operation/prepared-operation.js';
import type { OverrideChoice } from './plan/operation-plan.js';
import { Run } from './run.js';
import type { PlanEnvironment } from './fetch/subgraph-fetch.js';
import { isPromise } from './fetch/subgraph-fetch.js';
import { mapEvents } from './fetch/subscription.js';
import { trimErrorPaths } from './answer/error-paths.js';
import { createSatisfiesType } from './plan/type-conditions.js';
import type {
  FetchObservation,
  GatewayContext,
  GraphQLOperation,
  IncrementalOperation,
  SubgraphFailure,
  SubgraphTransport,
  SubscribeResult,
  SupergraphExecutor,
  TransportFactory,
} from './types.js';

export interface ExecutorOptions {
  readonly transports: TransportFactory;
  /** Whole, for the log. */
  readonly reportFailure?: (failure: SubgraphFailure) => void;
  readonly observeFetch?: (observation: FetchObservation) => void;
  /** What one fetch may take before its fields are null. Default 20,000. */
  readonly fetchTimeoutMilliseconds?: number;
  /** Default true. See {@link FailureReporting}. */
  readonly maskErrors?: boolean;
  /** Codes whose errors pass as they are, beside Weft's own. */
  readonly passCodes?: readonly string[];
  /** May this caller introspect? Default: everybody. */
  readonly allowIntrospection?: (context: GatewayContext) => boolean;
  /** Prepared operations kept. Default 1,000. */
  readonly maxOperations?: number;
  /** Characters of operation text whose preparation is kept. Default 4 million. */
  readonly maxOperationCharacters?: number;
}

export function createExecutor(supergraph: Supergraph, options: ExecutorOptions): SupergraphExecutor {
  return new PlanExecutor(supergraph, options);
}

class PlanExecutor implements SupergraphExecutor {
  readonly #supergraph: Supergraph;
  readonly #options: ExecutorOptions;
  readonly #environment: PlanEnvironment;
  readonly #transports = new Map<string, SubgraphTransport>();
  readonly #plans: PlanCache;
  /** By text, then by what else a plan depends on. */
  readonly #prepared: LruCache<string, Map<string, PreparedOperation>>;

  constructor(supergraph: Supergraph, options: ExecutorOptions) {
    this.#supergraph = supergraph;
    this.#options = options;
    const limits = {
      maxEntries: options.maxOperations ?? 1_000,
      maxWeight: options.maxOperationCharacters ?? 4_000_000,
    };
    this.#prepared = new LruCache(limits);
    for (const { name, url } of supergraph.subgraphs) this.#transports.set(name, options.transports({ name, url }));
    this.#environment = this.#createEnvironment();
    this.#plans = new PlanCache(supergraph, this.#environment, limits);
  }

  get apiSchema() {
    return this.#supergraph.apiSchema;
  }

  get supergraphSdl() {
    return this.#supergraph.sdl;
  }

  execute(operation: GraphQLOperation): Promise<ExecutionResult> | ExecutionResult {
    const { context } = operation;
    try {
      const prepared = this.#prepare(operation);
      if (prepared.operation.operation === 'subscription') {
        throw new RequestError('BAD_USER_INPUT', 'A subscription needs a transport that can stream.');
      }
      const coerced = prepared.coerceVariables(operation.variables);
      if ('errors' in coerced) return coerced;
      const run = new Run(prepared.operation.operation, context, coerced.variables);
      const pending = prepared.planFor(coerced.variables).run?.(run);
      if (!isPromise(pending)) return this.#finish(prepared, run);
      return pending.then(() => this.#finish(prepared, run)).catch((error: unknown) => this.#fail(error, context));
    } catch (error) {
      return this.#fail(error, context);
    }
  }

  async executeIncrementally(operation: IncrementalOperation): Promise<ExecutionResult | IncrementalResult> {
    const life = linkedSignal(operation.context.signal);
    let isWhole = true;
    try {
      const prepared = this.#prepare(operation);
      const type = prepared.operation.operation;
      if (type === 'subscription') {
        throw new RequestError('BAD_USER_INPUT', 'A subscription needs a transport that can stream.');
      }
      const coerced = prepared.coerceVariables(operation.variables);
      if ('errors' in coerced) return coerced;
      const { variables } = coerced;
      const plan = prepared.incremental().planFor(variables, operation.deferredFields, operation.shield);
      const run = new IncrementalRun(type, { ...operation.context, signal: life.signal }, variables);
      await plan.first?.(run);
      const partErrors = new PartErrors(run, plan.placeErrors, plan.trees);
      const { result: data, errors, places } = partErrors.first(() => plan.shape(run.data, run, null));
      const initial = errors.length === 0 ? { data } : { data, errors };
      const onEnd = () => {
        life.end();
        this.#reportRefused(run);
      };
      if (data === null || places.length === 0) {
        onEnd();
        return initial;
      }
      const toError = (error: unknown) => this.#failure(error, operation.context);
      const input = { run, steps: plan.deferred, errors: partErrors, toError, onEnd };
      const updates = new Delivery(input, places);
      isWhole = false;
      return { initial, pending: updates.announced, updates };
    } catch (error) {
      return this.#fail(error, operation.context);
    } finally {
      if (isWhole) life.end();
    }
  }

  async subscribe(operation: GraphQLOperation): Promise<SubscribeResult> {
    try {
      const prepared = this.#prepare(operation);
      if (prepared.operation.operation !== 'subscription') {
        throw new RequestError('BAD_USER_INPUT', 'Only a subscription can be subscribed to.');
      }
      const coerced = prepared.coerceVariables(operation.variables);
      if ('errors' in coerced) return coerced;
      const { variables } = coerced;
      const plan = prepared.planFor(variables);
      const source = plan.subscription;
      if (source === null)
        throw new RequestError('BAD_USER_INPUT', 'The subscription selects nothing to subscribe to.');
      const type = prepared.operation.operation;
      const life = linkedSignal(operation.context.signal);
      const context: GatewayContext = { ...operation.context, signal: life.signal, answerHeaders: undefined };
      const starting = new Run(type, context, variables);
      const events = await source.subscribe(starting);
      if (!('next' in events)) {
        life.end();
        return { errors: prepared.placeErrors(starting) };
      }
      // Each event reads the graph as it is then: nothing that an earlier one loaded may be reused.
      const startRun = () => new Run(type, { ...context, perSubgraph: new Map() }, variables);
      const mapEvent = async (event: ExecutionResult) => {
        const run = startRun();
        source.mergeEvent(run, event);
        await plan.run?.(run);
        return this.#finish(prepared, run);
      };
      const mapFailure = (error: unknown) => {
        const run = startRun();
        source.failEvent(run, error);
        return this.#finish(prepared, run);
      };
      const responses = mapEvents(events, { mapEvent, mapFailure, onEnd: life.end });
      life.onAbort(() => void responses.return?.());
      return responses;
    } catch (error) {
      return this.#fail(error, operation.context);
    }
  }

  async dispose(): Promise<void> {
    this.#prepared.clear();
    this.#plans.clear();
    await Promise.all([...this.#transports.values()].map((transport) => transport.dispose()));
  }

  #prepare({ document, source, operationName, context }: GraphQLOperation): PreparedOperation {
    let variants = this.#prepared.get(source);
    if (variants === undefined)
      this.#prepared.set(source, (variants = new Map<string, PreparedOperation>()), source.length);
    const overrides = this.#chooseOverrides(context);
    const key = overrides.key === '' ? (operationName ?? '') : JSON.stringify([operationName, overrides.key]);
    let prepared = variants.get(key);
    if (prepared === undefined) {
      prepared = prepareOperation({ document, operationName, overrides }, this.#supergraph, this.#plans);
      variants.set(key, prepared);
    }
    if (prepared.introspects && this.#options.allowIntrospection?.(context) === false) {
      throw new RequestError('FORBIDDEN', 'Introspection is switched off.');
    }
    return prepared;
  }

  #chooseOverrides(context: GatewayContext): OverrideChoice {
    const { overrideLabels, overridePercentages } = this.#supergraph;
    const labels = new Set(overrideLabels.filter((label) => context.overrideLabels?.includes(label)));
    if (overridePercentages.length === 0) return { labels, percentage: 0, key: [...labels].join() };
    const percentage = context.overridePercentage ?? Math.random() * 100;
    // Percentages between two thresholds have the same plans.
    const bucket = overridePercentages.filter((threshold) => percentage < threshold).length;
    return { labels, percentage, key: [bucket, ...labels].join() };
  }

  #createEnvironment(): PlanEnvironment {
    const { schema, subgraphs, requirements, interfaceObjects } = this.#supergraph;
    const keysOfGraph = createEntityKeys(schema);
    const graphs = new Map(subgraphs.map(({ name, graph }) => [name, graph]));
    const graphOf = (subgraph: string) => graphs.get(subgraph) ?? subgraph;
    return {
      maskErrors: this.#options.maskErrors ?? true,
      passCodes: new Set(this.#options.passCodes),
      reportFailure: this.#options.reportFailure ?? (() => {}),
      observeFetch: this.#options.observeFetch,
      fetchTimeoutMilliseconds: this.#options.fetchTimeoutMilliseconds ?? 20_000,
      satisfies: createSatisfiesType(schema),
      conditionTypes: new Set(),
      keysOf: (subgraph) => keysOfGraph(graphOf(subgraph)),
      graphOf,
      schema,
      requirements,
      interfaceObjects,
      transportOf: (subgraph) => {
        const transport = this.#transports.get(subgraph);
        if (transport === undefined) throw new Error(`the plan names an unknown subgraph, ${subgraph}`);
        return transport;
      },
    };
  }

  #finish(prepared: PreparedOperation, run: Run): ExecutionResult {
    // Before the nulls are judged: the errors that explain them are looked for by the client's names.
    if (run.errors.length > 0) run.errors = prepared.placeErrors(run);
    const data = prepared.shape(run.data, run, null);
    if (run.errors.length === 0) return { data };
    this.#reportRefused(run);
    return { data, errors: trimErrorPaths(run.errors, data, prepared.selected) };
  }

  #reportRefused({ refused, context }: Run): void {
    if (refused === null) return;
    const { errorId, path, count } = refused;
    const message = `${refused.message} It is at ${path.join('.')}, the first of ${count} in this answer.`;
    const { requestId } = context;
    this.#environment.reportFailure({ errorId, subgraph: 'gateway', requestId, message, error: undefined });
  }

  #fail(error: unknown, context: GatewayContext): ExecutionResult {
    return { errors: [this.#failure(error, context)] };
  }

  #failure(error: unknown, context: GatewayContext): GraphQLError {
    if (error instanceof RequestError) return new GraphQLError(error.message, { extensions: { ...error.extensions } });
    const errorId = randomUUID();
    const message = error instanceof Error ? error.message : String(error);
    this.#environment.reportFailure({ errorId, subgraph: 'gateway', requestId: context.requestId, message, error });
    return new GraphQLError('Internal error.', { extensions: { code: 'INTERNAL_SERVER_ERROR', errorId } });
  }
}

/** A signal that ends with `outer` or by itself, and then no longer listens to it. */
function linkedSignal(outer: AbortSignal | undefined): {
  readonly signal: AbortSignal;
  readonly end: () => void;
  readonly onAbort: (listener: () => void) => void;
} {
  const controller = new AbortController();
  // Each fetch of the operation listens to it: many are no leak.
  setMaxListeners(0, controller.signal);
  const abort = () => controller.abort(outer?.reason);
  if (outer?.aborted) abort();
  else outer?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    end: () => {
      outer?.removeEventListener('abort', abort);
      controller.abort();
    },
    onAbort: (listener) => controller.signal.addEventListener('abort', listener, { once: true }),
  };
}
