/** Writes the fragments of a fetch out where they are spread: the planner moves what repeats into fragments. */
import {
  Kind,
  type DocumentNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf, operationOf } from './selection-tree.js';

/** A copy of the operation that shares no selection with the document or between two places. */
export function writtenOut(document: DocumentNode): OperationDefinitionNode {
  const fragments = fragmentsOf(document);
  const copy = ({ selections }: SelectionSetNode): SelectionSetNode => ({
    kind: Kind.SELECTION_SET,
    selections: selections.map((selection): SelectionNode => {
      if (selection.kind !== Kind.FRAGMENT_SPREAD) {
        return selection.selectionSet ? { ...selection, selectionSet: copy(selection.selectionSet) } : { ...selection };
      }
      const fragment = fragments.get(selection.name.value);
      if (fragment === undefined) throw new Error(`the plan's fetch has no fragment ${selection.name.value}`);
      const { typeCondition, selectionSet } = fragment;
      return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: copy(selectionSet) };
    }),
  });
  const operation = operationOf(document);
  return { ...operation, selectionSet: copy(operation.selectionSet) };
}
