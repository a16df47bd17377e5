/** Gives a plan over named keys (`supergraph/nested-keys.ts`) the keys themselves. */
import { Kind, parse, print, visit, type SelectionSetNode } from 'graphql';
import type { FetchOperation, PlanNode, RequiredSelection } from './plan-nodes.js';

type Keys = ReadonlyMap<string, SelectionSetNode>;

export function withKeysOfNames(node: PlanNode, keys: Keys): PlanNode {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((child) => withKeysOfNames(child, keys)) };
    case 'Fetch':
      return {
        ...operationWithKeys(node, keys),
        ...(node.requires && { requires: requiredKeys(node.requires, keys) }),
      };
    case 'Flatten':
      return { ...node, node: withKeysOfNames(node.node, keys) as typeof node.node };
    case 'BatchFetch': {
      const aliases = node.entityBatch.aliases.map((alias) => ({
        ...alias,
        requires: requiredKeys(alias.requires, keys),
      }));
      return { ...operationWithKeys(node, keys), entityBatch: { aliases } };
    }
    case 'Subscription':
      return { ...node, primary: operationWithKeys(node.primary, keys) };
    default:
      throw new Error(`a plan node of kind ${node.kind} has no place here`);
  }
}

function operationWithKeys<Fetch extends FetchOperation>(fetch: Fetch, keys: Keys): Fetch {
  const document = visit(parse(fetch.operation, { noLocation: true }), {
    SelectionSet(node) {
      const selections = node.selections.flatMap((selection) => {
        const key = selection.kind === Kind.FIELD ? keys.get(selection.name.value) : undefined;
        return key === undefined ? [selection] : key.selections;
      });
      return { ...node, selections };
    },
  });
  return { ...fetch, operation: print(document) };
}

function requiredKeys(selections: readonly RequiredSelection[], keys: Keys): RequiredSelection[] {
  return selections.flatMap((selection): RequiredSelection[] => {
    if (selection.kind === 'FragmentSpread') return [selection];
    const key = selection.kind === 'Field' ? keys.get(selection.name) : undefined;
    if (key !== undefined) return toRequired(key);
    if (!selection.selections) return [selection];
    return [{ ...selection, selections: requiredKeys(selection.selections, keys) }];
  });
}

function toRequired({ selections }: SelectionSetNode): RequiredSelection[] {
  return selections.map((selection): RequiredSelection => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('a key has no fragments to spread');
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const typeCondition = selection.typeCondition?.name.value ?? null;
      return { kind: 'InlineFragment', typeCondition, selections: toRequired(selection.selectionSet) };
    }
    const below = selection.selectionSet && toRequired(selection.selectionSet);
    return { kind: 'Field', name: selection.name.value, ...(below && { selections: below }) };
  });
}
