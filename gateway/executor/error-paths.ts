/** Keeps the paths of errors to what the client selected. */
import { GraphQLError } from 'graphql';
import { childOf, type SelectionTree } from './selection-tree.js';

/**
 * A subgraph may fail on a field that only the plan asked for: a key, a `@requires` dependency, perhaps one that callers
 * may not know of. Its error is said where the response ends.
 */
export function trimErrorPaths(
  errors: readonly GraphQLError[],
  data: unknown,
  selected: SelectionTree,
): readonly GraphQLError[] {
  return errors.map((error) => {
    const { path } = error;
    if (path === undefined) return error;
    const known = knownLength(path, data, selected);
    if (known === path.length) return error;
    return new GraphQLError(error.message, { path: path.slice(0, known), extensions: error.extensions });
  });
}

/** Below a null the response says nothing of what was selected: there the operation does. */
function knownLength(path: readonly (string | number)[], data: unknown, selected: SelectionTree): number {
  let value = data;
  let tree: SelectionTree | null = selected;
  for (let i = 0; i < path.length; i++) {
    const key = path[i] as string | number;
    if (typeof key === 'string') {
      const child: SelectionTree | null | undefined = tree === null ? undefined : childOf(tree, key);
      if (child === undefined) return i;
      tree = child;
    }
    if (value === null || typeof value !== 'object') continue;
    if (!Object.hasOwn(value, key)) return i;
    value = (value as Record<string | number, unknown>)[key];
  }
  return path.length;
}
