import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  describeOn,
  openTestDatabase,
  startProgram,
  type ChildProgram,
  type TestDatabase,
} from '../../../tests/testkit/index.js';
import { createResolver } from '../../kernel/outbound/index.js';
import { brokenLaws } from './credit-laws.js';
import { DnsFixture } from './dns-fixture.js';
import { publicAddress } from './public-address.js';
import { callers, openAccount, TestSubgraph } from './subgraph-fixture.js';

describeOn('postgres', 'weft worker --scans', () => {
  let opened: TestDatabase;
  let dns: DnsFixture;
  let subgraph: TestSubgraph;

  beforeAll(async () => {
    [opened, dns] = await Promise.all([openTestDatabase(), DnsFixture.start()]);
    subgraph = new TestSubgraph(opened.database, {
      resolve: createResolver({ servers: [dns.server], timeoutMs: 2_000 }),
    });
    await openAccount(subgraph, callers.alice, 10);
  });

  afterAll(async () => {
    await Promise.all([opened.close(), dns.stop()]);
  });

  const startWorker = (): ChildProgram =>
    startProgram(['cli', 'main.ts'], ['worker', '--scans'], {
      DATABASE_URL: opened.url ?? '',
      WEFT_SCAN_DNS_SERVERS: dns.server,
      WEFT_SCAN_POLL_MS: '50',
      WEFT_SCAN_TIMEOUT_MS: '60000',
      WEFT_LOG_LEVEL: 'silent',
    });

  test('killed in the middle of a scan, its job is taken up by another worker and paid back once', async () => {
    const name = 'killed.example';
    dns.answers.set(name, [publicAddress]);
    const { scanJob } = await subgraph.mutate('alice', 'scanRequest', { url: `http://${name}/` }, 'scanJob { id }');
    // The worker waits for the name, and is killed while it does.
    dns.silent.add(name);
    const asked = dns.asked(name);
    const first = startWorker();
    await asked;
    await first.kill();
    const job = async (): Promise<any> =>
      (
        await subgraph.ask(
          'alice',
          `{ scanJob(id: "${scanJob.id as string}") { state version failureReason creditTransactions { nodes { type } } } }`,
        )
      ).data.scanJob;
    expect(await job()).toMatchObject({ state: 'FETCHING', version: 2 });

    await opened.database.query(`update scanning.scan_jobs set lease_expires_at = now() - interval '1 second'`);
    dns.silent.delete(name);
    dns.answers.set(name, ['10.0.0.1']);
    const stop = new AbortController();
    const changes = await subgraph.follow('alice', 'subscription { scanJobChanged { action } }', stop.signal);
    const second = startWorker();
    for await (const { data } of changes) if (data.scanJobChanged.action === 'scanJobFailed') break;
    stop.abort();
    await second.kill();
    expect(await job()).toEqual({
      state: 'FAILED',
      version: 4,
      failureReason: 'The host does not resolve to public addresses only.',
      creditTransactions: { nodes: [{ type: 'DEBIT' }, { type: 'REFUND' }] },
    });
    expect(await brokenLaws(opened.database)).toEqual({});
  }, 60_000);
});

test('weft worker that is not told what to work on says what there is, and exits with 2', async () => {
  const { code, errors } = await startProgram(['cli', 'main.ts'], ['worker']).ended;
  expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining("'--webhooks' not specified") });
});
