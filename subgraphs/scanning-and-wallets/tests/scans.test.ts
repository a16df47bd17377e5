import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ScanFixture } from './scan-fixture.js';
import { scoredPages } from './scored-pages.js';
import { publicAddress } from './public-address.js';
import { page, redirect } from './web-fixture.js';

/** Scores and reasons of every page, reviewed by eye: a change of a rule shows here. */
const golden = JSON.parse(readFileSync(new URL('scores.golden.json', import.meta.url), 'utf8')) as Record<
  string,
  { readonly riskScore: number }
>;
let fixture: ScanFixture;

beforeAll(async () => {
  fixture = await ScanFixture.start();
});

afterAll(() => fixture.stop());

beforeEach(() => {
  fixture.web.trustsCertificate = true;
  fixture.web.dialled.length = 0;
  fixture.web.requests.length = 0;
});

/** The scan connected to the checked public address, and to nothing else. */
function expectOnlyPublicConnections(): void {
  expect(fixture.web.dialled.filter((target) => !target.startsWith(`${publicAddress}:`))).toEqual([]);
}

const paid = { type: 'DEBIT', amount: -1 };
const refunded = { type: 'REFUND', amount: 1 };

describe('scores', () => {
  test('the golden file scores every page and no other', () => {
    expect(Object.keys(golden)).toEqual(Object.keys(scoredPages));
  });

  test.each(Object.entries(scoredPages))('%s: score and reasons are those of the golden file', async (name, scored) => {
    for (const [host, handler] of Object.entries(scored.sites)) fixture.serve(host, handler);
    fixture.web.trustsCertificate = scored.trustsCertificate ?? true;
    const job = await fixture.scan(scored.url);
    expect(job).toMatchObject({ state: 'COMPLETED', version: 4, refundedAt: null });
    const { riskScore, categories, indicators, reasoning, modelUsed } = job.scanResult;
    expect({ riskScore, categories, indicators, reasoning }).toEqual(golden[name]);
    expect(modelUsed).toBe('rules@1');
    expect(job.creditTransactions.nodes).toEqual([paid]);
    expectOnlyPublicConnections();
  });

  test('harmless pages score at most 20, hostile ones at least 30', () => {
    for (const [name, { riskScore }] of Object.entries(golden)) {
      expect([name, riskScore, name.startsWith('harmless') ? riskScore <= 20 : riskScore >= 30]).toEqual([
        name,
        riskScore,
        true,
      ]);
    }
  });
});

describe('a redirect is checked like a request, and a refused one fails the scan, logged and refunded', () => {
  test.each([
    ['http://127.0.0.1/', 'http://127.0.0.1/'],
    ['http://169.254.169.254/latest/meta-data/', 'http://169.254.169.254/latest/meta-data/'],
    ['http://2130706433/', 'http://127.0.0.1/'],
    ['//10.0.0.1/x', 'http://10.0.0.1/x'],
    ['http://[::ffff:10.0.0.1]/', 'http://[::ffff:a00:1]/'],
    ['http://user:secret@start.example/', 'http://start.example/'],
    ['http://start.example:6379/', 'http://start.example:6379/'],
    ['http://private.example/', 'http://private.example/'],
    ['http://mixed.example/', 'http://mixed.example/'],
    ['http://localhost:8080/', 'http://localhost:8080/'],
    ['file:///etc/passwd', 'file:'],
    ['gopher://start.example/', 'gopher:'],
    ['javascript:alert(document.domain)', 'javascript:'],
    ['data:text/html,<p>page-content', 'data:'],
    ['http://', 'malformed URL'],
  ])('to %s', async (location, logged) => {
    fixture.serve('start.example', redirect(location));
    fixture.serve('private.example', page('never'), ['192.168.7.7']);
    fixture.serve('mixed.example', page('never'), [publicAddress, '10.0.0.1']);
    const job = await fixture.scan('http://start.example/');
    expect(job).toMatchObject({ state: 'FAILED', scanResult: null });
    expect(job.failureReason).toMatch(/^It redirects to a URL that is refused\. /);
    expect(job.creditTransactions.nodes).toEqual([paid, refunded]);
    expect(job.scanAuditLogs.nodes).toMatchObject([
      { urlAccessed: 'http://start.example/', httpStatus: 302, riskAssessmentSummary: { outcome: 'REDIRECTED' } },
      { urlAccessed: logged, httpStatus: null, contentHash: null, riskAssessmentSummary: { outcome: 'REFUSED' } },
    ]);
    expect(fixture.web.requests).toEqual(['start.example /']);
    expectOnlyPublicConnections();
  });

  test('a name that turns private after the check of the request is refused at the fetch', async () => {
    fixture.serve('turning.example', page('never'));
    fixture.dns.answers.set('turning.example', (lookup) => [lookup === 0 ? publicAddress : '127.0.0.1']);
    const job = await fixture.scan('http://turning.example/');
    expect(job).toMatchObject({
      state: 'FAILED',
      failureReason: 'The host does not resolve to public addresses only.',
    });
    expect(fixture.web.dialled).toEqual([]);
  });

  test('between check and connection the name is not asked again: rebinding has no moment to happen in', async () => {
    fixture.serve('rebinding.example', page('<p>hello</p>'));
    fixture.dns.answers.set('rebinding.example', (lookup) => [lookup < 2 ? publicAddress : '127.0.0.1']);
    const job = await fixture.scan('http://rebinding.example/');
    expect(job.state).toBe('COMPLETED');
    expect(fixture.dns.queries.filter((query) => query === 'rebinding.example A')).toHaveLength(2);
    expect(fixture.web.dialled).toEqual([`${publicAddress}:80`]);
  });

  test('a redirect back to the same name has it checked anew', async () => {
    fixture.serve('again.example', redirect('/next'));
    fixture.dns.answers.set('again.example', (lookup) => [lookup < 2 ? publicAddress : '10.1.1.1']);
    const job = await fixture.scan('http://again.example/');
    expect(job.state).toBe('FAILED');
    expect(fixture.web.requests).toEqual(['again.example /']);
  });
});

describe('limits', () => {
  const never = (): void => undefined;
  const limits = { maxBytes: 10_000, accessTimeoutMs: 300, maxRedirects: 3 };
  test.each<[string, Parameters<ScanFixture['serve']>[1], string]>([
    ['more redirects than allowed', redirect('/next'), 'It redirects more than 3 times.'],
    ['a body larger than allowed', page('x'.repeat(10_001)), 'The page is larger than 10000 bytes.'],
    [
      'a small body that unpacks to a large one',
      (_request, response) =>
        response
          .writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' })
          .end(gzipSync(Buffer.alloc(5_000_000))),
      'The page is larger than 10000 bytes.',
    ],
    ['a server that never answers', never, 'The server did not answer in time.'],
    [
      'a server that never stops answering',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).write('<p>');
      },
      'The server did not answer in time.',
    ],
    [
      'a type that is not scanned',
      (_request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end('png'),
      'Content of type image/png is not scanned.',
    ],
    [
      'an encoding that nobody knows',
      (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'rot13' }).end('x'),
      'The page is encoded in an unknown way.',
    ],
    [
      'broken compression',
      (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end('not gzip'),
      'The server could not be reached, or broke the connection.',
    ],
    [
      'a connection that breaks',
      (request) => request.socket.destroy(),
      'The server could not be reached, or broke the connection.',
    ],
    [
      'headers without end',
      (_request, response) => response.writeHead(200, { 'x-long': 'x'.repeat(40_000) }).end(),
      'The server could not be reached, or broke the connection.',
    ],
  ])('%s fails the scan with a clear reason, logged and refunded', async (_what, handler, reason) => {
    fixture.serve('limits.example', handler);
    const job = await fixture.scan('http://limits.example/', limits);
    expect(job).toMatchObject({ state: 'FAILED', failureReason: reason, scanResult: null });
    expect(job.creditTransactions.nodes).toEqual([paid, refunded]);
    expect(job.scanAuditLogs.nodes.length).toBeGreaterThanOrEqual(1);
  });
});

describe('what is kept', () => {
  const marker = 'the-body-of-the-page-7f3a';
  const secrets = {
    'set-cookie': 'session=cookie-secret-1',
    'x-auth-token': 'token-secret-2',
    'x-api-key': 'key-secret-3',
    'proxy-authorization': 'Basic proxy-secret-4',
    authorization: 'Bearer bearer-secret-5',
    'x-debug': 'Bearer abcdefgh-secret-6',
    'x-jwt-hint': 'eyJhbGciOiJIUzI1NiJ9.eyJzZWNyZXQiOjd9.secret-7',
    'x-plain': 'eyJhbGciOiJIUzI1NiJ9.eyJzZWNyZXQiOjh9.secret-8',
  };

  /** Every row of every table, as text. */
  async function everything(): Promise<string> {
    const { database } = fixture.opened;
    const tables = await database.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema in ('scanning', 'platform', 'traceability') and table_type = 'BASE TABLE'`,
    );
    const texts = await Promise.all(
      tables.map(({ name }) => database.query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`)),
    );
    return texts
      .flat()
      .map(({ row }) => row)
      .join('\n');
  }

  test('neither the body of a page nor a header that carries a secret is stored or logged anywhere', async () => {
    fixture.serve(
      'kept.example',
      page(`<p title="${marker}">${marker}</p><script>x = "${marker}"</script>`, {
        ...secrets,
        'x-served-by': 'rack-9',
      }),
    );
    const job = await fixture.scan('http://kept.example/');
    expect(job.state).toBe('COMPLETED');
    expect(job.scanResult.httpHeaders).toMatchObject({ 'x-served-by': 'rack-9', 'content-type': 'text/html' });
    fixture.serve('kept.example', page(marker.repeat(1_000), secrets));
    expect(await fixture.scan('http://kept.example/', { maxBytes: 100 })).toMatchObject({ state: 'FAILED' });
    // Not HTTP: what the parser complains of holds the bytes that it got.
    fixture.serve('kept.example', (request) => request.socket.end(`HTTP/1.1 200 OK\r\n${marker}\r\n\r\n${marker}`));
    expect(await fixture.scan('http://kept.example/')).toMatchObject({ state: 'FAILED' });
    expect(JSON.stringify(fixture.logged)).not.toContain(marker);
    const stored = await everything();
    expect(stored).toContain('rack-9');
    expect(stored).not.toContain(marker);
    expect(stored).not.toMatch(/secret-\d/);
  });

  test('the hash is the SHA-256 of the unpacked body', async () => {
    fixture.serve('hash.example', (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(gzipSync('abc')),
    );
    const job = await fixture.scan('http://hash.example/');
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(job.scanResult).toMatchObject({ contentHash: abc, contentType: 'text/plain', httpStatus: 200 });
    expect(job.scanAuditLogs.nodes).toMatchObject([
      { contentHash: abc, riskAssessmentSummary: { outcome: 'SCANNED', bytes: 3 } },
    ]);
  });
});

describe('a worker', () => {
  test('takes up the job of a worker that died, wherever it stood', async () => {
    fixture.serve('crash.example', page('<p>hello</p>'));
    const { subgraph } = fixture;
    for (const analyses of [false, true]) {
      const { scanJob } = await subgraph.mutate(
        'alice',
        'scanRequest',
        { url: 'http://crash.example/' },
        'scanJob { id }',
      );
      const { claims } = await subgraph.mutate(
        'worker',
        'scanJobsClaim',
        { stage: 'FETCHING' },
        'claims { leaseToken version }',
      );
      const [{ leaseToken, version: expectedVersion }] = claims;
      if (analyses)
        await subgraph.mutate('worker', 'scanJobAnalyze', { scanJobId: scanJob.id, leaseToken, expectedVersion });
      await fixture.opened.database.query(
        `update scanning.scan_jobs set lease_expires_at = now() - interval '1 second' where lease_token is not null`,
      );
      expect(await fixture.worker().drain()).toBe(1);
      const { data } = await subgraph.ask('alice', `{ scanJob(id: "${scanJob.id}") { state worker } }`);
      expect(data.scanJob).toEqual({ state: 'COMPLETED', worker: 'scan-worker' });
    }
  });

  test('leaves fetched jobs to an outside analyser where one is configured', async () => {
    fixture.serve('outside.example', page('<p>hello</p>'));
    const job = await fixture.scan('http://outside.example/', { analyser: 'outside' });
    expect(job).toMatchObject({ state: 'ANALYZING', scanResult: null });
    const { subgraph } = fixture;
    const { claims } = await subgraph.mutate(
      'otherWorker',
      'scanJobsClaim',
      { stage: 'ANALYZING' },
      'claims { leaseToken version scanJob { id url } }',
    );
    expect(claims).toMatchObject([{ scanJob: { id: job.id, url: 'http://outside.example/' } }]);
    const [{ leaseToken, version: expectedVersion }] = claims;
    const result = { riskScore: 7, contentHash: 'a'.repeat(64), modelUsed: 'model@3', categories: ['SPAM'] };
    const { scanJob } = await subgraph.mutate(
      'otherWorker',
      'scanJobComplete',
      { scanJobId: job.id, leaseToken, expectedVersion, ...result },
      'scanJob { state scanResult { riskScore modelUsed categories } }',
    );
    expect(scanJob).toEqual({
      state: 'COMPLETED',
      scanResult: { riskScore: 7, modelUsed: 'model@3', categories: ['SPAM'] },
    });
  });

  test('runs until it is told to stop, and finishes what it has begun', async () => {
    const stop = new AbortController();
    fixture.serve('loop.example', (request, response) => {
      stop.abort();
      page('<p>hello</p>')(request, response);
    });
    const { scanJob } = await fixture.subgraph.mutate(
      'alice',
      'scanRequest',
      { url: 'http://loop.example/' },
      'scanJob { id }',
    );
    await fixture.worker().run(stop.signal);
    const { data } = await fixture.subgraph.ask('alice', `{ scanJob(id: "${scanJob.id}") { state } }`);
    expect(data.scanJob.state).toBe('COMPLETED');
  });
});
