/**
 * Literals and types nested so deep that whoever walks them recursively (validation, printing, coercion) would run out of stack, and
 * literals so large that each of the many who walk them holds everybody up: large values are variables, which are read once.
 */
import { visit, type DocumentNode } from 'graphql';
import { limitExceeded } from './limits.js';
import { maxNesting } from './nesting.js';

/** Items of lists and fields of objects, in the document as a whole. */
const maxLiterals = 1_000;

/** Throws LIMIT_EXCEEDED. */
export function checkLiterals(document: DocumentNode): void {
  let depth = 0;
  let literals = 0;
  const enter = (inside: number): void => {
    depth += 1;
    if (depth > maxNesting) throw limitExceeded('nesting', null, maxNesting);
    literals += inside;
    if (literals > maxLiterals) throw limitExceeded('literals', null, maxLiterals);
  };
  const leave = (): void => {
    depth -= 1;
  };
  visit(document, {
    ListValue: { enter: ({ values }) => enter(values.length), leave },
    ObjectValue: { enter: ({ fields }) => enter(fields.length), leave },
    ListType: { enter: () => enter(0), leave },
  });
}
