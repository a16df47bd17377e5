import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
