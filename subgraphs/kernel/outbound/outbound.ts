/** One request to another system: to an address that was checked, bounded in time and size, and never redirected. */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { checkPublicUrl, parseUrl } from '../urls/index.js';
import { createResolver, type Resolve } from './resolver.js';
import { checkTarget } from './target.js';

/** Why there is no answer, in words that its caller may read: no addresses, and nothing of what is inside of this network. */
export class OutboundFailure extends Error {
  /** REFUSED: it may not be asked, and asking again changes nothing. */
  readonly kind: 'REFUSED' | 'UNREACHABLE' | 'TIMEOUT';

  constructor(kind: OutboundFailure['kind'], message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OutboundFailure';
    this.kind = kind;
  }
}

export interface OutboundRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** For all of it: names, connection, and the last byte of the answer. */
  readonly timeoutMs: number;
  /** Of the answer; what is longer is cut. */
  readonly maxAnswerBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** True when the answer was longer than allowed, slower, or not as long as it said. Its status stands all the same. */
  readonly isCut: boolean;
}

export interface OutboundSettings {
  /** `host:port` of targets inside of this network, which may be asked all the same, and without TLS. */
  readonly privateHosts: readonly string[];
  /** `address:port` of name servers; none is the machine's own. */
  readonly dnsServers: readonly string[];
}

export interface Outbound {
  /** Throws OutboundFailure. */
  send(request: OutboundRequest): Promise<OutboundAnswer>;
  /** Why the text is no URL that could ever be asked; null when it is one. Where its name leads is looked at with each request. */
  faultOf(url: string): string | null;
}

/** Those of the web: whoever could name any port could talk to services that never expected it. */
const publicPorts: readonly number[] = [443, 8443];
const maxHeaderBytes = 32_768;
/** Of a host with many addresses, how many are tried. */
const maxAttempts = 3;
const userAgent = 'weft/1';

interface Route {
  readonly url: URL;
  readonly hosts: readonly string[];
}

export function createOutbound(
  { privateHosts, dnsServers }: OutboundSettings,
  resolve: Resolve = createResolver({ servers: dnsServers, timeoutMs: 5_000 }),
): Outbound {
  const allowed = new Set(privateHosts.map((host) => host.toLowerCase()));

  const routeOf = async (text: string): Promise<Route> => {
    const inside = insideUrl(text, allowed);
    if (inside !== null) return { url: inside, hosts: [inside.hostname.replace(/^\[|\]$/g, '')] };
    const fault = publicFault(text);
    if (fault !== null) throw new OutboundFailure('REFUSED', fault);
    const target = await checkTarget(text, { ports: publicPorts, resolve });
    // A name that has no public address just now may have one later: name servers fail, too.
    if (!target.isAllowed) throw new OutboundFailure('UNREACHABLE', target.reason);
    return { url: new URL(target.url.href), hosts: target.addresses.slice(0, maxAttempts) };
  };

  return {
    faultOf: (text) => (insideUrl(text, allowed) === null ? publicFault(text) : null),
    async send(request) {
      const timeout = AbortSignal.timeout(request.timeoutMs);
      const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
      const { url, hosts } = await abortable(routeOf(request.url), signal).catch((error: unknown) => {
        throw failureOf(error, timeout, request.signal);
      });
      let failure: unknown;
      for (const host of hosts) {
        try {
          return await readAnswer(await connect(url, host, request, signal), request.maxAnswerBytes, signal);
        } catch (error) {
          failure = error;
          // Only what never reached anybody is tried at another address: else a message could arrive twice at once.
          if (signal.aborted || !isUnconnected(error)) break;
        }
      }
      throw failureOf(failure, timeout, request.signal);
    },
  };
}

/** The URL when the operator lets this host inside of the network be asked. */
function insideUrl(text: string, allowed: ReadonlySet<string>): URL | null {
  const url = parseUrl(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return allowed.has(`${url.hostname}:${port}`) ? url : null;
}

function publicFault(text: string): string | null {
  if (!/^https:/i.test(text)) return 'Only https URLs are allowed.';
  const verdict = checkPublicUrl(text, publicPorts);
  return verdict.isAllowed ? null : verdict.reason;
}

function connect(
  url: URL,
  host: string,
  { method, headers, body }: OutboundRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const isSecure = url.protocol === 'https:';
  const request = isSecure ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    request({
      host,
      port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        'user-agent': userAgent,
        ...headers,
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
        host: url.host,
      },
      // Certificates name hosts without the dot that may end them, and addresses by no name at all.
      servername: isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? url.hostname.replace(/\.$/, '') : '',
      agent: false,
      setHost: false,
      maxHeaderSize: maxHeaderBytes,
      signal,
    })
      .on('response', resolve)
      .on('error', reject)
      .end(body);
  });
}

/** The status is there: whatever becomes of the rest, the other side has said what it did. */
async function readAnswer(response: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<OutboundAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  let isCut = false;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, maxBytes - length));
      length += chunk.length;
      if (length > maxBytes || signal.aborted) break;
    }
    isCut = length > maxBytes || !response.complete;
  } catch {
    isCut = true;
  } finally {
    response.destroy();
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks), isCut };
}

const unconnected: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

function isUnconnected(error: unknown): boolean {
  return unconnected.has((error as NodeJS.ErrnoException).code);
}

/** Rejects as soon as the time is over, though name servers go on being asked. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function failureOf(error: unknown, timeout: AbortSignal, caller: AbortSignal | undefined): unknown {
  if (error instanceof OutboundFailure) return error;
  if (caller?.aborted) return caller.reason;
  if (timeout.aborted) return new OutboundFailure('TIMEOUT', 'The server did not answer in time.', { cause: error });
  return new OutboundFailure('UNREACHABLE', wordsOf(error), { cause: error });
}

function wordsOf(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'The server refused the connection.';
  if (/CERT|TLS|SSL|UNABLE_TO_VERIFY/.test(code)) return `The server's certificate is not trusted (${code}).`;
  if (code.startsWith('HPE_')) return 'The server did not answer in HTTP.';
  return 'The server could not be reached, or broke the connection.';
}
