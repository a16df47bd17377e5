/** One access to one URL: connects to an address that was checked, and takes no more than it is allowed to. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TLSSocket } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { PublicUrl } from '../../kernel/urls/index.js';
import { contentKindOf, toMediaType } from '../domain/index.js';
import type { Answer } from './answer.js';
import { ScanFailure } from './failure.js';

/** Where a connection to an address really goes, and whose certificates it trusts there. It is the address itself, except in a test. */
export type Dial = (
  address: string,
  port: number,
) => { readonly host: string; readonly port: number; readonly ca?: string };

export interface AccessOptions {
  readonly accessTimeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly dial?: Dial | undefined;
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const maxHeaderBytes = 32_768;
/** Of a host with many addresses, how many are tried. */
const maxAttempts = 3;

const requestHeaders = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'accept-encoding': 'gzip, deflate, br',
  'user-agent': 'weft-scanner/1 (+security scan requested by a customer)',
};

/** Tries the addresses in turn until one takes the connection. Throws ScanFailure, worded for the account. */
export async function accessUrl(url: PublicUrl, addresses: readonly string[], options: AccessOptions): Promise<Answer> {
  const timeout = AbortSignal.timeout(options.accessTimeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  let failure: unknown;
  for (const address of addresses.slice(0, maxAttempts)) {
    try {
      return await readAnswer(await connect(url, address, signal, options.dial), options.maxBytes, signal);
    } catch (error) {
      if (error instanceof ScanFailure) throw error;
      if (timeout.aborted) throw new ScanFailure('The server did not answer in time.');
      options.signal?.throwIfAborted();
      failure = error;
    }
  }
  throw new ScanFailure('The server could not be reached, or broke the connection.', { cause: failure });
}

function connect(
  url: PublicUrl,
  address: string,
  signal: AbortSignal,
  dial: Dial | undefined,
): Promise<IncomingMessage> {
  const { pathname, search, host } = new URL(url.href);
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    request({
      ...(dial?.(address, url.port) ?? { host: address, port: url.port }),
      path: `${pathname}${search}`,
      headers: { ...requestHeaders, host },
      // Certificates name hosts without the dot that may end them.
      servername: url.isAddress ? '' : url.host.replace(/\.$/, ''),
      // A page behind a bad certificate is what a scan is for: the fault becomes a finding.
      rejectUnauthorized: false,
      agent: false,
      setHost: false,
      maxHeaderSize: maxHeaderBytes,
      signal,
    })
      .on('response', resolve)
      .on('error', reject)
      .end();
  });
}

async function readAnswer(response: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Answer> {
  const { headers, statusCode: status = 0, socket } = response;
  const certificate = socket instanceof TLSSocket ? { fault: faultOf(socket) } : null;
  const location = redirects.has(status) ? (headers.location ?? null) : null;
  const mediaType = toMediaType(headers['content-type']);
  const isAttachment = /^\s*attachment\b/i.test(headers['content-disposition'] ?? '');
  const kind = isAttachment ? 'download' : contentKindOf(mediaType);
  const answer = { status, headers, location, mediaType, kind, certificate };
  try {
    if (location !== null) return { ...answer, body: null };
    if (kind === 'refused')
      throw new ScanFailure(`Content of type ${mediaType ?? 'unknown'} is not scanned.`, { answer });
    return { ...answer, body: await readBody(response, maxBytes, signal) };
  } catch (error) {
    throw error instanceof ScanFailure && error.answer === undefined
      ? new ScanFailure(error.message, { answer, cause: error.cause })
      : error;
  } finally {
    response.destroy();
  }
}

function faultOf(socket: TLSSocket): string | null {
  if (socket.authorized) return null;
  const fault: unknown = socket.authorizationError;
  return typeof fault === 'string' ? fault : ((fault as { code?: string } | null)?.code ?? 'UNTRUSTED');
}

const decoders: Readonly<Record<string, () => Transform>> = {
  br: createBrotliDecompress,
  deflate: createInflate,
  gzip: createGunzip,
  'x-gzip': createGunzip,
};

/** At most `maxBytes`, counted after decompression, so that a small bomb stays small. */
async function readBody(response: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const decoder = decoders[encoding]?.();
  if (decoder === undefined && encoding !== 'identity') throw new ScanFailure('The page is encoded in an unknown way.');
  const chunks: Buffer[] = [];
  let length = 0;
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      length += chunk.length;
      if (length > maxBytes) return;
      chunks.push(chunk);
    }
  };
  const read =
    decoder === undefined ? pipeline(response, collect, { signal }) : pipeline(response, decoder, collect, { signal });
  // Stopping early breaks the streams behind, and which of them complains first is chance.
  await read.catch((error: unknown) => {
    if (length <= maxBytes) throw error;
  });
  if (length > maxBytes) throw new ScanFailure(`The page is larger than ${maxBytes} bytes.`);
  return Buffer.concat(chunks, length);
}
