/** What leads from a row to rows of another map: conditions follow it, counts count it, and orders go by it. */
import type { StatementScope } from './prefetch.js';
import type {
  ConnectionRelation,
  EntityKeyColumn,
  EntityMap,
  ExtensionField,
  FieldMap,
  ListRelation,
  Match,
  OneRelation,
} from './entity-map.js';
import { fieldExpression } from './projection.js';

/** One name under which a row leads to others. */
export type Related = RelatedOne | RelatedMany | RelatedUnion;
export interface RelatedOne extends Leading {
  readonly kind: 'one';
}
export interface RelatedMany extends Leading {
  readonly kind: 'many';
}

/** A row of one of several types. */
export interface RelatedUnion {
  readonly kind: 'union';
  readonly name: string;
  /** By the name of the type. */
  readonly members: readonly RelatedOne[];
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

type FollowedRelation = OneRelation | ListRelation | ConnectionRelation;

/** A relation to a map of the same domain. */
export function relatedByRelation(
  name: string,
  relation: FollowedRelation,
  target: EntityMap,
): RelatedOne | RelatedMany {
  const reference: Reference = ({ parent, sqlType }, table) => `${table}.${parent}::${sqlType}`;
  return {
    kind: relation.kind === 'one' ? 'one' : 'many',
    name,
    target,
    rows: (place, scope) => rowsOf({ relation, target, reference }, place, scope),
  };
}

/** What a domain says of an entity of another: by its global id. */
export function relatedByExtension(
  name: string,
  { relation, target, entity }: { relation: ConnectionRelation; target: EntityMap; entity: EntityMap },
): RelatedMany {
  const reference: Reference = (_, table) => globalId(entity, table);
  return { kind: 'many', name, target, rows: (place, scope) => rowsOf({ relation, target, reference }, place, scope) };
}

/** The row of another domain whose key stands in a column. */
export function relatedByReference(
  name: string,
  { target, key, column }: { target: EntityMap; key: EntityKeyColumn; column: string },
): RelatedOne {
  return {
    kind: 'one',
    name,
    target,
    rows: ({ table, inner }, scope) => {
      const value = key.lowerCase === true ? `lower(${table}.${column})` : `${table}.${column}`;
      const conditions = [`${inner}.${key.column} = ${value}`, ...visibleRows(target, inner, scope)];
      return { from: `${target.table} ${inner}`, conditions };
    },
  };
}

/** The row whose global id stands in a column. */
export function relatedById(name: string, { target, column }: { target: EntityMap; column: string }): RelatedOne {
  return {
    kind: 'one',
    name,
    target,
    rows: ({ table, inner }, scope) => ({
      from: `${target.table} ${inner}`,
      conditions: [`${globalId(target, inner)} = ${table}.${column}`, ...visibleRows(target, inner, scope)],
    }),
  };
}

/** The same entity as the maps of two domains have it. */
interface Facet {
  readonly entity: EntityMap;
  readonly facet: EntityMap;
}

/** What the entity's row in another domain leads to: nothing where there is none that the caller may see. */
export function relatedOverFacet(related: RelatedOne | RelatedMany, between: Facet): RelatedOne | RelatedMany {
  return {
    ...related,
    rows: ({ table, inner }, scope) => {
      const over = facetRows(between, { table, inner: `${inner}p` }, scope);
      const { from, conditions } = related.rows({ table: `${inner}p`, inner }, scope);
      return { from: `${over.from}, ${from}`, conditions: [...over.conditions, ...conditions] };
    },
  };
}

export function valueOfFacet(field: FieldMap, between: Facet, table: string, scope: StatementScope): string {
  const rows = facetRows(between, { table, inner: 'x' }, scope);
  return `(select ${fieldExpression(field, 'x')} from ${fromWhere(rows)})`;
}

/** What rows that lead to the entity by its global id say of it. */
export function valueOfExtension(
  { source }: ExtensionField,
  { related, entity }: { related: RelatedMany; entity: EntityMap },
  table: string,
  scope: StatementScope,
): string {
  const own = (name: string): string => {
    const field = entity.fields[name];
    if (field === undefined) throw new Error(`${entity.type} has no field ${name}`);
    return fieldExpression(field, table);
  };
  return `(${source({ from: fromWhere(related.rows({ table, inner: 'x' }, scope)), row: 'x' }, own)})`;
}

function facetRows({ entity, facet }: Facet, { table, inner }: RowPlace, scope: StatementScope): RelatedRows {
  const isSame = `${inner}.${facet.key.column} = ${table}.${entity.key.column}`;
  return { from: `${facet.table} ${inner}`, conditions: [isSame, ...visibleRows(facet, inner, scope)] };
}

function globalId({ type, key }: EntityMap, table: string): string {
  return `('${type}:' || ${table}.${key.column}::text)`;
}

/** The value of a parent's column, in SQL over the row `table`. */
type Reference = (match: Match, table: string) => string;

interface Followed {
  readonly relation: FollowedRelation;
  readonly target: EntityMap;
  readonly reference: Reference;
}

function rowsOf(
  { relation, target, reference }: Followed,
  { table, inner }: RowPlace,
  scope: StatementScope,
): RelatedRows {
  const through = relation.kind === 'list' ? undefined : relation.through;
  const matches = through?.parent ?? relation.on;
  const references = matches.map((match) => reference(match, table));
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
