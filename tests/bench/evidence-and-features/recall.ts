/** The ten nearest of many by the index, held against comparing with every row: how many are found, and how much sooner. */
import {
  sql,
  type BoundStatement,
  type Database,
  type Queryable,
  type SqlStatement,
  type Statement,
} from '../../../subgraphs/kernel/db/index.js';
import { search, type SearchRequest } from '../../../subgraphs/kernel/search/index.js';
import { evidenceTarget, scopeCondition } from '../../../subgraphs/evidence-and-features/repository/search.js';
import { openTestDatabase } from '../../testkit/database.js';
import { operationCount } from '../../testkit/operation-count.js';
import { buildIndex, insertClustered, makeClusters, questionOf } from './clustered-evidence.js';

const questions = 40;
const wanted = 10;
/** Below this the bench has failed. */
const leastRecall = 0.95;

export async function measureRecall(): Promise<void> {
  const opened = await openTestDatabase();
  try {
    const { database } = opened;
    const rows = operationCount(database.engine === 'postgres' ? 100_000 : 2_000);
    const clusters = makeClusters({ centres: Math.ceil(rows / 100), noises: Math.min(1_000, Math.ceil(rows / 4)) });
    const start = performance.now();
    await insertClustered(database, clusters, rows);
    const inserted = performance.now();
    await buildIndex(database);
    const seconds = (from: number, to: number): string => ((to - from) / 1000).toFixed(0);
    console.log(
      `${rows} rows of 3,072 dimensions on ${database.engine}: stored in ${seconds(start, inserted)} s, ` +
        `indexed in ${seconds(inserted, performance.now())} s`,
    );
    const vectors = Array.from({ length: questions }, (_, index) => questionOf(clusters, index));
    const [document] = await database.query<{ id: string }>(
      sql`select id from evidence.documents where filename = 'document 7'`,
    );
    const onePercent = scopeCondition({
      types: null,
      documentId: document?.id ?? '',
      featureId: null,
      repository: null,
    });
    await compare(database, 'all rows', vectors, null);
    await compare(database, 'a filter that keeps 1 %', vectors, onePercent);
  } finally {
    await opened.close();
  }
}

async function compare(
  database: Database,
  name: string,
  vectors: readonly Float32Array[],
  filter: SqlStatement | null,
): Promise<void> {
  const request = (vector: Float32Array, exact: boolean): SearchRequest => ({
    mode: 'VECTOR',
    text: null,
    near: { vector },
    minSimilarity: -1,
    limit: wanted,
    filter,
    exact,
  });
  const ask = (vector: Float32Array, exact: boolean) =>
    search({ db: database, database }, evidenceTarget, request(vector, exact));
  let found = 0;
  let expected = 0;
  const times = { index: [] as number[], exact: [] as number[] };
  const timed = async (kind: keyof typeof times, vector: Float32Array) => {
    const start = performance.now();
    const hits = await ask(vector, kind === 'exact');
    times[kind].push(performance.now() - start);
    return new Set(hits.map((hit) => hit.key));
  };
  for (const vector of vectors.slice(0, 5)) await ask(vector, false);
  for (const vector of vectors) {
    const exact = await timed('exact', vector);
    const indexed = await timed('index', vector);
    expected += exact.size;
    found += [...exact].filter((key) => indexed.has(key)).length;
  }
  const [index, exact] = [median(times.index), median(times.exact)];
  if (found / expected < leastRecall) process.exitCode = 1;
  console.log(
    `${name}: recall@${wanted} ${(found / expected).toFixed(3)}, median ${index.toFixed(1)} ms, ` +
      `comparing with every row ${exact.toFixed(1)} ms (${(exact / index).toFixed(1)}×)`,
  );
  console.log(`  ${await planOf(database, request(vectors[0] ?? new Float32Array(), false))}`);
}

/** Which indexes the plan of a search reads, in the words of EXPLAIN. */
async function planOf(database: Database, request: SearchRequest): Promise<string> {
  let plan: string[] = [];
  const explaining: Queryable = {
    query: async (statement: Statement | string, values?: readonly unknown[]) => {
      const { text, values: bound } = statement as BoundStatement;
      const rows = await database.query<Record<string, string>>(`explain ${text}`, values ?? bound);
      plan = rows.map((row) => row['QUERY PLAN'] ?? '');
      return [];
    },
  };
  await search({ db: explaining, database }, evidenceTarget, request);
  const scans = plan.map((line) => /(?:Index|Seq|Bitmap)[\w ]* Scan (?:using|on) \w+/.exec(line)?.[0]);
  return [...new Set(scans.filter((scan) => scan !== undefined))].join(', ');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
