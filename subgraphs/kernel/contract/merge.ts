/** Joins what is derived to what is written. Where both speak of the same thing the written words win, and gaps are filled. */
import {
  isTypeDefinitionNode,
  Kind,
  type ASTNode,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type NameNode,
  type ObjectTypeExtensionNode,
  type StringValueNode,
} from 'graphql';

interface Named {
  readonly kind: string;
  readonly name: NameNode;
  readonly description?: StringValueNode | undefined;
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
  readonly fields?: readonly Named[] | undefined;
  readonly arguments?: readonly Named[] | undefined;
  readonly values?: readonly Named[] | undefined;
}

export function mergeDefinitions(written: DocumentNode, derived: DocumentNode): DocumentNode {
  const additions = new Map<string, Named>();
  for (const definition of derived.definitions.filter(isTypeDefinitionNode)) {
    const name = definition.name.value;
    const known = additions.get(name);
    additions.set(name, known === undefined ? definition : merged(known, definition));
  }
  const definitions = written.definitions.map((definition) => {
    if (!isTypeDefinitionNode(definition)) return definition;
    const addition = additions.get(definition.name.value);
    additions.delete(definition.name.value);
    return addition === undefined ? definition : asNode(merged(definition, addition));
  });
  return { ...written, definitions: [...definitions, ...[...additions.values()].map(asNode)] };
}

/** `extend type Mutation` becomes part of the `type Mutation` of the same document. */
export function foldExtensions(document: DocumentNode): DocumentNode {
  const extended = new Set(document.definitions.filter(isTypeDefinitionNode).map((type) => type.name.value));
  const extensions = document.definitions.filter(
    (node): node is ObjectTypeExtensionNode =>
      node.kind === Kind.OBJECT_TYPE_EXTENSION && extended.has(node.name.value),
  );
  if (extensions.length === 0) return document;
  const definitions = document.definitions.flatMap((definition): DefinitionNode[] => {
    if (extensions.includes(definition as ObjectTypeExtensionNode)) return [];
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return [definition];
    const own = extensions.filter(({ name }) => name.value === definition.name.value);
    return [
      {
        ...definition,
        fields: [definition, ...own].flatMap(({ fields }) => fields ?? []),
        directives: [definition, ...own].flatMap(({ directives }) => directives ?? []),
        interfaces: [definition, ...own].flatMap(({ interfaces }) => interfaces ?? []),
      },
    ];
  });
  return { ...document, definitions };
}

function merged(written: Named, derived: Named): Named {
  if (written.kind !== derived.kind) {
    throw new Error(`${written.name.value} is written as ${written.kind}, and the entity maps make it ${derived.kind}`);
  }
  const description = written.description ?? derived.description;
  const directives = [...(written.directives ?? []), ...(derived.directives ?? [])];
  return {
    ...written,
    ...(description && { description }),
    ...(directives.length > 0 && { directives }),
    ...parts(written, derived, 'fields'),
    ...parts(written, derived, 'arguments'),
    ...parts(written, derived, 'values'),
  };
}

type Part = 'fields' | 'arguments' | 'values';

/** In the derived order, what only a person wrote after it; an object type keeps the order in which it was written. */
function parts(written: Named, derived: Named, part: Part): Partial<Record<Part, readonly Named[]>> {
  const [own, added] = [written[part] ?? [], derived[part] ?? []];
  if (added.length === 0) return {};
  const isOrdered = part === 'fields' && written.kind !== 'InputObjectTypeDefinition';
  const [first, second] = isOrdered ? [own, added] : [added, own];
  const names = [...new Set([...first, ...second].map((each) => each.name.value))];
  const find = (list: readonly Named[], name: string) => list.find((each) => each.name.value === name);
  return {
    [part]: names.map((name) => {
      const [mine, other] = [find(own, name), find(added, name)];
      return mine !== undefined && other !== undefined ? merged(mine, other) : (mine ?? other);
    }),
  };
}

function asNode(named: Named): DocumentNode['definitions'][number] {
  return named as ASTNode as DocumentNode['definitions'][number];
}
