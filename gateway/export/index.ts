/** Owns how the rows of a connection leave as a file: found in an operation, read page by page, written as CSV, NDJSON or XLSX. */
export { formatOfMediaType, mediaTypeOf, type ExportFormat } from './format.js';
export { NoRows } from './plan-export.js';
export { openExport, type OpenedExport } from './open-export.js';
export { ExportFailed } from './read-pages.js';
