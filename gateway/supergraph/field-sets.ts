/** Rewrites what the fields of a supergraph require and provide into field sets that the planner reads right. */
import {
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import { ArgumentedRequirements } from '../executor/plan/argumented-requirements.js';
import { canonicalKey } from '../executor/operation/canonical-key.js';
import { enumArgument, stringArgument } from './join-directives.js';

type TypeWithFields = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

export interface PlannableFieldSets {
  /** The supergraph as the planner gets it; the given one itself when there was nothing to rewrite. */
  readonly document: DocumentNode;
  readonly requirements: ArgumentedRequirements;
}

/**
 * - A field that is required with arguments is required under its canonical key: the planner mixes up requirements of one
 *   field with different arguments, of each other and of the client.
 * - `__typename` is left out of what is provided: the planner takes it for a field of the type. In its place stands a field
 *   that the subgraph has anyway; with it the planner knows that it needn't ask elsewhere for the object alone.
 */
export function withPlannableFieldSets(document: DocumentNode): PlannableFieldSets {
  const rewriting = new Rewriting(document);
  const definitions = document.definitions.map((definition) => {
    if (!isTypeWithFields(definition) || !definition.fields) return definition;
    const fields = definition.fields.map((field) => rewriting.field(definition.name.value, field));
    return fields.every((field, i) => field === definition.fields?.[i]) ? definition : { ...definition, fields };
  });
  const { requirements } = rewriting;
  const isSame = definitions.every((definition, i) => definition === document.definitions[i]);
  return isSame ? { document, requirements } : { document: { ...document, definitions }, requirements };
}

class Rewriting {
  readonly requirements = new ArgumentedRequirements();
  readonly #types: ReadonlyMap<string, TypeWithFields>;
  readonly #composites: ReadonlySet<string>;

  constructor({ definitions }: DocumentNode) {
    const types = definitions.filter(isTypeWithFields);
    const unions = definitions.filter((definition) => definition.kind === Kind.UNION_TYPE_DEFINITION);
    this.#types = new Map(types.map((type) => [type.name.value, type]));
    this.#composites = new Set([...types, ...unions].map(({ name }) => name.value));
  }

  field(type: string, field: FieldDefinitionNode): FieldDefinitionNode {
    const directives = field.directives?.map((directive) => this.#directive(type, directive, field));
    return directives?.some((directive, i) => directive !== field.directives?.[i]) ? { ...field, directives } : field;
  }

  #directive(type: string, directive: ConstDirectiveNode, field: FieldDefinitionNode): ConstDirectiveNode {
    const graph = enumArgument(directive, 'graph');
    if (directive.name.value !== 'join__field' || graph === undefined) return directive;
    const requires = stringArgument(directive, 'requires');
    const provides = stringArgument(directive, 'provides');
    let rewritten = directive;
    if (requires !== undefined) {
      const required = withCanonicalKeys(parseFieldSet(requires));
      this.requirements.add({ graph, type, field: field.name.value }, required);
      if (requires.includes('(')) rewritten = withArgument(rewritten, 'requires', printFieldSet(required.selections));
    }
    if (provides === undefined) return rewritten;
    return withArgument(rewritten, 'provides', this.#provided(provides, nameOf(field.type), graph));
  }

  #provided(fieldSet: string, type: string, graph: string): string {
    return printFieldSet(this.#providedOf(parseFieldSet(fieldSet).selections, type, graph));
  }

  #providedOf(selections: readonly SelectionNode[], type: string, graph: string): SelectionNode[] {
    return selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const inside = selection.typeCondition?.name.value ?? type;
        const kept = this.#providedOf(selection.selectionSet.selections, inside, graph);
        return kept.length === 0 ? [] : [{ ...selection, selectionSet: toSelectionSet(kept) }];
      }
      if (selection.name.value === '__typename') return [];
      if (!selection.selectionSet) return [selection];
      const definition = this.#types.get(type)?.fields?.find(({ name }) => name.value === selection.name.value);
      const below = definition === undefined ? '' : nameOf(definition.type);
      const kept = this.#providedOf(selection.selectionSet.selections, below, graph);
      const own = this.#ownLeaf(below, graph);
      if (own !== undefined && !kept.some((one) => one.kind === Kind.FIELD && one.name.value === own)) {
        kept.push(toField(own));
      }
      return kept.length === 0 ? [] : [{ ...selection, selectionSet: toSelectionSet(kept) }];
    });
  }

  /** A plain field of an object type that `graph` answers for any object it has. */
  #ownLeaf(name: string, graph: string): string | undefined {
    const type = this.#types.get(name);
    if (type?.kind !== Kind.OBJECT_TYPE_DEFINITION) return undefined;
    const isOfGraph = type.directives?.some((directive) => isOf(directive, 'join__type', graph)) ?? false;
    const own = type.fields?.find((field) => {
      const places = (field.directives ?? []).filter(({ name: { value } }) => value === 'join__field');
      const ofGraph = places.filter((directive) => enumArgument(directive, 'graph') === graph);
      const isThere = places.length === 0 ? isOfGraph : ofGraph.length > 0 && ofGraph.every(isResolvedThere);
      return isThere && !field.arguments?.length && !this.#composites.has(nameOf(field.type));
    });
    return own?.name.value;
  }
}

function withCanonicalKeys(fieldSet: SelectionSetNode): SelectionSetNode {
  return visit(fieldSet, {
    Field: {
      leave: (node) => {
        const key = canonicalKey(node);
        return key === node.name.value ? undefined : { ...node, alias: { kind: Kind.NAME, value: key } };
      },
    },
  });
}

function isTypeWithFields(node: { readonly kind: string }): node is TypeWithFields {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

function isOf(directive: ConstDirectiveNode, name: string, graph: string): boolean {
  return directive.name.value === name && enumArgument(directive, 'graph') === graph;
}

/** Neither external, nor taken over by another subgraph, nor in need of one. */
function isResolvedThere(directive: ConstDirectiveNode): boolean {
  const said = new Set((directive.arguments ?? []).map(({ name }) => name.value));
  return !['external', 'requires', 'usedOverridden', 'overrideLabel'].some((argument) => said.has(argument));
}

function withArgument(directive: ConstDirectiveNode, name: string, value: string): ConstDirectiveNode {
  const others = (directive.arguments ?? []).filter((argument) => argument.name.value !== name);
  if (value === '') return { ...directive, arguments: others };
  const argument = {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: name },
    value: { kind: Kind.STRING, value },
  } as const;
  return { ...directive, arguments: [...others, argument] };
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}

function parseFieldSet(fieldSet: string): SelectionSetNode {
  const [definition] = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${fieldSet} is not a field set`);
  return definition.selectionSet;
}

function printFieldSet(selections: readonly SelectionNode[]): string {
  return selections.map(print).join(' ');
}

function toSelectionSet(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections };
}

function toField(name: string): FieldNode {
  return { kind: Kind.FIELD, name: { kind: Kind.NAME, value: name } };
}
