/** All rows of a list, each with its fields and what its relations lead to; and those of them that a caller may see. */
import { getNamedType, isEnumType, isLeafType, type GraphQLObjectType } from 'graphql';
import type { Identity } from '../../../subgraphs/kernel/auth/index.js';
import {
  dimensionsOf,
  filterFields,
  MapRegistry,
  type Dimension,
  type EntityMap,
  type FieldMap,
} from '../../../subgraphs/kernel/read/index.js';
import type { Domain } from '../every-domain.js';
import type { Callers } from './callers.js';

export type Item = Record<string, any>;

/** A connection of `Query`. */
export interface List {
  readonly root: string;
  readonly domain: Domain;
  readonly map: EntityMap;
}

/** A relation that the domain's own subgraph answers and filters by. */
export interface Relation {
  readonly name: string;
  readonly kind: 'one' | 'list' | 'connection';
  readonly target: EntityMap;
}

/** Fields of a type that can be filtered and are shown. */
export function shownFields({ schema }: Domain, map: EntityMap): [string, FieldMap][] {
  const shown = (schema.getType(map.type) as GraphQLObjectType).getFields();
  return Object.entries(filterFields(map)).filter(
    ([name]) =>
      map.fields[name] !== undefined && shown[name] !== undefined && isLeafType(getNamedType(shown[name].type)),
  );
}

export function spell({ schema }: Domain, map: EntityMap, name: string, value: unknown): string {
  const type = (schema.getType(map.type) as GraphQLObjectType).getFields()[name]?.type;
  return type !== undefined && isEnumType(getNamedType(type)) ? String(value) : JSON.stringify(value);
}

export function relationsOf({ schema }: Domain, map: EntityMap): Relation[] {
  const type = schema.getType(`${map.connectionName ?? map.type}Filter`);
  const offered = type !== undefined && 'getFields' in type ? type.getFields() : {};
  return [...MapRegistry.of(map).related(map).values()].flatMap((related) => {
    const { name } = related;
    const kind = map.relations?.[name]?.kind;
    const isOwn = kind === 'one' || kind === 'list' || kind === 'connection';
    return related.kind === 'union' || !isOwn || offered[name] === undefined
      ? []
      : [{ name, kind, target: related.target }];
  });
}

/** What rows are told apart by, but for the counts of what other domains' subgraphs answer. */
export function ownDimensions(map: EntityMap): Dimension[] {
  return dimensionsOf(map, MapRegistry.of(map)).filter(
    ({ source }) => source.kind !== 'many' || map.relations?.[source.name] !== undefined,
  );
}

/** The key of what a dimension leads to, as it is selected. */
export function keySelection({ schema }: Domain, { name, source }: Dimension): string {
  if (source.kind === 'reference') return `${name} { ${Object.keys(source.key).join(' ')} }`;
  if (source.kind !== 'one') return name;
  const fields = (schema.getType(source.type) as GraphQLObjectType).getFields();
  const leaf = Object.values(fields).find(({ type }) => isLeafType(getNamedType(type)));
  return `${name} { ${fields['id'] === undefined ? (leaf?.name ?? '') : 'id'} }`;
}

const mostRelated = 100;

export type Ask = (query: string) => Promise<any>;

/** As somebody sees them who sees everything. */
export async function allRows({ root, domain, map }: List, ask: Ask): Promise<Item[]> {
  const relations = relationsOf(domain, map);
  const related = relations.map(({ name, kind, target }) => {
    const selection = ['__typename', ...shownFields(domain, target).map(([field]) => field)].join(' ');
    return kind === 'connection'
      ? `${name}(first: ${mostRelated}) { totalCount nodes { ${selection} } }`
      : `${name} { ${selection} }`;
  });
  const references = ownDimensions(map)
    .filter(({ name, source }) => source.kind === 'reference' && !relations.some((relation) => relation.name === name))
    .map((dimension) => keySelection(domain, dimension));
  const fields = shownFields(domain, map).map(([name]) => name);
  return pagesOf(ask, `${root}(first: 100`, ['__typename', ...fields, ...related, ...references].join(' '));
}

/** All nodes of a list, page by page; `start` is its field with its first arguments. */
async function pagesOf(ask: Ask, start: string, selection: string): Promise<Item[]> {
  const nodes: Item[] = [];
  for (let after = ''; ;) {
    const query = `{ list: ${start}${after}) { nodes { ${selection} } pageInfo { hasNextPage endCursor } } }`;
    const { list } = await ask(query);
    nodes.push(...list.nodes);
    if (list.pageInfo.hasNextPage !== true) return nodes;
    after = `, after: "${list.pageInfo.endCursor}"`;
  }
}

/** What a relation leads to; null when there is more than was read. */
export function relatedRows(item: Item, { name, kind }: Relation): readonly Item[] | null {
  const value = item[name];
  if (kind === 'one') return value == null ? [] : [value];
  if (kind === 'list') return value ?? [];
  return value.totalCount > mostRelated ? null : value.nodes;
}

/** The rows that the caller may see, with what of their relations the caller may see. */
export function visibleRows(list: List, rows: readonly Item[], caller: Identity, callers: Callers): Item[] {
  const relations = relationsOf(list.domain, list.map);
  return rows
    .filter(({ id }) => callers.sees(caller, id))
    .map((row) => {
      const visible = { ...row };
      for (const { name, kind } of relations) {
        const seen = (each: Item): boolean => callers.sees(caller, each['id']);
        const value = row[name];
        if (kind === 'one') visible[name] = value != null && seen(value) ? value : null;
        else if (kind === 'list') visible[name] = (value ?? []).filter(seen);
        else if (value.totalCount <= mostRelated) {
          const nodes = value.nodes.filter(seen);
          visible[name] = { totalCount: nodes.length, nodes };
        }
      }
      return visible;
    });
}
