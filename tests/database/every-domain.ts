/** Every domain as a subgraph over the demo's rows, asked as a caller would. */
import { expect } from '@jest/globals';
import { execute, parse, validate, type GraphQLSchema } from 'graphql';
import { readSources, subgraphDocument } from '../../schema/index.js';
import { createSubgraph as auditAndBuilds } from '../../subgraphs/audit-and-builds/index.js';
import { createSubgraph as evidenceAndFeatures } from '../../subgraphs/evidence-and-features/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { countStatements } from '../../subgraphs/kernel/db/index.js';
import { MapRegistry } from '../../subgraphs/kernel/read/index.js';
import { buildSubgraph } from '../../subgraphs/kernel/subgraph/index.js';
import { createSubgraph as platform } from '../../subgraphs/platform/index.js';
import { createSubgraph as scanningAndWallets } from '../../subgraphs/scanning-and-wallets/index.js';
import { createSubgraph as traceability } from '../../subgraphs/traceability/index.js';
import { createSubgraph as workflow } from '../../subgraphs/workflow/index.js';
import type { TestDatabase } from '../testkit/index.js';

const sources = readSources();
const definitions = [
  traceability(),
  auditAndBuilds(),
  evidenceAndFeatures(),
  scanningAndWallets(),
  workflow(),
  platform([]),
];
const registry = new MapRegistry(Object.fromEntries(definitions.map(({ name, model }) => [name, model])));

export const domains = definitions.map((definition) => {
  const schema = buildSubgraph(definition, subgraphDocument(definition, sources, registry), registry);
  return { ...definition, schema, maps: new Map(definition.model.entities.map((map) => [map.type, map])) };
});
export type Domain = (typeof domains)[number];

export const auditor = Identity.of({ subject: 'auditor', scopes: ['*'] });

/** The auditor, who sees everything, and the owner of an account, who sees less. */
export async function callersOf(opened: TestDatabase): Promise<readonly Identity[]> {
  const [owner] = await opened.database.query<{ id: string }>(
    `select clerk_user_id as id from scanning.users order by created_at, clerk_user_id limit 1`,
  );
  return [auditor, Identity.of({ subject: owner?.id ?? '', scopes: ['scanning:read'] })];
}

export async function ask(opened: TestDatabase, schema: GraphQLSchema, query: string, caller: Identity = auditor) {
  const counted = countStatements(opened.database);
  const contextValue = {
    ...{ auth: caller, requestId: 'test', db: counted.db, database: opened.database },
    ...{ loaders: new Map<unknown, unknown>(), signal: undefined },
  };
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const { data, errors = [] } = await execute({ schema, document, contextValue });
  return { data: data as any, errors: errors.map(({ message }) => message), statements: counted.count() };
}

export async function askWell(
  opened: TestDatabase,
  schema: GraphQLSchema,
  query: string,
  caller: Identity = auditor,
): Promise<any> {
  const { data, errors } = await ask(opened, schema, query, caller);
  expect(errors).toEqual([]);
  return data;
}
