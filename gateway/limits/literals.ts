/** Literals and types nested so deep that whoever walks them recursively (validation, printing, coercion) would run out of stack. */
import { visit, type DocumentNode } from 'graphql';
import { limitExceeded } from './limits.js';
import { maxNesting } from './nesting.js';

/** Throws LIMIT_EXCEEDED. */
export function checkLiterals(document: DocumentNode): void {
  let depth = 0;
  const level = {
    enter() {
      depth += 1;
      if (depth > maxNesting) throw limitExceeded('nesting', null, maxNesting);
    },
    leave() {
      depth -= 1;
    },
  };
  visit(document, { ListValue: level, ObjectValue: level, ListType: level });
}
