import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditServer } from 'graphql-http';
import { startGateway, type TestGateway } from './graph/index.js';

let gateway: TestGateway;

beforeAll(async () => void (gateway = await startGateway()));
afterAll(() => gateway.close());

test('GraphQL over HTTP: the server audit finds no error and no warning', async () => {
  const results = await auditServer({ url: gateway.graphql });
  expect(results.length).toBeGreaterThan(50);
  const found = results.filter(({ status }) => status === 'error' || status === 'warn');
  expect(found.map(({ id, name, ...rest }) => ({ id, name, reason: 'reason' in rest ? rest.reason : '' }))).toEqual([]);
});

describe('an operation with its text has the answer that Apollo Server gives to the same one with its hash', () => {
  const operations: [string, Record<string, unknown>][] = [
    ['a query', { query: '{ hello }' }],
    ['variables', { query: 'query ($n: String) { hello(name: $n) }', variables: { n: 'you' } }],
    ['a variable of the wrong type', { query: 'query ($n: String) { hello(name: $n) }', variables: { n: 1 } }],
    ['a name', { query: 'query A { hello } query B { __typename }', operationName: 'B' }],
    ['a name that is not there', { query: 'query A { hello }', operationName: 'C' }],
    ['a field that is not there', { query: '{ helo }' }],
    ['no GraphQL', { query: '{' }],
    ['a subscription', { query: 'subscription { ticks }' }],
    ['null for what may be missing', { query: '{ hello }', variables: null, operationName: null }],
  ];
  const accepted = [
    undefined,
    '*/*',
    'application/json',
    'application/graphql-response+json',
    'application/graphql-response+json, application/json;q=0.9',
    'application/json;q=0.5, application/graphql-response+json;q=0.4',
    'multipart/mixed;deferSpec=20220824, application/json',
    'multipart/mixed;deferSpec=20220824',
    'text/plain',
  ];

  async function answerTo(body: object, accept: string | undefined) {
    const text = JSON.stringify(body);
    const response = await gateway.post(text, accept === undefined ? {} : { accept });
    const headers = [...response.headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
    return { status: response.status, headers, body: await response.text() };
  }

  test.each(operations)('%s', async (_name, body) => {
    const sha256Hash = createHash('sha256')
      .update(body['query'] as string)
      .digest('hex');
    const hashed = { ...body, extensions: { persistedQuery: { version: 1, sha256Hash } } };
    for (const accept of accepted) expect(await answerTo(body, accept)).toEqual(await answerTo(hashed, accept));
  });
});

test('a body that turns out too large says so before the connection ends, also without a length', async () => {
  const answer = await new Promise((resolve, reject) => {
    const sending = httpRequest(
      gateway.graphql,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        response.resume();
        resolve({ status: response.statusCode, connection: response.headers.connection });
      },
    );
    sending.on('error', reject);
    sending.write('{"query": "{ hello }", "variables": {"a": "');
    sending.end(`${'x'.repeat(1_100_000)}"}}`);
  });
  expect(answer).toEqual({ status: 413, connection: 'close' });
});
