/** The subgraph over a test's database, asked in GraphQL as a caller would. */
import { SubgraphClient } from '../../../tests/testkit/subgraph-client.js';
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import { createSubgraph, type SubgraphOptions } from '../index.js';

export const callers = {
  admin: Identity.of({ subject: 'eva', scopes: ['workflow:admin'] }),
  writer: Identity.of({ subject: 'petr', scopes: ['workflow:write'] }),
  agent: Identity.of({ subject: 'agent-1', scopes: ['workflow:work'] }),
  approver: Identity.of({ subject: 'olga', scopes: ['workflow:approve'] }),
  reader: Identity.of({ subject: 'jana', scopes: [] }),
  anonymous: Identity.anonymous,
} as const;

export type Caller = keyof typeof callers;

export class TestSubgraph extends SubgraphClient<Caller> {
  constructor(database: Database, options: SubgraphOptions = {}) {
    super(database, createSubgraph(options), callers);
  }
}
