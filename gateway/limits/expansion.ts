/**
 * What a document comes to when every fragment is written out wherever it is spread, counted without writing any out.
 * Fragments that spread others twice double with each step: thirty of them, a kilobyte of text, are a billion selections
 * to whoever walks them one by one, even where each names no field at all.
 */
import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { limitExceeded, type OperationLimits } from './limits.js';
import type { Fragments } from './selections.js';

/** Selections written out, for each field allowed: spreading one fragment at several places of a product's document is well below. */
const selectionsPerField = 5;

/**
 * Answers what there is to walk, each by itself: the operations, and the fragments that none of them reaches. Throws
 * LIMIT_EXCEEDED when these together come to more than is allowed: many operations that share a fragment cost as much as
 * one that spreads it many times.
 */
export function checkExpansion(
  document: DocumentNode,
  fragments: Fragments,
  limits: OperationLimits,
): (OperationDefinitionNode | FragmentDefinitionNode)[] {
  const maximum = limits.maxFields * selectionsPerField;
  const known = new Map<FragmentDefinitionNode, number>();
  const walked: (OperationDefinitionNode | FragmentDefinitionNode)[] = [];
  let total = 0;
  const add = (definition: OperationDefinitionNode | FragmentDefinitionNode) => {
    walked.push(definition);
    total += sizeOf(definition.selectionSet);
    if (total > maximum) throw limitExceeded('expansion', null, maximum);
  };

  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) add(definition);
  }
  for (const fragment of fragments.values()) if (!known.has(fragment)) add(fragment);
  return walked;

  function sizeOf(selectionSet: SelectionSetNode): number {
    let size = 0;
    for (const selection of selectionSet.selections) {
      size += 1;
      if (selection.kind === Kind.FRAGMENT_SPREAD) size += sizeOfFragment(fragments.get(selection.name.value));
      else if (selection.selectionSet !== undefined) size += sizeOf(selection.selectionSet);
      if (size > maximum) break;
    }
    return size;
  }

  /** Counted once. One that spreads itself counts nothing there, and is for validation to refuse. */
  function sizeOfFragment(fragment: FragmentDefinitionNode | undefined): number {
    if (fragment === undefined) return 0;
    let size = known.get(fragment);
    if (size === undefined) {
      known.set(fragment, 0);
      known.set(fragment, (size = sizeOf(fragment.selectionSet)));
    }
    return size;
  }
}
