/** A scan worker of its own in front of local name and web servers. */
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- answers of unknown shape */
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { defaultScanSettings, ScanWorker, type ScanSettings } from '../index.js';
import { createResolver, type Resolve } from '../../kernel/outbound/index.js';
import { DnsFixture } from './dns-fixture.js';
import { publicAddress } from './public-address.js';
import { callers, openAccount, TestSubgraph } from './subgraph-fixture.js';
import { WebFixture, type Handler } from './web-fixture.js';

export class ScanFixture {
  readonly dns: DnsFixture;
  readonly web: WebFixture;
  readonly opened: TestDatabase;
  readonly resolve: Resolve;
  readonly subgraph: TestSubgraph;
  /** What the workers logged. */
  readonly logged: unknown[] = [];

  private constructor(dns: DnsFixture, web: WebFixture, opened: TestDatabase) {
    this.dns = dns;
    this.web = web;
    this.opened = opened;
    this.resolve = createResolver({ servers: [dns.server], timeoutMs: 2_000 });
    this.subgraph = new TestSubgraph(opened.database, { resolve: this.resolve });
  }

  static async start(): Promise<ScanFixture> {
    const [dns, web, opened] = await Promise.all([DnsFixture.start(), WebFixture.start(), openTestDatabase()]);
    const fixture = new ScanFixture(dns, web, opened);
    await openAccount(fixture.subgraph, callers.alice, 1_000);
    return fixture;
  }

  worker(settings: Partial<ScanSettings> = {}): ScanWorker {
    return new ScanWorker({
      database: this.opened.database,
      settings: { ...defaultScanSettings, concurrency: 1, ...settings },
      log: { warn: (...line: unknown[]) => void this.logged.push(line) },
      resolve: this.resolve,
      dial: this.web.dial,
    });
  }

  /** Serves `host` at a public address. */
  serve(host: string, handler: Handler, addresses: readonly string[] = [publicAddress]): void {
    this.web.sites.set(host, handler);
    this.dns.answers.set(host, addresses);
  }

  /** Requests a scan of `url`, has a worker do it, and answers the job with everything that is known of it. */
  async scan(url: string, settings: Partial<ScanSettings> = {}): Promise<any> {
    const { scanJob, userErrors } = await this.subgraph.mutate('alice', 'scanRequest', { url }, 'scanJob { id }');
    if (scanJob === null) throw new Error(JSON.stringify(userErrors));
    await this.worker(settings).drain();
    const { data } = await this.subgraph.ask(
      'alice',
      `query ($id: ID!) { scanJob(id: $id) {
        id state version failureReason refundedAt
        scanResult { riskScore categories indicators reasoning modelUsed analysisMetadata httpStatus contentType contentHash httpHeaders }
        scanAuditLogs { nodes { urlAccessed httpStatus contentType contentHash httpHeaders riskAssessmentSummary } }
        creditTransactions { nodes { type amount } }
      } }`,
      { id: scanJob.id },
    );
    return data.scanJob;
  }

  async stop(): Promise<void> {
    await Promise.all([this.opened.close(), this.web.stop(), this.dns.stop()]);
  }
}
