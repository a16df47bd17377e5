/** The SDL of figures over a whole list: aggregates, and groups with aggregates of their own. */
import { print, type TypeNode } from 'graphql';
import {
  countsOf,
  defaultGroups,
  dimensionsOf,
  enumValueOf,
  maxGroups,
  momentsOf,
  numbersOf,
  type Dimension,
  type MapRegistry,
} from '../read/index.js';
import { baseName, type ConnectionPlace } from './connections.js';
import { countsTag, describeCount } from './tags.js';
import { describe, type WrittenContract } from './written.js';

/** `aggregate` and `groupBy` of a connection. */
export function figureFields({ connection, entity }: ConnectionPlace): string {
  const base = baseName(entity);
  return `type ${connection}Connection {
    "Figures over all items of the list, whatever page is asked for. Only what is selected is computed."
    aggregate: ${base}Aggregate!
    "The items of the list in groups, whatever page is asked for, with figures over each group. By the keys unless ordered otherwise."
    groupBy(
      "What the groups are told apart by, 1 to 8 fields."
      fields: [${base}GroupBy!]!
      "Only groups whose figures fulfil these conditions."
      having: ${base}Having
      "The order of the groups, the first entry first. Equal ones are ordered by their keys."
      orderBy: [${base}GroupOrder!]
      "How many groups, 1 to ${maxGroups}."
      first: Int = ${defaultGroups}
    ): [${base}Group!]!
  }`;
}

/** The types that {@link figureFields} needs, once for each entity. */
export function figureTypes(written: WrittenContract, { entity }: ConnectionPlace, registry: MapRegistry): string[] {
  const base = baseName(entity);
  const { type } = entity;
  const numbers = numbersOf(entity, registry);
  const extremes = [...numbers, ...momentsOf(entity)];
  const dimensions = dimensionsOf(entity, registry);
  if (dimensions.length === 0) return [`type ${base}Aggregate { "How many items there are." count: NonNegativeInt! }`];
  const wordsOf = (name: string): string => written.field(type, name)?.description?.value ?? describeCount(name);
  const described = (name: string): string => describe(wordsOf(name));
  const derived = Object.entries(entity.fields).flatMap(([name, { isDerived }]) => (isDerived === true ? [name] : []));
  const counts = new Set([...derived, ...countsOf(entity, registry).map(({ name }) => name)]);
  const tag = (name: string): string => (counts.has(name) ? ` @tag(name: "${countsTag}")` : '');
  const hasNumbers = numbers.length > 0;
  return [
    `"Figures over many \`${type}\`."
    type ${base}Aggregate {
      "How many items there are."
      count: NonNegativeInt!
      "How many different values there are, missing ones not counted."
      countDistinct("Of what." field: ${base}GroupField!): NonNegativeInt!
      ${
        hasNumbers
          ? `"Sums. Null where no item has a value. Exact up to 2^53."
             sum: ${base}Numbers!
             "Arithmetic means of the values that are there. Null where no item has one."
             avg: ${base}Numbers!
             "Values below which the given fraction of the values lies, interpolated between neighbours: 0.5 is the median. Null where no item has a value."
             percentile("From 0 to 1: 0.95 for the 95th percentile." fraction: Float!): ${base}Numbers!`
          : ''
      }
      ${
        extremes.length > 0
          ? `"Least values. Null where no item has one." min: ${base}Extremes!
             "Greatest values. Null where no item has one." max: ${base}Extremes!`
          : ''
      }
    }`,
    ...(hasNumbers
      ? [
          `"A number for each field of \`${type}\` that is one." type ${base}Numbers {
            ${numbers.map(({ name }) => `${described(name)} ${name}: Float${tag(name)}`).join('\n')} }`,
          `"Conditions on figures over a group. All that are given must hold." input ${base}NumberConditions {
            ${numbers.map(({ name }) => `${described(name)} ${name}: FloatFilter${tag(name)}`).join('\n')} }`,
          `"Fields of \`${type}\` that are numbers." enum ${base}NumberField {
            ${numbers.map(({ name }) => `${described(name)} ${enumValueOf(name)}${tag(name)}`).join('\n')} }`,
        ]
      : []),
    ...(extremes.length > 0
      ? [
          `"A value for each field of \`${type}\` that has a least and a greatest." type ${base}Extremes {
            ${extremes.map(({ name, scalar }) => `${described(name)} ${name}: ${scalar}${tag(name)}`).join('\n')} }`,
        ]
      : []),
    `"What a \`${type}\` can be grouped by." enum ${base}GroupField {
      ${dimensions.map(({ name }) => `${described(name)} ${enumValueOf(name)}${tag(name)}`).join('\n')} }`,
    `"One of the things that groups are told apart by." input ${base}GroupBy {
      "What its groups have in common."
      field: ${base}GroupField!
      "Puts moments in time into spans of this length. Only for fields that are moments."
      bucket: TimeBucket
      "Where days and longer spans begin, by its name in the IANA time zone database, e.g. \`Europe/Berlin\`. UTC when left out."
      timeZone: String
    }`,
    `"What a group of \`${type}\` has in common. A field is null where the group has no value, and where the groups are not told apart by it." type ${base}GroupKey {
      ${dimensions.map((dimension) => `${describe(describeKey(wordsOf(dimension.name), dimension))} ${dimension.name}: ${keyType(written, type, dimension)}`).join('\n')} }`,
    `"Items that have something in common." type ${base}Group {
      "What they have in common."
      key: ${base}GroupKey!
      "Figures over them."
      aggregate: ${base}Aggregate!
    }`,
    `"Conditions on groups. All that are given must hold." input ${base}Having {
      "On how many items there are in it."
      count: BigIntFilter
      ${hasNumbers ? ['sum', 'avg', 'min', 'max'].map((name) => `"On its \`${name}\`." ${name}: ${base}NumberConditions`).join('\n') : ''}
      "All of these must hold."
      and: [${base}Having!]
      "At least one of these must hold. An empty list matches nothing."
      or: [${base}Having!]
      "This must not hold."
      not: ${base}Having
    }`,
    `"An order of groups: by a key or by a figure." input ${base}GroupOrder {
      "By this key, one of those that are grouped by."
      key: ${base}GroupField
      "By this figure."
      measure: GroupMeasure
      ${hasNumbers ? `"Of what the figure is. Left out for COUNT." field: ${base}NumberField` : ''}
      "Which end comes first."
      direction: OrderDirection! = ASC
    }`,
  ];
}

function describeKey(words: string, { source }: Dimension): string {
  return source.kind === 'timestamp' ? `${words} With a bucket, when its span begins.` : words;
}

/** As the entity has it, and nullable. */
function keyType(written: WrittenContract, type: string, { name, source }: Dimension): string {
  if (source.kind === 'many') return 'Int';
  const shown = written.field(type, name);
  return shown === undefined ? 'String' : print(nullable(shown.type));
}

function nullable(type: TypeNode): TypeNode {
  return type.kind === 'NonNullType' ? type.type : type;
}
