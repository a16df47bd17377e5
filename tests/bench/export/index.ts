/**
 * A million rows as a file: rows a second in each format beside `COPY` of the same select, the gateway's memory while it goes on,
 * and what a reader that stops holds of it.
 * WEFT_TEST_DATABASE_URL=… npm run bench -- export
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { mediaTypeOf, type ExportFormat } from '../../../gateway/index.js';
import type { Database } from '../../../subgraphs/kernel/db/index.js';
import { openTestDatabase } from '../../testkit/database.js';
import { siblingProgram } from '../sibling-program.js';
import { copyOut } from './copy-out.js';

const rows = 1_000_000;
const part = 50_000;
const query = `{ requirements { nodes { gxpId title gxpRiskRating validationStatus isDuplicate createdAt repository { fullName } } } }`;
const select = `select gxp_id, title, gxp_risk_rating, validation_status, is_duplicate, r.created_at, p.owner || '/' || p.repo
  from traceability.requirements r join traceability.repositories p on p.id = r.repository_id order by gxp_id, r.id`;

async function fill(database: Database): Promise<void> {
  const [repository] = await database.query<{ id: string }>(
    `insert into traceability.repositories (owner, repo, name, git_url) values ('bench', 'rows', 'rows', 'https://git.example/bench/rows') returning id`,
  );
  // In parts, none of which meets the statement's time limit on a busy machine.
  for (let from = 1; from <= rows; from += part) {
    await database.query(
      `insert into traceability.requirements (repository_id, gxp_id, title, gxp_risk_rating)
       select $1, 'REQ-' || lpad(n::text, 7, '0'), 'The pump keeps to the limit number ' || n, 'HIGH'
       from generate_series(${from}, ${from + part - 1}) n`,
      [repository?.id],
    );
  }
  await database.script('analyze traceability.requirements');
}

interface Usage {
  readonly cpu: number;
  readonly rss: number;
}

async function usage(child: ChildProcess): Promise<Usage> {
  child.send('usage');
  const [answer] = (await once(child, 'message')) as [Usage];
  return answer;
}

async function open(url: string, format: ExportFormat): Promise<IncomingMessage> {
  const asked = request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: mediaTypeOf[format] },
  });
  asked.end(JSON.stringify({ query }));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`${format}: ${response.statusCode}`);
  return response;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

async function measure(child: ChildProcess, url: string, format: ExportFormat): Promise<void> {
  const before = await usage(child);
  const start = performance.now();
  const response = await open(url, format);
  let bytes = 0;
  let isDone = false;
  const memory: number[] = [];
  const watch = async (): Promise<void> => {
    while (!isDone) {
      memory.push((await usage(child)).rss);
      await delay(200);
    }
  };
  const watching = watch();
  for await (const chunk of response as AsyncIterable<Buffer>) bytes += chunk.length;
  const seconds = (performance.now() - start) / 1_000;
  isDone = true;
  await watching;
  const { cpu } = await usage(child);
  const rate = Math.round(rows / seconds).toLocaleString('en');
  const quarters = [0, 1, 2, 3].map((quarter) => {
    const from = Math.floor((quarter * memory.length) / 4);
    return megabytes(Math.max(...memory.slice(from, from + Math.ceil(memory.length / 4))));
  });
  console.log(
    `${format.padEnd(6)} ${megabytes(bytes)} in ${seconds.toFixed(1)} s: ${rate} rows/s; gateway CPU ${((cpu - before.cpu) / 1_000).toFixed(1)} s, ` +
      `memory at most, by quarter of the time: ${quarters.join(', ')}`,
  );
}

/** Memory and connections of a gateway from which twenty readers take nothing. */
async function measureStopped(child: ChildProcess, url: string, database: Database): Promise<void> {
  const before = await usage(child);
  const readers = await Promise.all(Array.from({ length: 20 }, () => open(url, 'csv')));
  await delay(2_000);
  const { rss } = await usage(child);
  const [active] = await database.query<{ count: number }>(
    `select count(*)::int from pg_stat_activity
     where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()`,
  );
  console.log(
    `20 readers that take nothing: ${megabytes(rss - before.rss)} more memory, ${active?.count} connections of the database in use`,
  );
  for (const reader of readers) reader.on('error', () => undefined).destroy();
}

const opened = await openTestDatabase();
if (opened.url === null)
  throw new Error('Set WEFT_TEST_DATABASE_URL to a PostgreSQL server: this measures PostgreSQL.');
const { path, execArgv } = siblingProgram('served', import.meta.url);
await fill(opened.database);
const child = fork(path, [opened.url], { execArgv: [...execArgv] });
try {
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const start = performance.now();
  const bytes = await copyOut(opened.url, select);
  const seconds = (performance.now() - start) / 1_000;
  console.log(
    `COPY   ${megabytes(bytes)} in ${seconds.toFixed(1)} s: ${Math.round(rows / seconds).toLocaleString('en')} rows/s`,
  );
  for (const format of ['csv', 'ndjson', 'xlsx'] as const) await measure(child, url, format);
  await measureStopped(child, url, opened.database);
} finally {
  child.disconnect();
  await opened.close();
}
