/** Registration: a document and its first job, once for each content. */
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { assertDocument, handlerOf, type NewDocument } from '../domain/job-documents.js';
import { jobActions } from '../domain/job-states.js';
import { findDocumentByHash, insertDocument } from '../repository/documents.js';

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

/** `isStored` says whether the file is where the built-in worker reads. */
export function registerDocument(writer: Writer, input: DocumentInput, isStored: boolean): Promise<Registration> {
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
    const made = await insertDocument(tx, { ...document, metadata }, handlerOf(document, isStored));
    if (made === null) {
      const known = await findDocumentByHash(tx, document.fileHash);
      if (known === null) throw new Error('a document with this hash was there, and is gone');
      return { document: known.documentId, processingJob: known.jobId, isDuplicate: true };
    }
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
