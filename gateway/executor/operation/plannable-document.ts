/** Reduces an operation to what subgraphs must be asked, in the plainest words: the planner refuses or misplans the rest. */
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import type { SourceKeys } from './source-keys.js';
import { isCondition } from './field-groups.js';
import { isIntrospectionField } from './introspection.js';
import { withPlannedVariables } from './planned-variables.js';

/** Fields after fragments are written out: fragments that spread fragments would otherwise grow without bound. */
const maxFields = 20_000;

const typenameField: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

export interface PlannableInput {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly sourceKeys: SourceKeys;
  /** Abstract types whose objects need their type's name: callers may not see some of them. */
  readonly partlyHidden: ReadonlySet<string>;
  /** Of the variables that `@skip` and `@include` read. */
  readonly conditions: Readonly<Record<string, unknown>>;
}

/**
 * The operation without introspection and without the root's `__typename`, with every `@skip` and `@include` decided,
 * every fragment written out, every type condition that can't hold left away, and every field under its canonical key,
 * once at each place. Null when nothing is left to ask.
 *
 * Deciding conditions first costs a plan for each combination that is really asked for, and saves the fetches that only
 * a skipped field needs; the planner loses its way in some fragments with conditions.
 */
export function toPlannableDocument(input: PlannableInput): DocumentNode | null {
  const root = input.schema.getRootType(input.operation.operation);
  if (!root) return null;
  const selections = new Reduction(input).selectionsOf([input.operation.selectionSet], root, true);
  if (selections.length === 0) return null;
  const selectionSet = toSelectionSet(selections);
  const used = variablesOf(selectionSet);
  const variableDefinitions = (input.operation.variableDefinitions ?? []).filter(({ variable }) =>
    used.has(variable.name.value),
  );
  const { operation, name } = input.operation;
  const definition: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation,
    variableDefinitions,
    selectionSet,
    ...(name && { name }),
  };
  return withPlannedVariables({ kind: Kind.DOCUMENT, definitions: [definition] }, used);
}

function variablesOf(selectionSet: SelectionSetNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(selectionSet, {
    Variable({ name }) {
      names.add(name.value);
    },
  });
  return names;
}

/** A field that a place of the operation selects, under whatever names, and what is selected below it. */
interface CollectedField {
  readonly node: FieldNode;
  readonly selectionSets: Set<SelectionSetNode>;
}

/** What is selected under some type conditions: of `type`, for objects of the types that `possible` names. */
interface ConditionedFields {
  readonly key: string;
  readonly type: GraphQLCompositeType;
  readonly possible: ReadonlySet<string>;
  /** By the key under which their values will stand in the data. */
  readonly fields: Map<string, CollectedField>;
}

/** Everything that is selected at one place of the response. */
interface Place {
  readonly type: GraphQLCompositeType;
  readonly isRoot: boolean;
  readonly groups: Map<string, ConditionedFields>;
  /** Fragments that were written out already, each with the conditions around it. */
  readonly spread: Set<string>;
}

class Reduction {
  readonly #input: PlannableInput;
  #fields = 0;

  constructor(input: PlannableInput) {
    this.#input = input;
  }

  /** Fragments within fragments come out side by side, one deep: nested ones confuse the planner about what they select. */
  selectionsOf(
    selectionSets: Iterable<SelectionSetNode>,
    type: GraphQLCompositeType,
    isRoot: boolean,
  ): SelectionNode[] {
    const place: Place = { type, isRoot, groups: new Map(), spread: new Set() };
    const all = this.#possibleTypes(type);
    const within = groupOf(place, type, all);
    for (const selectionSet of selectionSets) this.#collect(selectionSet, within, place);
    return [...place.groups.values()].flatMap((group) => this.#write(group, type, all));
  }

  #collect(selectionSet: SelectionSetNode, within: ConditionedFields, place: Place): void {
    for (const selection of selectionSet.selections) {
      if (!this.#isWanted(selection.directives)) continue;
      if (selection.kind === Kind.FIELD) {
        this.#addField(selection, within, place.isRoot);
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#input.fragments.get(selection.name.value);
      const inside = fragment && this.#inside(fragment, within, place);
      if (fragment === undefined || !inside) continue;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        // Once for the objects that it is for: fragments that spread others twice would double the work at every step.
        const key = `${selection.name.value} ${inside.key}`;
        if (place.spread.has(key)) continue;
        place.spread.add(key);
      }
      this.#collect(fragment.selectionSet, inside, place);
    }
  }

  /** Null when no object can meet the fragment's condition. */
  #inside(
    fragment: InlineFragmentNode | FragmentDefinitionNode,
    within: ConditionedFields,
    place: Place,
  ): ConditionedFields | null {
    const name = fragment.typeCondition?.name.value;
    const type = name === undefined ? within.type : this.#input.schema.getType(name);
    if (!isCompositeType(type)) return null;
    const ofType = this.#possibleTypes(type);
    const possible = new Set([...within.possible].filter((member) => ofType.has(member)));
    const [only] = possible;
    if (only === undefined) return null;
    // The same objects, and the type around has all of the condition's fields.
    if (possible.size === within.possible.size && isImplementedBy(type, within.type)) return within;
    const onlyType = possible.size === 1 ? this.#input.schema.getType(only) : undefined;
    return groupOf(place, isObjectType(onlyType) ? onlyType : type, possible);
  }

  /** As plain fields of `parent` where that says the same, else under the fewest type conditions that do. */
  #write(group: ConditionedFields, parent: GraphQLCompositeType, all: ReadonlySet<string>): SelectionNode[] {
    const { type, possible } = group;
    // The name of an object type is known: asked for beside other fields, it could only cost a fetch of its own.
    if (isObjectType(type) && group.fields.size > 1) group.fields.delete('__typename');
    const fields = [...group.fields].map(([key, field]) => this.#fieldOf(key, field, type));
    if (fields.length === 0) return [];
    if (type === parent && possible.size === all.size) return fields;
    if (possible.size === 1 || isNarrower(possible, this.#possibleTypes(type), all)) {
      return [...possible].map((name) => onType(name, fields));
    }
    return [onType(type.name, fields)];
  }

  #isWanted(directives: readonly DirectiveNode[] | undefined): boolean {
    return (directives ?? []).filter(isCondition).every((directive) => {
      const value = directive.arguments?.[0]?.value;
      const holds =
        value?.kind === Kind.VARIABLE
          ? this.#input.conditions[value.name.value] === true
          : value?.kind === Kind.BOOLEAN && value.value;
      return holds === (directive.name.value === 'include');
    });
  }

  #addField(node: FieldNode, { fields }: ConditionedFields, isRoot: boolean): void {
    const name = node.name.value;
    if (isIntrospectionField(name) || (isRoot && name === '__typename')) return;
    this.#fields += 1;
    if (this.#fields > maxFields) {
      const message = `The operation selects more than ${maxFields} fields once its fragments are written out.`;
      throw new RequestError('LIMIT_EXCEEDED', message);
    }
    const { ofRoot, below } = this.#input.sourceKeys;
    const key = (isRoot ? ofRoot : below)(node);
    let field = fields.get(key);
    if (field === undefined) fields.set(key, (field = { node, selectionSets: new Set() }));
    if (node.selectionSet) field.selectionSets.add(node.selectionSet);
  }

  #fieldOf(key: string, { node, selectionSets }: CollectedField, type: GraphQLCompositeType): FieldNode {
    const name = node.name.value;
    if (name === '__typename') return typenameField;
    const plain: FieldNode = {
      kind: Kind.FIELD,
      name: node.name,
      ...(key !== name && { alias: { kind: Kind.NAME, value: key } }),
      ...(node.arguments?.length && { arguments: node.arguments }),
    };
    const definition = isUnionType(type) ? undefined : type.getFields()[name];
    const below = definition && getNamedType(definition.type);
    if (selectionSets.size === 0 || !isCompositeType(below)) return plain;
    const selections = this.selectionsOf(selectionSets, below, false);
    if (this.#input.partlyHidden.has(below.name)) selections.push(typenameField);
    // An object is asked for even when nothing of it is: whether it is null is part of the answer.
    return { ...plain, selectionSet: toSelectionSet(selections.length > 0 ? selections : [typenameField]) };
  }

  #possibleTypes(type: GraphQLCompositeType): ReadonlySet<string> {
    if (!isAbstractType(type)) return new Set([type.name]);
    return new Set(this.#input.schema.getPossibleTypes(type).map(({ name }) => name));
  }
}

/** The group of `place` for these objects, made when it is the first. */
function groupOf({ groups }: Place, type: GraphQLCompositeType, possible: ReadonlySet<string>): ConditionedFields {
  const key = `${type.name} ${[...possible].join()}`;
  let group = groups.get(key);
  if (group === undefined) groups.set(key, (group = { key, type, possible, fields: new Map() }));
  return group;
}

function isImplementedBy(type: GraphQLCompositeType, parent: GraphQLCompositeType): boolean {
  return isInterfaceType(type) && !isUnionType(parent) && parent.getInterfaces().includes(type);
}

/** True when the condition alone would also let other types of `all` in: an outer condition has ruled those out. */
function isNarrower(possible: ReadonlySet<string>, ofType: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return [...all].some((name) => ofType.has(name) && !possible.has(name));
}

function onType(name: string, selections: readonly SelectionNode[]): SelectionNode {
  const typeCondition = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } } as const;
  return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: toSelectionSet(selections) };
}

function toSelectionSet(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections };
}
