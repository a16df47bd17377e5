/** The subgraph over a test's database, asked in GraphQL as a caller would. */
import { SubgraphClient } from '../../../tests/testkit/subgraph-client.js';
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import { createSubgraph, defaultScanSettings, type ScanSettings } from '../index.js';
import type { Resolve } from '../../kernel/outbound/index.js';
import { publicAddress } from './public-address.js';

export const callers = {
  alice: Identity.of({ subject: 'user_alice', scopes: ['scanning:write'] }),
  bob: Identity.of({ subject: 'user_bob', scopes: ['scanning:write'] }),
  reader: Identity.of({ subject: 'user_alice', scopes: [] }),
  worker: Identity.of({ subject: 'worker-1', scopes: ['scanning:work'] }),
  otherWorker: Identity.of({ subject: 'worker-2', scopes: ['scanning:work'] }),
  admin: Identity.of({ subject: 'admin', scopes: ['scanning:admin'] }),
  anonymous: Identity.anonymous,
} as const;

export type Caller = keyof typeof callers;

export class TestSubgraph extends SubgraphClient<Caller> {
  constructor(database: Database, options: { settings?: Partial<ScanSettings>; resolve?: Resolve } = {}) {
    const settings = { ...defaultScanSettings, requestsPerMinute: 0, ...options.settings };
    const resolve = options.resolve ?? (async () => [publicAddress]);
    super(database, createSubgraph({ settings, resolve }), callers);
  }
}

/** Registers the caller's account and gives it credit. */
export async function openAccount(subgraph: TestSubgraph, caller: Identity, credit: number): Promise<void> {
  const accountId = `Account:${caller.subject ?? ''}`;
  await subgraph.mutate(caller, 'accountRegister', {});
  if (credit > 0) await subgraph.mutate('admin', 'walletCredit', { accountId, amount: credit, reason: 'for tests' });
}
