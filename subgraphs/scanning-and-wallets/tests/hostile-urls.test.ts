import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { defaultScanSettings } from '../index.js';
import { checkTarget, createResolver } from '../../kernel/outbound/index.js';
import { DnsFixture } from './dns-fixture.js';
import { goodUrls, hostileNames, hostileTexts } from './hostile-urls.js';
import { publicAddress } from './public-address.js';
import { callers, openAccount, TestSubgraph } from './subgraph-fixture.js';

let dns: DnsFixture;
let fixture: TestDatabase;
let subgraph: TestSubgraph;

beforeAll(async () => {
  dns = await DnsFixture.start();
  for (const name of [
    'shop.example',
    'sub.domain.shop.example',
    'xn--bcher-kva.example',
    'with_underscore.shop.example',
    'shop.example.',
  ])
    dns.answers.set(name, [publicAddress, '2606:2800:21f:cb07:6820:80da:af6b:8b2c']);
  for (const [name, addresses] of Object.entries(hostileNames)) dns.answers.set(name, addresses);
  fixture = await openTestDatabase();
  const resolve = createResolver({ servers: [dns.server], timeoutMs: 2_000 });
  subgraph = new TestSubgraph(fixture.database, { resolve });
  await openAccount(subgraph, callers.alice, 1_000);
});

afterAll(async () => {
  await fixture.close();
  await dns.stop();
});

async function request(
  url: string,
): Promise<{ scanJob: { url: string } | null; userErrors: { code: string; field: string[] }[] }> {
  return subgraph.mutate('alice', 'scanRequest', { url }, 'scanJob { url }');
}

async function balance(): Promise<number> {
  const { data } = await subgraph.ask('alice', '{ myAccount { wallet { creditBalance } scanJobs { totalCount } } }');
  return data.myAccount.wallet.creditBalance - data.myAccount.scanJobs.totalCount * 1_000_000;
}

test('the table has at least 80 hostile URLs', () => {
  expect(Object.values(hostileTexts).flat().length + Object.keys(hostileNames).length).toBeGreaterThanOrEqual(80);
});

describe('a hostile URL is refused, and costs nothing', () => {
  for (const [trick, urls] of Object.entries(hostileTexts)) {
    test(trick, async () => {
      const before = await balance();
      const asked = dns.queries.length;
      for (const url of urls) {
        const { scanJob, userErrors } = await request(url);
        expect({ url, scanJob, refusals: userErrors.map(({ code, field }) => ({ code, field })) }).toEqual({
          url,
          scanJob: null,
          refusals: [{ code: 'VALIDATION', field: ['url'] }],
        });
      }
      expect(await balance()).toBe(before);
      // Refused by its text: no name was resolved for it.
      expect(dns.queries.length).toBe(asked);
    });
  }

  test.each(Object.keys(hostileNames))('the name %s, which does not resolve to public addresses only', async (name) => {
    const before = await balance();
    const { scanJob, userErrors } = await request(`http://${name}/`);
    expect(scanJob).toBeNull();
    expect(userErrors).toEqual([
      { code: 'VALIDATION', field: ['url'], message: 'The host does not resolve to public addresses only.' },
    ]);
    expect(await balance()).toBe(before);
  });

  test('a name that is not there, or whose lookup fails, is refused in the same words as a private one', async () => {
    dns.answers.set('broken.attacker.example', [publicAddress]);
    dns.broken.add('broken.attacker.example');
    const refusals = await Promise.all(
      ['missing.attacker.example', 'broken.attacker.example', 'private.attacker.example'].map(async (name) => {
        const { userErrors } = await request(`http://${name}/`);
        return userErrors;
      }),
    );
    expect(new Set(refusals.map((errors) => JSON.stringify(errors))).size).toBe(1);
  });

  test('a name that answers publicly when asked first and privately later is refused later', async () => {
    dns.answers.set('turning.attacker.example', (lookup) => [lookup === 0 ? publicAddress : '10.0.0.1']);
    const resolve = createResolver({ servers: [dns.server], timeoutMs: 2_000 });
    const dependencies = { ports: defaultScanSettings.ports, resolve };
    expect(await checkTarget('http://turning.attacker.example/', dependencies)).toMatchObject({ isAllowed: true });
    expect(await checkTarget('http://turning.attacker.example/', dependencies)).toMatchObject({ isAllowed: false });
  });
});

test.each(goodUrls)('the good URL %s is accepted', async (url) => {
  const { scanJob, userErrors } = await request(url);
  expect(userErrors).toEqual([]);
  expect(scanJob?.url).toBe(new URL(url.replace(/#.*/, '')).href);
});

test('only a caller who can pay has names resolved', async () => {
  await openAccount(subgraph, callers.bob, 0);
  const asked = dns.queries.length;
  const { userErrors } = await subgraph.mutate('bob', 'scanRequest', { url: 'http://shop.example/' });
  expect(userErrors).toMatchObject([{ code: 'INSUFFICIENT_CREDIT' }]);
  expect(dns.queries.length).toBe(asked);
});
