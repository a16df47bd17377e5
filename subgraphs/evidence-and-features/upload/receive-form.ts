/** The multipart form of an upload, read as it arrives: nothing of a file is held in memory but its first kilobytes. */
import type { Readable } from 'node:stream';
import type { BusboyInstance } from '@fastify/busboy';
import type { DocumentStore, IncomingFile, StoredFile } from './store/document-store.js';
import type { Refusal, UploadRequest } from './upload-request.js';
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

/** Beside the file. Others are refused: a misspelled one would be lost without a word. */
const knownFields = ['repositoryId'];
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

async function parseForm(request: UploadRequest, limits: Limits): Promise<ReceivedForm> {
  const { body } = request;
  const parser = await openParser(request, limits.maxBytes);
  const fields = new Map<string, string>();
  let stream: FileStream | null = null;
  let file: Promise<ReceivedFile> | null = null;
  let fail: (reason: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  // Raced below; that it failed after that is of no interest any more.
  failed.catch(() => undefined);
  parser.on('field', (name: string, value: string) => {
    if (knownFields.includes(name)) fields.set(name, value);
    else
      fail(
        new Refused(400, 'BAD_REQUEST', `The form has a field that is not known; known are ${knownFields.join(', ')}.`),
      );
  });
  parser.on('filesLimit', () => fail(new Refused(400, 'BAD_REQUEST', 'One upload has one file.')));
  parser.on('file', (_field: string, incoming: FileStream, filename: string | undefined) => {
    stream = incoming;
    // Told by the parser as well, and before anybody reads.
    incoming.on('error', () => undefined);
    // Past its limit a file goes on without end, unread.
    incoming.once('limit', () => incoming.destroy(tooLarge(limits.maxBytes)));
    file = receiveFile(incoming, filename, limits);
    file.catch(fail);
  });
  parser.on('error', () => fail(incomplete()));
  const onClose = (): void => void (body.readableEnded || fail(incomplete()));
  body.once('close', onClose);
  body.once('error', onClose);
  try {
    const finished = new Promise((resolve) => parser.once('finish', resolve));
    body.pipe(parser);
    await Promise.race([finished, failed]);
    const received = await Promise.race([file as Promise<ReceivedFile> | null, failed]);
    if (received === null) throw new Refused(400, 'BAD_REQUEST', 'The form has no file.');
    return { file: received, fields };
  } catch (error) {
    body.unpipe(parser);
    (stream as FileStream | null)?.destroy(incomplete());
    const [outcome] = await Promise.allSettled([file as Promise<ReceivedFile> | null]);
    if (outcome.status === 'fulfilled') await outcome.value?.incoming.discard();
    throw error instanceof Refused ? error : incomplete();
  } finally {
    body.off('close', onClose);
    body.off('error', onClose);
  }
}

/** Throws what can be refused by its headers alone. */
async function openParser({ headers }: UploadRequest, maxBytes: number): Promise<BusboyInstance> {
  const contentType = headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    throw new Refused(415, 'UNSUPPORTED_MEDIA_TYPE', 'An upload is a POST of multipart/form-data with one file.');
  }
  // The form around the file takes some bytes of its own.
  if (Number(headers['content-length'] ?? 0) > maxBytes + 100_000) throw tooLarge(maxBytes);
  const { Busboy } = await import('@fastify/busboy');
  const limits = { files: 1, fields: 10, fieldSize: longestField, fileSize: maxBytes, headerPairs: 50 };
  try {
    return Busboy({ headers: { ...headers, 'content-type': contentType }, limits });
  } catch {
    throw new Refused(400, 'BAD_REQUEST', 'The form has no boundary.');
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
    throw error instanceof UnknownContent ? new Refused(415, 'UNSUPPORTED_MEDIA_TYPE', error.message) : error;
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
