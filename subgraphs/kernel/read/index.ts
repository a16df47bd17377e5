/** Owns every read that entity maps describe: by key, lists, connections, for one parent or for N in one statement. */
export {
  entity,
  everyone,
  field,
  match,
  orderBy,
  type ConnectionRelation,
  type EntityExtension,
  type EntityMap,
  type ExtensionField,
  type FieldMap,
  type Match,
  type OrderColumn,
  type Predicate,
  type RelationMap,
  type Visibility,
} from './entity-map.js';
export { Model } from './model.js';
export { query, storedLowerCase, type ModelInput, type QueryMap } from './model-input.js';
export { enumValueOf, expressionOrders, filterFields, isOrderable, ordersOf } from './fields.js';
export { MapRegistry } from './registry.js';
export type { Related, RelatedMany, RelatedOne, RelatedUnion } from './related.js';
export { countsOf, defaultGroups, dimensionsOf, maxGroups, momentsOf, numbersOf, type Dimension } from './figures.js';
export { distinctKey, percentileKey } from './measure.js';
export { Parameters } from './parameters.js';
export { checkPage, defaultPageSize, maxPageSize, type ConnectionArguments, type Page } from './page.js';
export { decodeCursor, encodeCursor, type CursorValue } from './cursor.js';
export { deriveResolvers, type ResolverMap } from './resolvers.js';
export {
  connectionResolver,
  entityLoader,
  keyOfEntity,
  loadBatched,
  oneResolver,
  referenceResolver,
  relationConnectionResolver,
  type FieldResolver,
} from './reader.js';
export { prefetched } from './prefetch.js';
export { completeKeys, planFields, readByKeys } from './by-key.js';
export { readVisibilityStatuses, type VisibilityStatus, type VisibilityStatusRequest } from './visibility-status.js';
export { selectedFields, SelectionPlans } from './selection.js';
export type { Row } from './projection.js';
export type { Connection } from './connection.js';
