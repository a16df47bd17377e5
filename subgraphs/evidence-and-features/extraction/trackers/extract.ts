/** Tables that people keep issues and requirements in: exports of trackers, and lists of requirements with ids. */
import type { Extraction } from '../../domain/document-reading.js';
import { ExtractionError } from '../../domain/extracted-evidence.js';
import type { Sheet } from '../archive/sheets.js';
import { plainText } from '../prose/blocks.js';
import { readProse } from '../prose/extract.js';
import { Ledger } from '../prose/ledger.js';
import { isProse, shapeOf } from '../prose/tables.js';
import { trackerOf, type TrackerKind } from './columns.js';
import { toFacts } from './issue.js';
import { readIssues } from './read-issues.js';
import { readCsv, toTable } from './rows.js';

const formats: Readonly<Record<TrackerKind, string>> = {
  jira: 'Jira export',
  azure: 'Azure DevOps export',
  github: 'export of GitHub issues',
};

const unknown = 'The file is no Jira export: it needs the columns Issue key, Summary and Issue Type.';

export async function extractCsv(text: string): Promise<Extraction> {
  const records =
    (await readCsv(text, (header) => trackerOf(header) !== null)) ?? (await readCsv(text, isRequirements));
  const found = records === null ? null : await readRecords(records);
  if (found === null) throw new ExtractionError(unknown);
  return { ...found, format: `${found.format} (CSV)` };
}

/** Every sheet that is such a table is read; the others are passed over. */
export async function extractSheets(sheets: readonly Sheet[]): Promise<Extraction> {
  const read = await Promise.all(
    sheets.map(async ({ name, rows }) => ({ name, found: rows.length === 0 ? null : await readRecords(rows) })),
  );
  const known = read.flatMap(({ found }) => (found === null ? [] : [found]));
  const [first] = known;
  if (first === undefined) {
    throw new ExtractionError(
      'No sheet of the workbook is an export of Jira, Azure DevOps or GitHub, or a list of requirements with ids.',
    );
  }
  const others = read
    .filter(({ found }) => found === null)
    .map(({ name }) => ({
      text: name,
      line: null,
      column: null,
      reason: 'a sheet that is neither an export of a tracker nor a list of requirements',
    }));
  return {
    format: `${[...new Set(known.map(({ format }) => format))].join(', ')} (workbook)`,
    evidence: known.flatMap(({ evidence }) => evidence),
    passedOver: [...known.flatMap(({ passedOver }) => passedOver), ...others],
  };
}

async function readRecords(records: readonly (readonly string[])[]): Promise<Extraction | null> {
  const table = toTable(records, (header) => trackerOf(header) !== null);
  const kind = table === null ? null : trackerOf(table.header);
  if (table !== null && kind !== null) {
    if (table.rows.length === 0) throw new ExtractionError('The export has no issues.');
    const { issues, passedOver } = readIssues(kind, table);
    return { format: formats[kind], evidence: issues.flatMap(toFacts), passedOver };
  }
  const listed = toTable(records, isRequirements);
  if (listed === null) return null;
  const rows = listed.rows.map((row) => {
    const place = { line: row.number, column: null };
    return { cells: row.cells.map((cell) => plainText(cell, place)), place };
  });
  const blocks = [{ kind: 'table' as const, header: listed.header, rows }];
  return readProse({ blocks, ledger: new Ledger(), own: null, format: 'list of requirements', isCapital: false });
}

/** A column of ids and one of statements. */
function isRequirements(header: readonly string[]): boolean {
  const shape = shapeOf(header, []);
  if (shape.silence !== null) return false;
  if (shape.parts !== null) return true;
  return (
    shape.idAt !== null &&
    shape.statementAt !== null &&
    (isProse(shape.kind) || header.some((name) => /^(?:requirement|anforderung|exigence)/i.test(name)))
  );
}
