/** Rows as a workbook (Office Open XML): cells are numbers, booleans and text, never formulas. */
import { writeXlsxStream, type CellValue } from 'hucre/xlsx';
import { ExactNumber, finishJson } from '../json/exact-json.js';
import { valueAt, type Column, type Row } from './columns.js';

/** A spreadsheet keeps 15 digits of a number: longer ones are text. */
const mostDigits = 15;
/** A longer text makes spreadsheet programs refuse the whole file. */
const mostCharacters = 32_767;

/** A sheet takes 1,048,576 rows with its header; what is more goes on in the next sheet. */
export function writeXlsx(
  name: string,
  columns: readonly Column[],
  pages: AsyncIterable<readonly Row[]>,
): AsyncIterable<Uint8Array> {
  return writeXlsxStream(toCells(columns, pages), {
    name: sheetName(name),
    columns: columns.map((column) => ({ header: readable(column.name) })),
    freezePane: { rows: 1 },
    zip64: true,
  });
}

async function* toCells(columns: readonly Column[], pages: AsyncIterable<readonly Row[]>): AsyncGenerator<CellValue[]> {
  for await (const rows of pages) {
    for (const row of rows) yield columns.map((column) => toCell(valueAt(row, column), column));
  }
}

function toCell(value: unknown, { isCustomScalar }: Column): CellValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return fits(String(value)) ? value : String(value);
  if (value instanceof ExactNumber) return value.text;
  if (typeof value !== 'string') return readable(finishJson(JSON.stringify(value)));
  return isCustomScalar && isNumber.test(value) && fits(value) ? Number(value) : readable(value);
}

const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?$/;

function fits(number: string): boolean {
  return (
    number
      .replace(/[eE].*$/, '')
      .replace(/\D/g, '')
      .replace(/^0+/, '').length <= mostDigits
  );
}

/** XML has no place for the first, and spreadsheet programs read the second as a character that it names. */
function readable(text: string): string {
  // eslint-disable-next-line no-control-regex -- what XML can't hold is what is replaced
  const held = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  const escaped = held.replace(/_(?=x[0-9a-fA-F]{4}_)/g, '_x005F_');
  if (escaped.length <= mostCharacters) return escaped;
  const mark = `… [${text.length} characters: CSV and NDJSON have them all]`;
  return `${escaped.slice(0, mostCharacters - mark.length)}${mark}`;
}

/** 31 characters at most, none of those that addresses of cells are made of. */
function sheetName(name: string): string {
  return name.replace(/[^\w ]/g, '_').slice(0, 31);
}
