/** Rows as CSV by RFC 4180, in UTF-8. Text is always in quotes, so that an empty one is not a null. */
import { stringify, type Options } from 'csv-stringify/sync';
import { ExactNumber, finishJson } from '../json/exact-json.js';
import { valueAt, type Column, type Row } from './columns.js';

const options: Options = {
  record_delimiter: '\r\n',
  quoted_string: true,
  cast: {
    boolean: String,
    // The only object that a cell can be is an ExactNumber.
    object: (number) => ({ value: String(number['text']), quoted_string: false }),
  },
};

export async function* writeCsv(
  columns: readonly Column[],
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  yield stringify([columns.map(({ name }) => name)], options);
  for await (const rows of pages) {
    if (rows.length > 0) yield stringify(toCells(columns, rows), options);
  }
}

function toCells(columns: readonly Column[], rows: readonly Row[]): unknown[][] {
  return rows.map((row) => columns.map((column) => toCell(valueAt(row, column))));
}

function toCell(value: unknown): unknown {
  if (typeof value === 'string') return harmless(value);
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value;
  return finishJson(JSON.stringify(value));
}

/** What spreadsheets take for the beginning of a formula, also after white space and written full width. */
const formula = /^\s*[=+\-@\t\r＝＋－＠]/;
const number = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** A spreadsheet would run it as a formula: an apostrophe in front makes it text. Numbers stay as they are. */
function harmless(text: string): string {
  return formula.test(text) && !number.test(text) ? `'${text}` : text;
}
