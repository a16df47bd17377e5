/** Steps that tests of the queue are told in. */
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- answers of unknown shape */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import { createEmbedder, type Embedder } from '../../kernel/embeddings/index.js';
import type { FileType } from '../domain/job-states.js';
import { registerDocument } from '../operations/queue/index.js';
import { DocumentStore } from '../upload/index.js';
import { DocumentWorker, type WorkerSettings } from '../worker/index.js';
import type { Caller, TestSubgraph } from './subgraph-fixture.js';

export const hashOf = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** A folder of this test's own, with a store in it. */
export async function openStore(): Promise<{ store: DocumentStore; folder: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-documents-'));
  return { store: DocumentStore.inside(folder), folder, close: () => rm(folder, { recursive: true, force: true }) };
}

export interface Stored {
  readonly filename: string;
  readonly fileType: FileType;
  readonly content: string | Uint8Array;
  readonly repository?: string;
  readonly maxRetries?: number;
}

/** Into the store and the queue, as an upload does it. Answers the keys of document and job. */
export async function addDocument(database: Database, store: DocumentStore, file: Stored): Promise<[string, string]> {
  const incoming = await store.create();
  await incoming.write(Buffer.from(file.content));
  const stored = await incoming.end();
  const writer = { auth: Identity.of({ subject: 'will', scopes: [] }), requestId: 'test', database };
  const { document, processingJob, userErrors } = await registerDocument(
    writer,
    {
      filename: file.filename,
      fileType: file.fileType,
      filePath: stored.path,
      fileHash: stored.hash,
      sizeBytes: stored.bytes,
      mimeType: null,
      repository: file.repository ?? null,
      metadata: {},
      maxRetries: file.maxRetries ?? 3,
      clientKey: null,
    },
    { isStored: true, hold: (tx) => incoming.place(tx, stored) },
  );
  if (document === undefined || processingJob == null) throw new Error(JSON.stringify(userErrors));
  return [document, processingJob];
}

export interface WorkerOptions {
  readonly embedder?: Embedder;
  readonly settings?: Partial<WorkerSettings>;
}

export function createWorker(database: Database, store: DocumentStore, options: WorkerOptions = {}): DocumentWorker {
  return new DocumentWorker({
    database,
    store,
    embedder: options.embedder ?? createEmbedder({ embeddings: undefined }),
    log: { warn: () => undefined },
    settings: { leaseSeconds: 60, concurrency: 2, pollMs: 20, ...options.settings },
  });
}

/** Registers a document that only an outside worker reads, and answers its global id. */
export async function register(subgraph: TestSubgraph, input: Record<string, unknown> = {}): Promise<string> {
  const { document, userErrors } = await subgraph.mutate(
    'documentRegister',
    {
      filename: 'scan.pdf',
      fileType: 'PDF',
      filePath: 's3://bucket/scan.pdf',
      fileHash: hashOf(randomUUID()),
      ...input,
    },
    'document { id }',
    'writer',
  );
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors));
  return document.id;
}

export interface HeldJob {
  readonly processingJobId: string;
  readonly leaseToken: string;
}

export async function claim(
  subgraph: TestSubgraph,
  input: Record<string, unknown> = {},
  caller: Caller = 'worker',
): Promise<HeldJob[]> {
  const { claims } = await subgraph.mutate(
    'processingJobsClaim',
    { limit: 100, ...input },
    'claims { leaseToken leaseExpiresAt processingJob { id } }',
    caller,
  );
  return claims.map((each: any) => ({ processingJobId: each.processingJob.id, leaseToken: each.leaseToken }));
}

/** As if the lease's time had passed. */
export async function expireLeases(database: Database): Promise<void> {
  await database.query(
    `update evidence.processing_jobs set lease_expires_at = now() - interval '1 second' where status = 'processing'`,
  );
}
