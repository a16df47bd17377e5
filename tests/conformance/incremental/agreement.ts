/** Whether the parts of an answer say together what the whole answer says. */
import type { ExecutionResult } from 'graphql';
import type { Parts } from './parts.js';

type Path = readonly (string | number)[];

/**
 * Answers the first difference, or null. A null that reaches a deferred fragment takes away the fragment and no more, while
 * it takes away the object around it in a whole answer: there, and only there, may the parts say something else.
 */
export function differenceOf(parts: Parts, whole: ExecutionResult): string | null {
  const failed = failedPlaces(parts);
  const bubbled = (whole.errors ?? []).map(({ path }) => path ?? []);

  function compare(merged: unknown, expected: unknown, path: Path): string | null {
    const place = JSON.stringify(path);
    if (expected === null || typeof expected !== 'object') {
      if (merged === expected) return null;
      if (merged === undefined && failed.some((at) => isWithin(path, at))) return null;
      const isNear = failed.some((at) => isWithin(at, path) || isWithin(path, at));
      const mayBubble = isNear && bubbled.some((at) => isWithin(at, path));
      if (expected === null && mayBubble) return null;
      return `${place}: ${JSON.stringify(merged)}, where the whole answer has ${JSON.stringify(expected)}`;
    }
    if (merged === undefined && failed.some((at) => isWithin(path, at))) return null;
    if (merged === null || typeof merged !== 'object') {
      return `${place}: ${JSON.stringify(merged)}, where the whole answer has an object`;
    }
    const keys = new Set([...Object.keys(expected), ...Object.keys(merged)]);
    for (const key of keys) {
      const at = Array.isArray(expected) ? Number(key) : key;
      const given = (merged as Record<string, unknown>)[key];
      const wanted = (expected as Record<string, unknown>)[key];
      if (wanted === undefined) return `${place}: ${key} is in no whole answer`;
      const difference = compare(given, wanted, [...path, at]);
      if (difference !== null) return difference;
    }
    return null;
  }
  return compare(parts.merged.data, whole.data ?? null, []);
}

export function failedPlaces({ pending, updates }: Parts): readonly Path[] {
  const places = new Map(pending.map(({ id, path }) => [id, path]));
  const failed: Path[] = [];
  for (const update of updates) {
    for (const { id, path } of update.pending) places.set(id, path);
    for (const { id, errors } of update.completed) if (errors !== undefined) failed.push(places.get(id) ?? []);
  }
  return failed;
}

function isWithin(path: Path, place: Path): boolean {
  return place.every((key, i) => path[i] === key);
}
