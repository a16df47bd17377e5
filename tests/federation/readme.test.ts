import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse, validate, type ExecutionResult } from 'graphql';
import { createGraphExecutor } from '../../cli/graph/executor.js';
import { createGatewayMetrics, type SupergraphExecutor } from '../../gateway/index.js';
import { seed } from '../../prisma/seed.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { countStatements, type CountedDatabase, type Database } from '../../subgraphs/kernel/db/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { settleSealing } from '../../subgraphs/kernel/write/index.js';
import { openTestDatabase, type TestDatabase } from '../testkit/index.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const queries = [...readme.matchAll(/```graphql\n(.*?)```/gs)].map((match) => match[1] ?? '');

let opened: TestDatabase;
let counted: CountedDatabase<Database>;
let executor: SupergraphExecutor;

beforeAll(async () => {
  opened = await openTestDatabase();
  await seed(opened.database);
  counted = countStatements(opened.database);
  executor = await createGraphExecutor({
    config: loadConfig({}),
    database: counted.db,
    log: createLogger({ level: 'silent' }),
    metrics: createGatewayMetrics({ process: false }),
  });
});

afterAll(async () => {
  await executor.dispose();
  await settleSealing(opened.database);
  await opened.close();
});

async function ask(source: string): Promise<{ result: ExecutionResult; statements: number }> {
  const document = parse(source);
  expect(validate(executor.apiSchema, document)).toEqual([]);
  const before = counted.count();
  const identity = Identity.of({ subject: 'reader', scopes: ['*'] });
  const context = { requestId: 'readme', headers: {}, identity, perSubgraph: new Map<string, unknown>() };
  const result = await executor.execute({ document, source, context });
  return { result, statements: counted.count() - before };
}

// Levels with a list or an entity of their own; computed parts of an entity are levels too. Of the trail: entries, seals, and
// their entities, one statement for each of the types among ten entries; then sealing, head and first fault. Of the search: what
// was found, and the repositories of each of three kinds. Of the release: each list, and the repository as audits know it.
const levels: Record<string, number> = { Coverage: 3, Evidence: 5, Trail: 15, Search: 4, Release: 10 };

test('the README shows five queries', () => {
  expect(queries).toHaveLength(Object.keys(levels).length);
});

test.each(queries)('answers on the demo company, with at most one statement a level: %s', async (source) => {
  const { result, statements } = await ask(source);
  expect(result.errors).toBeUndefined();
  expect(JSON.stringify(result.data)).toMatch(/"nodes":\[\{/);
  const name = /query (\w+)/.exec(source)?.[1] ?? '';
  expect(statements).toBeLessThanOrEqual(levels[name] ?? 0);
});
