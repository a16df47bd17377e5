/** Rows of a table by the names of their columns, of which exports repeat some. */
import { ExtractionError } from '../../domain/extracted-evidence.js';

const mostRows = 20_000;
const largestRecord = 1_000_000;
const delimiters = [',', ';', '\t', '|'] as const;
/** Reports have a title and a date above their header. */
const headerWithin = 20;

export class Row {
  readonly #header: readonly string[];
  readonly #cells: readonly string[];
  /** Of the table, from 1, its header included. */
  readonly number: number;

  constructor(header: readonly string[], cells: readonly string[], number: number) {
    this.#header = header;
    this.#cells = cells;
    this.number = number;
  }

  /** Every cell of the columns with this name that is not empty. */
  all(column: RegExp): string[] {
    return this.#cells
      .map((cell) => cell.trim())
      .filter((cell, at) => cell !== '' && column.test(this.#header[at] ?? ''));
  }

  first(column: RegExp): string | null {
    return this.all(column)[0] ?? null;
  }

  /** Place of the first column with this name that has a cell; -1 without one. */
  placeOf(column: RegExp): number {
    return this.#cells.findIndex((cell, at) => cell.trim() !== '' && column.test(this.#header[at] ?? ''));
  }

  get cells(): readonly string[] {
    return this.#cells;
  }
}

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly Row[];
}

/** The table whose header fits, a few lines above it passed by; null when none does. */
export function toTable(
  records: readonly (readonly string[])[],
  fits: (header: readonly string[]) => boolean,
): Table | null {
  const at = records.slice(0, headerWithin).findIndex((record) => fits(toHeader(record)));
  const header = toHeader(records[at]);
  if (at < 0) return null;
  const rows = records.slice(at + 1).filter((cells) => cells.some((cell) => cell.trim() !== ''));
  if (rows.length > mostRows) throw new ExtractionError(`The export has more than ${mostRows} rows.`);
  return { header, rows: rows.map((cells, n) => new Row(header, cells, at + n + 2)) };
}

/**
 * The records of a CSV file with the separator by which its header fits, or null. Throws an ExtractionError for what is no CSV
 * although its header is one.
 */
export async function readCsv(text: string, fits: (header: readonly string[]) => boolean): Promise<string[][] | null> {
  const { parse } = await import('csv-parse/sync');
  // Excel's own note about the separator.
  const [note = '', noted] = /^\ufeff?sep=(.)\r?\n/.exec(text) ?? [];
  const body = text.slice(note.length);
  const options = { bom: true, relax_column_count: true, skip_empty_lines: true, max_record_size: largestRecord };
  for (const delimiter of noted === undefined ? delimiters : [noted]) {
    const head =
      attempt(() => parse(body, { ...options, delimiter, to: headerWithin })) ??
      attempt(() => parse(body, { ...options, delimiter, to: 1 }));
    if (head === null || !head.some((record) => fits(toHeader(record)))) continue;
    const records = attempt(() => parse(body, { ...options, delimiter, to: mostRows + headerWithin + 2 }));
    if (records === null)
      throw new ExtractionError('The file is not valid CSV: a quote is open, or a row is too large.');
    return records;
  }
  return null;
}

function toHeader(cells: readonly string[] | undefined): string[] {
  return (cells ?? []).map((cell) =>
    cell
      .replace(/^\ufeff/, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

function attempt(read: () => unknown): string[][] | null {
  try {
    return read() as string[][];
  } catch {
    return null;
  }
}
