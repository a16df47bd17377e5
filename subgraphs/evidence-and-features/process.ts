/** What a process does for evidence and features: uploads, files that nobody needs any more, and the processing queue. */
import { describeError } from '../kernel/log/index.js';
import { untilAborted, type DomainProcess } from '../kernel/subgraph/domain-process.js';
import { startPeriodic } from '../kernel/worker/index.js';

const sweepEveryMs = 3_600_000;
/** Nobody waits for a worker's embeddings: a limit that lasts a minute is waited out. */
const embeddingDeadlineMs = 120_000;

export default {
  createSubgraph: async (config) => {
    const { createSubgraph, openDocumentStore } = await import('./index.js');
    const { createEmbedder } = await import('../kernel/embeddings/index.js');
    return createSubgraph({ embedder: createEmbedder(config), store: await openDocumentStore(config) });
  },
  routes: [
    {
      method: 'POST',
      path: '/documents',
      maxBodyBytes: ({ documents }) => documents.maxUploadBytes,
      mayBeSlow: true,
      checksOrigin: true,
      open: async ({ config, database }) => {
        const { createUploadHandler, openDocumentStore } = await import('./index.js');
        const store = await openDocumentStore(config);
        return createUploadHandler({ database, store, maxBytes: config.documents.maxUploadBytes });
      },
    },
    {
      method: 'GET',
      path: '/documents/:id',
      maxBodyBytes: () => 0,
      open: async ({ config, database }) => {
        const { createDownloadHandler, openDocumentStore } = await import('./index.js');
        return createDownloadHandler({ database, store: await openDocumentStore(config) });
      },
    },
  ],
  sweeps: [
    // Uploads that nothing came of.
    async ({ config, database, log }) => {
      const { openDocumentStore, sweepFiles } = await import('./index.js');
      const store = await openDocumentStore(config);
      const stop = startPeriodic({
        everyMs: sweepEveryMs,
        atOnce: true,
        run: () => sweepFiles(database, store),
        onFailure: (error) => log.warn({ err: describeError(error) }, 'abandoned uploads could not be removed'),
      });
      return { stop };
    },
  ],
  workers: {
    documents: {
      description: 'extract, embed and infer from documents; WEFT_PROCESSING_* are its limits',
      start: async ({ config, database, log }) => {
        const { DocumentWorker, openDocumentStore } = await import('./index.js');
        const { createEmbedder } = await import('../kernel/embeddings/index.js');
        const { leaseSeconds, concurrency, pollMs } = config.documents;
        const worker = new DocumentWorker({
          database,
          store: await openDocumentStore(config),
          embedder: createEmbedder(config, { deadlineMs: embeddingDeadlineMs }),
          log,
          settings: { leaseSeconds, concurrency, pollMs },
        });
        return untilAborted((signal) => worker.run(signal));
      },
    },
  },
  ingests: ['processingJobComplete', 'processingJobEmbeddingsStore'],
  weights: {
    'Query.searchEvidence': 500,
    // The like of every piece of evidence of a document.
    'Query.nearDuplicates': 2_500,
    'Query.processingQueue': 500,
  },
} satisfies DomainProcess;
