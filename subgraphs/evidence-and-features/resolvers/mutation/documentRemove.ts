import { toGlobalId, uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { removeDocument } from '../../operations/queue/index.js';
import { releaseFile, type DocumentStore } from '../../upload/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly documentId: string };
}

/** The file goes after the row: a crash between the two leaves a file that nothing refers to, never a document without one. */
export function createDocumentRemove(store: DocumentStore): FieldResolver<unknown, Args> {
  return async (_parent, { input }, ctx) => {
    const { documentId, fileHash, userErrors } = await removeDocument(ctx, uuidOfType(input.documentId, 'Document'));
    if (documentId === undefined || fileHash === undefined) return { userErrors };
    await releaseFile(ctx.database, store, fileHash);
    return { documentId: toGlobalId('Document', documentId), userErrors };
  };
}
