/** A supergraph in which every entity is also a root field: what a plan can start from when the entity is already there. */
import {
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import { enumArgument, stringArgument } from './join-directives.js';

/** The name, in plans, of the subgraph that doesn't exist: its entities are those that the data already holds. */
export const entityRootsSubgraph = 'weft-entity-roots';
const graph = 'WEFT_ENTITY_ROOTS';

const rootPrefix = 'weftEntity_';

export function entityRootOf(type: string): string {
  return rootPrefix + type;
}

/** The type that a root field of entities is for; undefined for any other field. */
export function entityOfRoot(field: string): string | undefined {
  return field.startsWith(rootPrefix) ? field.slice(rootPrefix.length) : undefined;
}

export interface EntityRoots {
  readonly sdl: string;
  /** Fields of each entity that this supergraph lets a plan start from. */
  readonly keyFields: ReadonlyMap<string, readonly string[]>;
}

/** Each entity by all its keys together. Of plain fields only: a nested key would need its own types to be there as well. */
export function withEntityRoots(supergraph: DocumentNode, queryType: string): EntityRoots {
  const keyFields = new Map<string, string[]>();
  for (const [type, keys] of keysOfTypes(supergraph)) {
    const plain = keys.flatMap(plainKey);
    if (plain.length > 0) keyFields.set(type, [...new Set(plain)]);
  }
  const keys = new Map([...keyFields].map(([type, fields]) => [type, fields.join(' ')]));
  return { sdl: rooted(supergraph, queryType, keys, keyFields), keyFields };
}

export interface SingleKeyRoots {
  readonly sdl: string;
  /** The entities that a plan can start from. */
  readonly types: ReadonlySet<string>;
}

/** Each entity by one key: its `index`th, or its last where it has not so many. */
export function withSingleKeyRoots(supergraph: DocumentNode, queryType: string, index: number): SingleKeyRoots {
  const keys = new Map<string, string>();
  const fields = new Map<string, string[]>();
  const objects = new Map<string, ObjectTypeDefinitionNode>();
  for (const definition of supergraph.definitions) {
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) objects.set(definition.name.value, definition);
  }
  /** Null when a part of the key is of no object type. */
  const fieldsOfKey = (type: string, { selections }: SelectionSetNode): [type: string, field: string][] | null => {
    const found: [string, string][] = [];
    for (const selection of selections) {
      if (selection.kind !== Kind.FIELD) return null;
      const name = selection.name.value;
      found.push([type, name]);
      if (selection.selectionSet === undefined) continue;
      const definition = objects.get(type)?.fields?.find((field) => field.name.value === name);
      const below = definition === undefined ? undefined : namedType(definition.type);
      const inside = below !== undefined && objects.has(below) ? fieldsOfKey(below, selection.selectionSet) : null;
      if (inside === null) return null;
      found.push(...inside);
    }
    return found;
  };
  for (const [type, texts] of keysOfTypes(supergraph)) {
    const usable = texts.filter((text) => fieldsOfKey(type, toSelectionSet(text)) !== null);
    const text = usable[Math.min(index, usable.length - 1)];
    if (text === undefined) continue;
    keys.set(type, text);
    for (const [owner, field] of fieldsOfKey(type, toSelectionSet(text)) ?? []) {
      fields.set(owner, [...new Set([...(fields.get(owner) ?? []), field])]);
    }
  }
  return { sdl: rooted(supergraph, queryType, keys, fields), types: new Set(keys.keys()) };
}

/** How many keys each entity has. */
export function countKeys(supergraph: DocumentNode): ReadonlyMap<string, number> {
  return new Map([...keysOfTypes(supergraph)].map(([type, keys]) => [type, keys.length]));
}

/** The different keys of each entity, whichever subgraphs know it by them. */
function keysOfTypes(supergraph: DocumentNode): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const keys = joinTypesOf(definition).flatMap((directive) => stringArgument(directive, 'key') ?? []);
    if (keys.length > 0) found.set(definition.name.value, [...new Set(keys)]);
  }
  return found;
}

function rooted(
  supergraph: DocumentNode,
  queryType: string,
  keys: ReadonlyMap<string, string>,
  keyFields: ReadonlyMap<string, readonly string[]>,
): string {
  const roots = [...keys.keys()].map((type) => `${entityRootOf(type)}: [${type}] @join__field(graph: ${graph})`);
  const extended = visit(supergraph, {
    EnumTypeDefinition: (node) =>
      node.name.value === 'join__Graph' ? { ...node, values: [...(node.values ?? []), graphValue()] } : undefined,
    ObjectTypeDefinition: {
      leave: (node) => {
        const own = keyFields.get(node.name.value);
        if (own === undefined && node.name.value !== queryType) return undefined;
        const key = keys.get(node.name.value);
        const graphs = joinTypesOf(node).map((directive) => enumArgument(directive, 'graph') ?? '');
        const fields = (node.fields ?? []).map((field) => placed(field, [...new Set(graphs)], own ?? []));
        const added = node.name.value === queryType ? fieldsOf(roots.join('\n')) : [];
        const joined = directivesOf(
          `@join__type(graph: ${graph}${key === undefined ? '' : `, key: ${JSON.stringify(key)}, resolvable: false`})`,
        );
        return { ...node, fields: [...fields, ...added], directives: [...(node.directives ?? []), ...joined] };
      },
    },
  });
  return print(extended);
}

function toSelectionSet(key: string): SelectionSetNode {
  const [definition] = parse(`{ ${key} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`the key ${key} is not a selection set`);
  return definition.selectionSet;
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function joinTypesOf(node: ObjectTypeDefinitionNode): ConstDirectiveNode[] {
  return (node.directives ?? []).filter(({ name }) => name.value === 'join__type');
}

function plainKey(key: string): string[] {
  return key.includes('{') ? [] : key.split(/[\s,]+/).filter((name) => name !== '');
}

/** A field without `@join__field` is in every graph of its type: with one more graph, that has to be said. */
function placed(field: FieldDefinitionNode, graphs: readonly string[], keys: readonly string[]): FieldDefinitionNode {
  const isPlaced = field.directives?.some(({ name }) => name.value === 'join__field') ?? false;
  const places = isPlaced ? [] : [...graphs];
  if (keys.includes(field.name.value)) places.push(graph);
  const added = directivesOf(places.map((place) => `@join__field(graph: ${place})`).join(' '));
  return { ...field, directives: [...(field.directives ?? []), ...added] };
}

function fieldsOf(text: string): readonly FieldDefinitionNode[] {
  const [type] = parse(`type Query { ${text || 'none: ID'} }`, { noLocation: true }).definitions;
  return text !== '' && type?.kind === Kind.OBJECT_TYPE_DEFINITION ? (type.fields ?? []) : [];
}

function directivesOf(text: string): readonly ConstDirectiveNode[] {
  const [type] = parse(`scalar Any ${text}`, { noLocation: true }).definitions;
  return type?.kind === Kind.SCALAR_TYPE_DEFINITION ? (type.directives ?? []) : [];
}

function graphValue() {
  const [type] = parse(`enum Any { ${graph} @join__graph(name: "${entityRootsSubgraph}", url: "") }`, {
    noLocation: true,
  }).definitions;
  if (type?.kind !== Kind.ENUM_TYPE_DEFINITION || !type.values?.[0]) throw new Error('an enum without values');
  return type.values[0];
}
