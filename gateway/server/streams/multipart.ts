/** An answer in parts over HTTP, as `multipart/mixed`. */
import type { ServerResponse } from 'node:http';
import { finishJson } from '../../json/exact-json.js';
import type { GatewayMetrics } from '../metrics.js';
import { Uptake } from './uptake.js';
import { writeInPieces } from './write-in-pieces.js';
import { formatParameter, type IncrementalFormat, type IncrementalPayload } from './incremental-formats.js';

const delimiter = '\r\n---';
const partHead = 'content-type: application/json; charset=utf-8\r\n\r\n';

export interface MultipartOptions {
  /** A caller that takes nothing of what waits for this long is cut off, and what is left for it given up. */
  readonly slowMilliseconds: number;
  readonly metrics: Pick<GatewayMetrics, 'slowConsumer'>;
}

/** JSON can't hold the delimiter: a line break inside a string is escaped. */
export function multipartType(format: IncrementalFormat): string {
  return `multipart/mixed; boundary="-"; ${formatParameter[format]}`;
}

/** Writes each part with the delimiter that ends it, without which no client could read it before the next has come. */
export async function writeMultipart(
  response: ServerResponse,
  payloads: AsyncIterableIterator<IncrementalPayload>,
  { slowMilliseconds, metrics }: MultipartOptions,
): Promise<void> {
  const uptake = new Uptake(slowMilliseconds, () => {
    if (response.destroyed) return;
    metrics.slowConsumer();
    response.destroy();
  });
  try {
    response.write(`${delimiter}\r\n`);
    for await (const payload of payloads) {
      const end = payload.hasNext ? '' : '--';
      const part = `${partHead}${finishJson(JSON.stringify(payload))}${delimiter}${end}\r\n`;
      await writeInPieces(response, part, uptake);
      if (response.destroyed || response.closed) return;
    }
    response.end();
  } finally {
    await payloads.return?.();
  }
}
