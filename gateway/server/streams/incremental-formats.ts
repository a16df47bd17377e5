/** The forms in which clients take an answer in parts. */
import type { FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type {
  DeferredFields,
  IncrementalResult,
  PartsUpdate,
  PendingPart,
} from '../../executor/incremental/incremental-result.js';
import type { ErrorFormat } from '../operations/errors.js';

/**
 * `20220824`: each fragment whole, under its path and label. `v0.2`, as graphql-js 17 has it: parts are announced by id, and
 * hold what no earlier part does.
 */
export type IncrementalFormat = '20220824' | 'v0.2';

/** Names the format, as a parameter of a media type. */
export const formatParameter: Readonly<Record<IncrementalFormat, string>> = {
  '20220824': 'deferSpec=20220824',
  'v0.2': 'incrementalSpec=v0.2',
};

export const fieldsOfFormat: Readonly<Record<IncrementalFormat, DeferredFields>> = { '20220824': 'all', 'v0.2': 'new' };

/** One part as a client gets it, its errors written for callers. */
export class IncrementalPayload {
  readonly hasNext: boolean;

  constructor(content: Readonly<Record<string, unknown>>, hasNext: boolean) {
    Object.assign(this, content);
    this.hasNext = hasNext;
  }
}

export interface FormatOptions {
  readonly format: IncrementalFormat;
  readonly errors: ErrorFormat;
  readonly requestId: string;
}

/** The parts in order, each pulled from its source only when it is asked for. */
export function toPayloads(
  result: IncrementalResult,
  options: FormatOptions,
): AsyncIterableIterator<IncrementalPayload> {
  const { updates } = result;
  const format = options.format === 'v0.2' ? identifiedParts(result, options) : fragmentParts(result, options);
  let isFirst = true;
  return {
    async next() {
      if (isFirst) {
        isFirst = false;
        return { done: false, value: format.first };
      }
      const update = await updates.next();
      return update.done === true ? update : { done: false, value: format.next(update.value) };
    },
    async return() {
      isFirst = false;
      await updates.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

interface Formatting {
  readonly first: IncrementalPayload;
  readonly next: (update: PartsUpdate) => IncrementalPayload;
}

function identifiedParts({ initial, pending }: IncrementalResult, options: FormatOptions): Formatting {
  const { errors, requestId } = options;
  return {
    first: new IncrementalPayload(
      { ...errors.formatResult(initial, requestId), pending: pending.map(announced) },
      true,
    ),
    next: (update) =>
      new IncrementalPayload(
        {
          ...(update.pending.length > 0 && { pending: update.pending.map(announced) }),
          ...(update.incremental.length > 0 && {
            incremental: update.incremental.map((part) => ({
              id: part.id,
              ...(part.subPath.length > 0 && { subPath: part.subPath }),
              data: part.data,
              ...errorsOf(part.errors, options),
            })),
          }),
          ...(update.completed.length > 0 && {
            completed: update.completed.map((part) => ({ id: part.id, ...errorsOf(part.errors, options) })),
          }),
        },
        update.hasNext,
      ),
  };
}

function announced({ id, path, label }: PendingPart): object {
  return { id, path, ...(label !== undefined && { label }) };
}

function fragmentParts({ initial, pending }: IncrementalResult, options: FormatOptions): Formatting {
  const { errors, requestId } = options;
  const parts = new Map<string, PendingPart>();
  const announce = (announcements: readonly PendingPart[]) => {
    for (const part of announcements) parts.set(part.id, part);
  };
  const placeOf = (id: string, subPath: PendingPart['path']) => {
    const part = parts.get(id);
    if (part === undefined) throw new Error(`a part that was never announced: ${id}`);
    return { path: [...part.path, ...subPath], ...(part.label !== undefined && { label: part.label }) };
  };
  announce(pending);
  return {
    first: new IncrementalPayload({ ...errors.formatResult(initial, requestId) }, true),
    next(update) {
      const incremental: object[] = update.incremental.map((part) => ({
        data: part.data,
        ...placeOf(part.id, part.subPath),
        ...errorsOf(part.errors, options),
      }));
      for (const { id, errors: failures } of update.completed) {
        if (failures !== undefined) {
          incremental.push({ data: null, ...placeOf(id, []), ...errorsOf(failures, options) });
        }
        parts.delete(id);
      }
      announce(update.pending);
      return new IncrementalPayload(incremental.length > 0 ? { incremental } : {}, update.hasNext);
    },
  };
}

function errorsOf(
  problems: readonly GraphQLError[] | undefined,
  { errors, requestId }: FormatOptions,
): { errors?: GraphQLFormattedError[] } {
  if (problems === undefined || problems.length === 0) return {};
  return { errors: problems.map((problem) => errors.format(problem, requestId)) };
}

/** An answer that is whole, for a client that takes parts and nothing else. */
export function onlyPayload(result: FormattedExecutionResult): IncrementalPayload {
  return new IncrementalPayload({ ...result }, false);
}
