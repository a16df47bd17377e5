/** The multipart form of an upload, read as it arrives: nothing of a file is held in memory but its first kilobytes. */
import { finished } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { DocumentStore, IncomingFile, StoredFile } from './document-store.js';
import type { Refusal, UploadRequest } from './handler.js';
import { Content } from './content.js';
import { UnknownContent, type Sniffed } from './sniff.js';

export interface ReceivedFile {
  readonly filename: string;
  readonly stored: StoredFile;
  readonly sniffed: Sniffed;
  /** Not in its place yet; to be placed or discarded. */
  readonly incoming: IncomingFile;
}

export interface ReceivedForm {
  readonly file: ReceivedFile;
  readonly fields: ReadonlyMap<string, string>;
}

interface Limits {
  readonly store: DocumentStore;
  readonly maxBytes: number;
}

const longestField = 1_000;

class Refused extends Error {
  readonly refusal: Refusal;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.refusal = { status, code, message };
  }
}

/** Nothing is left of a form that is refused. */
export async function receiveForm(
  request: UploadRequest,
  limits: Limits,
): Promise<ReceivedForm | { readonly refusal: Refusal }> {
  try {
    return await parseForm(request, limits);
  } catch (error) {
    if (error instanceof Refused) return { refusal: { ...error.refusal, isUnread: !request.body.readableEnded } };
    throw error;
  }
}

async function parseForm({ headers, body }: UploadRequest, limits: Limits): Promise<ReceivedForm> {
  const contentType = headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    throw new Refused(415, 'UNSUPPORTED_MEDIA_TYPE', 'An upload is a POST of multipart/form-data with one file.');
  }
  // The form around the file takes some bytes of its own.
  if (Number(headers['content-length'] ?? 0) > limits.maxBytes + 100_000) throw tooLarge(limits.maxBytes);
  const { Busboy } = await import('@fastify/busboy');
  const parser = openParser(() =>
    Busboy({
      headers: { ...headers, 'content-type': contentType },
      limits: { files: 1, fields: 10, fieldSize: longestField, fileSize: limits.maxBytes, headerPairs: 50 },
    }),
  );
  const fields = new Map<string, string>();
  const files: Promise<ReceivedFile>[] = [];
  const seen: { failure?: Refused } = {};
  parser.on('field', (name, value) => fields.set(name, value));
  parser.on('file', (_field, stream, filename) => {
    const receiving = receiveFile(stream as FileStream, filename, limits);
    // Awaited below, unless the parser fails first.
    receiving.catch((error: unknown) => parser.destroy(error as Error));
    files.push(receiving);
  });
  parser.on('filesLimit', () => (seen.failure = new Refused(400, 'BAD_REQUEST', 'One upload has one file.')));
  const onEnd = (): void => void (parser.writableFinished || parser.destroy(incomplete()));
  body.once('close', onEnd);
  body.pipe(parser);
  try {
    await finished(parser, { readable: false });
    const [file] = await Promise.all(files);
    if (seen.failure !== undefined) throw seen.failure;
    if (file === undefined) throw new Refused(400, 'BAD_REQUEST', 'The form has no file.');
    return { file, fields };
  } catch (error) {
    body.unpipe(parser);
    const [outcome] = await Promise.allSettled(files);
    if (outcome?.status === 'fulfilled') await outcome.value.incoming.discard();
    if (outcome?.status === 'rejected' && outcome.reason instanceof Refused) throw outcome.reason;
    throw error instanceof Refused ? error : incomplete();
  } finally {
    body.off('close', onEnd);
  }
}

interface FileStream extends Readable {
  /** Set when the file was cut off at the limit. */
  readonly truncated: boolean;
}

async function receiveFile(stream: FileStream, filename: string | undefined, limits: Limits): Promise<ReceivedFile> {
  const file = await limits.store.create();
  try {
    const content = new Content(filename ?? '');
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      content.add(chunk);
      await file.write(chunk);
    }
    if (stream.truncated) throw tooLarge(limits.maxBytes);
    const sniffed = content.end();
    return { filename: toName(filename), stored: await file.end(), sniffed, incoming: file };
  } catch (error) {
    await file.discard();
    stream.resume();
    throw error instanceof UnknownContent ? new Refused(415, 'UNSUPPORTED_MEDIA_TYPE', error.message) : error;
  }
}

function openParser<T>(open: () => T): T {
  try {
    return open();
  } catch {
    throw new Refused(400, 'BAD_REQUEST', 'The form has no boundary.');
  }
}

function tooLarge(maxBytes: number): Refused {
  return new Refused(413, 'LIMIT_EXCEEDED', `A document may have ${maxBytes} bytes at most.`);
}

function incomplete(): Refused {
  return new Refused(400, 'BAD_REQUEST', 'The form is malformed, or ended before it was complete.');
}

/** A name to show: without folders, and without characters that a terminal or a page would take for something else. */
function toName(filename: string | undefined): string {
  const name = (filename ?? '').split(/[/\\]/).at(-1) ?? '';
  return (
    name
      .replace(/[\p{C}]/gu, '')
      .trim()
      .slice(-255) || 'document'
  );
}
