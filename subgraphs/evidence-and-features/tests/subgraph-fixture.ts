/** The subgraph over a test's database, asked in GraphQL as a caller would. */
/* eslint-disable @typescript-eslint/no-explicit-any -- answers of unknown shape */
import { SubgraphClient, type Answer } from '../../../tests/testkit/subgraph-client.js';
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import { createSubgraph, type SubgraphOptions } from '../index.js';

const callers = {
  reviewer: Identity.of({ subject: 'rita', scopes: ['evidence:review'] }),
  otherReviewer: Identity.of({ subject: 'otto', scopes: ['evidence:review'] }),
  writer: Identity.of({ subject: 'will', scopes: ['evidence:write'] }),
  worker: Identity.of({ subject: 'worker-1', scopes: ['evidence:work'] }),
  otherWorker: Identity.of({ subject: 'worker-2', scopes: ['evidence:work'] }),
  reader: Identity.of({ subject: 'reader', scopes: [] }),
  anonymous: Identity.anonymous,
} as const;

export type Caller = keyof typeof callers;

/** Asks as a reviewer where a test does not say who asks. */
export class TestSubgraph {
  readonly database: Database;
  readonly client: SubgraphClient<Caller>;

  constructor(database: Database, options: SubgraphOptions = {}) {
    this.database = database;
    this.client = new SubgraphClient(database, createSubgraph(options), callers);
  }

  ask(source: string, variables: Record<string, unknown> = {}, caller: Caller = 'reviewer'): Promise<Answer> {
    return this.client.ask(caller, source, variables);
  }

  mutate(field: string, input: Record<string, unknown>, selection = '', caller: Caller = 'reviewer'): Promise<any> {
    return this.client.mutate(caller, field, input, selection);
  }
}
