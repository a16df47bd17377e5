/** Merges answers of subgraphs into the data of one request, which alone is ever changed. */
import type { JsonObject, SelectionTree } from '../plan/selection-tree.js';

export type VagueNames = ReadonlySet<string> | null;

/**
 * Copies into `target` what `tree` selects of `source`. A null never hides a value that another subgraph gave.
 * With `adopt`, objects and lists of `source` become part of `target` instead of being copied: only right when
 * `source` was made for this request and nobody else holds it. The name of a type that is in `vague` hides no other: it is an
 * interface's, from a subgraph that knows no more of the object.
 */
export function mergeObject(
  tree: SelectionTree,
  target: JsonObject,
  source: JsonObject,
  adopt: boolean,
  vague: VagueNames = null,
): void {
  const { keys, children } = tree;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const incoming = source[key];
    if (incoming === undefined) continue;
    const child = children[i] as SelectionTree | null;
    if (child !== null) target[key] = mergeValue(child, target[key], incoming, adopt, vague);
    else if (vague !== null && key === '__typename' && target[key] !== undefined && vague.has(incoming as string))
      continue;
    else if (incoming !== null || target[key] === undefined) target[key] = incoming;
  }
}

function mergeValue(
  tree: SelectionTree,
  present: unknown,
  incoming: unknown,
  adopt: boolean,
  vague: VagueNames,
): unknown {
  if (incoming === null || typeof incoming !== 'object') return present ?? incoming;
  if (present === null || typeof present !== 'object') return adopt ? incoming : copyValue(tree, incoming);
  if (Array.isArray(incoming)) {
    // Two subgraphs that disagree on the length of a shared list can't be merged item by item: the later answer stands.
    if (!Array.isArray(present) || present.length !== incoming.length)
      return adopt ? incoming : copyValue(tree, incoming);
    for (let i = 0; i < present.length; i++) present[i] = mergeValue(tree, present[i], incoming[i], adopt, vague);
    return present;
  }
  if (Array.isArray(present)) return adopt ? incoming : copyValue(tree, incoming);
  mergeObject(tree, present as JsonObject, incoming as JsonObject, adopt, vague);
  return present;
}

/** A copy of `value` as deep as `tree` goes; leaves are shared. */
export function copyValue(tree: SelectionTree, value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const copy = new Array<unknown>(value.length);
    for (let i = 0; i < value.length; i++) copy[i] = copyValue(tree, value[i]);
    return copy;
  }
  const copy: JsonObject = {};
  mergeObject(tree, copy, value as JsonObject, false);
  return copy;
}
