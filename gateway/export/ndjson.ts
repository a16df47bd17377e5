/** Rows as JSON, a line each, as they stand in an answer: nothing is flattened and nothing changed. */
import { finishJson } from '../json/exact-json.js';
import type { Row } from './columns.js';

export async function* writeNdjson(pages: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  for await (const rows of pages) {
    if (rows.length > 0) yield finishJson(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
}
