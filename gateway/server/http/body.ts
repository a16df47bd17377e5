/** Reads the body of a request: bounded, and JSON only where JSON is meant. */
import type { IncomingMessage } from 'node:http';
import { parseJson } from '../../json/exact-json.js';
import { HttpError } from './http-error.js';
import { checkJsonShape } from '../../json/json-shape.js';

/** Throws 413 as soon as it is known that the body is too large. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () =>
    new HttpError(413, 'LIMIT_EXCEEDED', `At most ${maxBytes} bytes in the body are allowed.`, {
      // What is left of the body is not read: the connection can't serve another request.
      headers: { connection: 'close' },
      extensions: { limit: 'bodyBytes', maximum: maxBytes },
    });
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  await new Promise<void>((resolve, reject) => {
    const settle = (how: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('error', onBreak).off('close', onBreak);
      how();
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > maxBytes) settle(() => reject(tooLarge()));
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle(resolve);
    const onBreak = (): void =>
      settle(() => reject(new HttpError(400, 'BAD_REQUEST', 'The request ended before its body was complete.')));
    // By listeners: an iterator costs several times as much, and ends the connection when it is left before its end.
    if (request.destroyed && !request.readableEnded) return onBreak();
    request.on('data', onData).on('end', onEnd).on('error', onBreak).on('close', onBreak);
  });
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

export interface JsonBody {
  readonly value: unknown;
  readonly bytes: number;
}

/**
 * Throws 415 for another content type, charset or encoding, 400 for what is not UTF-8 or not JSON, and LIMIT_EXCEEDED for
 * what would be slow to parse.
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<JsonBody> {
  assertJson(request.headers['content-type']);
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'A compressed body is not accepted.', {
      headers: { connection: 'close' },
    });
  }
  const body = await readBody(request, maxBytes);
  checkJsonShape(body);
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new HttpError(400, 'BAD_REQUEST', 'The body is not valid UTF-8.');
  }
  try {
    return { value: parseJson(text), bytes: body.length };
  } catch {
    throw new HttpError(400, 'BAD_REQUEST', 'The body is not valid JSON.');
  }
}

function assertJson(contentType: string | undefined): void {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  if (type !== 'application/json') {
    throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The content type of a POST must be application/json.', {
      headers: { accept: 'application/json', connection: 'close' },
    });
  }
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && !['utf-8', 'utf8', '"utf-8"'].includes(charset)) {
    throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The charset of a POST must be utf-8.', {
      headers: { connection: 'close' },
    });
  }
}
