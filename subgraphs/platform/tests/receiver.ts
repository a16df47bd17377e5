/** An endpoint of webhooks on the loopback address: a real HTTP server that behaves as a test tells it to. */
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-member-access -- messages of unknown shape */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Received {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The CloudEvent. */
  readonly event: any;
}

export type Behaviour = (response: ServerResponse, received: Received) => void;

export const takes: Behaviour = (response) => response.writeHead(204).end();
export const fails: Behaviour = (response) => response.writeHead(500).end('no disk');

export class Receiver {
  readonly received: Received[] = [];
  behaves: Behaviour = takes;
  #server: Server;
  #port = 0;

  private constructor() {
    this.#server = this.#create();
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await receiver.#listen();
    return receiver;
  }

  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `http://${this.host}/hook`;
  }

  /** Of an entity, or of all, in the order of their arrival. */
  ids(entityId?: string): string[] {
    return this.received
      .filter(({ event }) => entityId === undefined || event.subject === entityId)
      .map(({ id }) => id);
  }

  /** What takes its place refuses connections. */
  async kill(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** On the same port. */
  async restart(): Promise<void> {
    this.#server = this.#create();
    await this.#listen();
  }

  #create(): Server {
    return createServer((request, response) => {
      this.#receive(request, response).catch(() => response.destroy());
    });
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await buffer(request)).toString('utf8');
    const headers = request.headers as Record<string, string>;
    const received = { id: headers['webhook-id'] ?? '', headers, body, event: JSON.parse(body) as unknown };
    this.received.push(received);
    this.behaves(response, received);
  }
}
