/** What leads from a row to rows of another map: conditions follow it, counts count it, and orders go by it. */
import type { StatementScope } from './ahead.js';
import type { ConnectionRelation, EntityMap, ListRelation, OneRelation } from './entity-map.js';

/** One name under which a row leads to others. */
export type Related = RelatedOne | RelatedMany;
export interface RelatedOne extends Leading {
  readonly kind: 'one';
}
export interface RelatedMany extends Leading {
  readonly kind: 'many';
}

interface Leading {
  readonly name: string;
  readonly target: EntityMap;
  readonly rows: (place: RowPlace, scope: StatementScope) => RelatedRows;
}

export interface RowPlace {
  /** The alias of the row that leads. */
  readonly table: string;
  /** The alias of the rows that it leads to; others begin with it. */
  readonly inner: string;
}

/** The rows that the caller may see, as a select over them says it. */
export interface RelatedRows {
  readonly from: string;
  readonly conditions: readonly string[];
}

export type FollowedRelation = OneRelation | ListRelation | ConnectionRelation;

/** A relation to a map of the same domain. */
export function relatedBy(name: string, relation: FollowedRelation, target: EntityMap): Related {
  return {
    kind: relation.kind === 'one' ? 'one' : 'many',
    name,
    target,
    rows: (place, scope) => rowsOf({ relation, target }, place, scope),
  };
}

function rowsOf(
  { relation, target }: { relation: FollowedRelation; target: EntityMap },
  { table, inner }: RowPlace,
  scope: StatementScope,
): RelatedRows {
  const through = relation.kind === 'list' ? undefined : relation.through;
  const matches = through?.parent ?? relation.on;
  const references = matches.map(({ parent, sqlType }) => `${table}.${parent}::${sqlType}`);
  const keyTable = through === undefined ? inner : `${inner}j`;
  const by = relation.kind === 'connection' ? relation.by : undefined;
  const conditions =
    by === undefined
      ? matches.map(({ child }, index) => `${keyTable}.${child} = ${references[index] ?? 'null'}`)
      : [`(${by(inner, references)})`];
  for (const { child, parent } of through?.child ?? []) conditions.push(`${inner}.${child} = ${keyTable}.${parent}`);
  conditions.push(...visibleRows(target, inner, scope));
  if (relation.kind === 'connection' && relation.where !== undefined)
    conditions.push(`(${relation.where(inner, scope.parameters)})`);
  const joined = through === undefined ? '' : `${through.table} ${keyTable}, `;
  return { from: `${joined}${target.table} ${inner}`, conditions };
}

/** The condition, if there is any, that the caller may see the row. */
export function visibleRows({ visible }: EntityMap, table: string, { auth, parameters }: StatementScope): string[] {
  const seen = visible(auth);
  if (seen === 'all') return [];
  return [seen === 'none' ? 'false' : `(${seen(table, parameters)})`];
}

/** `from … where …` */
export function fromWhere({ from, conditions }: RelatedRows): string {
  return conditions.length === 0 ? from : `${from} where ${conditions.join(' and ')}`;
}

/** How many rows there are, over the row `table`. */
export function countOf(related: RelatedMany, table: string, scope: StatementScope): string {
  return `(select count(*) from ${fromWhere(related.rows({ table, inner: 'c' }, scope))})`;
}
