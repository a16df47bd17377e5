/** Counts rows in what goes by; null for a format in which they can't be told apart. */
import type { ExportFormat } from '../../gateway/index.js';

const lineFeed = 10;
const quote = 34;

export interface RowCount {
  readonly add: (chunk: Uint8Array) => void;
  readonly rows: () => number | null;
}

export function countRows(format: ExportFormat): RowCount {
  if (format === 'xlsx') return { add: () => undefined, rows: () => null };
  let lines = 0;
  // A line break inside of quotes ends no row of a CSV; JSON has none inside of a line.
  let isQuoted = false;
  return {
    add(chunk) {
      for (const byte of chunk) {
        if (byte === quote && format === 'csv') isQuoted = !isQuoted;
        else if (byte === lineFeed && !isQuoted) lines += 1;
      }
    },
    rows: () => (format === 'csv' ? Math.max(0, lines - 1) : lines),
  };
}
