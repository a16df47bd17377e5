/** Owns what the entity maps can't derive: search, mutations, the subscription, and computed fields. */
import type { Embedder } from '../../kernel/embeddings/index.js';
import type { ResolverMap } from '../../kernel/read/index.js';
import type { DocumentStore } from '../upload/index.js';
import { Document } from './Document.js';
import { Evidence } from './Evidence.js';
import { EvidenceMatch, evidenceByKey } from './EvidenceMatch.js';
import { documentRegister } from './mutation/documentRegister.js';
import { createDocumentRemove } from './mutation/documentRemove.js';
import { processingJobComplete } from './mutation/processingJobComplete.js';
import { processingJobEmbeddingsStore } from './mutation/processingJobEmbeddingsStore.js';
import { processingJobFail } from './mutation/processingJobFail.js';
import { processingJobHeartbeat } from './mutation/processingJobHeartbeat.js';
import { processingJobsClaim } from './mutation/processingJobsClaim.js';
import { processingJobsRetry } from './mutation/processingJobsRetry.js';
import { processingJob as jobOfClaim } from './ProcessingJobClaim.js';
import { Requirement } from './Requirement.js';
import { FeatureOutput } from './FeatureOutput.js';
import { featureConfirm } from './mutation/featureConfirm.js';
import { featureCreate } from './mutation/featureCreate.js';
import { featureEvidenceLink } from './mutation/featureEvidenceLink.js';
import { featureEvidenceUnlink } from './mutation/featureEvidenceUnlink.js';
import { featureMerge } from './mutation/featureMerge.js';
import { featureNote } from './mutation/featureNote.js';
import { featureOutputGenerate } from './mutation/featureOutputGenerate.js';
import { featureReject } from './mutation/featureReject.js';
import { featureReparent } from './mutation/featureReparent.js';
import { featureSplit } from './mutation/featureSplit.js';
import { featureTag } from './mutation/featureTag.js';
import { featureUpdate } from './mutation/featureUpdate.js';
import { nearDuplicates } from './query/nearDuplicates.js';
import { processingQueue } from './query/processingQueue.js';
import { createSearchEvidence } from './query/searchEvidence.js';
import { processingJob as jobOfChange, processingJobChanged } from './Subscription.js';

export interface ResolverDoors {
  readonly embedder: Embedder;
  readonly store: DocumentStore;
}

export function createResolvers({ embedder, store }: ResolverDoors): ResolverMap {
  return {
    Query: { nearDuplicates, processingQueue, searchEvidence: createSearchEvidence(embedder) },
    Subscription: { processingJobChanged },
    Document,
    Evidence,
    EvidenceMatch,
    FeatureOutput,
    Mutation: {
      documentRegister,
      documentRemove: createDocumentRemove(store),
      featureConfirm,
      featureCreate,
      featureEvidenceLink,
      featureEvidenceUnlink,
      featureMerge,
      featureNote,
      featureOutputGenerate,
      featureReject,
      featureReparent,
      featureSplit,
      featureTag,
      featureUpdate,
      processingJobComplete,
      processingJobEmbeddingsStore,
      processingJobFail,
      processingJobHeartbeat,
      processingJobsClaim,
      processingJobsRetry,
    },
    Requirement,
    ProcessingJobChange: { processingJob: jobOfChange },
    ProcessingJobClaim: { processingJob: jobOfClaim },
    NearDuplicate: { evidence: evidenceByKey },
    SimilarEvidence: { evidence: evidenceByKey },
  };
}
