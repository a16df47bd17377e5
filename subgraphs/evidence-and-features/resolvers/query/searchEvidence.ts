import type { Embedder } from '../../../kernel/embeddings/index.js';
import { keyOfType, uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { searchConnection, type SearchArguments, type SearchField } from '../../../kernel/search/index.js';
import type { EvidenceType } from '../../domain/evidence-types.js';
import { leastSimilarity } from '../../domain/search-rules.js';
import { evidenceTarget, scopeCondition } from '../../repository/search.js';

interface Arguments extends SearchArguments, Record<string, unknown> {
  readonly evidenceId?: string | null;
  readonly types?: readonly EvidenceType[] | null;
  readonly documentId?: string | null;
  readonly featureId?: string | null;
  readonly repositoryId?: string | null;
}

const field: SearchField = {
  target: evidenceTarget,
  matchType: 'EvidenceMatch',
  likeArgument: 'evidenceId',
  leastSimilarity,
};

export function createSearchEvidence(embedder: Embedder): FieldResolver<unknown, Arguments> {
  return (_root, args, context) => {
    const like = args.evidenceId == null ? null : uuidOfType(args.evidenceId, 'Evidence');
    return searchConnection(context, field, args, { embedder, like, filter: scopeOf(args) });
  };
}

function scopeOf({ types = null, documentId, featureId, repositoryId }: Arguments) {
  return scopeCondition({
    types,
    documentId: documentId == null ? null : uuidOfType(documentId, 'Document'),
    featureId: featureId == null ? null : uuidOfType(featureId, 'Feature'),
    repository: repositoryId == null ? null : keyOfType(repositoryId, 'Repository').toLowerCase(),
  });
}
