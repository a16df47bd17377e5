/** The subgraph over a test's database, asked in GraphQL as a caller would. */
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- answers of unknown shape */
import { graphql, type GraphQLSchema } from 'graphql';
import { subgraphSdl } from '../../../schema/subgraph-sdl.js';
import { Identity } from '../../kernel/auth/index.js';
import { countStatements, type Database } from '../../kernel/db/index.js';
import { buildSubgraph } from '../../kernel/subgraph/index.js';
import { createSubgraph, type SubgraphOptions } from '../index.js';

export const callers = {
  reviewer: Identity.of({ subject: 'rita', scopes: ['evidence:review'] }),
  otherReviewer: Identity.of({ subject: 'otto', scopes: ['evidence:review'] }),
  writer: Identity.of({ subject: 'will', scopes: ['evidence:write'] }),
  worker: Identity.of({ subject: 'worker-1', scopes: ['evidence:work'] }),
  otherWorker: Identity.of({ subject: 'worker-2', scopes: ['evidence:work'] }),
  reader: Identity.of({ subject: 'reader', scopes: [] }),
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
    this.schema = buildSubgraph(createSubgraph(options), subgraphSdl('evidence-and-features'));
  }

  async ask(
    source: string,
    variableValues: Record<string, unknown> = {},
    caller: Caller = 'reviewer',
  ): Promise<Answer> {
    const counted = countStatements(this.database);
    const contextValue = {
      auth: callers[caller],
      requestId: 'test-request',
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
  async mutate(
    field: string,
    input: Record<string, unknown>,
    selection = '',
    caller: Caller = 'reviewer',
  ): Promise<any> {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input!`;
    const source = `mutation ($input: ${type}) { ${field}(input: $input) { ${selection} userErrors { code field message } } }`;
    const { data, errors, codes } = await this.ask(source, { input }, caller);
    if (errors.length > 0) throw Object.assign(new Error(errors.join('; ')), { codes });
    return data[field];
  }
}
