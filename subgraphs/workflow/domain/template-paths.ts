/** Paths of what a step reads, `steps.extract.output.amount`, and JSON pointers to what is wrong with a template. */

const segment = /^[A-Za-z0-9_-]{1,100}$/;
/** Names that lead to an object's machinery instead of its data. */
const machinery = new Set(['__proto__', 'constructor', 'prototype']);
const longestPath = 20;

export type DataPath =
  | { readonly root: 'input' | 'item' }
  | { readonly root: 'steps'; readonly step: string; readonly part: 'status' | 'output' };

/** Null when it is no path: `input…`, `item…`, `steps.<key>.status` or `steps.<key>.output…`. */
export function parsePath(path: string): DataPath | null {
  const [root, step, part, ...rest] = path.split('.');
  const names = path.split('.');
  if (names.length > longestPath || names.some((name) => !segment.test(name) || machinery.has(name))) return null;
  if (root === 'input' || root === 'item') return { root };
  if (root !== 'steps' || step === undefined) return null;
  if (part === 'output') return { root, step, part };
  return part === 'status' && rest.length === 0 ? { root, step, part } : null;
}

/** Whether `path` may stand inside of `some`, `all` and `none`, where it is read from the element: empty is the element itself. */
export function isElementPath(path: string): boolean {
  return path === '' || path.split('.').every((name) => segment.test(name) && !machinery.has(name));
}

/** `['steps', 3, 'a/b']` → `/steps/3/a~1b` (RFC 6901). */
export function toPointer(names: readonly PropertyKey[]): string {
  return names.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
