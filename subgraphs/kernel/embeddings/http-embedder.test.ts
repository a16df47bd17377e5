import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../config/index.js';
import { describeError } from '../log/index.js';
import { createEmbedder, EmbeddingFailure } from './index.js';
import { HttpEmbedder } from './http-embedder.js';

interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: { readonly model: string; readonly input: readonly string[]; readonly dimensions: number };
}

type Answer = (received: Received, response: ServerResponse) => void;

const dimensions = 4;
const key = 'sk-very-secret';
/** The text's length as a direction, so that a test sees which vector belongs to which text. */
const vectorOf = (text: string): number[] => [text.length, 1, 0, 0];
const unit = (text: string): Float32Array => {
  const length = Math.hypot(text.length, 1);
  return Float32Array.from(vectorOf(text), (value) => value / length);
};

const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void =>
  void response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
const embeddings: Answer = ({ body }, response) =>
  send(response, 200, {
    object: 'list',
    model: body.model,
    // Last first: the index says which is which.
    data: body.input.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) })).reverse(),
    usage: { prompt_tokens: 1, total_tokens: 1 },
  });
const refuse =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_received, response) =>
    send(response, status, { error: { message: `no: ${key}`, type: 'refused', code: null } }, headers);

let server: Server;
let url: string;
let received: Received[];
let waits: number[];
/** What is answered first; then embeddings. */
let answers: Answer[];

beforeEach(async () => {
  [received, waits, answers] = [[], [], []];
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  const { authorization } = request.headers;
  const asked = { path: request.url ?? '', authorization, body: JSON.parse(text) as Received['body'] };
  received.push(asked);
  (answers.shift() ?? embeddings)(asked, response);
}

const note = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);

function embedder(deadlineMs = 30_000, wait = note): HttpEmbedder {
  const { embeddings: settings } = loadConfig({ WEFT_EMBEDDINGS_URL: url, WEFT_EMBEDDINGS_KEY: key });
  if (settings === undefined) throw new Error('no settings');
  return new HttpEmbedder({ ...settings, deadlineMs, wait });
}

async function failure(embedding: Promise<unknown>): Promise<EmbeddingFailure> {
  const error = await embedding.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof EmbeddingFailure)) throw new Error(inspect(error));
  return error;
}

describe('an OpenAI-compatible endpoint', () => {
  test('is asked with the key, the model and the dimensions, and its vectors come back in the order of the texts', async () => {
    const vectors = await embedder().embed(['a', 'bbb', ''], dimensions);
    expect(vectors).toEqual([unit('a'), unit('bbb'), unit('-')]);
    expect(received).toEqual([
      {
        path: '/v1/embeddings',
        authorization: `Bearer ${key}`,
        body: { model: 'text-embedding-3-large', input: ['a', 'bbb', '-'], dimensions, encoding_format: 'float' },
      },
    ]);
  });

  test('is what the configuration names, whether or not its URL ends in /embeddings', async () => {
    const named = createEmbedder(loadConfig({ WEFT_EMBEDDINGS_URL: `${url}/embeddings/`, WEFT_EMBEDDINGS_MODEL: 'm' }));
    await named.embed(['a'], dimensions);
    expect(named.model).toBe('m');
    expect(received[0]).toMatchObject({ path: '/v1/embeddings', authorization: undefined, body: { model: 'm' } });
  });

  test('is asked in batches, bounded by number and by length', async () => {
    const texts = [
      ...Array.from({ length: 130 }, (_, index) => 'x'.repeat(index + 1)),
      ...Array(30).fill('y'.repeat(20_000)),
    ];
    const vectors = await embedder().embed(texts as string[], dimensions);
    expect(vectors).toHaveLength(160);
    expect(vectors[129]).toEqual(unit('x'.repeat(130)));
    expect(received.map(({ body }) => body.input.length)).toEqual([64, 64, 14, 12, 6]);
    for (const { body } of received) expect(body.input.join('').length).toBeLessThanOrEqual(200_000);
  });

  test('is asked again after a failure that passes, each time later', async () => {
    answers = [refuse(503), refuse(500), (_asked, response) => response.destroy()];
    expect(await embedder().embed(['a'], dimensions)).toEqual([unit('a')]);
    expect(received).toHaveLength(4);
    const ranges = [250, 500, 1_000].map((least) => [least * 0.9, least * 2]);
    waits.forEach((wait, at) => {
      expect(wait).toBeGreaterThan(ranges[at]?.[0] ?? 0);
      expect(wait).toBeLessThanOrEqual(ranges[at]?.[1] ?? 0);
    });
  });

  test.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after-ms': '1500' }, 1_500],
    [{ 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }, 3_600_000],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
  ])('that answers 429 with %j is left alone for as long', async (headers, milliseconds) => {
    answers = [refuse(429, headers)];
    await embedder(7_200_000).embed(['a'], dimensions);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(milliseconds - 5_000);
    expect(waits[0]).toBeLessThanOrEqual(milliseconds + 1_000);
  });

  test('that asks one request to wait longer is left alone by those that were waiting already', async () => {
    answers = [refuse(429, { 'retry-after': '1' }), refuse(429, { 'retry-after': '60' })];
    let second: Promise<unknown> | undefined;
    let told: () => void = () => undefined;
    const isTold = new Promise<void>((resolve) => (told = resolve));
    let go: () => void = () => undefined;
    const isOver = new Promise<void>((resolve) => (go = resolve));
    const limited = embedder(7_200_000, async (milliseconds) => {
      const count = waits.push(milliseconds);
      if (count === 1) {
        second = limited.embed(['b'], dimensions);
        await isTold;
      } else if (count === 3) {
        told();
        await isOver;
      }
    });
    await limited.embed(['a'], dimensions);
    go();
    await second;
    expect(waits.map((wait) => wait > 30_000)).toEqual([false, false, true, true]);
  });

  test('that says its tokens are used up is left alone until they are back, though it answered', async () => {
    const limited = embedder();
    answers = [
      (asked, response) => {
        response.setHeader('x-ratelimit-remaining-tokens', '0');
        response.setHeader('x-ratelimit-reset-tokens', '1s500ms');
        embeddings(asked, response);
      },
    ];
    await limited.embed(['a'], dimensions);
    expect(waits).toEqual([]);
    await limited.embed(['b'], dimensions);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(1_000);
  });

  test('whose limit outlasts the deadline fails at once, and says for how long', async () => {
    answers = [refuse(429, { 'retry-after': '60' })];
    const error = await failure(embedder(5_000).embed(['a'], dimensions));
    expect({ transient: error.isTransient, after: error.retryAfterMs, waits }).toEqual({
      transient: true,
      after: 60_000,
      waits: [],
    });
  });

  test('that does not answer is given up at the deadline', async () => {
    answers = [() => undefined];
    const error = await failure(embedder(200).embed(['a'], dimensions));
    expect(error.isTransient).toBe(true);
  });

  test('that refuses the key is not asked again, and the key is in no error and no log', async () => {
    answers = [refuse(401)];
    const asking = embedder();
    const error = await failure(asking.embed(['a'], dimensions));
    expect(received).toHaveLength(1);
    expect(error).toMatchObject({ isTransient: false, code: 'EMBEDDINGS_UNAVAILABLE', internal: 'HTTP 401 (refused)' });
    for (const text of [JSON.stringify(describeError(error)), inspect(error), inspect(asking)]) {
      expect(text).not.toContain(key);
    }
  });

  const vectors = (...embeddingsOf: unknown[]): string =>
    JSON.stringify({ data: embeddingsOf.map((embedding, index) => ({ index, embedding })) });
  test.each([
    ['too few dimensions', vectors([1, 2, 3])],
    ['a number that is none', '{"data":[{"index":0,"embedding":[1,2,3,NaN]}]}'],
    ['a null', vectors([1, 2, 3, null])],
    ['numbers past all measure', vectors([1e300, 1e300, 1, 1])],
    ['no direction', vectors([0, 0, 0, 0])],
    ['too many vectors', vectors([1, 2, 3, 4], [1, 2, 3, 4])],
    ['another index', '{"data":[{"index":1,"embedding":[1,2,3,4]}]}'],
    ['something else', '{"hello":"world"}'],
    ['no JSON', '<html>'],
  ])('that answers %s is not believed', async (_name, body) => {
    answers = [(_asked, response) => send(response, 200, body)];
    const error = await failure(embedder().embed(['a'], dimensions));
    expect(error.isTransient).toBe(false);
    expect(error.message).not.toMatch(/NaN|html|dimension/);
  });

  test('that points elsewhere is not followed: the key would go with the request', async () => {
    answers = Array<Answer>(6).fill((_asked, response) => send(response, 307, '', { location: `${url}/embeddings` }));
    await failure(embedder().embed(['a'], dimensions));
    expect(received).toHaveLength(6);
  });
});
