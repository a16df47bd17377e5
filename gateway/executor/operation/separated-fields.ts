/** Finds the objects that an operation asks for under several names and that can't be fetched as one. */
import {
  isAbstractType,
  isNonNullType,
  Kind,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { canonicalKey, digest } from './canonical-key.js';

/**
 * An object under two names, with different fields below, is two in the response: a null that one of them must not have
 * leaves the other whole. So each such name has a place of its own, but for the field's own name, or the first. Where
 * no field below is non-null, no null can spread, and one place does for all.
 */
export function separatedFields(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): ReadonlyMap<FieldNode, string> {
  const separated = new Map<FieldNode, string>();
  const definitions = [operation, ...fragments.values()];
  const byPlace = [...namesByPlace(definitions)].filter(([, names]) => names.size > 1);
  if (byPlace.length === 0) return separated;
  const spreadsNull = nullSpreading(schema, definitions, fragments);
  for (const [place, names] of byPlace) {
    const selectionSets = [...names.values()].flat().flatMap(({ selectionSet }) => selectionSet ?? []);
    if (new Set(selectionSets.map(print)).size === 1 || !selectionSets.some(spreadsNull)) continue;
    const first = names.has(place) ? place : [...names.keys()][0];
    for (const [name, fields] of names) {
      if (name === first) continue;
      for (const field of fields) separated.set(field, `${field.name.value}_${digest(`${name} ${place}`)}`);
    }
  }
  return separated;
}

type Definition = OperationDefinitionNode | FragmentDefinitionNode;

/** The names of each object that is asked for, wherever it stands. */
function namesByPlace(definitions: readonly Definition[]): Map<string, Map<string, FieldNode[]>> {
  const byPlace = new Map<string, Map<string, FieldNode[]>>();
  for (const definition of definitions) {
    visit(definition, {
      Field(field) {
        if (!field.selectionSet) return;
        const place = canonicalKey(field);
        let names = byPlace.get(place);
        if (names === undefined) byPlace.set(place, (names = new Map<string, FieldNode[]>()));
        const name = (field.alias ?? field.name).value;
        const fields = names.get(name);
        if (fields === undefined) names.set(name, [field]);
        else fields.push(field);
      },
    });
  }
  return byPlace;
}

/** Whether a null somewhere below a selection set may spread up to its object. */
function nullSpreading(
  schema: GraphQLSchema,
  definitions: readonly Definition[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): (selectionSet: SelectionSetNode) => boolean {
  const strict = new Set<FieldNode>();
  const typeInfo = new TypeInfo(schema);
  const field = (node: FieldNode) => {
    // An object's field may be stricter than its interface's.
    const isStrict = isAbstractType(typeInfo.getParentType()) || isNonNullType(typeInfo.getType());
    if (isStrict && node.name.value !== '__typename') strict.add(node);
  };
  for (const definition of definitions) visit(definition, visitWithTypeInfo(typeInfo, { Field: field }));
  const ofFragments = new Map<string, boolean>();
  const ofFragment = (name: string): boolean => {
    const known = ofFragments.get(name);
    if (known !== undefined) return known;
    ofFragments.set(name, false);
    const fragment = fragments.get(name);
    const spreads = fragment !== undefined && ofSelections(fragment.selectionSet);
    ofFragments.set(name, spreads);
    return spreads;
  };
  const ofSelections = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
      if (selection.kind === Kind.FIELD && strict.has(selection)) return true;
      return selection.selectionSet !== undefined && ofSelections(selection.selectionSet);
    });
  return ofSelections;
}
