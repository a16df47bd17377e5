import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import type { EvidenceType } from '../../domain/evidence-types.js';
import { completeJob } from '../../operations/queue/index.js';
import { toEmbeddings, toEmbedding, type EmbeddingInput } from '../../operations/queue/vectors.js';

interface Args extends Record<string, unknown> {
  readonly input: {
    readonly processingJobId: string;
    readonly leaseToken: string;
    readonly evidence?: readonly EvidenceInput[] | null;
    readonly embeddings?: readonly EmbeddingInput[] | null;
  };
}

interface EvidenceInput {
  readonly type: EvidenceType;
  readonly content: string;
  readonly rawData?: Readonly<Record<string, unknown>> | null;
  readonly embedding?: readonly number[] | null;
}

export const processingJobComplete: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  const { processingJobId, leaseToken, evidence, embeddings } = input;
  return completeJob(ctx, {
    jobId: uuidOfType(processingJobId, 'ProcessingJob'),
    leaseToken,
    evidence: (evidence ?? []).map(({ type, content, rawData, embedding }, index) => ({
      type,
      content,
      rawData: rawData ?? null,
      embedding: embedding == null ? null : toEmbedding(embedding, `evidence[${index}].embedding`),
    })),
    embeddings: toEmbeddings(embeddings ?? []),
  });
};
