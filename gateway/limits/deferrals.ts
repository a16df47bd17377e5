/** The `@defer` of an operation, as far as its cost depends on them: which hold for the variables of a request. */
import {
  Kind,
  visit,
  type DirectiveNode,
  type FragmentSpreadNode,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Fragments } from './selections.js';

type Variables = Readonly<Record<string, unknown>>;

/** A fragment that comes in a part of its own. */
export interface Deferral {
  /** The innermost type that an object must have to get it; empty where every one does. */
  readonly typeCondition: string;
  readonly selectionSet: SelectionSetNode;
  readonly directives: readonly DirectiveNode[];
}

/** The variables that say whether a fragment is deferred. */
export function deferringVariables(operation: OperationDefinitionNode, fragments: Fragments): string[] {
  const names = new Set<string>();
  for (const { selectionSet } of [operation, ...fragments.values()]) {
    visit(selectionSet, {
      Directive(directive) {
        const condition = directive.name.value === 'defer' ? conditionOf(directive) : undefined;
        if (condition?.kind === Kind.VARIABLE) names.add(condition.name.value);
      },
    });
  }
  return [...names];
}

/** Null for a fragment that comes with what is around it. */
export function deferralOf(
  fragment: FragmentSpreadNode | InlineFragmentNode,
  outerCondition: string,
  fragments: Fragments,
  variables: Variables,
): Deferral | null {
  const directives = fragment.directives ?? [];
  if (!directives.some((directive) => directive.name.value === 'defer' && holds(directive, variables))) return null;
  const definition = fragment.kind === Kind.INLINE_FRAGMENT ? fragment : fragments.get(fragment.name.value);
  if (definition === undefined) return null;
  const typeCondition = definition.typeCondition?.name.value ?? outerCondition;
  return { typeCondition, selectionSet: definition.selectionSet, directives };
}

/** `if` is true when it is left out. */
function holds(defer: DirectiveNode, variables: Variables): boolean {
  const condition = conditionOf(defer);
  if (condition?.kind === Kind.VARIABLE) return variables[condition.name.value] !== false;
  return condition?.kind !== Kind.BOOLEAN || condition.value;
}

function conditionOf(defer: DirectiveNode) {
  return defer.arguments?.find(({ name }) => name.value === 'if')?.value;
}
