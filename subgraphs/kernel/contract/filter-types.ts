/** The SDL of an entity's filter input, and of the comparators of the enums in it. */
import { assertNever } from '../errors/index.js';
import type { FieldMap } from '../read/index.js';
import type { ConnectionPlace } from './connections.js';
import { describe, inWords, namedTypeOf, type WrittenContract } from './written.js';

export function filterTypes(written: WrittenContract, { entity, filter }: ConnectionPlace): string[] {
  const name = filter ?? '';
  const enums = new Set<string>();
  const conditions: string[] = [];
  const add = (field: string, map: FieldMap | undefined, description: string): void => {
    if (map === undefined) return;
    const shown = written.field(entity.type, field);
    const enumName = map.kind === 'enum' && shown !== undefined ? namedTypeOf(shown.type) : null;
    if (enumName !== null) enums.add(enumName);
    conditions.push(`${describe(shown?.description?.value ?? description)} ${field}: ${comparatorOf(map, enumName)}`);
  };
  for (const field of entity.filters ?? []) add(field, entity.fields[field], `On \`${field}\`.`);
  for (const [field, map] of Object.entries(entity.filterFields ?? {}))
    add(field, map, `Global id of its ${inWords(field.replace(/Id$/, ''))}.`);
  return [
    `"Conditions on a \`${entity.type}\`. All that are given must hold."
    input ${name} {
      ${conditions.join('\n')}
      "All of these must hold."
      and: [${name}!]
      "At least one of these must hold. An empty list matches nothing."
      or: [${name}!]
      "This must not hold."
      not: ${name}
    }`,
    ...[...enums].map(enumComparators),
  ];
}

/** The input type of a field's comparators. They are defined once for all subgraphs, those of enums once for each enum. */
function comparatorOf({ kind }: FieldMap, enumName: string | null): string {
  switch (kind) {
    case 'text':
    case 'uuid':
    case 'json':
      return 'StringFilter';
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
