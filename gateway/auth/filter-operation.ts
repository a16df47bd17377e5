/** Takes out of an operation what its caller may not see, before anything is planned. */
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { firstSpreads } from '../executor/operation/field-groups.js';
import type { Filtering } from './access.js';

/** The operation alone, fragments inlined; null when nothing is left of it. */
export function filterOperation(filtering: Filtering, operation: OperationDefinitionNode): DocumentNode | null {
  const root = filtering.schema.getRootType(operation.operation);
  if (root == null) return null;
  const filter = new OperationFilter(filtering);
  const selections = filter.selections(root, filtering.access.visibleTypes(root), operation.selectionSet);
  if (selections.length === 0) return null;
  return {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } }],
  };
}

/** Where selections are: each fragment is written out there once for the objects and conditions that it is spread for. */
interface Place {
  readonly isNew: ReturnType<typeof firstSpreads>;
  readonly conditions: readonly DirectiveNode[];
}

class OperationFilter {
  readonly #filtering: Filtering;

  constructor(filtering: Filtering) {
    this.#filtering = filtering;
  }

  /** `visible`: which objects can be here, of those that the caller may see. */
  selections(
    parent: GraphQLCompositeType,
    visible: readonly GraphQLObjectType[],
    { selections }: SelectionSetNode,
    place: Place = { isNew: firstSpreads(), conditions: [] },
  ): SelectionNode[] {
    const { schema, fragments } = this.#filtering;
    if (visible.length === 0) return [];
    return selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return this.#field(parent, visible, selection);
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (fragment === undefined) return [];
      const condition = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
      const type = isCompositeType(condition) ? condition : parent;
      const inside = visible.filter((object) => object === type || this.#isPossible(type, object));
      const conditions = [...place.conditions, ...(selection.directives ?? [])];
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const name = [selection.name.value, ...inside.map((object) => object.name)].join();
        if (!place.isNew(name, conditions)) return [];
      }
      const kept = this.selections(type, inside, fragment.selectionSet, { ...place, conditions });
      return kept.length === 0 ? [] : [inlineFragment(kept, type.name, selection.directives)];
    });
  }

  #isPossible(type: GraphQLCompositeType, object: GraphQLObjectType): boolean {
    return isAbstractType(type) && this.#filtering.schema.isSubType(type, object);
  }

  #field(parent: GraphQLCompositeType, visible: readonly GraphQLObjectType[], node: FieldNode): SelectionNode[] {
    const { access, typenameKey } = this.#filtering;
    const name = node.name.value;
    if (name.startsWith('__')) return [node];
    const allowed = visible.filter((object) => access.deniedField(object.name, name) === null);
    const owner = 'getFields' in parent ? parent : allowed[0];
    const field = owner?.getFields()[name];
    if (allowed.length === 0 || field === undefined) return [];
    const type = getNamedType(field.type);
    let kept = node;
    if (isCompositeType(type) && node.selectionSet !== undefined) {
      const objects = access.visibleTypes(type);
      if (objects.length === 0) return [];
      const inside = this.selections(type, objects, node.selectionSet);
      if (isAbstractType(type)) inside.push(typenameField(typenameKey));
      else if (inside.length === 0) inside.push(typenameField());
      kept = { ...node, selectionSet: { kind: Kind.SELECTION_SET, selections: inside } };
    }
    if (allowed.length === visible.length) return [kept];
    // Only some of the objects that can be here let the caller see the field: it is asked of those alone.
    return allowed.map((object) => inlineFragment([kept], object.name));
  }
}

function typenameField(alias?: string): FieldNode {
  return {
    kind: Kind.FIELD,
    name: { kind: Kind.NAME, value: '__typename' },
    ...(alias === undefined ? {} : { alias: { kind: Kind.NAME, value: alias } }),
  };
}

function inlineFragment(
  selections: readonly SelectionNode[],
  type: string,
  directives: SelectionNode['directives'] = [],
): InlineFragmentNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } },
    directives,
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
}
