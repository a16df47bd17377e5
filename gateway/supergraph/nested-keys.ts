/**
 * Nested keys under one name each. Where what stands in a key is spread over several subgraphs (`items { id }`, and `items { stock }`
 * elsewhere), the planner finds no way: on the way to a field it takes no key that has the field in it. With a name in the
 * key's place it has nothing to go round about; the plan is given the key back.
 */
import {
  Kind,
  parse,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { enumArgument, stringArgument } from './join-directives.js';

const prefix = 'weftKey_';

export interface NamedKeys {
  readonly document: DocumentNode;
  /** What each name stands for. */
  readonly keys: ReadonlyMap<string, SelectionSetNode>;
}

/** Null for a supergraph without nested keys of object types. */
export function withNamedKeys(supergraph: DocumentNode): NamedKeys | null {
  const keys = new Map<string, SelectionSetNode>();
  const ofInterfaces = new Map<string, ReadonlySet<string>>();
  for (const definition of supergraph.definitions) {
    if (definition.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      ofInterfaces.set(
        definition.name.value,
        new Set(joinTypesOf(definition).flatMap((one) => nestedKeyOf(one) ?? [])),
      );
    }
  }
  const document = visit(supergraph, {
    ObjectTypeDefinition(node) {
      // What an interface's key leads to has to stand under that key's own fields.
      const shared = (node.interfaces ?? []).map(({ name }) => ofInterfaces.get(name.value));
      const names = new Map<string, string>();
      const fields: FieldDefinitionNode[] = [];
      const directives = (node.directives ?? []).map((directive) => {
        const key = directive.name.value === 'join__type' ? nestedKeyOf(directive) : undefined;
        if (key === undefined || shared.some((known) => known?.has(key))) return directive;
        const name = names.get(key) ?? `${prefix}${node.name.value}_${names.size}`;
        names.set(key, name);
        keys.set(name, selectionSetOf(key));
        return withKey(directive, name);
      });
      if (names.size === 0) return undefined;
      for (const [key, name] of names) {
        const graphs = joinTypesOf(node).flatMap((directive) =>
          nestedKeyOf(directive) === key ? (enumArgument(directive, 'graph') ?? []) : [],
        );
        fields.push(keyField(name, [...new Set(graphs)]));
      }
      return { ...node, directives, fields: [...(node.fields ?? []), ...fields] };
    },
  });
  return keys.size === 0 ? null : { document, keys };
}

function nestedKeyOf(directive: ConstDirectiveNode): string | undefined {
  const key = stringArgument(directive, 'key');
  return key?.includes('{') ? key : undefined;
}

function joinTypesOf({ directives }: Pick<ObjectTypeDefinitionNode, 'directives'>): readonly ConstDirectiveNode[] {
  return (directives ?? []).filter(({ name }) => name.value === 'join__type');
}

function withKey(directive: ConstDirectiveNode, key: string): ConstDirectiveNode {
  const named = directive.arguments?.map((argument) =>
    argument.name.value === 'key' ? { ...argument, value: { kind: Kind.STRING, value: key } as const } : argument,
  );
  return { ...directive, arguments: named ?? [] };
}

function selectionSetOf(key: string): SelectionSetNode {
  const [definition] = parse(`{ ${key} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`the key ${key} is not a selection set`);
  return definition.selectionSet;
}

function keyField(name: string, graphs: readonly string[]): FieldDefinitionNode {
  const places = graphs.map((graph) => `@join__field(graph: ${graph})`).join(' ');
  const [type] = parse(`type Any { ${name}: ID ${places} }`, { noLocation: true }).definitions;
  const field = type?.kind === Kind.OBJECT_TYPE_DEFINITION ? type.fields?.[0] : undefined;
  if (field === undefined) throw new Error('a type without its field');
  return field;
}
