/** The handlers of uploads and downloads behind a real server, as the gateway's routes call them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { sendJson } from '../../../tests/testkit/answer.js';
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import { createDownloadHandler, createUploadHandler, type DocumentStore } from '../upload/index.js';

export interface UploadServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Who calls is what the authorization says: a list of scopes. */
export async function startUploadServer(
  database: Database,
  store: DocumentStore,
  maxBytes: number,
): Promise<UploadServer> {
  const upload = createUploadHandler({ database, store, maxBytes });
  const download = createDownloadHandler({ database, store });
  const server = createServer((request, response) => {
    const headers = request.headers as Record<string, string | undefined>;
    const scopes = headers['authorization'];
    const authenticate = async (): Promise<Identity> =>
      scopes === undefined ? Identity.anonymous : Identity.of({ subject: 'will', scopes: scopes.split(' ') });
    const { method = '', url = '' } = request;
    const answer =
      method === 'POST'
        ? upload({ requestId: 'test', headers, body: request, authenticate })
        : download({ method, headers, params: { id: url.replace('/documents/', '') }, authenticate });
    answer.then(
      ({ status, headers: answered = {}, body }) => {
        if (method === 'POST') return sendJson(response, status, body, answered);
        response.writeHead(status, answered);
        (body instanceof Readable ? body : Readable.from([])).pipe(response);
      },
      (error: unknown) => response.writeHead(599).end(String((error as { code?: string }).code ?? error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/documents`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
