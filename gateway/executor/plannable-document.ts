/** Reduces an operation to what subgraphs must be asked: the planner refuses the rest. */
import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { isCondition } from './field-groups.js';
import { isIntrospectionField } from './introspection.js';

const typenameField: SelectionNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * The operation and the fragments it reaches, without introspection, without the root's `__typename` and without what
 * a literal `@skip` or `@include` rules out. Null when nothing is left to ask.
 */
export function toPlannableDocument(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  rootTypeName: string,
): DocumentNode | null {
  const reached = new Map<string, FragmentDefinitionNode>();
  const empty = new Set<string>();

  const reachFragment = (name: string): boolean => {
    const fragment = fragments.get(name);
    if (fragment === undefined || empty.has(name)) return false;
    if (!reached.has(name)) {
      reached.set(name, fragment);
      const selections = reduce(fragment.selectionSet, fragment.typeCondition.name.value === rootTypeName);
      if (selections.length === 0) {
        reached.delete(name);
        empty.add(name);
        return false;
      }
      reached.set(name, { ...fragment, selectionSet: { kind: Kind.SELECTION_SET, selections } });
    }
    return true;
  };

  const reduce = (selectionSet: SelectionSetNode, atRoot: boolean): SelectionNode[] =>
    selectionSet.selections.flatMap((selection): SelectionNode[] => {
      if (isRuledOut(selection)) return [];
      if (selection.kind === Kind.FRAGMENT_SPREAD) return reachFragment(selection.name.value) ? [selection] : [];
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const selections = reduce(selection.selectionSet, atRoot);
        return selections.length === 0
          ? []
          : [{ ...selection, selectionSet: { kind: Kind.SELECTION_SET, selections } }];
      }
      const name = selection.name.value;
      if (isIntrospectionField(name) || (atRoot && name === '__typename')) return [];
      if (!selection.selectionSet) return [selection];
      const selections = reduce(selection.selectionSet, false);
      // An object is asked for even when nothing of it is: whether it is null is part of the answer.
      return [
        {
          ...selection,
          selectionSet: { kind: Kind.SELECTION_SET, selections: selections.length > 0 ? selections : [typenameField] },
        },
      ];
    });

  const selections = reduce(operation.selectionSet, true);
  if (selections.length === 0) return null;
  return {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } }, ...reached.values()],
  };
}

function isRuledOut(selection: SelectionNode): boolean {
  return (selection.directives ?? []).some((directive) => {
    const value = directive.arguments?.[0]?.value;
    return (
      isCondition(directive) && value?.kind === Kind.BOOLEAN && value.value !== (directive.name.value === 'include')
    );
  });
}
