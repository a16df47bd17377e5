/** Webhooks over a test's database: the platform subgraph, two kinds of entities, and workers of its own. */
/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- answers of unknown shape */
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { SubgraphClient } from '../../../tests/testkit/subgraph-client.js';
import { Identity } from '../../kernel/auth/index.js';
import { Keyring } from '../../kernel/encryption/index.js';
import { appendEvents, Entitlement } from '../../kernel/events/index.js';
import { createOutbound } from '../../kernel/outbound/index.js';
import { entity, field } from '../../kernel/read/index.js';
import type { AskGraph } from '../../kernel/subgraph/domain-process.js';
import { createSubgraph, WebhookWorker, type WebhookSettings } from '../index.js';
import { model } from '../entities.js';
import { Receiver } from './receiver.js';

const maps = [
  entity({
    type: 'Repository',
    table: 'traceability.repositories',
    key: { column: 'full_name', sqlType: 'text' },
    fields: { id: field.id('Repository', 'full_name', 'text') },
    visible: () => 'all',
  }),
  entity({
    type: 'Wallet',
    table: 'scanning.wallets',
    key: { column: 'id', sqlType: 'uuid' },
    fields: { id: field.id('Wallet', 'id') },
    visible: (auth) => (table, parameters) => `${table}.user_id = ${parameters.add(auth.subject)}`,
  }),
];

export const key = '11'.repeat(32);

export const callers = {
  ann: Identity.of({ subject: 'ann', scopes: ['webhooks:write', 'evidence:write'] }),
  bob: Identity.of({ subject: 'bob', scopes: ['webhooks:write'] }),
  admin: Identity.of({ subject: 'eva', scopes: ['webhooks:write', 'webhooks:admin', 'audit:read'] }),
  reader: Identity.of({ subject: 'jana', scopes: [] }),
  anonymous: Identity.anonymous,
} as const;

export type Caller = keyof typeof callers;

export const settings: WebhookSettings = {
  source: 'urn:weft:test',
  maxAttempts: 16,
  timeoutMs: 5_000,
  leaseSeconds: 30,
  concurrency: 16,
  pollMs: 20,
};

export const repository = (name: string): string => `Repository:acme/${name}`;

export class WebhookFixture {
  readonly opened: TestDatabase;
  readonly receiver: Receiver;
  readonly subgraph: SubgraphClient<Caller>;
  readonly logged: unknown[] = [];
  /** What the graph answers to documents. */
  ask: AskGraph = () => Promise.resolve({ text: '{"data":null}', codes: [] });

  private constructor(opened: TestDatabase, receiver: Receiver) {
    this.opened = opened;
    this.receiver = receiver;
    const outbound = { privateHosts: [receiver.host], dnsServers: [] };
    const document = 'query ($id: ID!) { node(id: $id) { id } }';
    const documents = { size: 1, find: (id: string) => (id === 'node' ? document : null), holds: () => false };
    this.subgraph = new SubgraphClient(
      opened.database,
      createSubgraph(maps, { keys: { current: key }, outbound, documents: () => Promise.resolve(documents) }),
      callers,
    );
  }

  static async start(): Promise<WebhookFixture> {
    const [opened, receiver] = await Promise.all([openTestDatabase(), Receiver.start()]);
    return new WebhookFixture(opened, receiver);
  }

  /** Registers an endpoint and answers its key and secret. */
  async endpoint(
    name: string,
    input: Record<string, unknown> = {},
    caller: Caller = 'ann',
  ): Promise<{ id: string; secret: string }> {
    const { webhookEndpoint, secret, userErrors } = await this.subgraph.mutate(
      caller,
      'webhookEndpointSave',
      { name, url: this.receiver.url, ...input },
      'webhookEndpoint { id } secret',
    );
    if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors));
    return { id: webhookEndpoint.id as string, secret: secret as string };
  }

  async change(...ids: readonly string[]): Promise<void> {
    const events = ids.map((id) => ({ type: id.split(':')[0] ?? '', id, action: 'thingChanged' }));
    await this.opened.database.transaction((tx) => appendEvents(tx, events));
  }

  worker(extra: Partial<WebhookSettings> = {}): WebhookWorker {
    return new WebhookWorker({
      database: this.opened.database,
      settings: { ...settings, ...extra },
      entitlement: new Entitlement([...maps, ...model.entities.filter(({ type }) => type.startsWith('Webhook'))]),
      keyring: new Keyring({ current: key }),
      outbound: createOutbound({ privateHosts: [this.receiver.host], dnsServers: [] }),
      ask: (question) => this.ask(question),
      log: { warn: (...line: unknown[]) => void this.logged.push(line) },
    });
  }

  /** Works until nothing waits, however long what failed would have to wait. */
  async deliver(extra: Partial<WebhookSettings> = {}): Promise<void> {
    const worker = this.worker(extra);
    for (;;) {
      await worker.drain();
      const [row] = await this.opened.database.query<{ waiting: number }>(
        `select count(*)::int4 as waiting from platform.webhook_messages m join platform.webhook_endpoints e on e.id = m.endpoint_id
         where m.status = 'PENDING' and e.status = 'ACTIVE'`,
      );
      if (row?.waiting === 0) return;
      await this.pass();
    }
  }

  /** As if the longest wait were over. */
  async pass(): Promise<void> {
    await this.opened.database.query(
      `update platform.webhook_messages set next_attempt_at = now(), lease_until = case when lease_until is not null then now() end
       where status = 'PENDING'`,
    );
    await this.opened.database.query(
      `update platform.webhook_endpoints set circuit_open_until = now() where circuit_open_until > now()`,
    );
  }

  async stop(): Promise<void> {
    await Promise.all([this.opened.close(), this.receiver.kill()]);
  }
}
