/** Removal of a document with everything that was only known from it. */
import { userError } from '../../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../../kernel/write/index.js';
import { deleteDocument } from '../../repository/documents.js';

/** Features stay, without the links to this document's evidence. What becomes of its file is the caller's to say. */
export function removeDocument(
  writer: Writer,
  documentId: string,
): Promise<Written<{ documentId: string; fileHash: string }>> {
  return write(writer, { operation: 'documentRemove' }, async (tx) => {
    const removed = await deleteDocument(tx, documentId);
    if (removed === null) throw userError('NOT_FOUND', 'documentId', 'There is no such document.');
    tx.record({
      type: 'Document',
      key: documentId,
      action: 'documentRemoved',
      details: { filename: removed.filename },
      repository: removed.repository,
    });
    return { documentId, fileHash: removed.fileHash };
  });
}
