import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { storeEmbeddings } from '../../operations/queue/index.js';
import { toEmbeddings, type EmbeddingInput } from '../../operations/queue/vectors.js';

interface Args extends Record<string, unknown> {
  readonly input: {
    readonly processingJobId: string;
    readonly leaseToken: string;
    readonly embeddings: readonly EmbeddingInput[];
  };
}

export const processingJobEmbeddingsStore: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  const { processingJobId, leaseToken, embeddings } = input;
  const jobId = uuidOfType(processingJobId, 'ProcessingJob');
  return storeEmbeddings(ctx, { jobId, leaseToken, embeddings: toEmbeddings(embeddings) });
};
