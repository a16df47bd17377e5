/** Owns documents, the evidence extracted from them, and the features inferred from it: the only door into this domain. */
import { storedLowerCase, type SubgraphDefinition } from '../kernel/subgraph/index.js';
import { evidenceTypes } from './domain/evidence-types.js';
import { featureChangeActions, featureStatuses, relationshipTypes } from './domain/feature-rules.js';
import { outputTypes } from './domain/output-content.js';
import { model } from './entities.js';
import { createResolvers } from './resolvers/index.js';

export function createSubgraph(): SubgraphDefinition {
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
      ProcessingJobStatus: storedLowerCase(['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED']),
      ProcessingJobType: storedLowerCase(['EXTRACT', 'EMBED', 'INFER']),
    },
    resolvers: createResolvers(),
  };
}
