/** Which keys of an answer are objects to merge, and which are leaves that must never be looked into. */
import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

export type JsonObject = Record<string, unknown>;

/**
 * The response keys of a selection set over all its type conditions, in order; `children[i]` is null for a leaf.
 * Merging by it, and not by looking at the values, keeps a JSON scalar whole: it may be the subgraph's own stored object.
 */
export interface SelectionTree {
  readonly keys: readonly string[];
  readonly children: readonly (SelectionTree | null)[];
}

interface MutableTree {
  readonly keys: string[];
  readonly children: (MutableTree | null)[];
  /** Fragments whose selections are in already: once for each place. */
  readonly spread: Set<string>;
}

export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
}

export function operationOf(document: DocumentNode): OperationDefinitionNode {
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('the document has no operation');
  return operation;
}

export function toSelectionTree(
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): SelectionTree {
  const tree = emptyTree();
  addSelections(tree, selectionSet, fragments);
  return tree;
}

function emptyTree(): MutableTree {
  return { keys: [], children: [], spread: new Set() };
}

function addSelections(
  tree: MutableTree,
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): void {
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      const child = addKey(tree, selection.alias?.value ?? selection.name.value, selection.selectionSet !== undefined);
      if (child !== null && selection.selectionSet) addSelections(child, selection.selectionSet, fragments);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      addSelections(tree, selection.selectionSet, fragments);
    } else {
      const fragment = fragments.get(selection.name.value);
      if (fragment === undefined || tree.spread.has(selection.name.value)) continue;
      tree.spread.add(selection.name.value);
      addSelections(tree, fragment.selectionSet, fragments);
    }
  }
}

function addKey(tree: MutableTree, key: string, composite: boolean): MutableTree | null {
  const at = tree.keys.indexOf(key);
  if (at >= 0) return tree.children[at] ?? null;
  const child: MutableTree | null = composite ? emptyTree() : null;
  tree.keys.push(key);
  tree.children.push(child);
  return child;
}

export function childOf(tree: SelectionTree, key: string): SelectionTree | null | undefined {
  const at = tree.keys.indexOf(key);
  return at < 0 ? undefined : tree.children[at];
}

/** `tree` with what stands under `from` also under `to`, for answers whose key is renamed after they arrive. */
export function withRenamedKey(tree: SelectionTree, keyPath: readonly string[], to: string): SelectionTree {
  const [key, ...rest] = keyPath;
  const at = key === undefined ? -1 : tree.keys.indexOf(key);
  if (at < 0) return tree;
  const child = tree.children[at] ?? null;
  if (rest.length > 0) {
    if (child === null) return tree;
    return { keys: tree.keys, children: tree.children.with(at, withRenamedKey(child, rest, to)) };
  }
  const existing = tree.keys.indexOf(to);
  if (existing < 0) return { keys: [...tree.keys, to], children: [...tree.children, child] };
  return { keys: tree.keys, children: tree.children.with(existing, union(tree.children[existing] ?? null, child)) };
}

function union(one: SelectionTree | null, other: SelectionTree | null): SelectionTree | null {
  if (one === null) return other;
  if (other === null) return one;
  const keys = [...one.keys];
  const children = [...one.children];
  other.keys.forEach((key, i) => {
    const at = keys.indexOf(key);
    const child = other.children[i] ?? null;
    if (at < 0) {
      keys.push(key);
      children.push(child);
    } else children[at] = union(children[at] ?? null, child);
  });
  return { keys, children };
}
