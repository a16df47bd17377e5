/** What one place of a document asks of a connection, whatever the arguments. */
import type { FieldNode, GraphQLField, GraphQLObjectType } from 'graphql';
import type { PlanPrefetch, PrefetchedRelation } from './prefetch.js';
import type { ConnectionRelation, EntityMap } from './entity-map.js';
import { planGroups, type GroupsPlan } from './groups.js';
import { planAggregate, type AggregatePlan } from './measure.js';
import { project, type Carrier, type Projection } from './projection.js';
import { selectedFields, type SelectionInfo } from './selection.js';

export interface ConnectionPlan {
  readonly rows: boolean;
  readonly nodes: boolean;
  readonly edges: boolean;
  readonly edgeFields: readonly string[];
  readonly pageInfo: boolean;
  readonly totalCount: boolean;
  /** Null when it is not selected. */
  readonly aggregate: AggregatePlan | null;
  readonly groups: readonly GroupsPlan[];
  /** Any cursor, and which of them: each that is made costs about a microsecond. */
  readonly cursors: boolean;
  readonly edgeCursor: boolean;
  readonly startCursor: boolean;
  readonly endCursor: boolean;
  readonly carrier: Carrier;
  readonly projection: Projection;
  readonly prefetched: readonly PrefetchedRelation[];
}

export interface ConnectionSource {
  readonly entity: EntityMap;
  /** Null for a connection of `Query`. */
  readonly relation: ConnectionRelation | null;
}

export interface PlanOptions {
  readonly planPrefetch: PlanPrefetch;
  /** What the rows come in. */
  readonly carrier: Carrier;
}

export function planConnection(
  source: ConnectionSource,
  info: SelectionInfo,
  { planPrefetch, carrier }: PlanOptions,
): ConnectionPlan {
  const { entity, relation } = source;
  const top = selectedFields(info.fieldNodes, connectionTypeName(info), info);
  const edges = top.get('edges');
  const edge = edges === undefined ? null : selectedFields(edges, edgeTypeName(info), info);
  const pageInfo = top.get('pageInfo');
  const page = pageInfo === undefined ? null : selectedFields(pageInfo, 'PageInfo', info);
  const nodes = [...(top.get('nodes') ?? []), ...(edge?.get('node') ?? [])];
  const edgeFields = Object.entries(relation?.through?.edgeFields ?? {}).filter(([name]) => edge?.has(name) === true);
  const selected = selectedFields(nodes, entity.type, info);
  const edgeCursor = edge?.has('cursor') === true;
  const startCursor = page?.has('startCursor') === true;
  const endCursor = page?.has('endCursor') === true;
  return {
    rows: top.has('nodes') || edges !== undefined || pageInfo !== undefined,
    nodes: top.has('nodes'),
    edges: edges !== undefined,
    edgeFields: edgeFields.map(([name]) => name),
    pageInfo: pageInfo !== undefined,
    totalCount: top.has('totalCount'),
    aggregate: planAggregateOf(entity, top.get('aggregate'), info),
    groups: byResponseKey(top.get('groupBy') ?? []).map((each) =>
      planGroups(entity, { field: groupField(info), nodes: each, info }),
    ),
    cursors: edgeCursor || startCursor || endCursor,
    edgeCursor,
    startCursor,
    endCursor,
    carrier,
    projection: project(entity, selected.keys(), { carrier, edgeFields: Object.fromEntries(edgeFields) }),
    prefetched: planPrefetch(entity, selected, info),
  };
}

/** Nodes of one field, of which those of one response key select together and have the same arguments. */
function byResponseKey(nodes: readonly FieldNode[]): readonly FieldNode[][] {
  const found = new Map<string, FieldNode[]>();
  for (const node of nodes) {
    const key = (node.alias ?? node.name).value;
    found.set(key, [...(found.get(key) ?? []), node]);
  }
  return [...found.values()];
}

/** Anything beside the page's rows. */
export function hasFigures({ totalCount, aggregate, groups }: ConnectionPlan): boolean {
  return totalCount || aggregate !== null || groups.length > 0;
}

function planAggregateOf(
  entity: EntityMap,
  nodes: readonly FieldNode[] | undefined,
  info: SelectionInfo,
): AggregatePlan | null {
  const name = String(fieldsOf(info)['aggregate']?.type ?? '').replace(/[![\]]/g, '');
  const type = info.schema.getType(name) as GraphQLObjectType | undefined;
  return nodes === undefined || type === undefined ? null : planAggregate(entity, { type, nodes, info });
}

function groupField(info: SelectionInfo): GraphQLField<unknown, unknown> {
  return fieldsOf(info)['groupBy'] as GraphQLField<unknown, unknown>;
}

function fieldsOf(info: SelectionInfo): Record<string, GraphQLField<unknown, unknown> | undefined> {
  return (info.schema.getType(connectionTypeName(info)) as GraphQLObjectType).getFields();
}

/** The schema says how the connection's types are called; a mapped name would be a second truth. */
function connectionTypeName(info: SelectionInfo & { returnType?: unknown }): string {
  return String(info.returnType ?? '').replace(/[![\]]/g, '');
}

function edgeTypeName(info: SelectionInfo): string {
  return connectionTypeName(info).replace(/Connection$/, 'Edge');
}
