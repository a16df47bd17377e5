/** Picks from shared.graphql what a document reaches. */
import { type ASTNode, type DocumentNode, type TypeDefinitionNode, Kind, isTypeDefinitionNode, visit } from 'graphql';

/** Every type name that `node` mentions, in fields, arguments, unions and interfaces. */
export function namedTypes(node: ASTNode): Set<string> {
  const names = new Set<string>();
  visit(node, {
    NamedType: (type) => {
      names.add(type.name.value);
    },
  });
  return names;
}

/** Every directive name that `node` applies. */
export function directiveNames(node: ASTNode): Set<string> {
  const names = new Set<string>();
  visit(node, {
    Directive: (directive) => {
      names.add(directive.name.value);
    },
  });
  return names;
}

export function typeDefinitions(document: DocumentNode): Map<string, TypeDefinitionNode> {
  return new Map(document.definitions.filter(isTypeDefinitionNode).map((type) => [type.name.value, type]));
}

/** The shared definitions that `documents` reach, directly or through one another, in the order of shared.graphql. */
export function reachableDefinitions(shared: DocumentNode, documents: readonly DocumentNode[]): DocumentNode {
  const available = typeDefinitions(shared);
  const reached = new Set<string>();
  const reach = (node: ASTNode): void => {
    for (const name of namedTypes(node)) {
      const definition = available.get(name);
      if (definition === undefined || reached.has(name)) continue;
      reached.add(name);
      reach(definition);
    }
  };
  documents.forEach(reach);
  return { kind: Kind.DOCUMENT, definitions: [...available.values()].filter((type) => reached.has(type.name.value)) };
}
