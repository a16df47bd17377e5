/** Routes beside `/graphql` that the composition root adds: webhooks, uploads. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Authenticate, Identity } from '../../../subgraphs/kernel/auth/index.js';
import { allowSlowBody } from './arrival.js';
import { readBody } from './body.js';
import { methodNotAllowed, sendJson } from './http-error.js';
import { checkJsonShape } from '../../json/json-shape.js';
import type { OriginRules } from './origin.js';
import { flatHeaders } from './request-context.js';

export interface RouteRequest {
  readonly requestId: string;
  /** `HEAD` too, for a route of `GET`. */
  readonly method: string;
  /** What stands in the path for its `:name`. */
  readonly params: Readonly<Record<string, string>>;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bytes as they were sent, for signatures over them. Throws 413 past the route's `maxBodyBytes`, LIMIT_EXCEEDED for JSON that would be slow to parse. */
  readBody(): Promise<Buffer>;
  /** The body as it arrives, for a route that bounds it itself. Not together with `readBody`. */
  readonly body: Readable;
  /** The caller by the `authorization` header. Throws UNAUTHENTICATED for a bad token. */
  authenticate(): Promise<Identity>;
  /** Ends when the caller has gone away. */
  readonly signal: AbortSignal;
}

export interface RouteResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent as it comes, as fast as the caller takes it; another object as JSON; nothing is an empty body. */
  readonly body?: object | string | undefined;
}

export interface ExtraRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/webhooks/github`, or with a part that is any: `/documents/:id`. */
  readonly path: string;
  readonly maxBodyBytes: number;
  /** True: the body of a caller whom `authenticate` knows may take as long as it moves. */
  readonly mayBeSlow?: boolean;
  /** True refuses what pages of foreign origins send: browsers let any page post a form, with whatever the caller is known by. */
  readonly checksOrigin?: boolean;
  /** A RequestError that it throws is answered with the status of its code. */
  handle(request: RouteRequest): Promise<RouteResponse> | RouteResponse;
}

/** What stands for the parts of the path that are any; null for another path. */
export function matchPath(path: string, pathname: string): Readonly<Record<string, string>> | null {
  const wanted = path.split('/');
  const given = pathname.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const said = given[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== said) return null;
    } else {
      if (said === '') return null;
      params[part.slice(1)] = decoded(said);
    }
  }
  return params;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

interface RouteDoors {
  readonly requestId: string;
  readonly url: URL;
  readonly authenticate: Authenticate;
  readonly origins: OriginRules;
}

export async function answerRoute(
  routes: readonly ExtraRoute[],
  request: IncomingMessage,
  response: ServerResponse,
  { requestId, url, authenticate, origins }: RouteDoors,
): Promise<void> {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = routes.find((each) => each.method === method);
  if (route === undefined) throw methodNotAllowed(routes.map(({ method }) => method).join(', '));
  if (route.checksOrigin === true) origins.check(request);
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  const headers = flatHeaders(request.headers);
  const {
    status,
    headers: answered = {},
    body,
  } = await route.handle({
    requestId,
    method: request.method ?? '',
    params: matchPath(route.path, url.pathname) ?? {},
    url,
    headers,
    async readBody() {
      const bytes = await readBody(request, route.maxBodyBytes);
      if (headers['content-type']?.startsWith('application/json') === true) checkJsonShape(bytes);
      return bytes;
    },
    body: request,
    async authenticate() {
      const identity = await authenticate(headers['authorization'], headers['x-weft-user']);
      if (route.mayBeSlow === true && identity.isAuthenticated) allowSlowBody(request);
      return identity;
    },
    signal: controller.signal,
  });
  if (body instanceof Readable) {
    response.writeHead(status, answered);
    await pipeline(body, response).catch((error: unknown) => {
      // A caller who left midway is no failure; the stream is closed with them.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ERR_STREAM_PREMATURE_CLOSE' || !controller.signal.aborted) throw error;
    });
  } else if (typeof body === 'object') sendJson(response, status, body, answered);
  else response.writeHead(status, answered).end(body);
}
