/** A subgraph over a test's database, asked in GraphQL as a caller would. */

import { randomUUID } from 'node:crypto';
import { graphql, parse, subscribe, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { subgraphSdl } from '../../schema/subgraph-sdl.js';
import type { Identity } from '../../subgraphs/kernel/auth/index.js';
import type { RequestContext } from '../../subgraphs/kernel/context.js';
import { countStatements, type Database } from '../../subgraphs/kernel/db/index.js';
import type { UserError } from '../../subgraphs/kernel/errors/index.js';
import { buildSubgraph, type SubgraphDefinition } from '../../subgraphs/kernel/subgraph/index.js';

export interface Answer {
  /** Loosely typed on purpose: tests say what they expect. */
  readonly data: any;
  readonly codes: readonly unknown[];
  readonly errors: readonly string[];
  /** Names of the statements that it took. */
  readonly statements: readonly string[];
}

/** `callers` are whom a test can ask as, by their names. */
export class SubgraphClient<Caller extends string> {
  readonly database: Database;
  readonly schema: GraphQLSchema;
  readonly #callers: Readonly<Record<Caller, Identity>>;

  constructor(database: Database, definition: SubgraphDefinition, callers: Readonly<Record<Caller, Identity>>) {
    this.database = database;
    this.schema = buildSubgraph(definition, subgraphSdl(definition));
    this.#callers = callers;
  }

  #context(caller: Caller | Identity, db: Database, signal?: AbortSignal): RequestContext {
    return {
      auth: typeof caller === 'string' ? this.#callers[caller] : caller,
      requestId: randomUUID(),
      db,
      database: db,
      loaders: new Map<unknown, unknown>(),
      signal,
    };
  }

  async ask(caller: Caller | Identity, source: string, variableValues: Record<string, unknown> = {}): Promise<Answer> {
    const counted = countStatements(this.database);
    const contextValue = this.#context(caller, counted.db);
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
  async mutate(caller: Caller | Identity, field: string, input: Record<string, unknown>, selection = ''): Promise<any> {
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

  async follow(caller: Caller, source: string, signal: AbortSignal): Promise<AsyncGenerator<ExecutionResult<any>>> {
    const contextValue = this.#context(caller, this.database, signal);
    const stream = await subscribe({ schema: this.schema, document: parse(source), contextValue });
    if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream));
    return stream as AsyncGenerator<ExecutionResult<any>>;
  }
}
