/**
 * Prefetching is a way and never another answer: every relation of every domain, over the demo's rows, answers the same
 * when its statement is its own.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  execute,
  getNamedType,
  isEnumType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  parse,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { readSources, subgraphSdl } from '../../schema/index.js';
import { createSubgraph as auditAndBuilds } from '../../subgraphs/audit-and-builds/index.js';
import { createSubgraph as evidenceAndFeatures, DocumentStore } from '../../subgraphs/evidence-and-features/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import type { RequestContext } from '../../subgraphs/kernel/context.js';
import { countStatements } from '../../subgraphs/kernel/db/index.js';
import { createEmbedder } from '../../subgraphs/kernel/embeddings/index.js';
import type { EntityMap } from '../../subgraphs/kernel/read/index.js';
import { buildSubgraph, type SubgraphDefinition } from '../../subgraphs/kernel/subgraph/index.js';
import { createSubgraph as scanningAndWallets } from '../../subgraphs/scanning-and-wallets/index.js';
import { createSubgraph as traceability } from '../../subgraphs/traceability/index.js';
import { createSubgraph as workflow } from '../../subgraphs/workflow/index.js';
import type { TestDatabase } from '../testkit/index.js';
import { openSeededDatabase } from './seeded-database.js';

const embedder = createEmbedder({ embeddings: undefined });
const definitions: readonly SubgraphDefinition[] = [
  traceability(),
  auditAndBuilds(),
  evidenceAndFeatures({ embedder, store: DocumentStore.inside('memory') }),
  scanningAndWallets(),
  workflow(),
];
const sources = readSources();
const everything = Identity.of({ subject: 'auditor', scopes: ['*'] });

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openSeededDatabase();
});
afterAll(() => opened.close());

/** The same domain, each relation read by a statement of its own. */
function levelByLevel(definition: SubgraphDefinition): SubgraphDefinition {
  const entities = definition.model.entities.map((map) => ({ ...map, isReadAlone: true as const }));
  return { ...definition, model: { ...definition.model, entities } };
}

async function ask(schema: GraphQLSchema, query: string): Promise<{ answer: unknown; statements: number }> {
  const counted = countStatements(opened.database);
  const contextValue: RequestContext = {
    auth: everything,
    requestId: 'test',
    db: counted.db,
    database: opened.database,
    loaders: new Map(),
    signal: undefined,
  };
  const answer = await execute({ schema, document: parse(query), contextValue });
  return { answer, statements: counted.count() };
}

/** Every field of `type` that its map knows, relations down to `depth`, each connection from its start and from its end. */
function selectionOf(schema: GraphQLSchema, maps: ReadonlyMap<string, EntityMap>, name: string, depth: number): string {
  const map = maps.get(name);
  const fields = Object.values((schema.getType(name) as GraphQLObjectType).getFields());
  return fields
    .map((field) => {
      if (map?.fields[field.name] !== undefined && isLeafType(getNamedType(field.type))) return field.name;
      const relation = map?.relations?.[field.name];
      if (relation === undefined || depth === 0 || field.args.some(isRequiredArgument)) return '';
      if (relation.kind === 'reference' || relation.kind === 'union') return `${field.name} { __typename }`;
      const below = selectionOf(schema, maps, relation.type, depth - 1);
      return relation.kind === 'connection' ? connections(field, below) : `${field.name} { ${below} }`;
    })
    .join(' ');
}

function connections(field: GraphQLField<unknown, unknown>, below: string): string {
  const edge = (getNamedType(field.type) as GraphQLObjectType).getFields()['edges'];
  const edgeType = edge === undefined ? undefined : getNamedType(edge.type);
  const ownOfEdge = isObjectType(edgeType)
    ? Object.values(edgeType.getFields()).filter(({ type }) => isLeafType(getNamedType(type)))
    : [];
  const order = getNamedType(field.args.find(({ name }) => name === 'orderBy')?.type);
  const orders =
    order === undefined || !('getFields' in order) ? undefined : getNamedType(order.getFields()['field']?.type);
  // What is read alone is not counted for each row of another.
  const columns = isEnumType(orders) ? orders.getValues().filter(({ name }) => !name.endsWith('_COUNT')) : [];
  const last = columns.length > 0 ? `, orderBy: { field: ${columns.at(-1)?.name}, direction: DESC }` : '';
  const page = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  return `${field.name}(first: 2) { totalCount ${page} nodes { ${below} } }
    ${field.name}_last: ${field.name}(last: 2${last}) { ${page} edges { ${ownOfEdge.map(({ name }) => name).join(' ')} node { ${below} } } }`;
}

test.each(definitions.map((definition) => [definition.name, definition] as const))(
  '%s answers every relation alike, whether or not it is read ahead',
  async (_name, definition) => {
    const [ahead, alone] = [definition, levelByLevel(definition)].map((each) =>
      buildSubgraph(each, subgraphSdl(each, sources)),
    ) as [GraphQLSchema, GraphQLSchema];
    const maps = new Map<string, EntityMap>(definition.model.entities.map((map) => [map.type, map]));
    let saved = 0;
    for (const [field, root] of Object.entries(definition.model.queries)) {
      if (root.kind !== 'connection') continue;
      const query = `{ ${field}(first: 5) { nodes { ${selectionOf(ahead, maps, root.type, 2)} } } }`;
      const [one, other] = [await ask(ahead, query), await ask(alone, query)];
      expect(one.answer).toEqual(other.answer);
      expect((one.answer as { errors?: unknown }).errors).toBeUndefined();
      saved += other.statements - one.statements;
    }
    expect(saved).toBeGreaterThan(0);
  },
  120_000,
);
