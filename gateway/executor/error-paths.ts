/** Keeps the paths of errors to what the client selected. */
import { GraphQLError } from 'graphql';
import { childOf, type SelectionTree } from './selection-tree.js';

/**
 * A subgraph may fail on a field that only the plan asked for: a key, a `@requires` dependency, perhaps one that callers
 * may not know of. Its error is said where the client's selection ends.
 */
export function trimErrorPaths(errors: readonly GraphQLError[], selected: SelectionTree): readonly GraphQLError[] {
  return errors.map((error) => {
    const { path } = error;
    if (path === undefined) return error;
    const known = knownLength(path, selected);
    if (known === path.length) return error;
    return new GraphQLError(error.message, { path: path.slice(0, known), extensions: error.extensions });
  });
}

function knownLength(path: readonly (string | number)[], selected: SelectionTree): number {
  let tree: SelectionTree | null = selected;
  for (let i = 0; i < path.length; i++) {
    const key = path[i];
    if (typeof key === 'number') continue;
    const child: SelectionTree | null | undefined = tree === null ? undefined : childOf(tree, key as string);
    if (child === undefined) return i;
    tree = child;
  }
  return path.length;
}
