/** Typed comparators → SQL. The input types make the shape; what they can't say (lengths, NUL, empty lists) is checked here. */
import { badInput } from '../errors/index.js';
import { isUuid, keyOfType, uuidOfType } from '../ids/index.js';
import type { StatementScope } from './ahead.js';
import { conjunction, maxTerms, takeTerm, wrap, type Budget, type Input, type Leaf } from './conditions.js';
import type { EntityMap, FieldMap } from './entity-map.js';
import { fieldExpression } from './projection.js';
import type { Parameters } from './parameters.js';

const maxListLength = 500;

/** The condition for a `filter:` argument over the row `t`, or null when it asks nothing. */
export function filterCondition(entity: EntityMap, filter: Input, scope: StatementScope): string | null {
  return conjunction(filter, entityLeaf(entity, 't', scope), {
    argument: 'filter',
    budget: { terms: maxTerms },
    depth: 1,
  });
}

/** What one name of a filter asks of the row `table`. */
function entityLeaf(entity: EntityMap, table: string, { parameters }: StatementScope): Leaf {
  return (name, value, { budget, argument }) => {
    takeTerm(budget, argument);
    const custom = entity.customFilters?.[name];
    if (custom !== undefined) return wrap(custom(value, table, parameters));
    const field =
      entity.filterFields?.[name] ?? (entity.filters?.includes(name) === true ? entity.fields[name] : undefined);
    if (field === undefined) throw badInput(`${entity.type} can't be filtered by ${name}.`);
    const place = `${argument}.${name}`;
    return comparisonsOf(place, field, fieldExpression(field, table), value as Input, parameters, budget);
  };
}

const operators: Readonly<Record<string, string>> = {
  eq: '=',
  neq: 'is distinct from',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
};

/** Each comparator that is given over one value; `place` says where it stands. */
export function comparisonsOf(
  place: string,
  field: FieldMap,
  expression: string,
  given: Input,
  parameters: Parameters,
  budget: Budget,
): string | null {
  const terms: string[] = [];
  for (const [comparator, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const at = `${place}.${comparator}`;
    if (value === null) throw badInput(`${at} is null: use isNull to ask for null.`);
    budget.terms -= 1;
    terms.push(comparison({ place: at, comparator, field, expression, value, parameters }));
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
