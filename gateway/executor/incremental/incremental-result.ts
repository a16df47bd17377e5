/** The shape of an answer that comes in parts: a first one, and what its deferred fragments hold as they are ready. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { ResponsePath } from '../fetch/data-path.js';

/**
 * What a part holds of fields that an earlier part has already: `all` of its fragment, as clients expect it that take each
 * fragment by itself, or `new` ones alone, for those that merge.
 */
export type DeferredFields = 'all' | 'new';

/** One deferred fragment at one object of the answer. */
export interface PendingPart {
  readonly id: string;
  /** Of the object. */
  readonly path: ResponsePath;
  readonly label: string | undefined;
}

/** Fields of a pending part. With `new` fields a part may come in several pieces, each for one object at or below its own. */
export interface PartData {
  readonly id: string;
  /** From the part's own path. */
  readonly subPath: ResponsePath;
  readonly data: Record<string, unknown>;
  readonly errors: readonly GraphQLError[];
}

export interface CompletedPart {
  readonly id: string;
  /** Given, the part has no data: a null reached the fragment itself. */
  readonly errors: readonly GraphQLError[] | undefined;
}

export interface PartsUpdate {
  /** Fragments inside those that were delivered. */
  readonly pending: readonly PendingPart[];
  readonly incremental: readonly PartData[];
  readonly completed: readonly CompletedPart[];
  readonly hasNext: boolean;
}

export interface IncrementalResult {
  readonly initial: ExecutionResult;
  readonly pending: readonly PendingPart[];
  /** Nothing deferred is fetched before the first is asked for. Ends after `hasNext: false`; `return` gives up what is left. */
  readonly updates: AsyncIterableIterator<PartsUpdate>;
}

export function isIncremental(result: ExecutionResult | IncrementalResult): result is IncrementalResult {
  return 'updates' in result;
}
