/**
 * What an operation costs: how many objects its answer may hold. A page size multiplies all that is inside it. The
 * document's part is compiled once; for each request there is left to put the variables in.
 */
import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import type { OperationLimits } from './limits.js';
import { fragmentsOf, groupFields, selectionSetsOf, type FieldGroup, type Fragments } from './selections.js';

type Variables = Readonly<Record<string, unknown>>;
/** Takes the variables as sent; defaults of the operation are applied inside. */
export type OperationCost = (variables: Variables) => number;
type Amount = (variables: Variables) => number;

/** The document must be valid against `schema`. */
export function compileCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  limits: OperationLimits,
): OperationCost {
  const fragments = fragmentsOf(document);
  const defaults: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue !== undefined) defaults[variable.name.value] = plainValue(defaultValue);
  }
  const root = schema.getRootType(operation.operation);
  if (root == null) return () => 0;
  const cost = costOfSelections({ schema, fragments, limits }, root, [operation.selectionSet]);
  return (variables) => cost({ ...defaults, ...variables });
}

interface Compilation {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly limits: OperationLimits;
}

/**
 * What every object has is charged, and of what depends on the object's type the dearest type: an object has one.
 * `pageSize` is that of the connection that is selected from: what its lists (`edges`, `nodes`) hold.
 */
function costOfSelections(
  compilation: Compilation,
  type: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
  pageSize: Amount | null = null,
): Amount {
  const always: Amount[] = [];
  const byType = new Map<string, Amount[]>();
  for (const group of groupFields(selectionSets, compilation.fragments)) {
    const parent = group.typeCondition === '' ? type : compilation.schema.getType(group.typeCondition);
    const cost = isCompositeType(parent) ? costOfField(compilation, parent, group, pageSize) : null;
    if (cost === null) continue;
    if (group.typeCondition === '' || group.typeCondition === type.name) always.push(cost);
    else byType.set(group.typeCondition, [...(byType.get(group.typeCondition) ?? []), cost]);
  }
  const alternatives = [...byType.values()];
  return (variables) => {
    let dearest = 0;
    for (const costs of alternatives) dearest = Math.max(dearest, sum(costs, variables));
    return sum(always, variables) + dearest;
  };
}

/** Null for what is free: leaves, and introspection. */
function costOfField(
  compilation: Compilation,
  parent: GraphQLCompositeType,
  group: FieldGroup,
  pageSize: Amount | null,
): Amount | null {
  const node = group.nodes[0] as FieldNode;
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
  const type = field === undefined ? undefined : getNamedType(field.type);
  if (field === undefined || !isCompositeType(type)) return null;
  const isSelected = selectedWhen(group.nodes);
  const asked = pageSizeOf(field, node, compilation.limits);
  if (!hasList(field.type)) {
    const inside = costOfSelections(compilation, type, selectionSetsOf(group), asked);
    return (variables) => (isSelected(variables) ? 1 + inside(variables) : 0);
  }
  const inside = costOfSelections(compilation, type, selectionSetsOf(group));
  const size = asked ?? pageSize ?? listSizeOf(field, node, compilation.limits);
  return (variables) => (isSelected(variables) ? size(variables) * (1 + inside(variables)) : 0);
}

function sum(amounts: readonly Amount[], variables: Variables): number {
  let total = 0;
  for (const amount of amounts) total += amount(variables);
  return total;
}

/** Null for a field that takes neither `first` nor `last`. */
function pageSizeOf(field: GraphQLField<unknown, unknown>, node: FieldNode, limits: OperationLimits): Amount | null {
  const sizes = ['first', 'last']
    .filter((name) => field.args.some((argument) => argument.name === name))
    .map((name) => argumentOf(field, node, name));
  if (sizes.length === 0) return null;
  return (variables) => {
    const asked = sizes.map((size) => size(variables)).filter((size) => typeof size === 'number');
    return asked.length === 0 ? limits.assumedPageSize : Math.max(0, ...asked);
  };
}

/** A list without pages holds as many objects as it was given keys, or an assumed number. */
function listSizeOf(field: GraphQLField<unknown, unknown>, node: FieldNode, limits: OperationLimits): Amount {
  const keys = field.args.filter((argument) => hasList(argument.type)).map(({ name }) => argumentOf(field, node, name));
  return (variables) => {
    const lengths = keys.map((key) => key(variables)).filter(Array.isArray);
    return lengths.length === 0 ? limits.assumedListSize : Math.max(...lengths.map((list) => list.length));
  };
}

function argumentOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  name: string,
): (variables: Variables) => unknown {
  const fallback = field.args.find((argument) => argument.name === name)?.defaultValue;
  const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value === undefined) return () => fallback;
  if (value.kind !== Kind.VARIABLE) {
    const constant = plainValue(value);
    return () => constant;
  }
  const variable = value.name.value;
  return (variables) => (variables[variable] === undefined ? fallback : variables[variable]);
}

/** Numbers and lists as they count here; a list may hold variables, of which only the number matters. */
function plainValue(value: ValueNode): unknown {
  switch (value.kind) {
    case Kind.INT:
      return Number(value.value);
    case Kind.BOOLEAN:
      return value.value;
    case Kind.LIST:
      return value.values.map(plainValue);
    default:
      return null;
  }
}

function hasList(type: GraphQLOutputType | GraphQLField<unknown, unknown>['args'][number]['type']): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

/** A field that `@skip` or `@include` leaves out in every place where it is selected is free. */
function selectedWhen(nodes: readonly FieldNode[]): (variables: Variables) => boolean {
  const tests = nodes.map((node) => (node.directives ?? []).flatMap((directive) => conditionOf(directive) ?? []));
  if (tests.some((conditions) => conditions.length === 0)) return () => true;
  return (variables) => tests.some((conditions) => conditions.every((holds) => holds(variables)));
}

function conditionOf(directive: DirectiveNode): ((variables: Variables) => boolean) | null {
  const name = directive.name.value;
  const value = directive.arguments?.[0]?.value;
  if ((name !== 'skip' && name !== 'include') || value === undefined) return null;
  const wanted = name === 'include';
  if (value.kind === Kind.VARIABLE) {
    const variable = value.name.value;
    return (variables) => (variables[variable] === true) === wanted;
  }
  return () => value.kind !== Kind.BOOLEAN || value.value === wanted;
}
