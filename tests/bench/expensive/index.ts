/**
 * The most expensive requests that are admitted, by what they cost the database: each family is made as expensive as the limits allow,
 * and asked. Large demo data want minutes to be made: give a database that holds them by WEFT_BENCH_DATABASE_URL.
 * WEFT_TEST_DATABASE_URL=… npm run bench -- expensive
 */
import { parse, validate, type OperationDefinitionNode } from 'graphql';
import { createGraphExecutor } from '../../../cli/graph/executor.js';
import { weights } from '../../../cli/graph/domains.js';
import { compileCost, defaultLimits, measureDocument } from '../../../gateway/limits/index.js';
import { seed } from '../../../prisma/seed.js';
import { createGatewayMetrics } from '../../../gateway/index.js';
import { loadConfig } from '../../../subgraphs/kernel/config/index.js';
import { openDatabase } from '../../../subgraphs/kernel/db/index.js';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { createLogger } from '../../../subgraphs/kernel/log/index.js';
import { openTestDatabase } from '../../testkit/database.js';
import { cpuBetween, databaseCpu } from '../end-to-end/database-cpu.js';
import { families, type Family } from './requests.js';

const log = createLogger({ level: 'error' });
const given = process.env['WEFT_BENCH_DATABASE_URL'];
const test = given === undefined ? await openTestDatabase() : null;
if (test !== null) {
  await seed(test.database, { size: 'medium' });
  await test.database.query('analyze');
}
const url = given ?? test?.url ?? null;
// Connections of its own, so that those alone are counted; the embedded engine has one process for all.
const database = url === null ? (test?.database ?? null) : await openDatabase({ url, log });
if (database === null) throw new Error('there is no database');
// Workers of parallel plans are processes of their own that are gone when they could be asked what they took.
const [{ name } = { name: '' }] = await database.query<{ name: string }>('select current_database() as name');
if (url !== null) await database.query(`alter database "${name}" set max_parallel_workers_per_gather = 0`);

// Asks what the others have taken, and is not counted itself.
const observer = url === null ? database : await openDatabase({ url, poolSize: 1, log });

const executor = await createGraphExecutor({ config: loadConfig({}), database, log, metrics: createGatewayMetrics() });
const schema = executor.apiSchema;
const limits = { ...defaultLimits, weights };
const identity = Identity.of({ subject: 'bench', scopes: ['*'] });

function costOf(source: string): number {
  const document = parse(source);
  measureDocument(document, limits);
  const [problem] = validate(schema, document);
  if (problem !== undefined) throw problem;
  return compileCost(schema, document, document.definitions[0] as OperationDefinitionNode, limits)({});
}

/** The most expensive of a family that is within the limit; null when not even its first is. */
function mostExpensive({ build, most }: Family): { n: number; source: string; cost: number } | null {
  let found = null;
  for (let n = 1; n <= most; n += 1) {
    const source = build(n);
    const cost = costOf(source);
    if (cost > limits.maxCost) break;
    found = { n, source, cost };
  }
  return found;
}

async function ask(source: string): Promise<number> {
  const result = await executor.execute({
    document: parse(source),
    source,
    operationName: null,
    variables: null,
    context: { requestId: 'bench', headers: {}, identity, perSubgraph: new Map() },
  });
  if (result.errors !== undefined) throw new Error(result.errors[0]?.message);
  return JSON.stringify(result).length;
}

interface Row {
  readonly family: string;
  readonly n: number;
  readonly cost: number;
  readonly databaseMs: number;
  readonly allMs: number;
  readonly answerKb: number;
}

const rows: Row[] = [];
for (const family of families) {
  const request = mostExpensive(family);
  if (request === null) {
    console.log(`${family.name}: none is admitted`);
    continue;
  }
  await ask(request.source);
  const [cpu, start] = [await databaseCpu(observer), performance.now()];
  const bytes = await ask(request.source);
  const allMs = Math.round(performance.now() - start);
  const databaseMs = url === null ? NaN : (cpuBetween(cpu, await databaseCpu(observer)) ?? NaN);
  rows.push({
    family: family.name,
    n: request.n,
    cost: request.cost,
    databaseMs,
    allMs,
    answerKb: Math.round(bytes / 1000),
  });
}
console.table([...rows].sort((one, other) => other.databaseMs - one.databaseMs || other.allMs - one.allMs));
await executor.dispose();
if (url !== null) await Promise.all([database.close(), observer.close()]);
await test?.close();
