/** Rows of a CSV file by the names of their columns, of which Jira repeats some. */
import { ExtractionError } from '../../domain/extracted-evidence.js';

const mostRows = 20_000;
const largestRecord = 1_000_000;
const delimiters = [',', ';', '\t'] as const;

export class Row {
  readonly #header: readonly string[];
  readonly #cells: readonly string[];

  constructor(header: readonly string[], cells: readonly string[]) {
    this.#header = header;
    this.#cells = cells;
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
}

/** Throws an ExtractionError for what is no CSV, lacks a column that is needed, or has too many rows. */
export async function readRows(text: string, needed: readonly RegExp[]): Promise<Row[]> {
  const { parse } = await import('csv-parse/sync');
  const options = { bom: true, relax_column_count: true, skip_empty_lines: true, max_record_size: largestRecord };
  const hasNeeded = (header: readonly string[]): boolean =>
    needed.every((column) => header.some((name) => column.test(name)));
  for (const delimiter of delimiters) {
    const header = toHeader(attempt(() => parse(text, { ...options, delimiter, to: 1 }))?.[0]);
    if (!hasNeeded(header)) continue;
    const records = attempt(() => parse(text, { ...options, delimiter, from: 2, to: mostRows + 2 }));
    if (records === null)
      throw new ExtractionError('The file is not valid CSV: a quote is open, or a row is too large.');
    if (records.length > mostRows) throw new ExtractionError(`The export has more than ${mostRows} rows.`);
    return records.map((cells) => new Row(header, cells));
  }
  throw new ExtractionError('The file is no Jira export: it needs the columns Issue key, Summary and Issue Type.');
}

function toHeader(cells: readonly string[] | undefined): string[] {
  return (cells ?? []).map((cell) => cell.trim());
}

function attempt(read: () => unknown): string[][] | null {
  try {
    return read() as string[][];
  } catch {
    return null;
  }
}
