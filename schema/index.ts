/** Owns the contract between the subgraphs: what they share, and how they are assembled and composed into one graph. */
export { loadEntityModels } from './entity-models.js';
export { assembleSubgraphs, isComposedFrom } from './fingerprint.js';
export { type OperationCollection, readOperationCollections } from './operation-collections.js';
export { type SchemaSources, readSources, subgraphDocument, subgraphSdl } from './subgraph-sdl.js';
export { type SubgraphName, isSubgraphName, routingUrl, subgraphNames, subgraphPorts } from './subgraphs.js';
