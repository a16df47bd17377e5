/** The SDL of filter inputs: comparators of fields, conditions on what relations lead to, and the comparators of enums. */
import type { FieldDefinitionNode } from 'graphql';
import { assertNever } from '../errors/index.js';
import {
  countsOf,
  filterFields,
  type EntityMap,
  type FieldMap,
  type MapRegistry,
  type RelatedMany,
  type RelatedOne,
  type RelatedUnion,
} from '../read/index.js';
import { baseName, type ContractMaps } from './connections.js';
import { countsTag, describeCount, tagOf } from './tags.js';
import { describe, inWords, namedTypeOf, type WrittenContract } from './written.js';

/**
 * The filter inputs of the entities, of all that their relations lead to in this domain, and of what other domains lead to
 * here. What is another domain's stands in its own contract.
 */
export function filterTypes(
  written: WrittenContract,
  entities: readonly EntityMap[],
  { registry, model }: ContractMaps,
): string[] {
  const own = new Set(model.entities);
  const reached = new Set<EntityMap>(entities);
  const many = new Set<EntityMap>();
  const enums = new Set<string>();
  const reach = ({ kind, target }: RelatedOne | RelatedMany): void => {
    if (!own.has(target)) return;
    reached.add(target);
    if (kind === 'many') many.add(target);
  };
  for (const entrance of registry.entrances(model)) reach(entrance);
  const unions = new Map<string, RelatedUnion>();
  // A set goes on to what is added while it is walked through.
  const inputs = [...walk()];
  return [
    ...inputs,
    ...[...many].map(listFilter),
    ...[...unions].map(([name, union]) => unionFilter(name, union)),
    ...[...enums].map(enumComparators),
  ];

  function* walk(): Generator<string> {
    for (const entity of reached) {
      for (const related of registry.related(entity).values()) {
        if (related.kind === 'union') unions.set(unionFilterName(written, entity, related), related);
        else reach(related);
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
    const enumName = map.kind === 'enum' ? enumOf(written.field(entity.type, field)) : null;
    if (enumName !== null) enums.add(enumName);
    const words = written.field(entity.type, field)?.description?.value ?? describeHidden(field, map);
    return `${describe(words)} ${field}: ${comparatorOf(map, enumName)}${tagOf(map)}`;
  });
  const ofOthers = registry.facetFields(entity).map(({ name: field, field: map }) => {
    const shown = written.fieldAnywhere(entity.type, field);
    const words = shown?.description?.value ?? describeHidden(field, map);
    return `${describe(words)} ${field}: ${comparatorOf(map, map.kind === 'enum' ? enumOf(shown) : null)}${tagOf(map)}`;
  });
  const related = [...registry.related(entity).values()].map((each) => {
    const words = written.fieldAnywhere(entity.type, each.name)?.description?.value ?? `On its ${inWords(each.name)}.`;
    if (each.kind === 'union') return `${describe(words)} ${each.name}: ${unionFilterName(written, entity, each)}`;
    const base = baseName(each.target);
    return each.kind === 'one'
      ? `${describe(`${words} It is there, and this holds for it.`)} ${each.name}: ${base}Filter`
      : `${describe(words)} ${each.name}: ${base}ListFilter`;
  });
  const counts = countsOf(entity, registry).map(
    ({ name: count }) => `${describe(describeCount(count))} ${count}: IntFilter @tag(name: "${countsTag}")`,
  );
  return `"Conditions on a \`${entity.type}\`. All that are given must hold."
    input ${name} {
      ${[...conditions, ...ofOthers, ...related, ...counts].join('\n')}
      "All of these must hold."
      and: [${name}!]
      "At least one of these must hold. An empty list matches nothing."
      or: [${name}!]
      "This must not hold."
      not: ${name}
    }`;
}

function enumOf(shown: FieldDefinitionNode | undefined): string | null {
  return shown === undefined ? null : namedTypeOf(shown.type);
}

function unionFilterName(written: WrittenContract, entity: EntityMap, { name }: RelatedUnion): string {
  return `${enumOf(written.field(entity.type, name)) ?? name}Filter`;
}

function unionFilter(name: string, { members }: RelatedUnion): string {
  const conditions = members.map(
    ({ name: member, target }) =>
      `"It is of this type, and this holds for it. Of \`{}\`: it is of this type." ${member}: ${baseName(target)}Filter`,
  );
  return `"Conditions on what may be of several types. All that are given must hold." input ${name} {
    ${conditions.join('\n')}
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
