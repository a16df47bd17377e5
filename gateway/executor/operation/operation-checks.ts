/** Finds the operation that was asked for, and refuses what no plan could answer. */
import { BREAK, Kind, visit, type DirectiveNode, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import { isDefer } from './deferred-operation.js';
import { isCondition } from './field-groups.js';
import { isIntrospectionField } from './introspection.js';

export function selectOperation(
  document: DocumentNode,
  operationName: string | null | undefined,
): OperationDefinitionNode {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operationName) {
    const named = operations.find((operation) => operation.name?.value === operationName);
    if (named === undefined) throw new RequestError('BAD_USER_INPUT', `Unknown operation named "${operationName}".`);
    return named;
  }
  const [first, second] = operations;
  if (first === undefined) throw new RequestError('BAD_USER_INPUT', 'Must provide an operation.');
  if (second !== undefined) {
    throw new RequestError('BAD_USER_INPUT', 'Must provide operation name if query contains multiple operations.');
  }
  return first;
}

/** Throws BAD_USER_INPUT for `@stream` and for a response key that a JavaScript object can't hold safely. */
export function assertAnswerable(document: DocumentNode): void {
  visit(document, {
    Directive({ name }) {
      if (name.value !== 'stream') return;
      throw new RequestError('BAD_USER_INPUT', '@stream is not supported: lists are sent whole.');
    },
    Field({ alias, name }) {
      if ((alias ?? name).value !== '__proto__') return;
      throw new RequestError('BAD_USER_INPUT', 'The alias __proto__ is not supported.');
    },
  });
}

export function hasIntrospection(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field({ name }) {
      if (!isIntrospectionField(name.value)) return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}

/** The variables that a `@skip` or `@include` reads. */
export function conditionVariablesOf(document: DocumentNode): ReadonlySet<string> {
  return variablesOfConditions(document, isCondition);
}

/** The variables that a `@defer` reads. */
export function deferVariablesOf(document: DocumentNode): ReadonlySet<string> {
  return variablesOfConditions(document, isDefer);
}

function variablesOfConditions(document: DocumentNode, isOne: (directive: DirectiveNode) => boolean): Set<string> {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      const condition = directive.arguments?.find(({ name }) => name.value === 'if')?.value;
      if (isOne(directive) && condition?.kind === Kind.VARIABLE) names.add(condition.name.value);
    },
  });
  return names;
}
