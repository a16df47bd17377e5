/** Knows by which keys each subgraph resolves an entity, so that no half of a key is ever sent. */
import { Kind, parse, type GraphQLSchema, type SelectionSetNode } from 'graphql';
import { directivesOf, enumArgument, stringArgument } from '../../supergraph/join-directives.js';
import type { JsonObject } from './selection-tree.js';

/** True when `representation` names an entity that the subgraph can resolve, or when the supergraph gives no key for its type. */
export type HasCompleteKey = (representation: JsonObject) => boolean;

/** Keys for each subgraph's name in the `join__Graph` enum. */
export function createEntityKeys(schema: GraphQLSchema): (graph: string) => HasCompleteKey {
  const keys = new Map<string, Map<unknown, SelectionSetNode[]>>();
  for (const type of Object.values(schema.getTypeMap())) {
    for (const directive of directivesOf(type, 'join__type')) {
      const key = stringArgument(directive, 'key');
      const graph = enumArgument(directive, 'graph');
      const resolvable = directive.arguments?.find((argument) => argument.name.value === 'resolvable')?.value;
      if (key === undefined || graph === undefined || (resolvable?.kind === Kind.BOOLEAN && !resolvable.value))
        continue;
      const ofGraph = keys.get(graph) ?? new Map<unknown, SelectionSetNode[]>();
      keys.set(graph, ofGraph);
      ofGraph.set(type.name, [...(ofGraph.get(type.name) ?? []), toSelectionSet(key)]);
    }
  }
  return (graph) => (representation) => {
    const ofType = keys.get(graph)?.get(representation['__typename']);
    return ofType === undefined || ofType.some((key) => isComplete(key, representation));
  };
}

function toSelectionSet(fieldSet: string): SelectionSetNode {
  const [definition] = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`the key ${fieldSet} is not a selection set`);
  return definition.selectionSet;
}

function isComplete(selectionSet: SelectionSetNode, value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => isComplete(selectionSet, item));
  if (value === null || typeof value !== 'object') return false;
  return selectionSet.selections.every((selection) => {
    // A key on an abstract type may ask different fields of different types: what applies was chosen by the plan.
    if (selection.kind !== Kind.FIELD) return true;
    const field = (value as JsonObject)[selection.name.value];
    if (field === null || field === undefined) return false;
    return selection.selectionSet === undefined || isComplete(selection.selectionSet, field);
  });
}
