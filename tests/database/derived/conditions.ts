/** Conditions, each as a filter spells it and as one would hold a row against it by hand. */
import { countsOf, MapRegistry, type EntityMap, type FieldMap } from '../../../subgraphs/kernel/read/index.js';
import type { Domain } from '../every-domain.js';
import { relatedRows, relationsOf, shownFields, spell, type Item, type List, type Relation } from './rows.js';

export interface Condition {
  /** `{ title: { eq: "…" } }` without the outer braces. */
  readonly text: string;
  readonly keeps: (item: Item) => boolean;
}

interface Comparison {
  readonly text: string;
  readonly holds: (value: any) => boolean;
}

const isMissing = (value: unknown): boolean => value === null || value === undefined;
const known =
  (holds: (value: any) => boolean) =>
  (value: any): boolean =>
    !isMissing(value) && holds(value);

/** Every comparator of the field, with values that are there. */
function comparisonsOf(field: FieldMap, values: readonly unknown[], spelled: (value: unknown) => string): Comparison[] {
  const present = [...new Set(values.filter((value) => !isMissing(value)))];
  const comparisons: Comparison[] = [
    { text: 'isNull: true', holds: isMissing },
    { text: 'isNull: false', holds: (value) => !isMissing(value) },
    ...(field.kind === 'boolean' ? [] : [{ text: 'in: []', holds: () => false }]),
  ];
  for (const sample of [present[0], present[Math.floor(present.length / 2)]]) {
    if (sample === undefined) continue;
    const one = spelled(sample);
    comparisons.push(
      { text: `eq: ${one}`, holds: (value) => value === sample },
      { text: `neq: ${one}`, holds: (value) => value !== sample },
    );
    if (field.kind === 'boolean') continue;
    comparisons.push(
      { text: `in: [${one}]`, holds: (value) => value === sample },
      { text: `nin: [${one}]`, holds: (value) => value !== sample },
    );
    if (field.kind === 'text') comparisons.push(...textComparisons(String(sample)));
    if (!['integer', 'bigint', 'numeric', 'timestamp'].includes(field.kind)) continue;
    const of = sample as any;
    comparisons.push(
      { text: `gt: ${one}`, holds: known((value) => value > of) },
      { text: `gte: ${one}`, holds: known((value) => value >= of) },
      { text: `lt: ${one}`, holds: known((value) => value < of) },
      { text: `lte: ${one}`, holds: known((value) => value <= of) },
    );
  }
  return comparisons;
}

function textComparisons(sample: string): Comparison[] {
  const part = sample.slice(1, 5);
  const start = sample.slice(0, 3);
  const folded = (value: unknown): string => String(value).toLowerCase();
  return [
    {
      text: `contains: ${JSON.stringify(part.toUpperCase())}`,
      holds: known((value) => folded(value).includes(part.toLowerCase())),
    },
    {
      text: `startsWith: ${JSON.stringify(start)}`,
      holds: known((value) => folded(value).startsWith(start.toLowerCase())),
    },
  ];
}

function ofField(
  domain: Domain,
  map: EntityMap,
  [name, field]: [string, FieldMap],
  rows: readonly Item[],
): Condition[] {
  const values = rows.map((row) => row[name] as unknown);
  return comparisonsOf(field, values, (value) => spell(domain, map, name, value)).map(({ text, holds }) => ({
    text: `${name}: { ${text} }`,
    keeps: (item) => holds(item[name]),
  }));
}

export function fieldConditions({ domain, map }: List, rows: readonly Item[]): Condition[] {
  return shownFields(domain, map).flatMap((field) => ofField(domain, map, field, rows));
}

const quantifiers: Readonly<Record<string, (rows: readonly Item[], meets: (row: Item) => boolean) => boolean>> = {
  some: (rows, meets) => rows.some(meets),
  none: (rows, meets) => !rows.some(meets),
  every: (rows, meets) => rows.every(meets),
};

export function relationConditions({ domain, map }: List, rows: readonly Item[]): Condition[] {
  return readRelations(domain, map, rows).flatMap((relation) => {
    const { name, kind, target } = relation;
    const related = rows.flatMap((row) => relatedRows(row, relation) ?? []);
    const below = shownFields(domain, target).flatMap((field) => ofField(domain, target, field, related));
    return below.flatMap(({ text, keeps }): Condition[] => {
      const of = (item: Item): readonly Item[] => relatedRows(item, relation) ?? [];
      if (kind === 'one') return [{ text: `${name}: { ${text} }`, keeps: (item) => of(item).some(keeps) }];
      return Object.entries(quantifiers).map(([quantifier, holds]) => ({
        text: `${name}: { ${quantifier}: { ${text} } }`,
        keeps: (item) => holds(of(item), keeps),
      }));
    });
  });
}

const countField = { kind: 'bigint', source: '', sqlType: 'int8' } as const;

/** Of relations that the domain's own subgraph answers. */
export function countConditions({ domain, map }: List, rows: readonly Item[]): Condition[] {
  return countedRelations(domain, map, rows).flatMap(({ count, relation }) => {
    const countOf = (item: Item): number => relatedRows(item, relation)?.length ?? 0;
    return comparisonsOf(countField, rows.map(countOf), String).map(({ text, holds }) => ({
      text: `${count}: { ${text} }`,
      keeps: (item) => holds(countOf(item)),
    }));
  });
}

export function countedRelations(domain: Domain, map: EntityMap, rows: readonly Item[]) {
  const counts = countsOf(map, MapRegistry.of(map));
  return readRelations(domain, map, rows).flatMap((relation) => {
    const count = counts.find(({ source }) => source.name === relation.name);
    return count === undefined ? [] : [{ count: count.name, relation }];
  });
}

/** Those of which all was read. */
function readRelations(domain: Domain, map: EntityMap, rows: readonly Item[]): Relation[] {
  return relationsOf(domain, map).filter((relation) => rows.every((row) => relatedRows(row, relation) !== null));
}

export const negated = ({ text, keeps }: Condition): Condition => ({
  text: `not: { ${text} }`,
  keeps: (item) => !keeps(item),
});

export const both = (one: Condition, other: Condition): Condition => ({
  text: `and: [{ ${one.text} }, { ${other.text} }]`,
  keeps: (item) => one.keeps(item) && other.keeps(item),
});

export const either = (one: Condition, other: Condition): Condition => ({
  text: `or: [{ ${one.text} }, { ${other.text} }]`,
  keeps: (item) => one.keeps(item) || other.keeps(item),
});
