/** A subgraph's entities and root fields together, looked up by name. */
import type { EntityMap, RelationMap } from './entity-map.js';
import { ordersOf } from './fields.js';
import type { ModelInput, QueryMap } from './model-input.js';
import { MapRegistry } from './registry.js';

export class Model {
  readonly queries: Readonly<Record<string, QueryMap>>;
  private readonly byType: ReadonlyMap<string, EntityMap>;

  /** Throws when a map names what no map has: a mistake in a map stops the start, not a request. */
  constructor(input: ModelInput, registry = new MapRegistry({ own: input })) {
    this.byType = new Map(input.entities.map((map) => [map.type, map]));
    this.queries = input.queries;
    registry.adopt();
    for (const map of input.entities) checkMap(map, this);
    for (const [name, root] of Object.entries(input.queries)) {
      const target = this.entity(root.type);
      const unknown =
        root.kind === 'one' &&
        root.arguments.find((each) => each !== 'id' && target.alternateKeys?.[each] === undefined);
      if (unknown) throw new Error(`Query.${name}: ${root.type} has no alternate key ${unknown}`);
    }
  }

  get entities(): Iterable<EntityMap> {
    return this.byType.values();
  }

  has(type: string): boolean {
    return this.byType.has(type);
  }

  entity(type: string): EntityMap {
    const found = this.byType.get(type);
    if (found === undefined) throw new Error(`no entity map for ${type}`);
    return found;
  }
}

function checkMap(map: EntityMap, model: Model): void {
  const fail = (message: string): never => {
    throw new Error(`entity map ${map.type}: ${message}`);
  };
  for (const name of map.filters ?? []) {
    if (map.fields[name] === undefined) fail(`filter ${name} is not a field`);
  }
  if (map.defaultOrder !== undefined && ordersOf(map, null)[map.defaultOrder.field] === undefined) {
    fail(`default order ${map.defaultOrder.field} is not among its orders`);
  }
  for (const [name, relation] of Object.entries(map.relations ?? {})) checkRelation(name, relation, model, fail);
}

function checkRelation(name: string, relation: RelationMap, model: Model, fail: (message: string) => never): void {
  if (relation.kind === 'reference' || relation.kind === 'union') return;
  if (!model.has(relation.type)) fail(`relation ${name} leads to ${relation.type}, which has no map`);
  if (relation.kind !== 'connection' || relation.defaultOrder === undefined) return;
  const orders = ordersOf(model.entity(relation.type), relation);
  if (orders[relation.defaultOrder.field] === undefined) fail(`relation ${name} has an unknown default order`);
}
