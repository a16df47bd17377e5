/** Owns documents, the evidence extracted from them, and the features inferred from it: the only door into this domain. */
import { createEmbedder, type Embedder } from '../kernel/embeddings/index.js';
import { storedLowerCase, type SubgraphDefinition } from '../kernel/subgraph/index.js';
import { evidenceTypes } from './domain/evidence-types.js';
import { featureChangeActions, featureStatuses, relationshipTypes } from './domain/feature-rules.js';
import { outputTypes } from './domain/output-content.js';
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
  store = new DocumentStore('.weft'),
}: SubgraphOptions = {}): SubgraphDefinition {
  return {
    name: 'evidence-and-features',
    model,
    enums: {
      DocumentFileType: storedLowerCase(['PDF', 'IMAGE', 'JSON', 'CSV', 'YAML', 'MD']),
      DocumentStatus: storedLowerCase(['UPLOADED', 'PROCESSING', 'COMPLETED', 'FAILED']),
      EvidenceType: storedLowerCase(evidenceTypes),
      FeatureChangeAction: storedLowerCase(featureChangeActions),
      FeatureEvidenceRelationship: storedLowerCase(relationshipTypes),
      FeatureOutputType: storedLowerCase(outputTypes),
      FeatureStatus: storedLowerCase(featureStatuses),
      ProcessingJobHandler: storedLowerCase(['BUILT_IN', 'OUTSIDE']),
      ProcessingJobStatus: storedLowerCase(['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED']),
      ProcessingJobType: storedLowerCase(['EXTRACT', 'EMBED', 'INFER']),
    },
    resolvers: createResolvers({ embedder, store }),
  };
}

export { createUploadHandler, DocumentStore, sweepFiles } from './upload/index.js';
export { DocumentWorker } from './worker/index.js';
