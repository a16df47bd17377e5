/** A gateway over the committed supergraph, and readers of a build's log by both transports. */
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { pino } from 'pino';
import WebSocket from 'ws';
import { createRequestContext } from '../../../cli/graph/context.js';
import { createGraphExecutor } from '../../../cli/graph/executor.js';
import { createGatewayMetrics, createGatewayServer, createSubgraphServer } from '../../../gateway/index.js';
import { authenticateLocalDeveloper } from '../../../subgraphs/kernel/auth/index.js';
import { loadConfig } from '../../../subgraphs/kernel/config/index.js';
import type { TestSubgraph } from './subgraph.js';

export type Shape = 'in process' | 'over HTTP';

export interface TestGateway {
  /** `http://127.0.0.1:…/graphql` */
  readonly url: string;
  /** Lines of the log. */
  readonly logged: string[];
  close(): Promise<void>;
}

export async function startGateway({ schema, database }: TestSubgraph, shape: Shape): Promise<TestGateway> {
  const logged: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
  const authenticate = authenticateLocalDeveloper();
  const subgraph = createSubgraphServer({
    name: 'audit-and-builds',
    schema,
    authenticate,
    log,
    contextFor: (request) => createRequestContext(database, request),
  });
  const name = 'audit-and-builds';
  const remotes = shape === 'over HTTP' ? { [name]: `${await subgraph.listen(0)}/graphql` } : {};
  const executor = await createGraphExecutor({
    config: loadConfig({}, { serves: false }),
    database,
    log,
    metrics: createGatewayMetrics({ process: false }),
    remotes,
  });
  const gateway = await createGatewayServer({ executor, authenticate, log });
  const url = `${await gateway.listen(0)}/graphql`;
  return {
    url,
    logged,
    async close() {
      await gateway.close();
      await executor.dispose();
      await subgraph.close();
    },
  };
}

export interface Line {
  readonly sequence: number;
  readonly message: string;
}

export interface Reader {
  readonly transport: 'WebSocket' | 'SSE';
  /** Hangs up after this many lines, and comes back with its cursor; 0 never does. */
  readonly hangUpAfter: number;
}

interface Batch {
  readonly cursor: number;
  readonly lines: readonly Line[];
}

const document = `subscription ($buildId: ID!, $after: BigInt) {
  buildLogs(buildId: $buildId, after: $after) { cursor lines { sequence message } } }`;

/** Reads until the log ends. Throws at the first line that is not the next one. */
export async function readLog(url: string, buildId: string, { transport, hangUpAfter }: Reader): Promise<number> {
  let cursor = 0;
  let count = 0;
  for (;;) {
    const read = transport === 'SSE' ? sseBatches(url) : socketBatches(url);
    let sinceJoining = 0;
    let hasHungUp = false;
    for await (const batch of read.iterate({ buildId, after: cursor })) {
      for (const { sequence, message } of batch.lines) {
        count += 1;
        if (sequence !== count || !message.endsWith(` ${count}`))
          throw new Error(`${sequence} came where ${count} was due`);
      }
      cursor = batch.cursor;
      sinceJoining += batch.lines.length;
      hasHungUp = hangUpAfter > 0 && sinceJoining >= hangUpAfter;
      if (hasHungUp) break;
    }
    await read.dispose();
    if (!hasHungUp) return count;
  }
}

interface Batches {
  iterate(variables: Record<string, unknown>): AsyncIterable<Batch>;
  dispose(): void | Promise<void>;
}

function socketBatches(url: string): Batches {
  const client = createSocketClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  return {
    iterate: (variables) => batchesOf(client.iterate({ query: document, variables })),
    dispose: () => client.dispose(),
  };
}

function sseBatches(url: string): Batches {
  const client = createSseClient({ url, retryAttempts: 0 });
  return {
    iterate: (variables) => batchesOf(client.iterate({ query: document, variables })),
    dispose: () => {
      client.dispose();
    },
  };
}

async function* batchesOf(results: AsyncIterable<{ data?: unknown; errors?: unknown }>): AsyncGenerator<Batch> {
  for await (const { data, errors } of results) {
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    yield (data as { buildLogs: Batch }).buildLogs;
  }
}
