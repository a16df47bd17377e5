/** A scan's report as a person reads it in a terminal. */
import { printable } from '../graph-client/index.js';
import type { CoverageFigures, LevelCoverage, Rejection, ScanReport } from './scan.js';

export function renderReport(report: ScanReport, place: string): string[] {
  const commit = `${report.commitSha.slice(0, 12)}${report.branch === null ? '' : ` on ${report.branch}`}`;
  return [
    `${report.repository} at ${commit}${report.dirty === true ? ', with uncommitted changes' : ''} → ${place}`,
    '',
    ...table([
      ['found', 'created', 'changed', 'removed', 'unchanged', 'rejected', 'flagged'],
      [
        report.found,
        report.created,
        report.changed,
        report.removed,
        report.unchanged,
        fileCount(report.rejected),
        fileCount(report.flagged),
      ].map(String),
    ]),
    ...(report.found === 0 && report.rejected.length === 0 ? ['', nothingToRead] : []),
    ...(report.alreadyStored ? ['', 'This commit was stored before with the same files: no artifact changed.'] : []),
    '',
    ...table([['coverage', 'total', 'covered', 'before', 'verified to the end', 'before'], ...coverageRows(report)]),
    ...problemLines('Rejected', report.rejected),
    ...problemLines('Flagged', report.flagged),
    '',
    `${(report.durationMs / 1000).toFixed(1)} s`,
  ];
}

const nothingToRead =
  'Nothing to read here: artifacts are the files in .gxp/, and Markdown whose front matter has a gxp_id.';

/** A file may have several problems, and the row counts files. */
function fileCount(problems: readonly Rejection[]): number {
  return new Set(problems.map(({ path }) => path)).size;
}

const levels: readonly (readonly [keyof CoverageFigures, string])[] = [
  ['requirements', 'requirements'],
  ['userStories', 'user stories'],
  ['specifications', 'specifications'],
  ['evidence', 'signed evidence'],
];

function coverageRows({ coverage: { before, after } }: ScanReport): string[][] {
  return levels.map(([level, name]) => [
    name,
    String(after?.[level].total ?? 0),
    share(after?.[level], 'covered'),
    share(before?.[level], 'covered'),
    share(after?.[level], 'deeplyCovered'),
    share(before?.[level], 'deeplyCovered'),
  ]);
}

function share(level: LevelCoverage | undefined, part: 'covered' | 'deeplyCovered'): string {
  if (level === undefined || level.total === 0) return '–';
  return `${Math.round((100 * level[part]) / level.total)} %`;
}

function problemLines(title: string, problems: readonly Rejection[]): string[] {
  if (problems.length === 0) return [];
  return [
    '',
    `${title}:`,
    ...problems.map(
      ({ path, line, code, reason }) =>
        `  ${printable(path)}${line === null ? '' : `:${line}`}  ${printable(reason)} (${code})`,
    ),
  ];
}

/** Columns as wide as their widest cell, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 && rows.length > 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
