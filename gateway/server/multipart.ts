/** An answer in parts over HTTP, as `multipart/mixed`. */
import type { ServerResponse } from 'node:http';
import { finishJson } from '../executor/exact-json.js';
import { drained } from './drained.js';
import { formatParameter, type IncrementalFormat, type IncrementalPayload } from './incremental-formats.js';

const delimiter = '\r\n---';
const partHead = 'content-type: application/json; charset=utf-8\r\n\r\n';

/** JSON can't hold the delimiter: a line break inside a string is escaped. */
export function multipartType(format: IncrementalFormat): string {
  return `multipart/mixed; boundary="-"; ${formatParameter[format]}`;
}

/** Writes each part with the delimiter that ends it, without which no client could read it before the next has come. */
export async function writeMultipart(
  response: ServerResponse,
  payloads: AsyncIterableIterator<IncrementalPayload>,
): Promise<void> {
  try {
    response.write(`${delimiter}\r\n`);
    for await (const payload of payloads) {
      if (response.closed) return;
      const end = payload.hasNext ? '' : '--';
      const hasRoom = response.write(`${partHead}${finishJson(JSON.stringify(payload))}${delimiter}${end}\r\n`);
      if (!hasRoom) await drained(response);
    }
    response.end();
  } finally {
    await payloads.return?.();
  }
}
