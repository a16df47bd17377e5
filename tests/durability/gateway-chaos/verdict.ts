/** Is an answer right: whole, or null exactly where it says that a subgraph was unavailable? */
import type { FormattedExecutionResult } from 'graphql';
import { isDeepStrictEqual } from 'node:util';
import { culprits } from './graph.js';

export type Verdict =
  { readonly kind: 'whole' } | { readonly kind: 'partial' } | { readonly kind: 'wrong'; readonly why: string };

export function judge(result: FormattedExecutionResult, expected: unknown): Verdict {
  const errors = result.errors ?? [];
  if (errors.length === 0 && isDeepStrictEqual(result.data, expected)) return { kind: 'whole' };
  const failed = new Set<unknown>();
  for (const { message, path = [], extensions } of errors) {
    const subgraph = extensions?.['subgraph'];
    failed.add(subgraph);
    const at = `${path.join('.')}: ${message} ${JSON.stringify(extensions)}`;
    if (extensions?.['code'] !== 'SUBGRAPH_UNAVAILABLE')
      return { kind: 'wrong', why: `an error of another kind at ${at}` };
    const field = path.filter((key) => typeof key === 'string').at(-1) ?? '';
    if (!culprits[field]?.includes(subgraph as never))
      return { kind: 'wrong', why: `not the failing subgraph's field at ${at}` };
    if (valueAt(result.data, path) !== null) return { kind: 'wrong', why: `an error where there is data at ${at}` };
  }
  const why = difference(
    result.data,
    expected,
    '',
    (field) => culprits[field]?.some((name) => failed.has(name)) ?? false,
  );
  if (why === null) return { kind: 'partial' };
  return { kind: 'wrong', why: `${why} in ${JSON.stringify(result)}` };
}

function valueAt(data: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce((value, key) => (value as Record<string | number, unknown> | null | undefined)?.[key], data);
}

/** The first place where `actual` is neither as expected nor null for a reason. */
function difference(
  actual: unknown,
  expected: unknown,
  path: string,
  mayBeNull: (field: string) => boolean,
): string | null {
  if (isDeepStrictEqual(actual, expected)) return null;
  const field = path.split('.').findLast((key) => /^[a-z]/i.test(key)) ?? '';
  if (actual === null && mayBeNull(field)) return null;
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null) {
    return `${path} is ${JSON.stringify(actual)} and not ${JSON.stringify(expected)}`;
  }
  const keys = Object.keys(expected);
  if (!isDeepStrictEqual(Object.keys(actual), keys))
    return `${path} has ${Object.keys(actual).join()} and not ${keys.join()}`;
  for (const key of keys) {
    const why = difference(
      (actual as Record<string, unknown>)[key],
      (expected as Record<string, unknown>)[key],
      path === '' ? key : `${path}.${key}`,
      mayBeNull,
    );
    if (why !== null) return why;
  }
  return null;
}
