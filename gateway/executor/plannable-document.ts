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
import { RequestError } from '../../subgraphs/kernel/errors/index.js';
import { isCondition } from './field-groups.js';
import { isIntrospectionField } from './introspection.js';

/** Fields after fragments are written out: fragments that spread fragments would otherwise grow without bound. */
const maxFields = 20_000;

const typenameField: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

export interface PlannableInput {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Abstract types whose objects need their type's name: callers may not see some of them. */
  readonly partlyHidden: ReadonlySet<string>;
  /** Of the variables that `@skip` and `@include` read. */
  readonly conditions: Readonly<Record<string, unknown>>;
}

/**
 * The operation without introspection and without the root's `__typename`, with every `@skip` and `@include` decided,
 * every fragment written out and every type condition that can't hold left away. Null when nothing is left to ask.
 *
 * Deciding conditions first costs a plan for each combination that is really asked for, and saves the fetches that only
 * a skipped field needs; the planner loses its way in some fragments with conditions.
 */
export function toPlannableDocument(input: PlannableInput): DocumentNode | null {
  const root = input.schema.getRootType(input.operation.operation);
  if (!root) return null;
  const selections = new Reduction(input).selectionsOf(input.operation.selectionSet, root, true);
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
  return { kind: Kind.DOCUMENT, definitions: [definition] };
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

/** Fields selected under some type conditions: those of `type`, for objects of the types that `possible` names. */
interface ConditionedFields {
  readonly type: GraphQLCompositeType;
  readonly possible: ReadonlySet<string>;
  readonly fields: FieldNode[];
}

class Reduction {
  readonly #input: PlannableInput;
  #fields = 0;

  constructor(input: PlannableInput) {
    this.#input = input;
  }

  /** Fragments within fragments come out side by side, one deep: nested ones confuse the planner about what they select. */
  selectionsOf(selectionSet: SelectionSetNode, type: GraphQLCompositeType, isRoot: boolean): SelectionNode[] {
    const possible = this.#possibleTypes(type);
    const collected: ConditionedFields[] = [];
    this.#collect(selectionSet, { type, possible, fields: [] }, isRoot, collected, new Set());
    return collected.flatMap((group) => this.#write(group, type, possible));
  }

  #collect(
    selectionSet: SelectionSetNode,
    within: ConditionedFields,
    isRoot: boolean,
    collected: ConditionedFields[],
    spread: Set<string>,
  ): void {
    collected.push(within);
    for (const selection of selectionSet.selections) {
      if (!this.#isWanted(selection.directives)) continue;
      if (selection.kind === Kind.FIELD) {
        const field = this.#fieldOf(selection, within.type, isRoot);
        if (field !== null && !isRepeated(field, within.fields)) within.fields.push(field);
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#input.fragments.get(selection.name.value);
      if (fragment === undefined) continue;
      const condition = this.#conditionOf(fragment, within);
      if (condition === null) continue;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        // Once for the objects that it is for: fragments that spread others twice would double the work at every step.
        const key = [selection.name.value, ...condition.possible].join();
        if (spread.has(key)) continue;
        spread.add(key);
      }
      this.#collect(fragment.selectionSet, condition, isRoot && condition.type === within.type, collected, spread);
    }
  }

  /** Null when no object can meet the fragment's condition. */
  #conditionOf(
    fragment: InlineFragmentNode | FragmentDefinitionNode,
    within: ConditionedFields,
  ): ConditionedFields | null {
    const name = fragment.typeCondition?.name.value;
    const type = name === undefined ? within.type : this.#input.schema.getType(name);
    if (!isCompositeType(type)) return null;
    const ofType = this.#possibleTypes(type);
    const possible = new Set([...within.possible].filter((member) => ofType.has(member)));
    return possible.size === 0 ? null : { type, possible, fields: [] };
  }

  /** As plain fields of `parent` where that says the same, else under the fewest type conditions that do. */
  #write(group: ConditionedFields, parent: GraphQLCompositeType, all: ReadonlySet<string>): SelectionNode[] {
    const { type, possible, fields } = group;
    if (fields.length === 0) return [];
    if (possible.size === all.size && (type === parent || isObjectType(parent) || isImplementedBy(type, parent)))
      return fields;
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

  #fieldOf(field: FieldNode, type: GraphQLCompositeType, isRoot: boolean): FieldNode | null {
    const name = field.name.value;
    if (isIntrospectionField(name)) return null;
    // Under an alias the planner takes it for any field, and the type that the response needs isn't there.
    if (name === '__typename') return isRoot ? null : typenameField;
    this.#fields += 1;
    if (this.#fields > maxFields) {
      const message = `The operation selects more than ${maxFields} fields once its fragments are written out.`;
      throw new RequestError('LIMIT_EXCEEDED', message);
    }
    const { alias, arguments: fieldArguments } = field;
    const plain: FieldNode = {
      kind: Kind.FIELD,
      name: field.name,
      ...(alias && { alias }),
      ...(fieldArguments?.length && { arguments: fieldArguments }),
    };
    const definition = isUnionType(type) ? undefined : type.getFields()[name];
    const below = definition && getNamedType(definition.type);
    if (!field.selectionSet || !isCompositeType(below)) return plain;
    const selections = this.selectionsOf(field.selectionSet, below, false);
    if (this.#input.partlyHidden.has(below.name)) selections.push(typenameField);
    // An object is asked for even when nothing of it is: whether it is null is part of the answer.
    return { ...plain, selectionSet: toSelectionSet(selections.length > 0 ? selections : [typenameField]) };
  }

  #possibleTypes(type: GraphQLCompositeType): ReadonlySet<string> {
    if (!isAbstractType(type)) return new Set([type.name]);
    return new Set(this.#input.schema.getPossibleTypes(type).map(({ name }) => name));
  }
}

/** Only the plain ones: the planner merges the others itself. */
function isRepeated(field: FieldNode, fields: readonly FieldNode[]): boolean {
  if (field.alias || field.arguments || field.selectionSet) return false;
  return fields.some((other) => other.name.value === field.name.value && !other.alias && !other.arguments);
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
