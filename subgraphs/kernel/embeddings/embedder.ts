/** What makes vectors of texts, and what it means when it can't. */
import { RequestError } from '../errors/index.js';

export interface Embedder {
  /** Vectors of different models are not comparable. */
  readonly model: string;
  /** A unit vector of `dimensions` finite numbers for each text, in their order. Throws an EmbeddingFailure. */
  embed(texts: readonly string[], dimensions: number): Promise<readonly Float32Array[]>;
}

/** The endpoint did not answer, or not with vectors. */
export class EmbeddingFailure extends RequestError {
  /** False where another try would end the same: a wrong key, an unknown model. */
  readonly isTransient: boolean;
  /** How long the endpoint asks to be left alone (ms); 0 when it says nothing. */
  readonly retryAfterMs: number;

  constructor(
    reason: string,
    {
      isTransient = false,
      retryAfterMs = 0,
      cause,
    }: { isTransient?: boolean; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super('EMBEDDINGS_UNAVAILABLE', 'The embeddings endpoint did not answer with vectors. Try again later.', {
      internal: reason,
      cause,
    });
    this.name = 'EmbeddingFailure';
    this.isTransient = isTransient;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The vector of one text. */
export async function embedText(embedder: Embedder, text: string, dimensions: number): Promise<Float32Array> {
  const [vector] = await embedder.embed([text], dimensions);
  if (vector === undefined) throw new Error(`${embedder.model} made no vector of a text`);
  return vector;
}

/** Scaled to length 1. Throws when it has another length, or a number that is none: such a vector poisons every search. */
export function toUnitVector(values: ArrayLike<number>, dimensions: number): Float32Array {
  if (values.length !== dimensions) {
    throw new EmbeddingFailure(`expected vectors of ${dimensions} dimensions, got ${values.length}`);
  }
  const vector = Float32Array.from(values);
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares) || squares === 0) {
    throw new EmbeddingFailure('the endpoint answered a vector that has no direction, or holds what is no number');
  }
  const length = Math.sqrt(squares);
  return vector.map((value) => value / length);
}
