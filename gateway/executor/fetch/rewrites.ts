/** Compiles the renames that the planner asks for, on a fetch's way out and on its way back. */
import type { ResponsePath } from './data-path.js';
import { unwrapRewrite, type KeyRenamer, type Rewrite, type RewriteSegment } from '../plan/plan-nodes.js';
import { withRenamedKey, type JsonObject, type SelectionTree } from '../plan/selection-tree.js';
import type { SatisfiesType } from '../plan/type-conditions.js';

/** Changes `value` in place: only ever a representation, or the copy of an answer. */
export type ApplyRewrite = (value: unknown) => void;

export function compileRewrites(
  rewrites: readonly Rewrite[] | null | undefined,
  satisfies: SatisfiesType,
): readonly ApplyRewrite[] {
  return (rewrites ?? []).map((wrapped) => {
    const rewrite = unwrapRewrite(wrapped);
    return (value) =>
      applyAt(value, rewrite.path, 0, satisfies, (object, key) => {
        if (!('renameKeyTo' in rewrite)) object[key] = rewrite.setValueTo;
        else if (key in object) {
          object[rewrite.renameKeyTo] = object[key];
          Reflect.deleteProperty(object, key);
        }
      });
  });
}

function applyAt(
  value: unknown,
  path: readonly RewriteSegment[],
  at: number,
  satisfies: SatisfiesType,
  apply: (object: JsonObject, key: string) => void,
): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const item of value) applyAt(item, path, at, satisfies, apply);
    return;
  }
  const object = value as JsonObject;
  const segment = path[at];
  if (segment === undefined) return;
  if ('Key' in segment) {
    if (at === path.length - 1) apply(object, segment.Key);
    else applyAt(object[segment.Key], path, at + 1, satisfies, apply);
    return;
  }
  const typename = object['__typename'];
  const types = typeof segment.TypenameEquals === 'string' ? [segment.TypenameEquals] : segment.TypenameEquals;
  if (typeof typename !== 'string' || types.some((type) => satisfies(typename, type))) {
    applyAt(object, path, at + 1, satisfies, apply);
  }
}

function renamersOf(rewrites: readonly Rewrite[] | null | undefined): KeyRenamer[] {
  return (rewrites ?? []).map(unwrapRewrite).filter((rewrite) => 'renameKeyTo' in rewrite);
}

function keysOf(path: readonly RewriteSegment[]): string[] {
  return path.flatMap((segment) => ('Key' in segment ? [segment.Key] : []));
}

/** What a fetch's answer looks like once its output rewrites were applied. */
export function treeAfterRewrites(tree: SelectionTree, rewrites: readonly Rewrite[] | null | undefined): SelectionTree {
  return renamersOf(rewrites).reduce(
    (renamed, { path, renameKeyTo }) => withRenamedKey(renamed, keysOf(path), renameKeyTo),
    tree,
  );
}

/** Maps a path of a subgraph's error to the names that the client knows. */
export function compilePathRewrite(
  rewrites: readonly Rewrite[] | null | undefined,
): (path: ResponsePath) => ResponsePath {
  const renames = renamersOf(rewrites).map(({ path, renameKeyTo }) => ({ keys: keysOf(path), renameKeyTo }));
  if (renames.length === 0) return (path) => path;
  return (path) => {
    const rewritten = [...path];
    for (const { keys, renameKeyTo } of renames) {
      let matched = 0;
      for (let i = 0; i < rewritten.length && matched < keys.length; i++) {
        if (typeof rewritten[i] === 'number') continue;
        if (rewritten[i] !== keys[matched]) break;
        matched += 1;
        if (matched === keys.length) rewritten[i] = renameKeyTo;
      }
    }
    return rewritten;
  };
}
