/** What an audit is of, and what comes of it. */
import { redactSecrets } from '../redaction.js';

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

/** An error makes its check FAIL, a warning WARN. */
export type Severity = 'ERROR' | 'WARNING' | 'NOTE';

export interface Finding {
  /** Which rule was broken, e.g. `undeclared-import`: stable, for those who search and count. */
  readonly rule: string;
  readonly severity: Severity;
  /** Null when it is about no file. */
  readonly path: string | null;
  /** From 1; null when it is about the whole file. */
  readonly line: number | null;
  /** For people. Never holds the text of a file. */
  readonly message: string;
}

/** A finding as others know it again: it has the same fingerprint in each commit, wherever its line has moved. */
export interface KnownFinding extends Finding {
  /** 32 lower-case hex digits. */
  readonly fingerprint: string;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  /** What there is to say beside findings, e.g. that nothing was judged for want of a contract. */
  readonly remark?: { readonly result: 'PASS' | 'WARN'; readonly text: string };
}

export interface CheckOutcome {
  readonly code: string;
  readonly name: string;
  readonly result: CheckResult;
  /** For people, a line each; null when there is nothing to say. */
  readonly detail: string | null;
  readonly findings: readonly KnownFinding[];
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

/** A finding as a line: where, and what. */
export function findingLine({ path, line, message }: Finding): string {
  const place = path === null ? '' : line === null ? `${path} ` : `${path}:${line} `;
  return `${place}${message}`;
}

const longestMessage = 1_000;
const longestPath = 1_000;

/** As it may be kept and shown: no secret, no control characters, no endless text. */
export function presentable(finding: Finding): Finding {
  const { path, message } = finding;
  return {
    ...finding,
    path: path === null ? null : plain(path, longestPath),
    message: plain(redactSecrets(message), longestMessage),
  };
}

function plain(text: string, length: number): string {
  // eslint-disable-next-line no-control-regex -- a name of a file may have line ends and worse
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, '\ufffd').slice(0, length);
}
