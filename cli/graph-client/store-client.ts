/** Asks the graph in this process, on the configured store. */
import { randomUUID } from 'node:crypto';
import { parse } from 'graphql';
import {
  createGatewayMetrics,
  defaultLimits,
  ExportFailed,
  finishJson,
  openExport,
  Operations,
  type AbortableContext,
  type ExportFormat,
} from '../../gateway/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { weights } from '../graph/domains.js';
import { createGraphExecutor } from '../graph/executor.js';
import { openStore } from '../graph/services.js';
import { brokenOff, refusal, unwrap, type AskedOperation, type ConnectOptions, type GraphReader } from './client.js';

/** The operator who can open the store may do what the local developer may. */
export async function storeClient({ config, log }: ConnectOptions): Promise<GraphReader> {
  const store = await openStore({ ...config, seed: false }, log);
  const { database } = store;
  const metrics = createGatewayMetrics({ process: false });
  const executor = await createGraphExecutor({ config, database, log, metrics }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const identity = Identity.of({ subject: 'local-developer', scopes: ['*'] });
  const createContext = (): AbortableContext => {
    const controller = new AbortController();
    const abort = (reason: Error): void => controller.abort(reason);
    return { requestId: randomUUID(), headers: {}, identity, perSubgraph: new Map(), signal: controller.signal, abort };
  };
  const operations = new Operations({
    executor,
    limits: { ...defaultLimits, ...config.limits.operation, weights },
    trustedDocuments: null,
    anonymousIntrospection: true,
    timeLimitMilliseconds: config.limits.requestTimeoutMs,
    metrics,
  });
  return {
    place: config.database.url === undefined ? `the embedded store in ${config.database.dataDir}` : 'the database',
    async request<Data>(source: string, variables: Readonly<Record<string, unknown>>) {
      return unwrap<Data>(
        await executor.execute({ document: parse(source), source, variables, context: createContext() }),
      );
    },
    async answer(asked) {
      const admitted = operations.admit(asked, identity);
      const result = 'type' in admitted ? await operations.execute(admitted, createContext()) : { errors: admitted };
      return finishJson(JSON.stringify(result));
    },
    async export(parameters: AskedOperation, format: ExportFormat) {
      try {
        const { chunks } = await openExport({ operations, parameters, identity, format, createContext });
        return untilBroken(chunks);
      } catch (error) {
        throw reasonOf(error, ({ errors: [first] }) => (first === undefined ? null : refusal(first)));
      }
    },
    async close() {
      await executor.dispose();
      await store.close();
    },
  };
}

async function* untilBroken(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
  try {
    yield* chunks;
  } catch (error) {
    throw reasonOf(error, ({ errors: [first] }) => brokenOff(first?.message ?? ''));
  }
}

function reasonOf(error: unknown, say: (failed: ExportFailed) => Error | null): unknown {
  return (error instanceof ExportFailed ? say(error) : null) ?? error;
}
