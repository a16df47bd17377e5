/**
 * What a request costs from socket to socket: five questions on the medium data set, through the gateway in one process on
 * PostgreSQL, and beside it the ceiling, one statement by hand behind bare node:http; then the embedded shape. The ceiling's
 * JSON is made by the database, so the database's CPU counts for both.
 * WEFT_TEST_DATABASE_URL=… npm run bench -- end-to-end
 */
import { deepStrictEqual } from 'node:assert';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Pool } from 'undici';
import { seed } from '../../../prisma/seed.js';
import { openTestDatabase } from '../../testkit/database.js';
import { siblingProgram } from '../sibling-program.js';
import { cpuBetween, databaseCpu, type DatabaseCpu } from './database-cpu.js';
import { questionsAbout, type Question, type Subject } from './questions.js';
import { findSubject } from './subject.js';

const connections = 16;
/** Until the compiler has seen all of it: a server runs for days. */
const warmUp = 3_000;
/** Many short rounds in turns: what else the machine does comes and goes within seconds. */
const requests = 700;
const rounds = 11;

interface Served {
  readonly child: ChildProcess;
  readonly url: URL;
  readonly pool: Pool;
  readonly subject: Subject;
}

interface Cost {
  readonly perSecond: number;
  /** Milliseconds of CPU in the process that was asked. */
  readonly cpu: number;
  /** Milliseconds of CPU in the connections of the database server; null where there is none, or on another machine. */
  readonly database: number | null;
}

type AskDatabaseCpu = () => Promise<DatabaseCpu | null>;

async function serve(shape: string, database: string): Promise<Served> {
  const { path, execArgv } = siblingProgram('served', import.meta.url);
  const child = fork(path, [shape, database], { execArgv: [...execArgv] });
  const [{ url, subject }] = (await once(child, 'message')) as [{ url: string; subject: Subject }];
  const parsed = new URL(url);
  return { child, url: parsed, pool: new Pool(parsed.origin, { connections }), subject };
}

async function usage({ child }: Served): Promise<number> {
  child.send('usage');
  const [{ cpu }] = (await once(child, 'message')) as [{ cpu: number }];
  return cpu;
}

async function ask({ pool, url }: Served, question: Question, index: number, isCeiling: boolean): Promise<string> {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: isCeiling ? `/${index}` : url.pathname,
    headers: { 'content-type': 'application/json' },
    body: isCeiling ? '' : JSON.stringify({ query: question.query }),
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${question.name}: ${statusCode} ${text.slice(0, 300)}`);
  return text;
}

async function measure(
  served: Served,
  run: () => Promise<unknown>,
  times: number,
  databaseCpu: AskDatabaseCpu,
): Promise<Cost> {
  const [before, databaseBefore] = [await usage(served), await databaseCpu()];
  const start = performance.now();
  let left = times;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await run();
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - start) / 1000;
  const [after, databaseAfter] = [await usage(served), await databaseCpu()];
  const database = cpuBetween(databaseBefore, databaseAfter);
  return {
    perSecond: times / seconds,
    cpu: (after - before) / times,
    database: database === null ? null : database / times,
  };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Rounds take turns between the contestants, so that a busy machine is unfair to none. */
async function compare(
  question: Question,
  index: number,
  contestants: readonly Served[],
  databaseCpu: AskDatabaseCpu,
): Promise<Cost[]> {
  const isCeiling = (n: number): boolean => n === 1;
  const costs: Cost[][] = contestants.map(() => []);
  for (const [n, served] of contestants.entries())
    await measure(served, () => ask(served, question, index, isCeiling(n)), warmUp, databaseCpu);
  for (let round = 0; round < rounds; round += 1) {
    for (const [n, served] of contestants.entries())
      costs[n]?.push(await measure(served, () => ask(served, question, index, isCeiling(n)), requests, databaseCpu));
  }
  return costs.map((each) => ({
    perSecond: median(each.map(({ perSecond }) => perSecond)),
    cpu: median(each.map(({ cpu }) => cpu)),
    database: each.some(({ database }) => database === null) ? null : median(each.map(({ database }) => database ?? 0)),
  }));
}

const show = ({ perSecond, cpu, database }: Cost): string =>
  `${Math.round(perSecond)} requests/s, ${cpu.toFixed(2)} ms of CPU` +
  (database === null ? '' : ` and ${database.toFixed(2)} in the database`);

/** How many times the ceiling's CPU: of all that works on the request, and of the process alone. */
function ratios(of: Cost, ceiling: Cost): string {
  const alone = `${(of.cpu / ceiling.cpu).toFixed(2)}× the CPU of the process`;
  if (of.database === null || ceiling.database === null) return alone;
  const whole = (of.cpu + of.database) / (ceiling.cpu + ceiling.database);
  return `${whole.toFixed(2)}× the CPU, ${alone}`;
}

const test = await openTestDatabase();
if (test.url === null) {
  console.log('WEFT_TEST_DATABASE_URL is not set: only the embedded shape is measured');
} else {
  await seed(test.database, { size: 'medium' });
  await test.database.query('analyze');
  const subject = await findSubject(test.database);
  const [gateway, ceiling] = [await serve('gateway', test.url), await serve('ceiling', test.url)];
  for (const [index, question] of questionsAbout(subject).entries()) {
    const answers = await Promise.all([ask(gateway, question, index, false), ask(ceiling, question, index, true)]);
    const [answered, expected] = answers.map((text) => JSON.parse(text) as unknown);
    deepStrictEqual(answered, expected, question.name);
    const [ofGateway, ofCeiling] = await compare(question, index, [gateway, ceiling], () => databaseCpu(test.database));
    if (ofGateway === undefined || ofCeiling === undefined) continue;
    console.log(
      `${question.name} (${answers[0].length} bytes): gateway ${show(ofGateway)}; ceiling ${show(ofCeiling)}; ` +
        ratios(ofGateway, ofCeiling),
    );
  }
  gateway.child.disconnect();
  ceiling.child.disconnect();
}
await test.close();

const embedded = await serve('embedded', '');
for (const [index, question] of questionsAbout(embedded.subject).entries()) {
  const [cost] = await compare(question, index, [embedded], () => Promise.resolve(null));
  if (cost !== undefined) console.log(`${question.name}, embedded with its database: ${show(cost)}`);
}
embedded.child.disconnect();
