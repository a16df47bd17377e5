/** Documents, and the job that their registration queues: one statement, so that there is never the one without the other. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import type { DocumentReading } from '../domain/document-reading.js';
import type { NewDocument } from '../domain/job-documents.js';
import type { JobHandler } from '../domain/job-states.js';

/** A document with its newest extract job; null when it never had one. */
export interface RegisteredDocument {
  readonly documentId: string;
  readonly jobId: string | null;
}

/** Null when a document with the same hash is there already. */
export async function insertDocument(
  tx: Transaction,
  document: NewDocument,
  handler: JobHandler,
): Promise<RegisteredDocument | null> {
  const [row] = await tx.query<{ document_id: string; job_id: string }>(sql`/* evidence.insertDocument */
    with document as (
      insert into evidence.documents (filename, file_type, file_path, file_hash, metadata, size_bytes, repository_full_name)
      values (${document.filename}, ${document.fileType}, ${document.filePath}, ${document.fileHash},
        ${sql.json(document.metadata)}::jsonb, ${document.sizeBytes}::bigint, ${document.repository})
      on conflict (file_hash) do nothing returning id
    )
    insert into evidence.processing_jobs (document_id, job_type, max_retries, handler)
    select id, 'extract', ${document.maxRetries}, ${handler} from document
    returning document_id, id as job_id`);
  return row === undefined ? null : { documentId: row.document_id, jobId: row.job_id };
}

export async function findDocumentByHash(
  tx: Transaction,
  fileHash: string,
): Promise<(RegisteredDocument & { readonly filePath: string }) | null> {
  const [row] = await tx.query<{
    document_id: string;
    job_id: string | null;
    file_path: string;
  }>(sql`/* evidence.findDocumentByHash */
    select d.id as document_id, d.file_path, (select j.id from evidence.processing_jobs j
      where j.document_id = d.id and j.job_type = 'extract' order by j.created_at desc, j.id limit 1) as job_id
    from evidence.documents d where d.file_hash = ${fileHash}`);
  return row === undefined ? null : { documentId: row.document_id, jobId: row.job_id, filePath: row.file_path };
}

/** What the bytes of a document are called, and where they are. */
export interface DocumentFile {
  readonly filename: string;
  readonly filePath: string;
  readonly fileHash: string;
  readonly mimeType: string | null;
}

export async function findDocumentFile(db: Queryable, documentId: string): Promise<DocumentFile | null> {
  const [file] = await db.query<DocumentFile>(sql`/* evidence.findDocumentFile */
    select filename, file_path as "filePath", file_hash as "fileHash", metadata ->> 'mime_type' as "mimeType"
    from evidence.documents where id = ${documentId}::uuid`);
  return file ?? null;
}

/** Until the end of the transaction nobody else registers an upload with this hash, or removes its file. */
export async function lockFile(tx: Transaction, fileHash: string): Promise<void> {
  await tx.query(
    sql`/* evidence.lockFile */ select pg_advisory_xact_lock(hashtextextended('evidence.file ' || ${fileHash}, 0))`,
  );
}

/** Those of the hashes that a document has. */
export async function listKnownHashes(db: Queryable, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ file_hash: string }>(sql`/* evidence.listKnownHashes */
    select file_hash from evidence.documents where file_hash = any(${hashes}::text[])`);
  return new Set(rows.map((row) => row.file_hash));
}

/** How it was read, beside what else is known about it. */
export async function updateReading(tx: Transaction, documentId: string, reading: DocumentReading): Promise<void> {
  await tx.query(sql`/* evidence.updateReading */
    update evidence.documents set metadata = coalesce(metadata, '{}') || jsonb_build_object('reading', ${sql.json(reading)}::jsonb)
    where id = ${documentId}::uuid`);
}

export interface RemovedDocument {
  readonly fileHash: string;
  readonly filename: string;
  readonly repository: string | null;
}

/** With its jobs, its evidence, and that evidence's links. Jobs first, in the order in which workers lock them. */
export async function deleteDocument(tx: Transaction, documentId: string): Promise<RemovedDocument | null> {
  await tx.query(sql`/* evidence.deleteDocumentJobs */
    delete from evidence.processing_jobs where document_id = ${documentId}::uuid`);
  const [row] = await tx.query<{
    file_hash: string;
    filename: string;
    repository_full_name: string | null;
  }>(sql`/* evidence.deleteDocument */
    delete from evidence.documents where id = ${documentId}::uuid returning file_hash, filename, repository_full_name`);
  return row === undefined
    ? null
    : { fileHash: row.file_hash, filename: row.filename, repository: row.repository_full_name };
}
