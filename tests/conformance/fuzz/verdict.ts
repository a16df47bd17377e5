/** What a gateway's answer must have in common with the reference's. */
import type { ExecutionResult } from 'graphql';
import { toComparable } from '../differential/compare.js';

/** One execution, or each event of a subscription. */
export type Answer = readonly ExecutionResult[];

export interface Difference {
  readonly kind: 'data' | 'order' | 'nulls' | 'error' | 'repeated' | 'mutations' | 'rejected';
  readonly expected: unknown;
  readonly received: unknown;
}

/**
 * The data is the same to the last character, order of fields included. Each null that an error explains is explained
 * on both ways. Below a null, an execution may stop at the first of several errors or name them all: what it names has
 * to be, with path and code, one of those that happen when nothing hides another (`lenient`). No place fails twice.
 */
export async function firstDifference(
  received: Answer,
  expected: Answer,
  lenient: () => Promise<Answer | null>,
): Promise<Difference | null> {
  if (received.length !== expected.length) return { kind: 'data', expected, received };
  for (const [i, result] of received.entries()) {
    const difference = differenceOf(result, expected[i] as ExecutionResult);
    if (difference !== null) return difference;
  }
  if (received.every(({ errors }) => errors === undefined)) return null;
  const all = await lenient();
  if (all === null) return null;
  for (const [i, result] of received.entries()) {
    const difference = unknownError(result, expected[i] as ExecutionResult, all[i] as ExecutionResult);
    if (difference !== null) return difference;
  }
  return null;
}

function differenceOf(received: ExecutionResult, expected: ExecutionResult): Difference | null {
  const [was, is] = [toComparable(expected), toComparable(received)];
  const [wasText, isText] = [JSON.stringify(was.data), JSON.stringify(is.data)];
  if (wasText !== isText) {
    const kind = sorted(was.data) === sorted(is.data) ? 'order' : 'data';
    return { kind, expected, received };
  }
  if (was.nulls.join() !== is.nulls.join()) return { kind: 'nulls', expected, received };
  const places = (received.errors ?? []).map(placeOf);
  return new Set(places).size < places.length ? { kind: 'repeated', expected, received } : null;
}

function unknownError(
  received: ExecutionResult,
  expected: ExecutionResult,
  lenient: ExecutionResult,
): Difference | null {
  // A request that was refused as a whole has errors of no place.
  if (expected.data === undefined) return null;
  const known = new Set((lenient.errors ?? []).map((error) => `${placeOf(error)} ${codeOf(error)}`));
  const unknown = (received.errors ?? []).find((error) => !known.has(`${placeOf(error)} ${codeOf(error)}`));
  return unknown === undefined ? null : { kind: 'error', expected: [...known], received: unknown };
}

type Said = NonNullable<ExecutionResult['errors']>[number];

function placeOf({ path }: Said): string {
  return JSON.stringify(path ?? []);
}

function codeOf({ extensions }: Said): string {
  return String(extensions?.['code'] ?? 'INTERNAL_SERVER_ERROR');
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (item === null || typeof item !== 'object' || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}
