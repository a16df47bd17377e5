/** Finds the fields of a contract that lead to connections which an entity map can answer. */
import type { FieldDefinitionNode } from 'graphql';
import {
  filterFields,
  ordersOf,
  type ConnectionRelation,
  type EntityMap,
  type MapRegistry,
  type ModelInput,
} from '../read/index.js';
import { namedTypeOf, type WrittenContract } from './written.js';

/** One field that answers a connection. */
export interface ConnectionPlace {
  readonly owner: string;
  readonly isInterface: boolean;
  readonly field: FieldDefinitionNode;
  readonly entity: EntityMap;
  /** Null where no relation of a map says more than the entity does. */
  readonly relation: ConnectionRelation | null;
  /** `Requirement` of `RequirementConnection` and `RequirementEdge`. */
  readonly connection: string;
  /** Names of the input types; null where the maps give nothing to filter or to order by. */
  readonly filter: string | null;
  readonly order: string | null;
}

/** The maps that a contract is completed from: its own, among those of all domains. */
export interface ContractMaps {
  readonly model: ModelInput;
  readonly registry: MapRegistry;
}

/** A search answers connections too, of types that no map has: they are written in full, and found by no place. */
export function findConnections(written: WrittenContract, model: ModelInput): ConnectionPlace[] {
  const byType = new Map(model.entities.map((entity) => [entity.type, entity]));
  const byName = new Map(model.entities.map((entity) => [baseName(entity), entity]));
  const places: ConnectionPlace[] = [];
  for (const type of written.withFields()) {
    const owner = type.name.value;
    for (const field of type.fields ?? []) {
      const connection = /^(.+)Connection$/.exec(namedTypeOf(field.type))?.[1];
      if (connection === undefined) continue;
      const relation = connectionRelation(byType.get(owner), field.name.value);
      const entity = relation === null ? byName.get(connection) : byType.get(relation.type);
      if (entity === undefined) continue;
      const isInterface = type.kind === 'InterfaceTypeDefinition';
      places.push({
        owner,
        isInterface,
        field,
        entity,
        relation,
        connection,
        ...inputNames(entity, relation, connection),
      });
    }
  }
  return places;
}

function connectionRelation(parent: EntityMap | undefined, field: string): ConnectionRelation | null {
  const relation = parent?.relations?.[field];
  return relation?.kind === 'connection' ? relation : null;
}

/** What the types around an entity are called by. */
export function baseName({ type, connectionName }: EntityMap): string {
  return connectionName ?? type;
}

function inputNames(entity: EntityMap, relation: ConnectionRelation | null, connection: string) {
  const base = baseName(entity);
  const isFiltered = Object.keys({ ...filterFields(entity), ...entity.customFilters }).length > 0;
  const isOrdered = Object.keys(ordersOf(entity, relation)).length > 0;
  return {
    filter: isFiltered ? `${base}Filter` : null,
    // A connection with orders of its own has an order type of its own.
    order: isOrdered ? `${relation?.orders === undefined ? base : connection}Order` : null,
  };
}
