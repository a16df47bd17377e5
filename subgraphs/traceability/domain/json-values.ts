import type { ProblemCode } from './problems.js';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** PostgreSQL's JSON parser recurses; so does everything that prints JSON. No payload needs more. */
export const maxJsonDepth = 64;

/** Null when the value can be stored as jsonb and printed; else why not. Walks without recursion: depth is hostile. */
export function checkStorable(value: JsonValue): { code: ProblemCode; reason: string } | null {
  const pending: { value: JsonValue; depth: number }[] = [{ value, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value: current, depth } = next;
    if (typeof current === 'string' && !isStorableText(current)) return invalidText;
    if (typeof current !== 'object' || current === null) continue;
    if (depth >= maxJsonDepth) return { code: 'TOO_DEEP', reason: `nests deeper than ${maxJsonDepth} levels` };
    for (const [key, child] of Object.entries(current)) {
      if (!isStorableText(key)) return invalidText;
      pending.push({ value: child, depth: depth + 1 });
    }
  }
  return null;
}

const invalidText = {
  code: 'INVALID_TEXT',
  reason: 'has a character that no text may have (NUL or half a surrogate pair)',
} as const;

/** A PostgreSQL text can hold neither NUL nor half a surrogate pair. */
export function isStorableText(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}

/** For text that must be shown although it cannot be stored, such as the name of a refused file. */
export function toStorableText(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\ufffd');
}
