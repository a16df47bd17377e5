/** Variables nested so deep that whoever walks them recursively (coercion, JSON) would run out of stack. */
import { limitExceeded } from './limits.js';

export const maxNesting = 64;

/** Throws LIMIT_EXCEEDED. Walks with a stack of its own, so it can't be the one that overflows. */
export function checkNesting(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  let level: object[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxNesting) throw limitExceeded('nesting', null, maxNesting);
    const next: object[] = [];
    for (const container of level) {
      for (const inner of Object.values(container) as unknown[]) {
        if (typeof inner === 'object' && inner !== null) next.push(inner);
      }
    }
    level = next;
  }
}
