/** Owns documents, the evidence extracted from them, and the features inferred from it: the only door into this domain. */
import { createEmbedder, type Embedder } from '../kernel/embeddings/index.js';
import type { SubgraphDefinition } from '../kernel/subgraph/index.js';
import { model } from './entities.js';
import { createResolvers } from './resolvers/index.js';
import { DocumentStore } from './upload/index.js';

export interface SubgraphOptions {
  /** Makes vectors of search texts; of their words alone when left out. */
  readonly embedder?: Embedder;
  /** Where uploaded files are. */
  readonly store?: DocumentStore;
}

export function createSubgraph({
  embedder = createEmbedder({ embeddings: undefined }),
  store = DocumentStore.inside('.weft'),
}: SubgraphOptions = {}): SubgraphDefinition {
  return {
    name: 'evidence-and-features',
    model,
    resolvers: createResolvers({ embedder, store }),
  };
}

export {
  createDownloadHandler,
  createUploadHandler,
  DocumentStore,
  openDocumentStore,
  sweepFiles,
} from './upload/index.js';
export { DocumentWorker } from './worker/index.js';
