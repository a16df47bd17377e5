/** Which pages' scripts may speak to this server: its own, and those of the origins that the operator names. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpError } from './http-error.js';

export interface OriginRules {
  /** Throws 403 when a page of a foreign origin opens a connection that browsers let any page open. */
  check(request: IncomingMessage): void;
  /** Sets the CORS headers that the request's origin may have; true when the request was a preflight and is answered. */
  answerCors(request: IncomingMessage, response: ServerResponse): boolean;
  /** Throws 403 for a host name that is not this machine's, where being on this machine is all the authentication there is. */
  checkHost(request: IncomingMessage): void;
}

export interface OriginOptions {
  /** Exact origins: `https://app.example.com`. */
  readonly allowedOrigins: readonly string[];
  /** Set with authentication off: a foreign page can give its own name this machine's address (DNS rebinding). */
  readonly loopbackOnly: boolean;
}

const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

export function createOriginRules(options: OriginOptions): OriginRules {
  const allowed = new Set(options.allowedOrigins);
  const isAllowed = (request: IncomingMessage) => {
    const { origin, host } = request.headers;
    return origin === undefined || allowed.has(origin) || hostOf(origin) === host;
  };
  return {
    check(request) {
      // Browsers send Sec-Fetch-Site with requests that carry no origin, as a GET for server-sent events.
      const crossSite = request.headers.origin === undefined && request.headers['sec-fetch-site'] === 'cross-site';
      if (crossSite || !isAllowed(request)) {
        throw new HttpError(403, 'FORBIDDEN', 'Pages of this origin may not connect.');
      }
    },
    answerCors(request, response) {
      const { origin } = request.headers;
      const isPreflight =
        request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
      if (allowed.size > 0) response.setHeader('vary', 'origin');
      if (origin !== undefined && allowed.has(origin)) {
        response.setHeader('access-control-allow-origin', origin);
        response.setHeader('access-control-expose-headers', 'x-request-id');
        if (isPreflight) {
          response.setHeader('access-control-allow-methods', 'GET, POST');
          response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '');
          response.setHeader('access-control-max-age', '600');
        }
      }
      if (!isPreflight) return false;
      response.writeHead(204).end();
      return true;
    },
    checkHost(request) {
      if (options.loopbackOnly && !loopbackHost.test(request.headers.host ?? '')) {
        throw new HttpError(403, 'FORBIDDEN', 'Without authentication this server answers under a loopback name only.');
      }
    },
  };
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
