/** Rows for a person's eyes: CSV in, aligned columns out, as they come. */
import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { printable } from '../graph-client/index.js';

/** Columns are as wide as the widest cell of the first rows, within bounds; what is longer is cut. */
const measuredRows = 100;
const widest = 48;

export async function* toTable(csv: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const records = pipeline(Readable.from(csv), parse(), () => undefined) as AsyncIterable<string[]>;
  let widths: number[] | null = null;
  let first: string[][] = [];
  for await (const record of records) {
    const cells = record.map(toCell);
    if (widths !== null) yield toLine(cells, widths);
    else if (first.push(cells) > measuredRows) {
      widths = widthsOf(first);
      yield* toHead(first, widths);
      first = [];
    }
  }
  yield* toHead(first, widthsOf(first));
}

function* toHead([names, ...rows]: readonly string[][], widths: readonly number[]): Generator<string> {
  if (names === undefined) return;
  yield toLine(names, widths);
  yield `${widths.map((width) => '─'.repeat(width)).join('  ')}\n`;
  for (const row of rows) yield toLine(row, widths);
}

function widthsOf(rows: readonly string[][]): number[] {
  const [names = []] = rows;
  return names.map((_name, column) => Math.min(widest, Math.max(...rows.map((cells) => cells[column]?.length ?? 0))));
}

/** Without the apostrophe that keeps a spreadsheet from running it, and on one line. */
function toCell(text: string): string {
  return printable(text.replace(/^'(?=\s*[=+\-@\t\r＝＋－＠])/, '').replace(/\s+/g, ' '));
}

function toLine(cells: readonly string[], widths: readonly number[]): string {
  const fitted = cells.map((cell, column) => {
    const width = widths[column] ?? widest;
    return cell.length > width ? `${cell.slice(0, width - 1)}…` : cell.padEnd(width);
  });
  return `${fitted.join('  ').trimEnd()}\n`;
}
