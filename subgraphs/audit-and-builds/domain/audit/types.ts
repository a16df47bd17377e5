/** What a check is: code, name, and a judgement over the files of a commit. */

export interface AuditFile {
  /** From the root, with `/`. */
  readonly path: string;
  readonly content: string;
}

export interface AuditSubject {
  readonly files: readonly AuditFile[];
  /** Null when everything counts as changed. */
  readonly changedPaths: readonly string[] | null;
  /** Texts of the contracts; null when there are none. */
  readonly boundaries: string | null;
  readonly physics: string | null;
}

export type CheckResult = 'PASS' | 'FAIL' | 'WARN' | 'ERROR';

export interface Finding {
  readonly result: CheckResult;
  /** For people, a line each; null when there is nothing to say. */
  readonly detail: string | null;
}

export interface Check {
  readonly code: string;
  readonly name: string;
  run(subject: AuditSubject): Finding;
}

export interface CheckOutcome extends Finding {
  readonly code: string;
  readonly name: string;
}

/** Lines of a detail that are kept; how many more there were is said. */
const mostLines = 50;
const longestLine = 300;

export function toDetail(lines: readonly string[]): string | null {
  if (lines.length === 0) return null;
  const kept = lines.slice(0, mostLines).map((line) => line.slice(0, longestLine));
  const left = lines.length - kept.length;
  return [...kept, ...(left > 0 ? [`and ${left} more`] : [])].join('\n');
}
