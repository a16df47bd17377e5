/** Serves fixtures over HTTP on free ports of this process. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execute, parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { fixtureSchema, type SubgraphFixtures } from './compose-fixture.js';

export interface HttpSubgraphs {
  readonly urls: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function serveSubgraphs(subgraphs: SubgraphFixtures): Promise<HttpSubgraphs> {
  const schemas = Object.entries(subgraphs).map(([name, fixture]) => [name, fixtureSchema(fixture)] as const);
  return serveSchemas(Object.fromEntries(schemas));
}

/** Queries and mutations over HTTP, subscriptions over WebSocket at the same URL. */
export async function serveSchemas(schemas: Readonly<Record<string, GraphQLSchema>>): Promise<HttpSubgraphs> {
  const servers: Server[] = [];
  const sockets: WebSocketServer[] = [];
  const urls: Record<string, string> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const documents = new Map<string, DocumentNode>();
    const server = createServer((request, response) => {
      void (async () => {
        const { query, variables } = JSON.parse(await bodyOf(request)) as { query: string; variables?: object };
        const document = documents.get(query) ?? parse(query);
        documents.set(query, document);
        const result = await execute({ schema, document, variableValues: { ...variables }, contextValue: {} });
        response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
      })();
    });
    const webSockets = new WebSocketServer({ server });
    useServer({ schema }, webSockets);
    urls[name] = await listen(server);
    servers.push(server);
    sockets.push(webSockets);
  }
  return {
    urls,
    async close() {
      for (const webSockets of sockets) for (const client of webSockets.clients) client.terminate();
      await Promise.all(servers.map(closeServer));
    },
  };
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Answers the server's GraphQL URL. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
