/** Embeddings from any endpoint that speaks OpenAI's protocol: in batches, patient with what passes, and with limits it is told. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Secret } from '../config/index.js';
import { EmbeddingFailure, toUnitVector, type Embedder } from './embedder.js';
import { readPause } from './rate-limits.js';

export interface HttpEmbedderOptions {
  /** `https://api.openai.com/v1`, or the endpoint itself, `…/v1/embeddings`. */
  readonly url: string;
  readonly key: Secret | undefined;
  readonly model: string;
  readonly deadlineMs: number;
  /** Waits; tests give their own. */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/** OpenAI takes 2,048 texts and 300,000 tokens in a request; other servers less. */
const batchLimits = { texts: 64, characters: 200_000 };
/** Models read about 8,000 tokens of a text and refuse longer ones: four characters each in prose, two in code. */
const longestText = 16_000;
const mostTries = 6;
const firstBackOffMs = 500;

const answerSchema = z.object({
  data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()) })),
});

export class HttpEmbedder implements Embedder {
  readonly model: string;
  readonly #options: HttpEmbedderOptions;
  readonly #endpoint: string;
  readonly #wait: (milliseconds: number) => Promise<void>;
  /** Before this moment the endpoint wants no request. */
  #quietUntil = 0;

  constructor(options: HttpEmbedderOptions) {
    this.model = options.model;
    this.#options = options;
    this.#endpoint = toEndpoint(options.url);
    this.#wait = options.wait ?? ((milliseconds) => delay(milliseconds));
  }

  async embed(texts: readonly string[], dimensions: number): Promise<readonly Float32Array[]> {
    const deadline = Date.now() + this.#options.deadlineMs;
    const vectors: Float32Array[] = [];
    for (const batch of toBatches(texts)) vectors.push(...(await this.#embedBatch(batch, dimensions, deadline)));
    return vectors;
  }

  async #embedBatch(texts: readonly string[], dimensions: number, deadline: number): Promise<Float32Array[]> {
    for (let tries = 1; ; tries += 1) {
      await this.#waitForQuiet(deadline);
      try {
        return await this.#request(texts, dimensions, deadline);
      } catch (error) {
        if (!(error instanceof EmbeddingFailure) || !error.isTransient || tries === mostTries) throw error;
        // Half of it at random, so that processes that failed together do not come back together.
        const backOff = firstBackOffMs * 2 ** (tries - 1) * (0.5 + Math.random() / 2);
        this.#quietUntil = Math.max(this.#quietUntil, Date.now() + (error.retryAfterMs || backOff));
        if (this.#quietUntil >= deadline) throw error;
      }
    }
  }

  async #waitForQuiet(deadline: number): Promise<void> {
    for (let until = this.#quietUntil; until > Date.now(); until = this.#quietUntil) {
      if (until >= deadline) {
        const options = { isTransient: true, retryAfterMs: until - Date.now() };
        throw new EmbeddingFailure('the endpoint’s rate limit lasts longer than the deadline', options);
      }
      await this.#wait(until - Date.now());
      // Another request may have been told meanwhile to wait for longer: that holds for this one too.
      if (this.#quietUntil === until) this.#quietUntil = 0;
    }
  }

  async #request(texts: readonly string[], dimensions: number, deadline: number): Promise<Float32Array[]> {
    const { model } = this;
    const key = this.#options.key?.reveal();
    let response: Response;
    let body: string;
    try {
      response = await fetch(this.#endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify({ model, input: texts, dimensions, encoding_format: 'float' }),
        // The key is for this endpoint, and for none that it points to.
        redirect: 'error',
        signal: AbortSignal.timeout(Math.max(1, deadline - Date.now())),
      });
      body = await response.text();
    } catch (error) {
      throw new EmbeddingFailure('no answer from the endpoint', { isTransient: true, cause: error });
    }
    const pause = readPause(response.headers, Date.now());
    this.#quietUntil = Math.max(this.#quietUntil, pause.until);
    if (!response.ok) {
      const isTransient = response.status === 408 || response.status === 429 || response.status >= 500;
      throw new EmbeddingFailure(`HTTP ${response.status}${reasonOf(body)}`, {
        isTransient,
        retryAfterMs: pause.retryAfterMs,
      });
    }
    return toVectors(body, texts.length, dimensions);
  }
}

/** The server's word for the failure. Its message is left out: some repeat the key in it. */
function reasonOf(body: string): string {
  const [, code] = /"(?:code|type)"\s*:\s*"([\w.-]{1,60})"/.exec(body) ?? [];
  return code === undefined ? '' : ` (${code})`;
}

/** In the order of their `index`, each index once: some servers answer in the order in which they were done. */
function toVectors(body: string, count: number, dimensions: number): Float32Array[] {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    throw new EmbeddingFailure('the answer is not JSON');
  }
  const { data } = answerSchema.safeParse(answer);
  if (data === undefined) throw new EmbeddingFailure('the answer has no list of embeddings');
  const vectors = new Map(data.data.map(({ index, embedding }) => [index, embedding]));
  if (data.data.length !== count) throw new EmbeddingFailure(`${data.data.length} embeddings for ${count} texts`);
  return Array.from({ length: count }, (_, index) => toUnitVector(vectors.get(index) ?? [], dimensions));
}

function toBatches(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let characters = 0;
  for (const text of texts) {
    // An empty text is refused.
    const input = text.trim() === '' ? '-' : text.slice(0, longestText);
    const last = batches.at(-1);
    if (last === undefined || last.length === batchLimits.texts || characters + input.length > batchLimits.characters) {
      batches.push([input]);
      characters = input.length;
    } else {
      last.push(input);
      characters += input.length;
    }
  }
  return batches;
}

function toEndpoint(url: string): string {
  const endpoint = new URL(url);
  endpoint.pathname = endpoint.pathname.replace(/\/+$/, '').replace(/(\/embeddings)?$/, '/embeddings');
  return endpoint.toString();
}
