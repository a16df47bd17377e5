/** A gateway on a port over subgraphs that are told byte for byte what to answer, as a foreign supergraph's would be served. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createGatewayServer, type GatewayServerOptions } from '../../gateway/index.js';
import { createHttpSupergraphExecutor, type HttpExecutorOptions } from '../../gateway/supergraph/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { composeFixture } from './compose-fixture.js';
import { closeServer, listen } from './http-subgraphs.js';

export interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface RawAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}

/** Undefined: no answer comes. */
export type AnswerRaw = (asked: Asked) => RawAnswer | undefined;

export interface ForeignGateway {
  readonly url: string;
  /** What each subgraph was asked, in order. */
  readonly asked: Readonly<Record<string, Asked[]>>;
  post(
    body: string | object,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; text: string }>;
  close(): Promise<void>;
}

export async function startForeignGateway(
  subgraphs: Readonly<Record<string, { readonly typeDefs: string; readonly answer: AnswerRaw }>>,
  options: { readonly executor?: HttpExecutorOptions; readonly server?: Partial<GatewayServerOptions> } = {},
): Promise<ForeignGateway> {
  const servers: Server[] = [];
  const urls: Record<string, string> = {};
  const asked: Record<string, Asked[]> = {};
  for (const [name, { answer }] of Object.entries(subgraphs)) {
    const ofSubgraph: Asked[] = (asked[name] = []);
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const body = Buffer.concat(chunks);
        const seen = { headers: request.headers, body, text: body.toString() };
        ofSubgraph.push(seen);
        const raw = answer(seen);
        if (raw === undefined) return;
        response.writeHead(raw.status ?? 200, { 'content-type': 'application/json', ...raw.headers }).end(raw.body);
      })();
    });
    urls[name] = await listen(server);
    servers.push(server);
  }
  const fixtures = Object.entries(subgraphs).map(
    ([name, { typeDefs }]) => [name, { typeDefs, resolvers: {} }] as const,
  );
  const executor = createHttpSupergraphExecutor(composeFixture(Object.fromEntries(fixtures)), {
    urls,
    ...options.executor,
  });
  const gateway = await createGatewayServer({
    executor,
    authenticate: async () => Identity.anonymous,
    log: createLogger({ level: 'silent' }),
    explorerPages: false,
    ...options.server,
  });
  const origin = await gateway.listen(0);
  const url = `${origin}/graphql`;
  return {
    url,
    asked,
    async post(body, headers = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    async close() {
      await gateway.close();
      await executor.dispose();
      await Promise.all(servers.map(closeServer));
    },
  };
}
