/** Leaves as JSON has them, whichever transport brought them. */
import { ExactNumber } from './exact-json.js';

/**
 * A value that shares nothing mutable with `value`. An in-process subgraph hands out its own stored objects for JSON
 * scalars, and `Date`s for some others: over HTTP the same leaf is a fresh copy and a string.
 */
export function toJsonValue(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? value.toString() : value;
  if (Array.isArray(value)) return value.map(toJsonValue);
  if (value instanceof ExactNumber) return value;
  if (hasToJson(value)) return value.toJSON();
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item: unknown = (value as Record<string, unknown>)[key];
    if (item === undefined) continue;
    if (key === '__proto__') Object.defineProperty(copy, key, { value: toJsonValue(item), enumerable: true });
    else copy[key] = toJsonValue(item);
  }
  return copy;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
