/** Owns what the entity maps can't derive: search, mutations, the subscription, and computed fields. */
import type { Embedder } from '../../kernel/embeddings/index.js';
import type { ResolverMap } from '../../kernel/read/index.js';
import { Evidence } from './Evidence.js';
import { EvidenceMatch, evidenceByKey } from './EvidenceMatch.js';
import { Requirement } from './Requirement.js';
import { nearDuplicates } from './query/nearDuplicates.js';
import { createSearchEvidence } from './query/searchEvidence.js';

export interface ResolverDoors {
  readonly embedder: Embedder;
}

export function createResolvers({ embedder }: ResolverDoors): ResolverMap {
  return {
    Query: { nearDuplicates, searchEvidence: createSearchEvidence(embedder) },
    Evidence,
    EvidenceMatch,
    Requirement,
    NearDuplicate: { evidence: evidenceByKey },
    SimilarEvidence: { evidence: evidenceByKey },
  };
}
