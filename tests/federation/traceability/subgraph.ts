/** The traceability subgraph over a database of its own, asked as a caller would. */
import { execute, parse, subscribe, validate, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { expect } from '@jest/globals';
import { subgraphSdl } from '../../../schema/subgraph-sdl.js';
import { openTestDatabase, type TestDatabase } from '../../testkit/index.js';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import type { RequestContext } from '../../../subgraphs/kernel/context.js';
import { countStatements, type Database } from '../../../subgraphs/kernel/db/index.js';
import { buildSubgraph } from '../../../subgraphs/kernel/subgraph/index.js';
import { settleSealing } from '../../../subgraphs/kernel/write/index.js';
import { createSubgraph, type ScanFileInput } from '../../../subgraphs/traceability/index.js';

export const allScopes = ['traceability:write', 'traceability:review', 'traceability:keys'];

export interface Answer {
  readonly data: any;
  readonly errors: ExecutionResult['errors'];
  /** How many statements the request ran. */
  readonly statements: number;
}

export interface Caller {
  readonly subject?: string | null;
  readonly scopes?: readonly string[];
}

export interface TestSubgraph {
  readonly database: Database;
  readonly test: TestDatabase;
  /** As a caller with every scope unless `caller` says otherwise. */
  ask(query: string, variables?: Record<string, unknown>, caller?: Caller): Promise<Answer>;
  /** As {@link ask}; fails the test when there is any error, and answers the data. */
  get(query: string, variables?: Record<string, unknown>): Promise<any>;
  follow(
    query: string,
    variables: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<ExecutionResult>>;
  close(): Promise<void>;
}

let schema: GraphQLSchema | undefined;

export async function openSubgraph(): Promise<TestSubgraph> {
  schema ??= buildSubgraph(createSubgraph(), subgraphSdl(createSubgraph()));
  const built = schema;
  const test = await openTestDatabase();
  const { database } = test;
  const contextOf = (caller: Caller, db: RequestContext['db'], signal?: AbortSignal): RequestContext => ({
    auth:
      caller.subject === null
        ? Identity.anonymous
        : Identity.of({ subject: caller.subject ?? 'tester', scopes: caller.scopes ?? allScopes }),
    requestId: 'test-request',
    db,
    database,
    loaders: new Map(),
    signal,
  });
  const ask: TestSubgraph['ask'] = async (query, variables = {}, caller = {}) => {
    const document = parse(query);
    expect(validate(built, document)).toEqual([]);
    const counted = countStatements(database);
    const contextValue = contextOf(caller, counted.db);
    const result = await execute({
      schema: built,
      document,
      variableValues: variables,
      contextValue,
    });
    return { data: result.data, errors: result.errors, statements: counted.count() };
  };
  return {
    database,
    test,
    ask,
    get: async (query, variables) => {
      const { data, errors } = await ask(query, variables);
      expect(errors).toBeUndefined();
      return data;
    },
    follow: async (query, variables, signal) => {
      const contextValue = contextOf({}, database, signal);
      const result = await subscribe({
        schema: built,
        document: parse(query),
        variableValues: variables,
        contextValue,
      });
      if (!(Symbol.asyncIterator in result)) throw new Error(JSON.stringify(result.errors));
      return result;
    },
    close: async () => {
      await settleSealing(database);
      await test.close();
    },
  };
}

export const sha = (digit: string): string => digit.repeat(40);

export interface Ingest {
  readonly repository?: string;
  readonly commitSha?: string;
  readonly files: readonly ScanFileInput[];
  readonly sources?: object;
  readonly clientKey?: string;
}

const ingestMutation = `mutation ($input: ScanIngestInput!) { scanIngest(input: $input) {
  unchanged userErrors { code field message } repository { fullName }
  scan { id commitSha status createdCount changedCount removedCount unchangedCount rejectedCount artifactsFound { kind count }
    rejections(first: 100) { nodes { path line code reason severity } totalCount } } } }`;

/** Sends the files of a commit of `acme/api`, or another repository, which it registers. */
export async function ingest(
  subgraph: TestSubgraph,
  { repository = 'acme/api', commitSha = sha('a'), ...rest }: Ingest,
) {
  const input = { repository, commitSha, gitUrl: `https://git.example.com/${repository}.git`, branch: 'main', ...rest };
  return (await subgraph.get(ingestMutation, { input })).scanIngest;
}
