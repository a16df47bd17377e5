/** What of an argument or a selection the database works for beyond its rows, as the supergraph's tags mark it. */
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  Kind,
  type GraphQLInputType,
  type GraphQLSchema,
  type ValueNode,
} from 'graphql';
import { costMarkOf, type CostMark } from '../supergraph/cost-marks.js';
import { quantifiers } from './weights.js';
import { groupFields, selectionSetsOf, type FieldGroup, type Fragments } from './selections.js';

export interface Marks extends Record<CostMark, number> {
  /** Relations to one that conditions are on. */
  joins: number;
}

export const noMarks = (): Marks => ({ counts: 0, sorts: 0, joins: 0 });

/** Marked members of `value`, an argument of `type`: a literal, a variable, or a literal with variables in it. */
export function countMarks(
  value: ValueNode | undefined,
  type: GraphQLInputType,
  variables: Readonly<Record<string, unknown>>,
  marks: Marks,
): void {
  if (value === undefined) return;
  switch (value.kind) {
    case Kind.VARIABLE:
      return countValue(variables[value.name.value], type, marks);
    case Kind.LIST:
      for (const item of value.values) countMarks(item, type, variables, marks);
      return;
    case Kind.OBJECT:
      for (const { name, value: inner } of value.fields) {
        const below = member(type, name.value, marks);
        if (below !== undefined) countMarks(inner, below, variables, marks);
      }
      return;
    case Kind.ENUM:
      return addEnum(type, value.value, marks);
    default:
  }
}

function countValue(value: unknown, type: GraphQLInputType, marks: Marks): void {
  if (Array.isArray(value)) {
    for (const item of value) countValue(item, type, marks);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      const below = member(type, name, marks);
      if (below !== undefined) countValue(inner, below, marks);
    }
  } else if (typeof value === 'string') addEnum(type, value, marks);
}

function member(type: GraphQLInputType, name: string, marks: Marks): GraphQLInputType | undefined {
  const named = getNamedType(type);
  const field = isInputObjectType(named) ? named.getFields()[name] : undefined;
  add(field, marks);
  if (field !== undefined && !combining.has(name) && isConditions(getNamedType(field.type))) marks.joins += 1;
  return field?.type;
}

/** What conditions are put together with; the quantifiers of relations to many are counted as such. */
const combining: ReadonlySet<string> = new Set(['and', 'or', 'not', ...quantifiers]);

/** Of a row, by the shape that filters share. */
function isConditions(type: GraphQLInputType): boolean {
  return isInputObjectType(type) && type.getFields()['not'] !== undefined;
}

function addEnum(type: GraphQLInputType, name: string, marks: Marks): void {
  const named = getNamedType(type);
  if (isEnumType(named)) add(named.getValue(name) ?? undefined, marks);
}

function add(element: Parameters<typeof costMarkOf>[0], marks: Marks): void {
  const mark = costMarkOf(element);
  if (mark !== undefined) marks[mark] += 1;
}

/** Marked fields among `groups`, selected from the type `typeName`, and below them; and marked members of their arguments. */
export function countSelectedMarks(
  { groups, typeName, ...rest }: Selected,
  variables: Readonly<Record<string, unknown>>,
  marks: Marks,
): void {
  const type = rest.schema.getType(typeName);
  if (!isObjectType(type)) return;
  for (const group of groups) {
    const [node] = group.nodes;
    const field = type.getFields()[node?.name.value ?? ''];
    if (node === undefined || field === undefined) continue;
    add(field, marks);
    for (const { name, value } of node.arguments ?? []) {
      const argument = field.args.find((each) => each.name === name.value);
      if (argument !== undefined) countMarks(value, argument.type, variables, marks);
    }
    // What is below a key are entities, which are charged as such.
    if (node.name.value === 'key') continue;
    const below = groupFields(selectionSetsOf(group), rest.fragments);
    countSelectedMarks({ ...rest, groups: below, typeName: getNamedType(field.type).name }, variables, marks);
  }
}

interface Selected {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly groups: readonly FieldGroup[];
  readonly typeName: string;
}
