/** Owns search for any domain: by words, by vector, and both fused, over a table that the domain names. */
export { searchConnection, type SearchArguments, type SearchField } from './connection.js';
export { checkSimilarity } from './question.js';
export { search, type SearchHit, type SearchMode, type SearchQuestion, type SearchRequest } from './search.js';
export { listSimilar, type Similar, type SimilarRequest } from './similar.js';
export type { SearchTarget } from './target.js';
export { checkVector, fromVectorText, toVectorText } from './vector.js';
