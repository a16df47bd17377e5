/** The subgraph over a test's database, asked in GraphQL as a caller would. */
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- answers of unknown shape */
import { randomUUID } from 'node:crypto';
import { graphql, subscribe, parse, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { subgraphSdl } from '../../../schema/subgraph-sdl.js';
import { Identity } from '../../kernel/auth/index.js';
import type { RequestContext } from '../../kernel/context.js';
import { countStatements, type Database } from '../../kernel/db/index.js';
import { buildSubgraph } from '../../kernel/subgraph/index.js';
import { createSubgraph, defaultScanSettings, type ScanSettings } from '../index.js';
import type { Resolve } from '../scanner/index.js';
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

export interface Answer {
  /** Loosely typed on purpose: tests say what they expect. */
  readonly data: any;
  readonly codes: readonly unknown[];
  readonly errors: readonly string[];
  /** Names of the statements that it took. */
  readonly statements: readonly string[];
}

export class TestSubgraph {
  readonly database: Database;
  readonly schema: GraphQLSchema;

  constructor(database: Database, options: { settings?: Partial<ScanSettings>; resolve?: Resolve } = {}) {
    this.database = database;
    const settings = { ...defaultScanSettings, requestsPerMinute: 0, ...options.settings };
    const resolve = options.resolve ?? (async () => [publicAddress]);
    this.schema = buildSubgraph(createSubgraph({ settings, resolve }), subgraphSdl('scanning-and-wallets'));
  }

  context(caller: Identity, signal?: AbortSignal): { context: RequestContext; statements: () => readonly string[] } {
    const counted = countStatements(this.database);
    const context = {
      auth: caller,
      requestId: randomUUID(),
      db: counted.db,
      database: counted.db,
      loaders: new Map<unknown, unknown>(),
      signal,
    };
    return { context, statements: counted.statements };
  }

  async ask(caller: Caller | Identity, source: string, variableValues: Record<string, unknown> = {}): Promise<Answer> {
    const { context, statements } = this.context(typeof caller === 'string' ? callers[caller] : caller);
    const result = await graphql({ schema: this.schema, source, variableValues, contextValue: context });
    const errors = result.errors ?? [];
    return {
      data: result.data,
      codes: errors.map((error) => error.extensions['code']),
      errors: errors.map((error) => error.message),
      statements: statements(),
    };
  }

  /** Calls a mutation with its one input; `selection` is what is read of the payload beside `userErrors`. */
  async mutate(caller: Caller | Identity, field: string, input: Record<string, unknown>, selection = ''): Promise<any> {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input!`;
    const source = `mutation ($input: ${type}) { ${field}(input: $input) { ${selection} userErrors { code field message } } }`;
    const { data, errors, codes } = await this.ask(caller, source, { input });
    if (errors.length > 0) throw Object.assign(new Error(errors.join('; ')), { codes });
    return data[field];
  }

  async follow(caller: Caller, source: string, signal: AbortSignal): Promise<AsyncGenerator<ExecutionResult>> {
    const { context } = this.context(callers[caller], signal);
    const stream = await subscribe({ schema: this.schema, document: parse(source), contextValue: context });
    if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream));
    return stream as AsyncGenerator<ExecutionResult>;
  }
}

/** Registers the caller's account and gives it credit. */
export async function openAccount(subgraph: TestSubgraph, caller: Identity, credit: number): Promise<void> {
  const accountId = `Account:${caller.subject ?? ''}`;
  await subgraph.mutate(caller, 'accountRegister', {});
  if (credit > 0) await subgraph.mutate('admin', 'walletCredit', { accountId, amount: credit, reason: 'for tests' });
}
