/** Typed comparators → SQL. The input types make the shape; what they can't say (lengths, NUL, empty lists) is checked here. */
import { badInput } from '../errors/index.js';
import { isUuid, keyOfType, uuidOfType } from '../ids/index.js';
import type { EntityMap, FieldMap } from './entity-map.js';
import { fieldExpression } from './projection.js';
import type { Parameters } from './parameters.js';

/** A filter deeper or larger than this is refused: each term is a condition that PostgreSQL plans anew. */
const maxDepth = 8;
const maxTerms = 64;
const maxListLength = 500;

type Input = Readonly<Record<string, unknown>>;

/** The condition for a `filter:` argument over the row `t`, or null when it asks nothing. */
export function filterCondition(entity: EntityMap, filter: Input, parameters: Parameters): string | null {
  const budget = { terms: maxTerms };
  return conjunction(entity, filter, parameters, budget, 1);
}

function conjunction(
  entity: EntityMap,
  filter: Input,
  parameters: Parameters,
  budget: { terms: number },
  depth: number,
): string | null {
  if (depth > maxDepth) throw badInput(`A filter may be nested ${maxDepth} levels deep.`);
  const terms: string[] = [];
  for (const [name, value] of Object.entries(filter)) {
    if (value === undefined) continue;
    if (value === null) throw badInput(`filter.${name} is null: leave it out, or use isNull.`);
    const term = member(entity, name, value, parameters, budget, depth);
    if (term !== null) terms.push(term);
  }
  return terms.length === 0 ? null : terms.join(' and ');
}

function member(
  entity: EntityMap,
  name: string,
  value: unknown,
  parameters: Parameters,
  budget: { terms: number },
  depth: number,
): string | null {
  if (name === 'and' || name === 'or') {
    const parts = (value as readonly Input[]).map((part) => conjunction(entity, part, parameters, budget, depth + 1));
    // `or: []` keeps no row, `and: []` every row; an empty object asks nothing and so is true.
    if (name === 'or')
      return parts.includes(null) ? null : parts.length === 0 ? 'false' : `(${parts.map(wrap).join(' or ')})`;
    const asked = parts.filter((part) => part !== null);
    return asked.length === 0 ? null : asked.map(wrap).join(' and ');
  }
  if (name === 'not') {
    const inner = conjunction(entity, value as Input, parameters, budget, depth + 1);
    // Over a null column a comparison is unknown, and so is its negation: `is not true` keeps those rows.
    return inner === null ? 'false' : `(${inner}) is not true`;
  }
  budget.terms -= 1;
  if (budget.terms < 0) throw badInput(`A filter may have ${maxTerms} terms.`);
  const custom = entity.customFilters?.[name];
  if (custom !== undefined) return wrap(custom(value, 't', parameters));
  const field =
    entity.filterFields?.[name] ?? (entity.filters?.includes(name) === true ? entity.fields[name] : undefined);
  if (field === undefined) throw badInput(`${entity.type} can't be filtered by ${name}.`);
  return comparators(name, field, fieldExpression(field, 't'), value as Input, parameters, budget);
}

function wrap(condition: string | null): string {
  return `(${condition ?? 'true'})`;
}

const operators: Readonly<Record<string, string>> = {
  eq: '=',
  neq: 'is distinct from',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
};

function comparators(
  name: string,
  field: FieldMap,
  expression: string,
  given: Input,
  parameters: Parameters,
  budget: { terms: number },
): string | null {
  const terms: string[] = [];
  for (const [comparator, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const place = `filter.${name}.${comparator}`;
    if (value === null) throw badInput(`${place} is null: use isNull to ask for null.`);
    budget.terms -= 1;
    terms.push(comparison({ place, comparator, field, expression, value, parameters }));
  }
  return terms.length === 0 ? null : terms.join(' and ');
}

interface Comparison {
  readonly place: string;
  readonly comparator: string;
  readonly field: FieldMap;
  readonly expression: string;
  readonly value: unknown;
  readonly parameters: Parameters;
}

function comparison({ place, comparator, field, expression, value, parameters }: Comparison): string {
  const operator = operators[comparator];
  if (operator !== undefined)
    return `${expression} ${operator} ${parameters.add(stored(place, field, value), field.sqlType)}`;
  switch (comparator) {
    case 'in':
    case 'nin': {
      const list = value as readonly unknown[];
      if (list.length > maxListLength) throw badInput(`${place} has ${list.length} values: at most ${maxListLength}.`);
      if (list.includes(null)) throw badInput(`${place} contains null: use isNull to ask for null.`);
      const any = `${expression} = any(${parameters.add(
        list.map((item) => stored(place, field, item)),
        `${field.sqlType}[]`,
      )})`;
      return comparator === 'in' ? any : `(${any}) is not true`;
    }
    case 'contains':
      return `${expression} ilike ${parameters.add(`%${escapePattern(String(value))}%`)}`;
    case 'startsWith':
      return `${expression} ilike ${parameters.add(`${escapePattern(String(value))}%`)}`;
    case 'isNull':
      return `${expression} is ${value === true ? '' : 'not '}null`;
    default:
      throw badInput(`${place} is not a comparator.`);
  }
}

/** A value as its column stores it: a global id becomes its key. What the column can't hold is the caller's mistake. */
function stored(place: string, field: FieldMap, value: unknown): unknown {
  if (field.kind === 'id' && field.idType !== undefined) {
    return field.sqlType === 'uuid' ? uuidOfType(String(value), field.idType) : keyOfType(String(value), field.idType);
  }
  if (field.kind === 'uuid' && !isUuid(String(value))) throw badInput(`${place} is not a UUID.`);
  if (field.kind === 'bigint' && BigInt.asIntN(64, BigInt(value as number)) !== BigInt(value as number)) {
    throw badInput(`${place} does not fit in 64 bits.`);
  }
  return value;
}

function escapePattern(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
