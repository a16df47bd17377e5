/** Embeddings as callers send them. */
import { uuidOfType } from '../../../kernel/ids/index.js';
import { checkVector } from '../../../kernel/search/index.js';
import type { Embedding } from '../../repository/job-evidence.js';
import { dimensions } from '../../repository/search.js';

export interface EmbeddingInput {
  readonly evidenceId: string;
  readonly embedding: readonly number[];
}

/** Throws BAD_USER_INPUT for a vector of another length, or with a value that is no number. */
export function toEmbedding(values: readonly number[], place: string): Float32Array {
  return checkVector(values, dimensions, place);
}

export function toEmbeddings(inputs: readonly EmbeddingInput[]): Embedding[] {
  return inputs.map(({ evidenceId, embedding }, index) => ({
    evidenceId: uuidOfType(evidenceId, 'Evidence'),
    vector: toEmbedding(embedding, `embeddings[${index}].embedding`),
  }));
}
