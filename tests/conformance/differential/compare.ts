/** What two executions of one operation must agree on. */
import type { ExecutionResult } from 'graphql';

export interface Comparable {
  readonly data: unknown;
  /** The nulls that errors explain, as JSON paths in order. */
  readonly nulls: readonly string[];
}

/**
 * An error is compared by the null that it caused: where nulls propagate, an execution may stop at the first of several
 * errors below, and may name any of them. An error that left no null — of a field that only a plan asked for — is
 * nothing that a single schema could have.
 */
export function toComparable({ data, errors }: ExecutionResult): Comparable {
  const nulls = new Set<string>();
  for (const { path } of errors ?? []) {
    const at = nullOn(data, path ?? []);
    if (at !== null) nulls.add(JSON.stringify(at));
  }
  return { data: data ?? null, nulls: [...nulls].sort() };
}

/** The first null on the way along `path`; null when there is none. */
function nullOn(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] | null {
  let value = data ?? null;
  for (let i = 0; i <= path.length; i++) {
    if (value === null) return path.slice(0, i);
    if (i < path.length) value = (value as Record<string | number, unknown>)[path[i] as string] ?? null;
  }
  return null;
}
