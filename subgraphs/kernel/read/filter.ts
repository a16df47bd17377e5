/** Typed comparators → SQL. The input types make the shape; what they can't say (lengths, NUL, empty lists) is checked here. */
import { badInput } from '../errors/index.js';
import { isUuid, keyOfType, uuidOfType } from '../ids/index.js';
import type { StatementScope } from './prefetch.js';
import {
  conjunction,
  maxTerms,
  takeTerm,
  wrap,
  type Budget,
  type Input,
  type Leaf,
  type Reading,
} from './conditions.js';
import type { EntityMap, FieldMap } from './entity-map.js';
import { filterFields } from './fields.js';
import { countsOf } from './figures.js';
import { fieldExpression } from './projection.js';
import type { Parameters } from './parameters.js';
import { MapRegistry } from './registry.js';
import { countOf, fromWhere, type RelatedMany, type RelatedOne, type RelatedUnion } from './related.js';

const maxListLength = 500;
/** PostgreSQL plans a negated `exists` twice, and so each one inside it: 126 subplans and 0.13 s of planning at seven levels. */
const maxRelations = 3;

/** The condition for a `filter:` argument over the row `t`, or null when it asks nothing. */
export function filterCondition(entity: EntityMap, filter: Input, scope: StatementScope): string | null {
  const reading = { argument: 'filter', budget: { terms: maxTerms }, parameters: scope.parameters, depth: 1 };
  return conjunction(filter, entityLeaf(entity, 't', scope), reading);
}

/** What one name of a filter asks of the row `table`. */
function entityLeaf(entity: EntityMap, table: string, scope: StatementScope): Leaf {
  const fields = filterFields(entity);
  const registry = MapRegistry.of(entity);
  return (name, value, reading) => {
    const { budget, argument } = reading;
    takeTerm(budget, argument);
    const custom = entity.customFilters?.[name];
    if (custom !== undefined) return wrap(custom(value, table, scope.parameters));
    const place = `${argument}.${name}`;
    const compare = (field: FieldMap, expression: string): string | null =>
      comparisonsOf(place, field, expression, value as Input, scope.parameters, budget);
    const field = fields[name];
    if (field !== undefined) return compare(folding(entity, field), fieldExpression(field, table));
    const related = registry.related(entity).get(name);
    if (related?.kind === 'union') return memberConditions(related, { table, scope }, value as Input, reading, place);
    if (related !== undefined)
      return relationCondition({ related, table, scope }, value as Input, { ...reading, argument: place });
    const facet = registry.facetFields(entity).find((each) => each.name === name);
    if (facet !== undefined) return compare(facet.field, facet.expression(table, scope));
    const counted = countsOf(entity, registry).find((count) => count.name === name);
    if (counted !== undefined) return compare(countField, countOf(counted.source, table, scope));
    throw badInput(`${entity.type} can't be filtered by ${name}.`);
  };
}

/** How many rows there are. */
export const countField: FieldMap = { kind: 'bigint', source: '', sqlType: 'int8' };

/** The field, marked when it holds a key that is stored in lower case: the entity's own, or the one that its ids are of. */
function folding(entity: EntityMap, field: FieldMap): FieldMap {
  const owner = field.idType === undefined ? entity : MapRegistry.of(entity).beside(entity, field.idType);
  const keys = owner === undefined ? [] : [owner.key, ...Object.values(owner.alternateKeys ?? {})];
  const isFolded = keys.some(
    ({ column, lowerCase }) => lowerCase === true && (field.idType !== undefined || column === field.source),
  );
  return isFolded ? { ...field, isFolded } : field;
}

/** It is of the named type, and the condition holds for it. */
function memberConditions(
  { members }: RelatedUnion,
  place: Omit<RelationPlace, 'related'>,
  value: Input,
  reading: Reading,
  argument: string,
): string | null {
  const terms = Object.entries(value).flatMap(([name, given]) => {
    const related = members.find((member) => member.name === name);
    if (given === undefined) return [];
    if (given === null) throw badInput(`${argument}.${name} is null: leave it out.`);
    if (related === undefined) throw badInput(`${argument} can't be filtered by ${name}.`);
    const condition = relationCondition({ related, ...place }, given as Input, {
      ...reading,
      argument: `${argument}.${name}`,
    });
    return condition ?? [];
  });
  return terms.length === 0 ? null : terms.join(' and ');
}

interface RelationPlace {
  readonly related: RelatedOne | RelatedMany;
  readonly table: string;
  readonly scope: StatementScope;
}

/** To one row: it is there, and the condition holds for it. To many: as `some`, `none` and `every` say. */
function relationCondition({ related, table, scope }: RelationPlace, value: Input, reading: Reading): string | null {
  const relations = (reading.relations ?? 0) + 1;
  if (relations > maxRelations) throw badInput(`A filter may follow ${maxRelations} relations, one below the other.`);
  const inner = `f${reading.depth}`;
  const leaf = entityLeaf(related.target, inner, scope);
  const exists = (given: Input, argument: string, isNegated = false): string => {
    const condition = conjunction(given, leaf, { ...reading, argument, relations, depth: reading.depth + 1 });
    const asked =
      condition === null ? (isNegated ? 'false' : null) : isNegated ? `(${condition}) is not true` : condition;
    const { from, conditions } = related.rows({ table, inner }, scope);
    const all = asked === null ? conditions : [...conditions, `(${asked})`];
    return `exists (select from ${fromWhere({ from, conditions: all })})`;
  };
  if (related.kind === 'one') return exists(value, reading.argument);
  const terms = Object.entries(value).flatMap(([quantifier, given]) => {
    if (given === undefined) return [];
    const argument = `${reading.argument}.${quantifier}`;
    if (given === null) throw badInput(`${argument} is null: leave it out.`);
    if (quantifier === 'some') return [exists(given as Input, argument)];
    return [`not ${exists(given as Input, argument, quantifier === 'every')}`];
  });
  return terms.length === 0 ? null : terms.join(' and ');
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
    if (field.sqlType === 'uuid') return uuidOfType(String(value), field.idType);
    const key = keyOfType(String(value), field.idType);
    return field.isFolded === true ? key.toLowerCase() : key;
  }
  if (field.kind === 'uuid' && !isUuid(String(value))) throw badInput(`${place} is not a UUID.`);
  if (field.kind === 'bigint' && BigInt.asIntN(64, BigInt(value as number)) !== BigInt(value as number)) {
    throw badInput(`${place} does not fit in 64 bits.`);
  }
  return field.isFolded === true ? String(value).toLowerCase() : value;
}

function escapePattern(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
