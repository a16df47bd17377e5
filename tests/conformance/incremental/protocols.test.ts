import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { meros } from 'meros/browser';
import WebSocket from 'ws';
import { defaultHttpLimits } from '../../../gateway/server/http/http-server.js';
import { startGateway, type TestGateway } from '../../security/graph/index.js';
import { createFixtureExecutor } from '../compose-fixture.js';
import { Gates, gatedSubgraphs } from './gated-graph.js';

type Payload = Record<string, unknown>;

const query = '{ product(id: "p1") { id ... @defer(label: "r") { id rating } } }';
const whole = { data: { product: { id: 'p1', rating: 'rating came' } } };
const older = 'multipart/mixed;deferSpec=20220824, application/json';
const newer = 'multipart/mixed;incrementalSpec=v0.2, application/json';

const olderParts = [
  { data: { product: { id: 'p1' } }, hasNext: true },
  {
    incremental: [{ data: { id: 'p1', rating: 'rating came' }, path: ['product'], label: 'r' }],
    hasNext: false,
  },
];
const newerParts = [
  { data: { product: { id: 'p1' } }, pending: [{ id: '0', path: ['product'], label: 'r' }], hasNext: true },
  { incremental: [{ id: '0', data: { rating: 'rating came' } }], completed: [{ id: '0' }], hasNext: false },
];

describe('an operation with @defer', () => {
  const gates = new Gates();
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway({ executor: createFixtureExecutor(gatedSubgraphs(gates)) });
  });
  beforeEach(() => gates.reset());
  afterAll(async () => {
    gates.reset();
    await gateway.close();
  });

  async function parts(response: Response, onPart: (part: Payload) => void = () => undefined): Promise<Payload[]> {
    const stream = await meros<Payload>(response);
    if (!(Symbol.asyncIterator in stream)) throw new Error(`one body: ${response.headers.get('content-type')}`);
    const bodies: Payload[] = [];
    for await (const part of stream) {
      if (!part.json) throw new Error('a part that is no JSON');
      bodies.push(part.body);
      onPart(part.body);
    }
    return bodies;
  }

  test.each([
    [older, 'multipart/mixed; boundary="-"; deferSpec=20220824', olderParts],
    ['multipart/mixed; deferSpec="20220824"', 'multipart/mixed; boundary="-"; deferSpec=20220824', olderParts],
    ['multipart/mixed', 'multipart/mixed; boundary="-"; deferSpec=20220824', olderParts],
    [newer, 'multipart/mixed; boundary="-"; incrementalSpec=v0.2', newerParts],
    [
      'application/json, multipart/mixed;incrementalSpec=v0.2;q=0.5',
      'multipart/mixed; boundary="-"; incrementalSpec=v0.2',
      newerParts,
    ],
    [
      'multipart/mixed;deferSpec=20300101, multipart/mixed;incrementalSpec=v0.2, */*',
      'multipart/mixed; boundary="-"; incrementalSpec=v0.2',
      newerParts,
    ],
  ])('accepted as %s comes as %s, its first part while the rest is not asked for', async (accept, type, expected) => {
    const response = await gateway.post({ query }, { accept });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    const bodies = await parts(response, (part) => {
      if (part['hasNext'] === false) return;
      expect(part).toEqual(expected[0]);
      gates.open('rating');
    });
    expect(bodies).toEqual(expected);
  });

  test.each([
    undefined,
    'application/json',
    '*/*',
    'multipart/mixed;subscriptionSpec="1.0", application/json',
    'multipart/mixed;deferSpec=20300101, application/json',
    'multipart/mixed;q=0, application/json',
  ])('accepted as %s comes whole', async (accept) => {
    gates.open('rating');
    const response = await gateway.post({ query }, accept === undefined ? {} : { accept });
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual(whole);
  });

  test('a client of parts gets JSON for what comes whole', async () => {
    for (const source of ['{ fast }', query.replace('label: "r"', 'if: false'), '{ fast ... @defer { fast } }']) {
      gates.open('rating');
      const response = await gateway.post({ query: source }, { accept: older });
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await response.json()).toMatchObject({ data: {} });
    }
  });

  test('a client that takes nothing but parts gets a whole answer, and a refusal, as the only one', async () => {
    const accept = 'multipart/mixed;incrementalSpec=v0.2';
    expect(await parts(await gateway.post({ query: '{ fast }' }, { accept }))).toEqual([
      { data: { fast: 'fast' }, hasNext: false },
    ]);
    expect(await parts(await gateway.post({ query: '{ nope }' }, { accept }))).toMatchObject([
      { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }], hasNext: false },
    ]);
  });

  test('a failed part says its errors, masked, in either format', async () => {
    gates.open('strictRating');
    const failing = '{ product(id: "p2") { id ... @defer { strictRating } } }';
    const error = { message: 'Internal error.', path: ['product', 'strictRating'] };
    expect(await parts(await gateway.post({ query: failing }, { accept: older }))).toMatchObject([
      { data: { product: { id: 'p2' } } },
      { incremental: [{ data: null, path: ['product'], errors: [error] }], hasNext: false },
    ]);
    const [, last] = await parts(await gateway.post({ query: failing }, { accept: newer }));
    expect(last).toMatchObject({ completed: [{ id: '0', errors: [error] }], hasNext: false });
    expect(last).not.toHaveProperty('incremental');
  });

  test.each([
    ['text/event-stream', olderParts],
    ['text/event-stream;incrementalSpec=v0.2', newerParts],
    // As urql sends it, without multipart: the answer comes in parts, so events are the way that is left.
    ['application/graphql-response+json, application/json, text/event-stream', olderParts],
  ])('comes as events, accepted as %s', async (accept, expected) => {
    const response = await gateway.post({ query }, { accept });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const bodies: Payload[] = [];
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = /^event: next\ndata: (.*)$/m.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        if (data === undefined) continue;
        bodies.push(JSON.parse(data) as Payload);
        gates.open('rating');
      }
    }
    expect(bodies).toEqual(expected);
  });

  test('graphql-sse gets its parts as results', async () => {
    const client = createSseClient({ url: gateway.graphql });
    const results: unknown[] = [];
    for await (const result of client.iterate({ query })) {
      results.push(result);
      gates.open('rating');
    }
    client.dispose();
    expect(results).toEqual(olderParts);
  });

  test.each([
    ['v0.2', newerParts],
    [undefined, olderParts],
  ])('graphql-ws, connected for %s, gets its parts as results', async (incrementalSpec, expected) => {
    const client = createWsClient({
      url: gateway.graphql.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { incrementalSpec },
      retryAttempts: 0,
    });
    const results: unknown[] = [];
    for await (const result of client.iterate({ query })) {
      results.push(result);
      gates.open('rating');
    }
    await client.dispose();
    expect(results).toEqual(expected);
  });

  test('a persisted query comes in parts as its text does', async () => {
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const unknown = await gateway.post({ extensions }, { accept: older });
    expect(await unknown.json()).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
    gates.open('rating');
    expect(await parts(await gateway.post({ query, extensions }, { accept: older }))).toEqual(olderParts);
    expect(await parts(await gateway.post({ extensions }, { accept: newer }))).toEqual(newerParts);
    const search = new URLSearchParams({ extensions: JSON.stringify(extensions) });
    const headers = { accept: newer, 'apollo-require-preflight': 'true' };
    expect(await parts(await fetch(`${gateway.graphql}?${search}`, { headers }))).toEqual(newerParts);
  });

  test.each([
    ['a label that is a variable', 'query ($l: String) { fast ... @defer(label: $l) { slowRoot } }'],
    ['two equal labels', '{ ... @defer(label: "a") { fast } ... @defer(label: "a") { slowRoot } }'],
    ['the root of a mutation', 'mutation { ... @defer { touch } }'],
    ['a field', '{ fast @defer }'],
    ['a list to stream', '{ products @stream(initialCount: 1) { id } }'],
  ])('%s is refused', async (_what, refused) => {
    const response = await gateway.post({ query: refused }, { accept: older });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
  });

  test('introspection tells of @defer', async () => {
    const response = await gateway.post({ query: '{ __schema { directives { name locations args { name } } } }' });
    const { data } = (await response.json()) as { data: { __schema: { directives: unknown[] } } };
    expect(data.__schema.directives).toContainEqual({
      name: 'defer',
      locations: ['FRAGMENT_SPREAD', 'INLINE_FRAGMENT'],
      args: [{ name: 'if' }, { name: 'label' }],
    });
  });

  test('what it puts off is charged like the rest', async () => {
    const priced = await startGateway({
      executor: createFixtureExecutor(gatedSubgraphs(gates)),
      limits: { maxCost: 10, assumedListSize: 10 },
    });
    const response = await priced.post(
      { query: '{ fast ... @defer { products { size { width } } } }' },
      { accept: older },
    );
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'cost' } }],
    });
    await priced.close();
  });

  test('past the time limit each part that is left fails, and the answer ends', async () => {
    const hasty = await startGateway({
      executor: createFixtureExecutor(gatedSubgraphs(gates)),
      http: { ...defaultHttpLimits, operationTimeoutMilliseconds: 200 },
    });
    const bodies = await parts(await hasty.post({ query }, { accept: newer }));
    expect(bodies).toMatchObject([
      newerParts[0] as Payload,
      { completed: [{ id: '0', errors: [{ path: ['product'], extensions: { code: 'TIMEOUT' } }] }], hasNext: false },
    ]);
    gates.reset();
    await hasty.close();
  });

  test('a client that leaves ends what is under way', async () => {
    const signals: AbortSignal[] = [];
    const watched = await startGateway({
      executor: createFixtureExecutor(gatedSubgraphs(gates), {
        wrap: (inner, name) => ({
          ...inner,
          execute(request) {
            if (name === 'reviews' && request.context.signal) signals.push(request.context.signal);
            return inner.execute(request);
          },
        }),
      }),
    });
    const leaving = request(watched.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: newer },
    });
    leaving.on('error', () => undefined);
    leaving.end(JSON.stringify({ query }));
    await gates.askedFor('rating');
    const aborted = new Promise((resolve) => signals[0]?.addEventListener('abort', resolve));
    leaving.destroy();
    await aborted;
    gates.reset();
    await watched.close();
  });
});
