/** What the server sees of the executor, and what the executor sees of a subgraph. */
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { GatewayContext } from './context.js';
import type { DeferredFields, IncrementalResult } from './incremental/incremental-result.js';
import type { Shield } from './operation/shield.js';

export type { GatewayContext } from './context.js';

/** One operation to answer. `document` must be valid against the API schema; the executor doesn't validate. */
export interface GraphQLOperation<C = GatewayContext> {
  readonly document: DocumentNode;
  /** The text `document` was parsed from: the cache key of its plan, so two texts must never share one. */
  readonly source: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context: C;
}

/** One whose deferred fragments come in parts. */
export interface IncrementalOperation<C = GatewayContext> extends GraphQLOperation<C> {
  readonly deferredFields: DeferredFields;
  /** What of it the caller may not see. */
  readonly shield?: Shield | undefined;
}

/** What a subscription answers: the events, or the errors that kept it from starting. */
export type SubscribeResult = AsyncIterableIterator<ExecutionResult> | ExecutionResult;

/** Answers any operation over a supergraph. The executor, its reloadable form and `withAuthorization` all are one. */
export interface SupergraphExecutor {
  /** What callers see: no `@inaccessible` element, nothing of the join specification. */
  readonly apiSchema: GraphQLSchema;
  readonly supergraphSdl: string;
  /** Never rejects: every failure is an entry of `errors`. Deferred fragments are answered with the rest. */
  execute(operation: GraphQLOperation): Promise<ExecutionResult> | ExecutionResult;
  /**
   * As {@link execute}, with deferred fragments in parts of their own where something is gained by it: they can be fetched apart
   * from the rest. Without any, or when the first part has failed, the whole answer.
   */
  executeIncrementally(operation: IncrementalOperation): Promise<ExecutionResult | IncrementalResult>;
  subscribe(operation: GraphQLOperation): Promise<SubscribeResult>;
  /** Closes the transports. Operations in flight fail; {@link SupergraphExecutor} of a reload drains first. */
  dispose(): Promise<void>;
}

/** A subgraph as the supergraph names it. */
export interface SubgraphDescription {
  /** As in `@join__graph(name:)`: also the `service` of a plan's fetches. */
  readonly name: string;
  /** As in `@join__graph(url:)`; empty when the supergraph has none. */
  readonly url: string;
}

/** One fetch. The `text` and `document` of a plan's fetch are the same objects each time, so a transport may cache by them. */
export interface SubgraphRequest {
  readonly subgraph: string;
  readonly operationType: 'query' | 'mutation' | 'subscription';
  readonly text: string;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** True for a fetch of entities on behalf of a query: it may share the answer of an equal one by the same identity. */
  readonly shareable: boolean;
  readonly context: GatewayContext;
}

/** How a subgraph is reached. A rejection or a throw means that it didn't answer; its GraphQL errors are a result. */
export interface SubgraphTransport {
  /**
   * True when every object and list of an answer is made for that answer alone, so that the executor may keep them as
   * its own. Leaves (JSON scalars) may be shared all the same. False, the default, makes it copy.
   */
  readonly freshAnswers?: boolean;
  /** True when a fetch ends by itself at the end of its time and of the request: then nobody else has to watch it. */
  readonly keepsTime?: boolean | undefined;
  execute(request: SubgraphRequest): ExecutionResult | Promise<ExecutionResult>;
  subscribe(request: SubgraphRequest): Promise<SubscribeResult>;
  dispose(): Promise<void>;
}

export type TransportFactory = (subgraph: SubgraphDescription) => SubgraphTransport;

/** For the log: whole, never for a caller. */
export interface SubgraphFailure {
  readonly errorId: string;
  readonly subgraph: string;
  readonly requestId: string;
  readonly message: string;
  readonly error: unknown;
}

/** For metrics and traces: called once for each fetch, when it has ended. */
export interface FetchObservation {
  readonly subgraph: string;
  readonly operationType: SubgraphRequest['operationType'];
  readonly milliseconds: number;
  /** False when the subgraph didn't answer. GraphQL errors in its answer are not a failure of the fetch. */
  readonly ok: boolean;
}
