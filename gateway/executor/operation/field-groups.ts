/** Collects the fields of selection sets for one type, as the specification's CollectFields does, before any variable is known. */
import {
  isAbstractType,
  Kind,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionNode,
} from 'graphql';
import type { Run } from '../run.js';

/** The `@skip` and `@include` on the way to a selection: all must allow it. Null when there are none. */
export type Conditions = readonly DirectiveNode[] | null;

export interface SelectionGroup {
  readonly selections: readonly SelectionNode[];
  readonly conditions: Conditions;
}

interface GatheredNode {
  readonly node: FieldNode;
  readonly conditions: Conditions;
  /** Grows along the selections of one object. */
  readonly at: number;
}

/** Every selection of one response key. */
export interface FieldGroup {
  readonly key: string;
  readonly name: string;
  readonly nodes: readonly GatheredNode[];
  /** The selection sets below, each with the conditions of its own field. */
  readonly groups: readonly SelectionGroup[];
}

interface MutableGroup extends FieldGroup {
  readonly nodes: GatheredNode[];
  readonly groups: SelectionGroup[];
}

/** `isPutOff` is asked of each inline fragment that applies; one that is put off is not looked into. */
export function gatherFields(
  schema: GraphQLSchema,
  type: GraphQLObjectType | GraphQLInterfaceType,
  groups: readonly SelectionGroup[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  isPutOff?: (fragment: InlineFragmentNode) => boolean,
): Iterable<FieldGroup> {
  const gathered = new Map<string, MutableGroup>();
  const isNew = firstSpreads();
  let at = 0;
  const applies = (condition: string) => {
    if (condition === type.name) return true;
    const conditionType = schema.getType(condition);
    return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
  };
  const gather = (selections: readonly SelectionNode[], inherited: Conditions) => {
    for (const selection of selections) {
      const conditions = withConditions(inherited, selection.directives);
      if (conditions === 'never') continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        let group = gathered.get(key);
        if (group === undefined)
          gathered.set(key, (group = { key, name: selection.name.value, nodes: [], groups: [] }));
        group.nodes.push({ node: selection, conditions, at: at++ });
        if (selection.selectionSet) group.groups.push({ selections: selection.selectionSet.selections, conditions });
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (fragment === undefined) continue;
      if (selection.kind === Kind.FRAGMENT_SPREAD && !isNew(selection.name.value, conditions)) continue;
      if (fragment.typeCondition && !applies(fragment.typeCondition.name.value)) continue;
      if (isPutOff !== undefined && fragment.kind === Kind.INLINE_FRAGMENT && isPutOff(fragment)) continue;
      gather(fragment.selectionSet.selections, conditions);
    }
  };
  for (const group of groups) gather(group.selections, group.conditions);
  return gathered.values();
}

/**
 * Whether a fragment spread at one place adds anything there: not when it was spread under the same conditions, or
 * under none. Fragments that spread others twice would otherwise double the work at every step.
 */
export function firstSpreads(): (name: string, conditions: Conditions) => boolean {
  const seen = new Set<string>();
  return (name, conditions) => {
    const key = `${name} ${[...new Set((conditions ?? []).map(conditionKey))].sort().join(' ')}`;
    if (seen.has(`${name} `) || seen.has(key)) return false;
    seen.add(key);
    return true;
  };
}

function conditionKey({ name, arguments: given }: DirectiveNode): string {
  const value = given?.[0]?.value;
  if (value?.kind === Kind.VARIABLE) return `${name.value}:$${value.name.value}`;
  return `${name.value}:${value?.kind === Kind.BOOLEAN ? value.value : ''}`;
}

function withConditions(inherited: Conditions, directives: readonly DirectiveNode[] | undefined): Conditions | 'never' {
  let conditions = inherited;
  for (const directive of directives ?? []) {
    if (!isCondition(directive)) continue;
    const value = directive.arguments?.[0]?.value;
    if (value?.kind === Kind.BOOLEAN) {
      if (value.value !== (directive.name.value === 'include')) return 'never';
    } else conditions = [...(conditions ?? []), directive];
  }
  return conditions;
}

export function isCondition(directive: DirectiveNode): boolean {
  return directive.name.value === 'skip' || directive.name.value === 'include';
}

/** Decides from the variables whether something is selected. Null when it is whatever they are. */
export type IsSelected = ((variables: Run['variables']) => boolean) | null;

export function isSelected(group: FieldGroup): IsSelected {
  const alternatives: (readonly VariableCondition[])[] = [];
  for (const { conditions } of group.nodes) {
    const alternative = toAlternative(conditions);
    if (alternative === null) return null;
    alternatives.push(alternative);
  }
  return (variables) => alternatives.some((all) => holds(all, variables));
}

/** A field where it may first be met, and whether it is. */
export interface FieldOccurrence {
  readonly group: FieldGroup;
  readonly isSelected: IsSelected;
}

/**
 * The fields in the order of their first selection. Where the first one has conditions, a later one may count instead:
 * then each is listed, and the first that holds is the field's place in the response.
 */
export function inResponseOrder(groups: Iterable<FieldGroup>): readonly FieldOccurrence[] {
  const occurrences: (FieldOccurrence & { readonly at: number })[] = [];
  for (const group of groups) {
    for (const { conditions, at } of group.nodes) {
      const alternative = toAlternative(conditions);
      occurrences.push({ group, at, isSelected: alternative && ((variables) => holds(alternative, variables)) });
      // Nothing after a selection without conditions moves the field.
      if (alternative === null) break;
    }
  }
  return occurrences.sort((one, other) => one.at - other.at);
}

interface VariableCondition {
  readonly variable: string;
  readonly wanted: boolean;
}

function toAlternative(conditions: Conditions): readonly VariableCondition[] | null {
  if (conditions === null) return null;
  return conditions.map((directive) => {
    const value = directive.arguments?.[0]?.value;
    if (value?.kind !== Kind.VARIABLE) throw new Error('a condition that is neither a literal nor a variable');
    return { variable: value.name.value, wanted: directive.name.value === 'include' };
  });
}

function holds(all: readonly VariableCondition[], variables: Run['variables']): boolean {
  return all.every(({ variable, wanted }) => (variables[variable] === true) === wanted);
}
