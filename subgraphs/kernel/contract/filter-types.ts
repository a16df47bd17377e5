/** The SDL of filter inputs: comparators of fields, conditions on what relations lead to, and the comparators of enums. */
import { assertNever } from '../errors/index.js';
import { countsOf, filterFields, type EntityMap, type FieldMap, type MapRegistry } from '../read/index.js';
import { baseName } from './connections.js';
import { countsTag, describeCount } from './tags.js';
import { describe, inWords, namedTypeOf, type WrittenContract } from './written.js';

/** The filter inputs of the entities, and of all that their relations lead to. */
export function filterTypes(written: WrittenContract, entities: readonly EntityMap[], registry: MapRegistry): string[] {
  const reached = new Set<EntityMap>(entities);
  const many = new Set<EntityMap>();
  const enums = new Set<string>();
  // A set goes on to what is added while it is walked through.
  const inputs = [...walk()];
  return [...inputs, ...[...many].map(listFilter), ...[...enums].map(enumComparators)];

  function* walk(): Generator<string> {
    for (const entity of reached) {
      for (const { kind, target } of registry.related(entity).values()) {
        reached.add(target);
        if (kind === 'many') many.add(target);
      }
      yield filterInput(written, entity, { registry, enums });
    }
  }
}

function filterInput(
  written: WrittenContract,
  entity: EntityMap,
  { registry, enums }: { registry: MapRegistry; enums: Set<string> },
): string {
  const name = `${baseName(entity)}Filter`;
  const conditions = Object.entries(filterFields(entity)).map(([field, map]) => {
    const shown = written.field(entity.type, field);
    const enumName = map.kind === 'enum' && shown !== undefined ? namedTypeOf(shown.type) : null;
    if (enumName !== null) enums.add(enumName);
    const words = shown?.description?.value ?? describeHidden(field, map);
    return `${describe(words)} ${field}: ${comparatorOf(map, enumName)}`;
  });
  const related = [...registry.related(entity).values()].map(({ name: relation, target, kind }) => {
    const words = written.field(entity.type, relation)?.description?.value ?? `On its ${inWords(relation)}.`;
    const base = baseName(target);
    return kind === 'one'
      ? `${describe(`${words} It is there, and this holds for it.`)} ${relation}: ${base}Filter`
      : `${describe(words)} ${relation}: ${base}ListFilter`;
  });
  const counts = countsOf(entity, registry).map(
    ({ name: count }) => `${describe(describeCount(count))} ${count}: IntFilter @tag(name: "${countsTag}")`,
  );
  return `"Conditions on a \`${entity.type}\`. All that are given must hold."
    input ${name} {
      ${[...conditions, ...related, ...counts].join('\n')}
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
