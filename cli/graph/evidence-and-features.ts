/** What a process that serves evidence and features does beside its graph: uploads, and files that nobody needs any more. */
import type { ExtraRoute } from '../../gateway/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { createEmbedder } from '../../subgraphs/kernel/embeddings/index.js';
import { describeError, type Logger } from '../../subgraphs/kernel/log/index.js';
import { deferRoute } from './deferred-route.js';
import type { StartedWorker } from './started.js';

const sweepEveryMs = 3_600_000;

export function uploadRoute({ database: { dataDir }, documents }: Config, database: Database): ExtraRoute {
  const { maxUploadBytes } = documents;
  const route = {
    method: 'POST',
    path: '/documents',
    maxBodyBytes: maxUploadBytes,
    mayBeSlow: true,
    checksOrigin: true,
  } as const;
  return deferRoute(route, async () => {
    const { createUploadHandler, DocumentStore } = await import('../../subgraphs/evidence-and-features/index.js');
    return createUploadHandler({ database, store: new DocumentStore(dataDir), maxBytes: maxUploadBytes });
  });
}

/** Removes uploads that nothing came of. */
export async function startUploadSweep(config: Config, database: Database, log: Logger): Promise<StartedWorker> {
  const { DocumentStore, sweepFiles } = await import('../../subgraphs/evidence-and-features/index.js');
  const store = new DocumentStore(config.database.dataDir);
  let sweep: Promise<unknown> = Promise.resolve();
  const tidy = (): void => {
    sweep = sweep
      .then(() => sweepFiles(database, store))
      .catch((error: unknown) => log.warn({ err: describeError(error) }, 'abandoned uploads could not be removed'));
  };
  tidy();
  const timer = setInterval(tidy, sweepEveryMs);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await sweep;
    },
  };
}

/** Nobody waits for a worker's embeddings: a limit that lasts a minute is waited out. */
const embeddingDeadlineMs = 120_000;

export async function startDocumentWorker(config: Config, database: Database, log: Logger): Promise<StartedWorker> {
  const { DocumentStore, DocumentWorker } = await import('../../subgraphs/evidence-and-features/index.js');
  const { leaseSeconds, concurrency, pollMs } = config.documents;
  const stopping = new AbortController();
  const worker = new DocumentWorker({
    database,
    store: new DocumentStore(config.database.dataDir),
    embedder: createEmbedder(config, { deadlineMs: embeddingDeadlineMs }),
    log,
    settings: { leaseSeconds, concurrency, pollMs },
  });
  const ended = worker.run(stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}
