/** The fields of a selection set as an executor collects them: fragments spread out, equal response keys together. */
import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type InlineFragmentNode,
  type SelectionSetNode,
} from 'graphql';

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

export function fragmentsOf(document: DocumentNode): Fragments {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
}

/** All selections of one response key under one type condition (the innermost; empty where there is none). */
export interface FieldGroup {
  readonly typeCondition: string;
  readonly key: string;
  readonly nodes: FieldNode[];
}

export function responseKey(field: FieldNode): string {
  return field.alias?.value ?? field.name.value;
}

/** Takes a fragment out of those that are collected; `typeCondition` is the innermost around it, empty where there is none. */
export type PutOff = (fragment: FragmentSpreadNode | InlineFragmentNode, typeCondition: string) => boolean;

/**
 * Spreads each fragment once for each place, so cycles and fragments that spread others many times cost no more than
 * the document is long. `onField` is called for every field met and may throw to stop.
 */
export function groupFields(
  selectionSets: readonly SelectionSetNode[],
  fragments: Fragments,
  onField?: (field: FieldNode) => void,
  putOff?: PutOff,
): FieldGroup[] {
  const groups = new Map<string, FieldGroup>();
  const spread = new Set<string>();

  function visit(selectionSet: SelectionSetNode, typeCondition: string): void {
    for (const selection of selectionSet.selections) {
      switch (selection.kind) {
        case Kind.FIELD: {
          onField?.(selection);
          const key = responseKey(selection);
          const id = `${typeCondition}.${key}`;
          const group = groups.get(id);
          if (group === undefined) groups.set(id, { typeCondition, key, nodes: [selection] });
          else group.nodes.push(selection);
          break;
        }
        case Kind.INLINE_FRAGMENT:
          if (putOff?.(selection, typeCondition) === true) break;
          visit(selection.selectionSet, selection.typeCondition?.name.value ?? typeCondition);
          break;
        case Kind.FRAGMENT_SPREAD: {
          if (putOff?.(selection, typeCondition) === true) break;
          const fragment = fragments.get(selection.name.value);
          if (fragment === undefined || spread.has(selection.name.value)) break;
          spread.add(selection.name.value);
          visit(fragment.selectionSet, fragment.typeCondition.name.value);
          break;
        }
      }
    }
  }
  for (const selectionSet of selectionSets) visit(selectionSet, '');
  return [...groups.values()];
}

export function selectionSetsOf(group: FieldGroup): SelectionSetNode[] {
  return group.nodes.flatMap((node) => node.selectionSet ?? []);
}
