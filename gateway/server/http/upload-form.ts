/** Reads operations with files by the GraphQL multipart request specification: bounded in bytes, files and places. */
import type { IncomingMessage } from 'node:http';
import { parseJson } from '../../json/exact-json.js';
import { UploadedFile } from '../../executor/fetch/uploaded-file.js';
import { HttpError } from './http-error.js';
import { checkJsonShape } from '../../json/json-shape.js';
import { isRecord } from './parameters.js';

export interface MultipartLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/** Places that the files of one request stand for, at most. */
const maxPlaces = 100;
/** A page of a foreign origin can post a form without asking first; none of these headers. */
const preflightHeaders = ['apollo-require-preflight', 'x-apollo-operation-name', 'graphql-require-preflight'];

export function isMultipart(request: IncomingMessage): boolean {
  return /^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? '');
}

interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, UploadedFile>;
}

/** The operations, with an {@link UploadedFile} at each place that `map` names. */
export async function readMultipart(request: IncomingMessage, limits: MultipartLimits): Promise<unknown> {
  if (!preflightHeaders.some((name) => request.headers[name])) {
    throw refused(
      'A multipart request needs the header apollo-require-preflight, so that no foreign page can send it.',
    );
  }
  const { fields, files } = await readForm(request, limits);
  const operations = jsonOf(fields, 'operations');
  const map = jsonOf(fields, 'map');
  if (!isRecord(map)) throw refused('"map" must be an object of lists of paths.');
  const holder = { operations };
  let places = 0;
  for (const [name, paths] of Object.entries(map)) {
    const file = files.get(name);
    if (file === undefined) throw refused(`"map" names the file ${quoted(name)}, which was not sent.`);
    if (!Array.isArray(paths)) throw refused('"map" must be an object of lists of paths.');
    for (const path of paths as unknown[]) {
      places += 1;
      if (places > maxPlaces) throw tooMuch('filePlaces', maxPlaces);
      if (typeof path !== 'string') throw refused('A path of "map" must be a string.');
      place(holder, path, file);
    }
  }
  return holder.operations;
}

function place(holder: { operations: unknown }, path: string, file: UploadedFile): void {
  const keys = path.split('.');
  const last = keys.pop() as string;
  let at: unknown = holder.operations;
  const below = (key: string): unknown =>
    typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined;
  for (const key of keys) at = below(key);
  if (!keys.includes('variables') || below(last) !== null) {
    throw refused(`"map" names ${quoted(path)}, where no variable is null.`);
  }
  (at as Record<string, unknown>)[last] = file;
}

function jsonOf(fields: ReadonlyMap<string, string>, name: string): unknown {
  const text = fields.get(name);
  if (text === undefined) throw refused(`The form has no field "${name}".`);
  checkJsonShape(Buffer.from(text));
  try {
    return parseJson(text);
  } catch {
    throw refused(`"${name}" is not valid JSON.`);
  }
}

async function readForm(request: IncomingMessage, { maxBytes, maxFiles }: MultipartLimits): Promise<Form> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  // Few requests have files: the parser is loaded by the first.
  const { Busboy } = await import('@fastify/busboy');
  const contentType = request.headers['content-type'] as string;
  const fields = new Map<string, string>();
  const files = new Map<string, UploadedFile>();
  try {
    const parser = new Busboy({
      headers: { 'content-type': contentType },
      limits: {
        fields: 2,
        fieldSize: maxBytes,
        files: maxFiles,
        fileSize: maxBytes,
        parts: maxFiles + 2,
        headerPairs: 20,
      },
    });
    await new Promise<void>((resolve, reject) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) reject(tooLarge(maxBytes));
      });
      for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
        parser.on(limit, () => reject(tooMuch('files', maxFiles)));
      }
      parser.on('field', (name, value) => fields.set(name, value));
      parser.on('file', (name, stream, filename, _encoding, mimeType) => {
        const chunks: Buffer[] = [];
        // A form that ends within a file ends the file's stream with an error of its own.
        stream.on('error', () => reject(refused('The form is malformed.')));
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.once('end', () => files.set(name, new UploadedFile(filename, mimeType, Buffer.concat(chunks))));
      });
      parser.once('finish', resolve);
      parser.on('error', () => reject(refused('The form is malformed.')));
      request.once('close', () => {
        if (!request.complete) reject(refused('The request ended before its body was complete.'));
      });
      request.pipe(parser);
    });
  } catch (error) {
    request.unpipe();
    if (error instanceof HttpError) throw error;
    throw refused('The form is malformed.');
  }
  return { fields, files };
}

function refused(message: string): HttpError {
  return new HttpError(400, 'BAD_REQUEST', message, { headers: { connection: 'close' } });
}

function tooLarge(maximum: number): HttpError {
  return new HttpError(413, 'LIMIT_EXCEEDED', `At most ${maximum} bytes in the body are allowed.`, {
    headers: { connection: 'close' },
    extensions: { limit: 'bodyBytes', maximum },
  });
}

function tooMuch(limit: string, maximum: number): HttpError {
  return new HttpError(400, 'LIMIT_EXCEEDED', `At most ${maximum} of ${limit} are allowed in a multipart request.`, {
    headers: { connection: 'close' },
    extensions: { limit, maximum },
  });
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
