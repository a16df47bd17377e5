/** The subgraph over a test's database, asked in GraphQL as a caller would. */
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- answers of unknown shape */
import { randomUUID } from 'node:crypto';
import { graphql, type GraphQLSchema } from 'graphql';
import { subgraphSdl } from '../../../schema/subgraph-sdl.js';
import { Identity } from '../../kernel/auth/index.js';
import type { UserError } from '../../kernel/errors/index.js';
import { countStatements, type Database } from '../../kernel/db/index.js';
import { buildSubgraph } from '../../kernel/subgraph/index.js';
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

  constructor(database: Database, options: SubgraphOptions = {}) {
    this.database = database;
    this.schema = buildSubgraph(createSubgraph(options), subgraphSdl('workflow'));
  }

  async ask(caller: Caller, source: string, variableValues: Record<string, unknown> = {}): Promise<Answer> {
    const counted = countStatements(this.database);
    const contextValue = {
      auth: callers[caller],
      requestId: randomUUID(),
      db: counted.db,
      database: counted.db,
      loaders: new Map<unknown, unknown>(),
      signal: undefined,
    };
    const result = await graphql({ schema: this.schema, source, variableValues, contextValue });
    const errors = result.errors ?? [];
    return {
      data: result.data,
      codes: errors.map((error) => error.extensions['code']),
      errors: errors.map((error) => error.message),
      statements: counted.statements(),
    };
  }

  /** Calls a mutation with its one input; `selection` is what is read of the payload beside `userErrors`. */
  async mutate(caller: Caller, field: string, input: Record<string, unknown>, selection = ''): Promise<any> {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input!`;
    const source = `mutation ($input: ${type}) { ${field}(input: $input) { ${selection} userErrors { code field message } } }`;
    const { data, errors, codes } = await this.ask(caller, source, { input });
    if (errors.length > 0) throw Object.assign(new Error(errors.join('; ')), { codes });
    return data[field];
  }

  /** The user errors of a mutation, as `CODE path.to.value`. */
  async refusals(caller: Caller, field: string, input: Record<string, unknown>): Promise<string[]> {
    const { userErrors } = (await this.mutate(caller, field, input)) as { userErrors: readonly UserError[] };
    return userErrors.map((error) => `${error.code} ${error.field?.join('.') ?? '-'}`);
  }
}
