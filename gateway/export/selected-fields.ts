/** What an operation selects of an object, with its variables applied: fragments spread out, selections of one name together. */
import {
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isCompositeType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf, responseKey, type Fragments } from '../limits/index.js';

/** A field under its name in the answer, with everything that is selected of it. */
export interface SelectedField {
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  /** Whose field it is: the innermost type condition's, or the type around. */
  readonly owner: GraphQLCompositeType;
  /** Null for `__typename`. */
  readonly field: GraphQLField<unknown, unknown> | null;
}

export interface Selecting {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly variables: Readonly<Record<string, unknown>>;
}

export function selecting(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): Selecting {
  return { schema, fragments: fragmentsOf(document), variables };
}

/** In the order of their first selection. */
export function selectedFields(
  { schema, fragments, variables }: Selecting,
  selectionSets: readonly SelectionSetNode[],
  parent: GraphQLCompositeType,
): SelectedField[] {
  const selected = new Map<string, SelectedField & { nodes: FieldNode[] }>();
  const spread = new Set<string>();
  const isLeftOut = (node: SelectionNode): boolean =>
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] === true ||
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] === false;

  function visit(selectionSet: SelectionSetNode, owner: GraphQLCompositeType): void {
    for (const node of selectionSet.selections) {
      if (isLeftOut(node)) continue;
      if (node.kind === Kind.FIELD) {
        const key = responseKey(node);
        const known = selected.get(key);
        if (known === undefined) selected.set(key, { key, nodes: [node], owner, field: fieldOf(owner, node) });
        else known.nodes.push(node);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        visit(node.selectionSet, conditionOf(schema, node.typeCondition?.name.value, owner));
      } else {
        const fragment = fragments.get(node.name.value);
        if (fragment === undefined || spread.has(node.name.value)) continue;
        spread.add(node.name.value);
        visit(fragment.selectionSet, conditionOf(schema, fragment.typeCondition.name.value, owner));
      }
    }
  }
  for (const selectionSet of selectionSets) visit(selectionSet, parent);
  return [...selected.values()];
}

export function selectionSetsOf({ nodes }: SelectedField): SelectionSetNode[] {
  return nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
}

/** The object, interface or union that a field leads to; null for a leaf. */
export function compositeTypeOf({ field }: SelectedField): GraphQLCompositeType | null {
  const type = field === null ? null : getNamedType(field.type);
  return isCompositeType(type) ? type : null;
}

function conditionOf(schema: GraphQLSchema, name: string | undefined, around: GraphQLCompositeType) {
  const type = name === undefined ? undefined : schema.getType(name);
  return isCompositeType(type) ? type : around;
}

function fieldOf(owner: GraphQLCompositeType, { name }: FieldNode): GraphQLField<unknown, unknown> | null {
  if (isAbstractType(owner) && !('getFields' in owner)) return null;
  return owner.getFields()[name.value] ?? null;
}
