import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { createGatewayMetrics } from '../../gateway/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { startGateway, type TestGateway } from '../../tests/security/graph/index.js';
import { openAuthentication } from './authentication.js';

let answer: { readonly status: number; readonly body: string };
const issuer = createServer((_request, response) => void response.writeHead(answer.status).end(answer.body));
let gateway: TestGateway;
beforeAll(async () => {
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const { publicKey } = await generateKeyPair('ES256');
  answer = { status: 200, body: JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] }) };
  const metrics = createGatewayMetrics({ process: false });
  const jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`;
  const { authenticate, readiness } = openAuthentication(
    { mode: 'jwt', jwksUrl, jwksFile: undefined, issuer: 'https://issuer.test', audience: 'weft' },
    createLogger({ level: 'silent' }),
    metrics,
  );
  gateway = await startGateway({ authenticate, readiness, metrics });
});
afterEach(() => void jest.restoreAllMocks());
afterAll(async () => {
  await gateway.close();
  await new Promise((resolve) => issuer.close(resolve));
});

async function ready(): Promise<{ status: number; keys: string }> {
  const response = await fetch(`${gateway.url}/health/ready`);
  const { checks } = (await response.json()) as { checks: { tokenKeys: string } };
  return { status: response.status, keys: checks.tokenKeys };
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
}

test('keys that are out of date while their issuer is away show in health and metrics, and the gateway stays ready', async () => {
  expect(await ready()).toEqual({ status: 200, keys: 'ok' });
  expect(await metric('weft_token_key_failures_total')).toBe(0);
  expect(await metric('weft_token_keys_age_seconds')).toBeLessThan(600);

  answer = { status: 503, body: '' };
  const now = performance.now.bind(performance);
  const elevenMinutes = 660_000;
  jest.spyOn(performance, 'now').mockImplementation(() => now() + elevenMinutes);
  expect(await ready()).toEqual({ status: 200, keys: 'stale' });
  expect(await metric('weft_token_key_failures_total')).toBe(1);
  expect(await metric('weft_token_keys_age_seconds')).toBeGreaterThanOrEqual(660);
});
