/** The formats that rows can be taken away in. */

export type ExportFormat = 'csv' | 'ndjson' | 'xlsx';

const formats: ReadonlyMap<string, ExportFormat> = new Map([
  ['text/csv', 'csv'],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
]);

/** Undefined for any other type. */
export function formatOfMediaType(type: string): ExportFormat | undefined {
  return formats.get(type);
}

export const mediaTypeOf: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
