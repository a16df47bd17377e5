/** The types of a supergraph by name, with the directives that composition wrote on them. */
import { Kind, type ConstDirectiveNode, type DefinitionNode, type DocumentNode, type TypeNode } from 'graphql';

export interface SupergraphField {
  readonly type: string;
  readonly directives: readonly ConstDirectiveNode[];
}

export interface SupergraphType {
  readonly name: string;
  readonly kind: 'object' | 'interface' | 'leaf' | 'union' | 'input';
  readonly directives: readonly ConstDirectiveNode[];
  readonly interfaces: readonly string[];
  readonly fields: ReadonlyMap<string, SupergraphField>;
}

const kinds: Partial<Record<DefinitionNode['kind'], SupergraphType['kind']>> = {
  [Kind.OBJECT_TYPE_DEFINITION]: 'object',
  [Kind.INTERFACE_TYPE_DEFINITION]: 'interface',
  [Kind.SCALAR_TYPE_DEFINITION]: 'leaf',
  [Kind.ENUM_TYPE_DEFINITION]: 'leaf',
  [Kind.UNION_TYPE_DEFINITION]: 'union',
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: 'input',
};

export function supergraphTypes(supergraph: DocumentNode): ReadonlyMap<string, SupergraphType> {
  const types = new Map<string, SupergraphType>();
  for (const definition of supergraph.definitions) {
    const kind = kinds[definition.kind];
    if (kind === undefined || !('name' in definition) || definition.name === undefined) continue;
    const fields = new Map<string, SupergraphField>();
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      for (const field of definition.fields ?? []) {
        fields.set(field.name.value, { type: namedType(field.type), directives: field.directives ?? [] });
      }
    }
    types.set(definition.name.value, {
      name: definition.name.value,
      kind,
      directives: ('directives' in definition ? (definition.directives ?? []) : []) as readonly ConstDirectiveNode[],
      interfaces: 'interfaces' in definition ? (definition.interfaces ?? []).map(({ name }) => name.value) : [],
      fields,
    });
  }
  return types;
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
