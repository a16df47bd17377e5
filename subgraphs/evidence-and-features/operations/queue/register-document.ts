/** Registration: a document and its first job, once for each content. */
import type { Transaction } from '../../../kernel/db/index.js';
import { write, type Writer, type Written } from '../../../kernel/write/index.js';
import { assertDocument, handlerOf, type NewDocument } from '../../domain/job-documents.js';
import { jobActions } from '../../domain/job-states.js';
import { findDocumentByHash, insertDocument, lockFile } from '../../repository/documents.js';

export interface DocumentInput extends NewDocument {
  readonly clientKey: string | null;
}

export type Registration = Written<{
  document: string;
  /** Null when the document that is there already never had a job. */
  processingJob: string | null;
  /** True when a document with the same content was there before: nothing was changed. */
  isDuplicate: boolean;
}>;

/** Where the document's file is. */
export interface FilePlace {
  /** Whether it is where the built-in worker reads. */
  readonly isStored: boolean;
  /** Puts the file of an upload into its place, before the commit: there is no document whose file is still to come. */
  readonly hold?: (tx: Transaction) => Promise<void>;
}

export function registerDocument(
  writer: Writer,
  input: DocumentInput,
  { isStored, hold }: FilePlace,
): Promise<Registration> {
  const { clientKey, ...document } = input;
  return write(writer, { operation: 'documentRegister', clientKey, input: document }, async (tx) => {
    assertDocument(document);
    const uploader = writer.auth.subject ?? 'anonymous';
    const metadata = {
      original_name: document.filename,
      ...(document.sizeBytes !== null && { size_bytes: document.sizeBytes }),
      ...(document.mimeType !== null && { mime_type: document.mimeType }),
      ...document.metadata,
      uploader,
    };
    if (hold !== undefined) await lockFile(tx, document.fileHash);
    const made = await insertDocument(tx, { ...document, metadata }, handlerOf(document, isStored));
    if (made === null) {
      const known = await findDocumentByHash(tx, document.fileHash);
      if (known === null) throw new Error('a document with this hash was there, and is gone');
      if (known.filePath === document.filePath) await hold?.(tx);
      return { document: known.documentId, processingJob: known.jobId, isDuplicate: true };
    }
    await hold?.(tx);
    const { repository, fileHash, fileType, filename } = document;
    tx.record(
      {
        type: 'Document',
        key: made.documentId,
        action: 'documentRegistered',
        details: { filename, fileType, fileHash, status: [null, 'uploaded'] },
        repository,
      },
      {
        type: 'ProcessingJob',
        key: made.jobId ?? '',
        action: jobActions.queued,
        details: { jobType: 'extract', status: [null, 'pending'] },
        repository,
        payload: { documentId: made.documentId, jobType: 'extract', status: 'pending' },
      },
    );
    return { document: made.documentId, processingJob: made.jobId, isDuplicate: false };
  });
}
