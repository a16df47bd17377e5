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
} from 'graphql';
import { enumArgument, stringArgument } from './join-directives.js';

/** The name, in plans, of the subgraph that doesn't exist: its entities are those that the data already holds. */
export const entityRootsSubgraph = 'weft-entity-roots';
const graph = 'WEFT_ENTITY_ROOTS';

export function entityRootOf(type: string): string {
  return `weftEntity_${type}`;
}

export interface EntityRoots {
  readonly sdl: string;
  /** Fields of each entity that this supergraph lets a plan start from. */
  readonly keyFields: ReadonlyMap<string, readonly string[]>;
}

/** Keys of plain fields only: a nested key would need its own types to be there as well. */
export function withEntityRoots(supergraph: DocumentNode, queryType: string): EntityRoots {
  const keyFields = new Map<string, string[]>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const keys = joinTypesOf(definition).flatMap((directive) => plainKey(stringArgument(directive, 'key')));
    if (keys.length > 0) keyFields.set(definition.name.value, [...new Set(keys)]);
  }
  const roots = [...keyFields.keys()].map((type) => `${entityRootOf(type)}: [${type}] @join__field(graph: ${graph})`);
  const extended = visit(supergraph, {
    EnumTypeDefinition: (node) =>
      node.name.value === 'join__Graph' ? { ...node, values: [...(node.values ?? []), graphValue()] } : undefined,
    ObjectTypeDefinition: {
      leave: (node) => {
        const keys = keyFields.get(node.name.value);
        if (keys === undefined && node.name.value !== queryType) return undefined;
        const graphs = joinTypesOf(node).map((directive) => enumArgument(directive, 'graph') ?? '');
        const fields = (node.fields ?? []).map((field) => placed(field, [...new Set(graphs)], keys ?? []));
        const added = node.name.value === queryType ? fieldsOf(roots.join('\n')) : [];
        const joined = directivesOf(
          `@join__type(graph: ${graph}${keys ? `, key: "${keys.join(' ')}", resolvable: false` : ''})`,
        );
        return { ...node, fields: [...fields, ...added], directives: [...(node.directives ?? []), ...joined] };
      },
    },
  });
  return { sdl: print(extended), keyFields };
}

function joinTypesOf(node: ObjectTypeDefinitionNode): ConstDirectiveNode[] {
  return (node.directives ?? []).filter(({ name }) => name.value === 'join__type');
}

function plainKey(key: string | undefined): string[] {
  return key === undefined || key.includes('{') ? [] : key.split(/[\s,]+/).filter((name) => name !== '');
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
