/** POST /documents: a multipart form with one file, streamed to the store and registered as a document. */
import type { Database } from '../../kernel/db/index.js';
import { RequestError } from '../../kernel/errors/index.js';
import { toGlobalId } from '../../kernel/ids/index.js';
import { registerDocument } from '../operations/queue/index.js';
import type { DocumentStore } from './store/document-store.js';
import { receiveForm } from './receive-form.js';
import type { Refusal, UploadRequest } from './upload-request.js';

export interface UploadAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

export interface UploadDoors {
  readonly database: Database;
  readonly store: DocumentStore;
  readonly maxBytes: number;
}

/** 201 with the new document, 200 with the one that has this content already; else an error in the shape of GraphQL's. */
export function createUploadHandler({ database, store, maxBytes }: UploadDoors) {
  return async (request: UploadRequest): Promise<UploadAnswer> => {
    const auth = await request.authenticate();
    auth.require('evidence:write');
    const form = await receiveForm(request, { store, maxBytes });
    if ('refusal' in form) return refuse(form.refusal);
    const { file, fields } = form;
    const writer = { auth, requestId: request.requestId, database };
    try {
      const { userErrors, document, processingJob, isDuplicate } = await registerDocument(
        writer,
        {
          filename: file.filename,
          fileType: file.sniffed.fileType,
          filePath: file.stored.path,
          fileHash: file.stored.hash,
          sizeBytes: file.stored.bytes,
          mimeType: file.sniffed.mimeType,
          repository: toRepository(fields.get('repositoryId')),
          metadata: {},
          maxRetries: 3,
          clientKey: null,
        },
        { isStored: true, hold: (tx) => file.incoming.place(tx, file.stored) },
      );
      if (document === undefined) {
        const [error] = userErrors;
        return refuse({ status: 400, code: error?.code ?? 'VALIDATION', message: error?.message ?? 'Refused.' });
      }
      return {
        status: isDuplicate === true ? 200 : 201,
        body: {
          document: { id: toGlobalId('Document', document), fileType: file.sniffed.fileType.toUpperCase() },
          processingJob: processingJob == null ? null : { id: toGlobalId('ProcessingJob', processingJob) },
          isDuplicate,
        },
      };
    } finally {
      await file.incoming.discard();
    }
  };
}

function refuse({ status, code, message, isUnread = false }: Refusal): UploadAnswer {
  return {
    status,
    ...(isUnread && { headers: { connection: 'close' } }),
    body: { errors: [{ message, extensions: { code } }] },
  };
}

function toRepository(id: string | undefined): string | null {
  if (id === undefined || id === '') return null;
  const [, name] = /^Repository:(.+)$/.exec(id) ?? [];
  if (name === undefined) throw new RequestError('BAD_USER_INPUT', 'repositoryId must be the id of a Repository.');
  return name.toLowerCase();
}
