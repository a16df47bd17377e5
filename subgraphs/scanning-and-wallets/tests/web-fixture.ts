/** Web servers on the loopback address, behind the public addresses that a scan believes it connects to. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Dial } from '../scanner/index.js';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const file = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
/** For shop.example and others; whoever is given it as authority trusts it. */
export const certificate = file('certificate.pem');

export class WebFixture {
  /** By host name, without port. */
  readonly sites = new Map<string, Handler>();
  /** Every address that a connection was meant for, with its port. */
  readonly dialled: string[] = [];
  /** `host path` of every request that arrived. */
  readonly requests: string[] = [];
  /** Hosts whose certificate the scanner is to trust. */
  trustsCertificate = true;
  readonly #http: Server;
  readonly #https: Server;

  private constructor() {
    const serve: Handler = (request, response) => {
      const host = (request.headers.host ?? '').replace(/:\d+$/, '');
      this.requests.push(`${host} ${request.url ?? ''}`);
      const site = this.sites.get(host);
      if (site === undefined) response.writeHead(404).end();
      else site(request, response);
    };
    this.#http = createHttpServer(serve);
    this.#https = createHttpsServer({ key: file('certificate.key.pem'), cert: certificate }, serve);
  }

  static async start(): Promise<WebFixture> {
    const fixture = new WebFixture();
    for (const server of [fixture.#http, fixture.#https]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return fixture;
  }

  readonly dial: Dial = (address, port) => {
    this.dialled.push(`${address}:${port}`);
    const server = port === 443 || port === 8443 ? this.#https : this.#http;
    const local = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    return this.trustsCertificate ? { ...local, ca: certificate } : local;
  };

  async stop(): Promise<void> {
    for (const server of [this.#http, this.#https]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}

export function page(html: string, headers: Readonly<Record<string, string>> = {}): Handler {
  return (_request, response) => response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(html);
}

export function redirect(location: string, status = 302): Handler {
  return (_request, response) => response.writeHead(status, { location }).end();
}
