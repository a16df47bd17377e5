/** What is measured, in a process of its own: the gateway as `weft start` serves it, or the ceiling. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { createGraphExecutor } from '../../../cli/graph/executor.js';
import { serveGateway } from '../../../cli/graph/serve.js';
import { createGatewayMetrics } from '../../../gateway/index.js';
import { seed } from '../../../prisma/seed.js';
import { loadConfig } from '../../../subgraphs/kernel/config/index.js';
import { openDatabase, prepareDatabase } from '../../../subgraphs/kernel/db/index.js';
import { createLogger } from '../../../subgraphs/kernel/log/index.js';
import { questionsAbout } from './questions.js';
import { findSubject } from './subject.js';

const [shape, url = ''] = process.argv.slice(2);
const log = createLogger({ level: 'warn' });

/** One prepared statement and nothing else: what no gateway can go below. */
async function serveCeiling(): Promise<string> {
  const pool = new Pool({ connectionString: url, max: 20 });
  const database = await openDatabase({ url, log });
  const questions = questionsAbout(await findSubject(database));
  await database.close();
  const server = createServer((request, response) => {
    const index = Number(request.url?.slice(1));
    request.resume();
    void pool
      .query<[string]>({ name: `q${index}`, text: questions[index]?.sql ?? '', rowMode: 'array' } as never)
      .then(({ rows }) => {
        const body = `{"data":${String(rows[0]?.[0])}}`;
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
        response.end(body);
      });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serveGraph(): Promise<{ url: string; subject: unknown }> {
  const database = await openDatabase(shape === 'embedded' ? { dataDir: 'memory', log } : { url, log });
  if (shape === 'embedded') {
    await prepareDatabase(database);
    await seed(database, { size: 'medium' });
  }
  const config = { ...loadConfig({}), port: 0 };
  const metrics = createGatewayMetrics();
  const executor = await createGraphExecutor({ config, database, log, metrics });
  const served = await serveGateway({ config, log, executor, metrics });
  return { url: `${served.url}/graphql`, subject: await findSubject(database) };
}

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: (user + system) / 1000, rss: process.memoryUsage().rss });
});
process.on('disconnect', () => process.exit(0));
process.send?.(shape === 'ceiling' ? { url: await serveCeiling() } : await serveGraph());
