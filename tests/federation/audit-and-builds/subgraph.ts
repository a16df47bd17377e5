/** The subgraph over a database of its own, asked as a caller would. */
import { execute, parse, subscribe, validate, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { expect } from '@jest/globals';
import { subgraphSdl } from '../../../schema/subgraph-sdl.js';
import { openTestDatabase, type TestDatabase } from '../../testkit/index.js';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import type { RequestContext } from '../../../subgraphs/kernel/context.js';
import { countStatements, type Database } from '../../../subgraphs/kernel/db/index.js';
import { buildSubgraph } from '../../../subgraphs/kernel/subgraph/index.js';
import { settleSealing } from '../../../subgraphs/kernel/write/index.js';
import { contractTypes } from '../../../subgraphs/audit-and-builds/domain/project-states.js';
import { createSubgraph } from '../../../subgraphs/audit-and-builds/index.js';

export const allScopes = ['builds:admin', 'builds:write', 'builds:work', 'audits:work'];
export const encryptionKey = '4f'.repeat(32);
/** In the form of GitHub's, so that everything that hides tokens can show that it does. */
export const plantedToken = `ghp_${'Planted7'.repeat(5)}`;

export type Loose = any;

export interface Answer {
  readonly data: Loose;
  readonly errors: ExecutionResult['errors'];
  /** How many statements the request ran. */
  readonly statements: number;
}

export interface TestSubgraph {
  readonly database: Database;
  readonly test: TestDatabase;
  readonly schema: GraphQLSchema;
  /** As a caller with every scope unless `caller` says otherwise. */
  ask(query: string, variables?: Record<string, unknown>, caller?: Identity): Promise<Answer>;
  /** Calls a mutation with its one input, and answers its payload. */
  mutate(field: string, input: Record<string, unknown>, selection?: string): Promise<Loose>;
  follow(query: string, signal: AbortSignal): Promise<AsyncGenerator<ExecutionResult<Loose>>>;
  close(): Promise<void>;
}

export const tester = Identity.of({ subject: 'tester', scopes: allScopes });

export async function openSubgraph(options: { keys?: { current: string } | null } = {}): Promise<TestSubgraph> {
  const keys = options.keys === undefined ? { current: encryptionKey } : options.keys;
  const schema = buildSubgraph(createSubgraph({ keys }), subgraphSdl(createSubgraph({ keys })));
  const test = await openTestDatabase();
  const { database } = test;
  const contextOf = (auth: Identity, db: RequestContext['db'], signal?: AbortSignal): RequestContext => ({
    auth,
    requestId: 'test-request',
    db,
    database,
    loaders: new Map(),
    signal,
  });
  const ask: TestSubgraph['ask'] = async (query, variables = {}, caller = tester) => {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    const counted = countStatements(database);
    const contextValue = contextOf(caller, counted.db);
    const result = await execute({ schema, document, variableValues: variables, contextValue });
    return { data: result.data, errors: result.errors, statements: counted.count() };
  };
  return {
    database,
    test,
    schema,
    ask,
    mutate: async (field, input, selection = '') => {
      const { data, errors } = await ask(mutation(field, selection), { input });
      expect(errors).toBeUndefined();
      return data[field];
    },
    follow: async (query, signal) => {
      const result = await subscribe({
        schema,
        document: parse(query),
        contextValue: contextOf(tester, database, signal),
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

export function mutation(field: string, selection = ''): string {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input!`;
  return `mutation ($input: ${type}) { ${field}(input: $input) { ${selection} userErrors { code field message } } }`;
}

export const userId = 'User:jana-novak';
export const repositoryId = 'Repository:acme/api';

/** A user and a connected repository. */
export async function connect(subgraph: TestSubgraph): Promise<void> {
  const user = { githubId: 42, githubLogin: 'Jana-Novak', accessToken: plantedToken };
  expect((await subgraph.mutate('userRegister', user)).userErrors).toEqual([]);
  const repository = { userId, githubRepoId: 4_200, fullName: 'Acme/API', webhookId: 7 };
  expect((await subgraph.mutate('repositoryConnect', repository)).userErrors).toEqual([]);
}

export async function createProject(subgraph: TestSubgraph): Promise<string> {
  const { project } = await subgraph.mutate(
    'projectCreate',
    { userId, name: 'Dose portal', repositoryId },
    'project { id }',
  );
  return project.id;
}

/** A project with all ten contracts, ready to be built. */
export async function readyProject(subgraph: TestSubgraph): Promise<string> {
  const projectId = await createProject(subgraph);
  await subgraph.mutate('questionnaireAnswer', { projectId, path: ['audience'], value: 'pharmacists' });
  for (const type of contractTypes) await subgraph.mutate('contractSave', { projectId, type, content: `# ${type}` });
  const moved = await subgraph.mutate('projectStatusChange', { projectId, status: 'CONTRACTS_READY' });
  expect(moved.userErrors).toEqual([]);
  return projectId;
}

export async function createBuild(subgraph: TestSubgraph, projectId: string): Promise<string> {
  const { build, userErrors } = await subgraph.mutate('buildCreate', { projectId }, 'build { id }');
  expect(userErrors).toEqual([]);
  return build.id;
}

export async function runningBuild(subgraph: TestSubgraph, projectId: string): Promise<string> {
  const buildId = await createBuild(subgraph, projectId);
  expect((await subgraph.mutate('buildStart', { buildId })).userErrors).toEqual([]);
  return buildId;
}
