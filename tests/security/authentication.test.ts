import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { exportJWK, generateKeyPair } from 'jose';
import WebSocket from 'ws';
import { createTokenVerifier } from '../../subgraphs/kernel/auth/index.js';
import {
  audience,
  createMint,
  issuer,
  startGateway,
  transports,
  type TestGateway,
  type Transport,
} from './graph/index.js';

let gateway: TestGateway;

beforeAll(async () => void (gateway = await startGateway()));
afterAll(() => gateway.close());

const byTransport = Object.entries(transports) as [Transport, (typeof transports)[Transport]][];

describe.each(byTransport)('over %s', (name, ask) => {
  test('a good token is its subject, with its scopes', async () => {
    const token = await gateway.mint.mint({ subject: 'ada', scopes: ['hr:read'] });
    const { results, errors } = await ask(gateway, { query: '{ whoami user(id: 1) { salary } }' }, token);
    expect(errors).toEqual([]);
    expect(results[0]?.data).toEqual({ whoami: 'ada', user: { salary: 100 } });
  });

  test('without a token the caller is anonymous', async () => {
    const { results, errors } = await ask(gateway, { query: '{ whoami hello me { id } }' });
    expect(results[0]?.data).toEqual({ whoami: null, hello: 'hello world', me: null });
    expect(errors).toMatchObject([{ path: ['me'], extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  test('a token without the scope is refused the field with FORBIDDEN', async () => {
    const token = await gateway.mint.mint({ scopes: ['other'] });
    const { results, errors } = await ask(gateway, { query: '{ hello tier }' }, token);
    expect(results[0]?.data).toEqual({ hello: 'hello world', tier: null });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScopes: [['tier:read']] } }]);
  });

  test('a bad token is refused, whatever is bad about it, and never taken for anonymous', async () => {
    for (const [kind, token] of Object.entries(await gateway.mint.badTokens())) {
      const { status, results, errors } = await ask(gateway, { query: '{ hello }' }, token);
      expect({ kind, status }).toEqual({ kind, status: name === 'WebSocket' ? 4401 : 401 });
      expect(results.map(({ data }) => data)).not.toContainEqual({ hello: 'hello world' });
      expect(errors[0]?.message).toMatch(/^The (token|authorization)/);
      if (name !== 'WebSocket') expect(errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  if (name === 'WebSocket' || name === 'server-sent events') {
    test('a subscription needs what its directive asks', async () => {
      const query = 'subscription { secretTicks(count: 2) { number } }';
      const refused = await ask(gateway, { query }, await gateway.mint.mint());
      expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScopes: [['ticks:read']] } }]);
      const admitted = await ask(gateway, { query }, await gateway.mint.mint({ scopes: ['ticks:read'] }));
      expect(admitted.results.map(({ data }) => data)).toEqual([
        { secretTicks: { number: 1 } },
        { secretTicks: { number: 2 } },
      ]);
    });
  }
});

test('a 401 says how to authenticate', async () => {
  const response = await gateway.post({ query: '{ hello }' }, { authorization: 'Bearer abc' });
  expect(response.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
  const other = await gateway.post({ query: '{ hello }' }, { authorization: 'Basic YTpi' });
  expect(other.status).toBe(401);
});

test('a WebSocket may carry its token in the header of the upgrade', async () => {
  const token = await gateway.mint.mint({ subject: 'eve' });
  class Authorized extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  const client = createClient({ url: gateway.graphql.replace('http', 'ws'), webSocketImpl: Authorized });
  const results = [];
  for await (const result of client.iterate({ query: '{ whoami authorization }' })) results.push(result.data);
  await client.dispose();
  expect(results).toEqual([{ whoami: 'eve', authorization: `Bearer ${token}` }]);
});

test('the token of a WebSocket is forwarded to subgraphs as its authorization', async () => {
  const token = await gateway.mint.mint();
  const { results } = await transports.WebSocket(gateway, { query: '{ authorization }' }, token);
  expect(results[0]?.data).toEqual({ authorization: `Bearer ${token}` });
});

describe('when the token expires', () => {
  const query = 'subscription { endless { number } }';

  test('a WebSocket is closed with 4403 and the reason', async () => {
    const token = await gateway.mint.mint({ expiresIn: 2 });
    const { status, results, errors } = await transports.WebSocket(gateway, { query }, token);
    expect(results).toHaveLength(1);
    expect({ status, reason: errors[0]?.message }).toEqual({
      status: 4403,
      reason: 'The token has expired: connect again with a fresh one.',
    });
  });

  test('a stream of events ends with an error event', async () => {
    const token = await gateway.mint.mint({ expiresIn: 2 });
    const { results } = await transports['server-sent events'](gateway, { query }, token);
    expect(results).toEqual([
      { data: { endless: { number: 1 } } },
      { errors: [expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } })] },
    ]);
  });
});

describe('keys', () => {
  test('scopes are read from scope, scp and scopes', async () => {
    for (const claims of [{ scope: 'a b' }, { scp: ['a', 'b'] }, { scopes: ['a', 'b'] }, { scp: 'a b' }]) {
      const identity = await gateway.mint.verifyToken(await gateway.mint.mint({ claims }));
      expect([...identity.scopes]).toEqual(['a', 'b']);
    }
  });

  test('no token grants every scope', async () => {
    const identity = await gateway.mint.verifyToken(await gateway.mint.mint({ scopes: ['*'] }));
    expect(identity.has('anything')).toBe(false);
  });

  test('of a URL are fetched once, and again when a token names a key that is not there', async () => {
    const old = await generateKeyPair('ES256');
    const fresh = await generateKeyPair('ES256');
    const published = [{ ...(await exportJWK(old.publicKey)), kid: 'k1', alg: 'ES256' }];
    let fetches = 0;
    const server = createServer((_request, response) => {
      fetches += 1;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: published }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const verify = createTokenVerifier({ jwksUrl, issuer, audience, keyCooldownSeconds: 0 });
    const first = await gateway.mint.mint({ key: old.privateKey });
    await verify(first);
    await verify(first);
    expect(fetches).toBe(1);
    published.push({ ...(await exportJWK(fresh.publicKey)), kid: 'k2', alg: 'ES256' });
    await expect(verify(await gateway.mint.mint({ key: fresh.privateKey, kid: 'k2' }))).resolves.toBeDefined();
    expect(fetches).toBe(2);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(verify(await gateway.mint.mint({ key: fresh.privateKey, kid: 'k3' }))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('of a file are read again when the file has changed, and a broken file keeps the last good ones', async () => {
    const mint = await createMint();
    const next = await generateKeyPair('ES256');
    const verify = createTokenVerifier({ jwksFile: mint.jwksFile, issuer, audience, keyCooldownSeconds: 0 });
    await verify(await mint.mint());
    const keys = JSON.parse(await readFile(mint.jwksFile, 'utf8')) as { keys: object[] };
    keys.keys.push({ ...(await exportJWK(next.publicKey)), kid: 'k2', alg: 'ES256' });
    await writeFile(mint.jwksFile, JSON.stringify(keys));
    const rotated = await mint.mint({ key: next.privateKey, kid: 'k2' });
    await expect(verify(rotated)).resolves.toBeDefined();
    await writeFile(mint.jwksFile, '{');
    await utimes(mint.jwksFile, new Date(), new Date());
    await expect(verify(rotated)).resolves.toBeDefined();
    await mint.close();
  });
});
