/** Owns what the database looks like: reading its catalogue, holding it against the source documents, and the vector indexes. */
export { ensureVectorIndexes, vectorIndexes } from './vector-indexes.js';
export { readCatalogue, type Catalogue } from './read-catalogue.js';
export { printCatalogue } from './print-catalogue.js';
export { compareCatalogue, type CatalogueReport } from './compare-catalogue.js';
export { seedContract } from './seed-contract/index.js';
