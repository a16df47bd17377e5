/** Owns how a subgraph comes about: contract, entity maps and hand-written resolvers made into one executable schema. */
import { buildSubgraphSchema } from '@apollo/subgraph';
import { Kind, parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import {
  deriveResolvers,
  entityLoader,
  MapRegistry,
  Model,
  type EntityMap,
  type ModelInput,
  type ResolverMap,
} from '../read/index.js';
import type { Row } from '../read/index.js';
import type { RequestContext } from '../context.js';
import { figureResolvers, guardResolvers } from '../contract/index.js';
import type { GraphQLResolveInfo } from 'graphql';
import { scalars } from '../scalars/index.js';
import { completeMutations } from './mutations.js';
import { findDisagreements, isObjectNode, namedTypeOf } from './agreement.js';

export interface SubgraphDefinition {
  /** Folder and name in the supergraph, e.g. `traceability`. */
  readonly name: string;
  readonly model: ModelInput;
  /** Entities that the domain answers without a map, as far as the platform must know which of them there are. */
  readonly nodes?: readonly EntityMap[];
  /** What the maps can't derive: mutations, subscriptions, computed fields. */
  readonly resolvers: ResolverMap;
}

/**
 * Builds the executable schema of a complete contract. Throws when contract and maps disagree, or when a root field does not
 * say who may call it, naming every such place. `registry` has the maps of all domains, so that filters may cross from one to another.
 */
export function buildSubgraph(
  definition: SubgraphDefinition,
  contract: string | DocumentNode,
  registry = new MapRegistry({ [definition.name]: definition.model }),
): GraphQLSchema {
  const document = typeof contract === 'string' ? parse(contract) : contract;
  const model = new Model(definition.model, registry);
  const resolvers = merge(definition.name, [
    deriveResolvers(model),
    payloadResolvers(document, model),
    figureResolvers(document, definition.model, registry),
    definition.resolvers,
    declaredScalars(document),
    declaredEnums(document, registry),
  ]);
  const guarded = guardResolvers(document, completeMutations(document, resolvers));
  const faults = [...findDisagreements(document, model, resolvers), ...guarded.faults];
  if (faults.length > 0) throw new Error(`subgraph ${definition.name}: ${faults.join('; ')}`);
  return buildSubgraphSchema([{ typeDefs: document, resolvers: guarded.resolvers as never }]);
}

function merge(name: string, maps: readonly Readonly<Record<string, unknown>>[]): ResolverMap {
  const merged: Record<string, Record<string, unknown>> = {};
  for (const map of maps) {
    for (const [type, fields] of Object.entries(map)) {
      if (typeof fields !== 'object' || fields === null || Object.getPrototypeOf(fields) !== Object.prototype) {
        merged[type] = fields as Record<string, unknown>;
        continue;
      }
      const target = (merged[type] ??= {});
      for (const [field, resolver] of Object.entries(fields)) {
        if (target[field] !== undefined) throw new Error(`subgraph ${name}: ${type}.${field} is resolved twice`);
        target[field] = resolver;
      }
    }
  }
  return merged;
}

function declaredScalars(document: DocumentNode): Record<string, unknown> {
  const declared = document.definitions.flatMap((node) =>
    node.kind === Kind.SCALAR_TYPE_DEFINITION ? [node.name.value] : [],
  );
  return Object.fromEntries(declared.flatMap((name) => (scalars[name] === undefined ? [] : [[name, scalars[name]]])));
}

/** Stored spellings, also of other domains' enums that filters here have. */
function declaredEnums(document: DocumentNode, registry: MapRegistry): Record<string, Record<string, string>> {
  const declared = new Set(
    document.definitions.flatMap((node) => (node.kind === Kind.ENUM_TYPE_DEFINITION ? [node.name.value] : [])),
  );
  const known = Object.values(registry.models).flatMap((model) => Object.entries(model?.enums ?? {}));
  return Object.fromEntries(known.filter(([name]) => declared.has(name)));
}

/** An entity in a mutation's payload: the mutation answers its key, and the entity is read as anywhere else, after the commit. */
function payloadResolvers(document: DocumentNode, model: Model): ResolverMap {
  const resolvers: ResolverMap = {};
  for (const object of document.definitions.filter(isObjectNode)) {
    if (!object.name.value.endsWith('Payload')) continue;
    for (const field of object.fields ?? []) {
      const type = namedTypeOf(field.type);
      if (!model.has(type)) continue;
      (resolvers[object.name.value] ??= {})[field.name.value] = payloadEntity(model.entity(type), field.name.value);
    }
  }
  return resolvers;
}

function payloadEntity(target: EntityMap, name: string) {
  const load = entityLoader(target, [target.key]);
  return (
    payload: Row,
    _args: unknown,
    context: RequestContext,
    info: GraphQLResolveInfo,
  ): Promise<Row | null> | null => {
    const key = payload[name] ?? null;
    return key === null ? null : load([key], context, info);
  };
}
