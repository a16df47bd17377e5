/**
 * What an operation costs: how many objects its answer may hold, and what the database does for them beside. A page size
 * multiplies all that is inside it. The document's part is compiled once; for each request there is left to put the variables in.
 * What a `@defer` puts off is charged as the part that it is, wherever else its fields are selected.
 */
import {
  getNamedType,
  isAbstractType,
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
import { countConditions } from './conditions.js';
import type { CostPart, OperationCost } from './cost-parts.js';
import { deferralOf, deferringVariables, type Deferral } from './deferrals.js';
import { fragmentsOf, groupFields, selectionSetsOf, type FieldGroup, type Fragments } from './selections.js';
import { countFigures, countMeasures, isFigure } from './figures.js';
import { countMarks, countSelectedMarks, noMarks } from './marks.js';
import { deferredSchema, scanOfParent, scanOfTable } from './weights.js';

type Variables = Readonly<Record<string, unknown>>;
type Amount = OperationCost;

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
  const place = { pageSize: null, isBelowPage: false, isDeferred: false, way: free };
  const compile = (deciding: Variables) =>
    costOfSelections({ schema, fragments, limits, deciding }, root, [operation.selectionSet], place);
  const names = deferringVariables(operation, fragments);
  const always = names.length === 0 ? compile({}) : null;
  let last: { readonly key: string; readonly cost: Amount } | null = null;
  return (sent, parts) => {
    const variables = { ...defaults, ...sent };
    if (always !== null) return always(variables, parts);
    const key = names.map((name) => variables[name] !== false).join();
    if (last?.key !== key)
      last = { key, cost: compile(Object.fromEntries(names.map((name) => [name, variables[name]]))) };
    return last.cost(variables, parts);
  };
}

const free: Amount = () => 0;

interface Compilation {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly limits: OperationLimits;
  /** Says which fragments are deferred. */
  readonly deciding: Variables;
}

/** Where selections stand. */
interface Place {
  /** Of the connection that is selected from: what its lists (`edges`, `nodes`) hold. */
  readonly pageSize: Amount | null;
  /** Inside the items of a page or list. */
  readonly isBelowPage: boolean;
  /** In the fragment of a part, at its top. */
  readonly isDeferred: boolean;
  /** Of the fields that lead here from the root or the item of a list: what is deferred is fetched by that way again. */
  readonly way: Amount;
}

/** What every object has is charged, and of what depends on the object's type the most expensive type: an object has one. */
function costOfSelections(
  compilation: Compilation,
  type: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
  place: Place,
): Amount {
  const always: Amount[] = [];
  const byType = new Map<string, Amount[]>();
  const add = (typeCondition: string, cost: Amount): void => {
    if (typeCondition === '' || typeCondition === type.name) always.push(cost);
    else byType.set(typeCondition, [...(byType.get(typeCondition) ?? []), cost]);
  };
  const { schema, fragments, deciding } = compilation;
  const deferrals = new Map<string, Deferral[]>();
  const groups = groupFields(selectionSets, fragments, undefined, (fragment, outer) => {
    const deferral = deferralOf(fragment, outer, fragments, deciding);
    if (deferral === null) return false;
    // An object has all of its interfaces, so none of them is an alternative.
    const condition = schema.getType(deferral.typeCondition);
    const key = isAbstractType(condition) ? '' : deferral.typeCondition;
    deferrals.set(key, [...(deferrals.get(key) ?? []), deferral]);
    return true;
  });
  for (const [condition, some] of deferrals) add(condition, costOfDeferrals(compilation, type, some, place));
  for (const group of groups) {
    const parent = group.typeCondition === '' ? type : schema.getType(group.typeCondition);
    const cost = isCompositeType(parent) ? costOfField(compilation, parent, group, place) : null;
    if (cost !== null) add(group.typeCondition, cost);
  }
  const alternatives = [...byType.values()];
  return (variables, parts) => {
    let mostExpensive = 0;
    for (const costs of alternatives) mostExpensive = Math.max(mostExpensive, sum(costs, variables, parts));
    return sum(always, variables, parts) + mostExpensive;
  };
}

/** Each is a part, the way to it and what it selects: one that repeats another as well, for it is fetched and sent again. */
function costOfDeferrals(
  compilation: Compilation,
  type: GraphQLCompositeType,
  deferrals: readonly Deferral[],
  place: Place,
): Amount {
  const costs = deferrals.map(({ typeCondition, selectionSet, directives }) => {
    const condition = compilation.schema.getType(typeCondition);
    const inside = costOfSelections(compilation, isCompositeType(condition) ? condition : type, [selectionSet], {
      ...place,
      isDeferred: true,
    });
    return { isSelected: holdsWhen(directives), inside };
  });
  return (variables, parts) => {
    const selected = costs.filter(({ isSelected }) => isSelected(variables));
    if (selected.length === 0) return 0;
    const own = selected.length * (1 + place.way(variables));
    const below = parts && [];
    const cost = selected.reduce((total, { inside }) => total + inside(variables, below), own);
    parts?.push({ key: '@defer', size: selected.length, own, cost, inside: below ?? [] });
    return cost;
  };
}

/** Null for what is free: leaves, and introspection. */
function costOfField(
  compilation: Compilation,
  parent: GraphQLCompositeType,
  group: FieldGroup,
  place: Place,
): Amount | null {
  const { schema, limits } = compilation;
  const node = group.nodes[0] as FieldNode;
  if (place.isDeferred && node.name.value === '__schema') return () => deferredSchema;
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
  const type = field === undefined ? undefined : getNamedType(field.type);
  const weight = limits.weights.fields.get(`${parent.name}.${node.name.value}`) ?? 0;
  if (field === undefined || !isCompositeType(type)) return weight === 0 ? null : () => weight;
  const isSelected = selectedWhen(group.nodes);
  const below = selectionSetsOf(group);
  const { isBelowPage } = place;
  if (!hasList(field.type)) {
    const asked = pageSizeOf(field, node, isBelowPage ? limits.assumedNestedPageSize : limits.assumedPageSize);
    const isTable = parent === schema.getQueryType();
    const reading = asked === null ? null : costOfReading(compilation, { field, node, below, isTable });
    const way: Amount = (variables) => place.way(variables) + weight + (reading?.(variables) ?? 0);
    const inside = costOfSelections(compilation, type, below, { pageSize: asked, isBelowPage, isDeferred: false, way });
    return (variables, parts) => {
      if (!isSelected(variables)) return 0;
      const own = 1 + weight + (reading?.(variables) ?? 0);
      if (parts === undefined) return own + inside(variables);
      const part = { key: group.key, size: asked?.(variables) ?? null, own, cost: own, inside: [] };
      part.cost += inside(variables, part.inside);
      parts.push(part);
      return part.cost;
    };
  }
  const inside = costOfSelections(compilation, type, below, {
    pageSize: null,
    isBelowPage: true,
    isDeferred: false,
    way: free,
  });
  // Groups have a size of their own, whatever page they stand beside.
  const size = pageSizeOf(field, node, limits.assumedPageSize) ?? place.pageSize ?? listSizeOf(field, node, limits);
  return (variables, parts) => {
    if (!isSelected(variables)) return 0;
    const items = size(variables);
    if (parts === undefined) return weight + items * (1 + inside(variables));
    const part: CostPart = {
      key: group.key,
      size: place.pageSize === null ? items : null,
      own: weight,
      cost: 0,
      inside: [],
    };
    part.cost = weight + items * (1 + inside(variables, part.inside));
    parts.push(part);
    return part.cost;
  };
}

/** What the database does to find a connection's rows: the conditions of its `filter`, its `totalCount` and its figures. */
function costOfReading(
  { schema, fragments }: Compilation,
  {
    field,
    node,
    below: selections,
    isTable,
  }: {
    field: GraphQLField<unknown, unknown>;
    node: FieldNode;
    below: readonly SelectionSetNode[];
    /** Of all there are, and not of a parent's own. */
    isTable: boolean;
  },
): Amount {
  const weights = isTable ? scanOfTable : scanOfParent;
  const selected = groupFields(selections, fragments);
  const totals = selected.filter(({ nodes }) => nodes[0]?.name.value === 'totalCount').length;
  const { figures, sorted } = countFigures(selected, fragments);
  // The page, the total and each figure are looked for by themselves.
  const passes = Math.max(1, Math.min(totals, 1) + figures + (selected.length > totals + figures ? 1 : 0));
  const total = Math.min(totals, 1) * weights.total + figures * weights.figures + sorted * weights.sorting;
  const argument = (name: string) => {
    const type = field.args.find((each) => each.name === name)?.type;
    const value = node.arguments?.find((each) => each.name.value === name)?.value;
    return type === undefined || value === undefined ? null : { type, value };
  };
  const [filter, orderBy] = [argument('filter'), argument('orderBy')];
  const groups = selected.filter(isFigure);
  const figured = { schema, fragments, groups, typeName: getNamedType(field.type).name };
  return (variables) => {
    const marks = noMarks();
    if (orderBy !== null) countMarks(orderBy.value, orderBy.type, variables, marks);
    countSelectedMarks(figured, variables, marks);
    const measured = countMeasures(groups, variables) * weights.measure;
    const cost = total + measured + marks.counts * weights.counts + marks.sorts * weights.sorts;
    if (filter === null) return cost;
    const { texts, others, relations } = countConditions(filter.value, variables);
    const any = texts + others + relations > 0 ? weights.conditions : 0;
    const filtered = noMarks();
    countMarks(filter.value, filter.type, variables, filtered);
    const followed = (relations + filtered.joins) * weights.relation;
    const asked = texts * weights.textCondition + others * weights.condition + followed;
    return cost + passes * (any + asked + filtered.counts * weights.counts);
  };
}

function sum(amounts: readonly Amount[], variables: Variables, parts?: CostPart[]): number {
  let total = 0;
  for (const amount of amounts) total += amount(variables, parts);
  return total;
}

/** Null for a field that takes neither `first` nor `last`. */
function pageSizeOf(field: GraphQLField<unknown, unknown>, node: FieldNode, assumed: number): Amount | null {
  const sizes = ['first', 'last']
    .filter((name) => field.args.some((argument) => argument.name === name))
    .map((name) => argumentOf(field, node, name));
  if (sizes.length === 0) return null;
  return (variables) => {
    const asked = sizes.map((size) => size(variables)).filter((size) => typeof size === 'number');
    return asked.length === 0 ? assumed : Math.max(0, ...asked);
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

/** As it counts here: numbers are numbers, and a variable inside a list matters by being there. */
function plainValue(value: ValueNode): unknown {
  switch (value.kind) {
    case Kind.INT:
      return Number(value.value);
    case Kind.BOOLEAN:
      return value.value;
    case Kind.LIST:
      return value.values.map(plainValue);
    case Kind.OBJECT:
      return Object.fromEntries(value.fields.map((field) => [field.name.value, plainValue(field.value)]));
    case Kind.VARIABLE:
    case Kind.NULL:
      return null;
    default:
      return value.value;
  }
}

function hasList(type: GraphQLOutputType | GraphQLField<unknown, unknown>['args'][number]['type']): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

/** A field that `@skip` or `@include` leaves out in every place where it is selected is free. */
function selectedWhen(nodes: readonly FieldNode[]): (variables: Variables) => boolean {
  const tests = nodes.map((node) => holdsWhen(node.directives ?? []));
  return (variables) => tests.some((holds) => holds(variables));
}

function holdsWhen(directives: readonly DirectiveNode[]): (variables: Variables) => boolean {
  const conditions = directives.flatMap((directive) => conditionOf(directive) ?? []);
  return (variables) => conditions.every((holds) => holds(variables));
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
