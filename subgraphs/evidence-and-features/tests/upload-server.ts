/** The upload's handler behind a real server, as the gateway's routes call it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendJson } from '../../../tests/testkit/answer.js';
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import { createUploadHandler, type DocumentStore } from '../upload/index.js';

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
  const handle = createUploadHandler({ database, store, maxBytes });
  const server = createServer((request, response) => {
    const headers = request.headers as Record<string, string | undefined>;
    const scopes = headers['authorization'];
    const authenticate = async (): Promise<Identity> =>
      scopes === undefined ? Identity.anonymous : Identity.of({ subject: 'will', scopes: scopes.split(' ') });
    handle({ requestId: 'test', headers, body: request, authenticate }).then(
      ({ status, headers: answered = {}, body }) => sendJson(response, status, body, answered),
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
