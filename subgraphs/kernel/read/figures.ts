/** What of an entity can be counted, summed and grouped by, as its map says it. The contract offers it, and statements compute it. */
import { isComparable } from './fields.js';
import type { EntityMap, FieldMap, OneRelation, ReferenceRelation, RelationMap } from './entity-map.js';
import type { MapRegistry } from './registry.js';
import type { RelatedMany } from './related.js';

/** A number of each row: a field, or how many rows a relation leads to. */
export interface NumberFigure {
  readonly name: string;
  readonly scalar: 'Int' | 'BigInt' | 'Float';
  readonly source: FieldMap | RelatedMany;
}

export interface CountFigure extends NumberFigure {
  readonly source: RelatedMany;
}

/** A moment of each row. */
export interface MomentFigure {
  readonly name: string;
  readonly scalar: 'DateTime';
  readonly source: FieldMap;
}

/** What rows can be told apart by: a field, what a relation leads to, or how many that are. */
export interface Dimension {
  readonly name: string;
  readonly source: FieldMap | OneRelation | ReferenceRelation | RelatedMany;
}

const numberScalars = { integer: 'Int', bigint: 'BigInt', numeric: 'Float' } as const;

export function numbersOf(entity: EntityMap, registry: MapRegistry): NumberFigure[] {
  const fields = Object.entries(entity.fields).flatMap(([name, source]) => {
    const scalar = numberScalars[source.kind as keyof typeof numberScalars] as NumberFigure['scalar'] | undefined;
    return scalar === undefined ? [] : [{ name, scalar, source }];
  });
  return [...fields, ...countsOf(entity, registry)];
}

/** How many rows each relation to many leads to, by the relation's name and `Count`. */
export function countsOf(entity: EntityMap, registry: MapRegistry): CountFigure[] {
  return [...registry.related(entity).values()].flatMap((source) => {
    const name = `${source.name}Count`;
    if (source.kind !== 'many' || entity.fields[name] !== undefined) return [];
    return [{ name, scalar: 'Int' as const, source }];
  });
}

export function momentsOf(entity: EntityMap): MomentFigure[] {
  return Object.entries(entity.fields).flatMap(([name, source]) =>
    source.kind === 'timestamp' ? [{ name, scalar: 'DateTime' as const, source }] : [],
  );
}

export function dimensionsOf(entity: EntityMap, registry: MapRegistry): Dimension[] {
  const fields = Object.entries(entity.fields).flatMap(([name, source]) =>
    name === 'id' || !isComparable(source) ? [] : [{ name, source }],
  );
  const relations = Object.entries(entity.relations ?? {}).flatMap(([name, source]) => {
    return leadsAway(entity, source) ? [{ name, source }] : [];
  });
  return [...fields, ...relations, ...countsOf(entity, registry)];
}

/** From many rows to one other: not the row that belongs to this one alone. */
function leadsAway(entity: EntityMap, relation: RelationMap): relation is OneRelation | ReferenceRelation {
  if (relation.kind === 'reference') return true;
  return (
    relation.kind === 'one' &&
    relation.through === undefined &&
    relation.on.every(({ parent }) => parent !== entity.key.column)
  );
}

export const maxGroups = 1_000;
export const defaultGroups = 100;
