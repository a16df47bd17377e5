/** The SDL of filter inputs: comparators of fields, conditions on what relations lead to, and the comparators of enums. */
import { assertNever } from '../errors/index.js';
import { filterFields, filterRelations, type EntityMap, type FieldMap, type MapLookup } from '../read/index.js';
import { baseName } from './connections.js';
import { describe, inWords, namedTypeOf, type WrittenContract } from './written.js';

/** The filter inputs of the entities, and of all that their relations lead to. */
export function filterTypes(written: WrittenContract, entities: readonly EntityMap[], find: MapLookup): string[] {
  const reached = new Set<EntityMap>(entities);
  const many = new Set<EntityMap>();
  const enums = new Set<string>();
  // A set goes on to what is added while it is walked through.
  const inputs = [...walk()];
  return [...inputs, ...[...many].map(listFilter), ...[...enums].map(enumComparators)];

  function* walk(): Generator<string> {
    for (const entity of reached) {
      const relations = relationsOf(entity, find);
      for (const { target, isOne } of relations) {
        reached.add(target);
        if (!isOne) many.add(target);
      }
      yield filterInput(written, entity, { relations, enums });
    }
  }
}

interface Related {
  readonly name: string;
  readonly target: EntityMap;
  readonly isOne: boolean;
}

/** A table that is read alone is a select of its own plan: not for each row of another. */
function relationsOf(entity: EntityMap, find: MapLookup): Related[] {
  return Object.entries(filterRelations(entity)).flatMap(([name, { type, kind }]) => {
    const target = find(type);
    return target === undefined || target.isReadAlone === true ? [] : [{ name, target, isOne: kind === 'one' }];
  });
}

function filterInput(
  written: WrittenContract,
  entity: EntityMap,
  { relations, enums }: { relations: readonly Related[]; enums: Set<string> },
): string {
  const name = `${baseName(entity)}Filter`;
  const conditions = Object.entries(filterFields(entity)).map(([field, map]) => {
    const shown = written.field(entity.type, field);
    const enumName = map.kind === 'enum' && shown !== undefined ? namedTypeOf(shown.type) : null;
    if (enumName !== null) enums.add(enumName);
    const words = shown?.description?.value ?? describeHidden(field, map);
    return `${describe(words)} ${field}: ${comparatorOf(map, enumName)}`;
  });
  const related = relations.map(({ name: relation, target, isOne }) => {
    const words = written.field(entity.type, relation)?.description?.value ?? `On its ${inWords(relation)}.`;
    const base = baseName(target);
    return isOne
      ? `${describe(`${words} It is there, and this holds for it.`)} ${relation}: ${base}Filter`
      : `${describe(words)} ${relation}: ${base}ListFilter`;
  });
  return `"Conditions on a \`${entity.type}\`. All that are given must hold."
    input ${name} {
      ${[...conditions, ...related].join('\n')}
      "All of these must hold."
      and: [${name}!]
      "At least one of these must hold. An empty list matches nothing."
      or: [${name}!]
      "This must not hold."
      not: ${name}
    }`;
}

function describeHidden(field: string, { kind }: FieldMap): string {
  if (kind !== 'id') return `On \`${field}\`.`;
  return field === 'id' ? 'Global id.' : `Global id of its ${inWords(field.replace(/Id$/, ''))}.`;
}

function listFilter(entity: EntityMap): string {
  const base = baseName(entity);
  return `"Conditions on many \`${entity.type}\`, those that the caller may see. All that are given must hold."
  input ${base}ListFilter {
    "There is one for which this holds. Of \`{}\`: there is one."
    some: ${base}Filter
    "There is none for which this holds. Of \`{}\`: there is none."
    none: ${base}Filter
    "There is none for which this does not hold."
    every: ${base}Filter
  }`;
}

/** The input type of a field's comparators. They are defined once for all subgraphs, those of enums once for each enum. */
function comparatorOf({ kind }: FieldMap, enumName: string | null): string {
  switch (kind) {
    case 'text':
    case 'json':
      return 'StringFilter';
    case 'uuid':
      return 'UUIDFilter';
    case 'integer':
      return 'IntFilter';
    case 'bigint':
      return 'BigIntFilter';
    case 'numeric':
      return 'FloatFilter';
    case 'boolean':
      return 'BooleanFilter';
    case 'timestamp':
      return 'DateTimeFilter';
    case 'id':
      return 'IDFilter';
    case 'enum':
      return enumName === null ? 'StringFilter' : `${enumName}Filter`;
    default:
      return assertNever(kind);
  }
}

function enumComparators(name: string): string {
  return `"Conditions on a \`${name}\`. All that are given must hold."
  input ${name}Filter {
    "Is this."
    eq: ${name}
    "Is another, or missing."
    neq: ${name}
    "Is one of these, at most 500. None of them: nothing matches."
    in: [${name}!]
    "Is none of these, at most 500, or missing."
    nin: [${name}!]
    "True: is missing. False: is present."
    isNull: Boolean
  }`;
}
