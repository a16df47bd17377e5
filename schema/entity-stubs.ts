/**
 * What every entity has, whichever domain owns it: the platform subgraph defines `interface Node @key(fields: "id")`,
 * and an interface with a key must be met, in the same subgraph, by every entity that has it.
 */
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
  Kind,
} from 'graphql';

/** The `interface Node @key(…)` of a document, undefined in every subgraph but the platform's. */
export function entityInterface(document: DocumentNode): InterfaceTypeDefinitionNode | undefined {
  return document.definitions.find(
    (definition): definition is InterfaceTypeDefinitionNode =>
      definition.kind === Kind.INTERFACE_TYPE_DEFINITION &&
      definition.name.value === 'Node' &&
      keysOf(definition.directives).length > 0,
  );
}

/** Names of the object types that can be resolved here by their global id, sorted. */
export function entityNames(documents: readonly DocumentNode[]): string[] {
  const names = documents.flatMap((document) =>
    document.definitions
      .filter((definition): definition is ObjectTypeDefinitionNode => definition.kind === Kind.OBJECT_TYPE_DEFINITION)
      .filter((type) => keysOf(type.directives).includes('id'))
      .map((type) => type.name.value),
  );
  return [...new Set(names)].sort();
}

/** `type Requirement implements Node @key(fields: "id") { …the fields of Node }` for each entity that `owner` does not define itself. */
export function entityStubs(
  node: InterfaceTypeDefinitionNode,
  owner: DocumentNode,
  others: readonly DocumentNode[],
): DocumentNode {
  const own = new Set(entityNames([owner]));
  const stubs = entityNames(others)
    .filter((name) => !own.has(name))
    .map((name): ObjectTypeDefinitionNode => {
      const { name: _, kind: __, description: ___, ...shape } = node;
      return {
        ...shape,
        fields: (node.fields ?? []).map(describedByOwner),
        kind: Kind.OBJECT_TYPE_DEFINITION,
        name: { kind: Kind.NAME, value: name },
        interfaces: [nodeInterface],
      };
    });
  return { kind: Kind.DOCUMENT, definitions: stubs };
}

/** The owner describes its own `id`; a second description of the same field would be a contradiction. */
function describedByOwner(field: FieldDefinitionNode): FieldDefinitionNode {
  const { description: _, ...shape } = field;
  return field.name.value === 'id' ? shape : field;
}

const nodeInterface = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'Node' } } as const;

/** The `fields:` of every resolvable `@key`, normalised to single spaces. */
function keysOf(directives: readonly ConstDirectiveNode[] | undefined): string[] {
  return (directives ?? [])
    .filter((directive) => directive.name.value === 'key' && !isUnresolvable(directive))
    .map((directive) => directive.arguments?.find((argument) => argument.name.value === 'fields')?.value)
    .map((value) => (value?.kind === Kind.STRING ? value.value.trim().replace(/\s+/g, ' ') : ''));
}

/** A stub of another domain's entity says `resolvable: false`, and stands for no row of this one. */
function isUnresolvable(directive: ConstDirectiveNode): boolean {
  const resolvable = directive.arguments?.find((argument) => argument.name.value === 'resolvable')?.value;
  return resolvable?.kind === Kind.BOOLEAN && !resolvable.value;
}
