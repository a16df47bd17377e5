/** Owns embeddings: texts made into unit vectors, by an OpenAI-compatible endpoint or, without one, by this process. */
import type { Config } from '../config/index.js';
import type { Embedder } from './embedder.js';
import { HashingEmbedder } from './hashing-embedder.js';
import { HttpEmbedder } from './http-embedder.js';

export interface EmbedderOptions {
  /** How long one `embed` may take in all, its retries included. Less than a request may take, unless nobody waits for it. */
  readonly deadlineMs?: number;
}

/** The embedder that the configuration names. */
export function createEmbedder(
  { embeddings }: Pick<Config, 'embeddings'>,
  { deadlineMs = 20_000 }: EmbedderOptions = {},
): Embedder {
  return embeddings === undefined ? new HashingEmbedder() : new HttpEmbedder({ ...embeddings, deadlineMs });
}

export { EmbeddingFailure, embedText, type Embedder } from './embedder.js';
export { wordsAlone } from './hashing-embedder.js';
