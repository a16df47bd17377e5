/** A verdict as GitHub shows it: in a check run, and in a commit status. */
import { redactSecrets } from './redaction.js';

export interface Verdict {
  readonly result: 'PASS' | 'FAIL' | 'ERROR';
  /** Why the audit could not be carried out. */
  readonly errorDetail: string | null;
  readonly filesChecked: number;
  readonly checks: readonly { readonly code: string; readonly name: string; readonly result: string }[];
  /** Without those that are accepted, in an order that stays. */
  readonly findings: readonly VerdictFinding[];
}

export interface VerdictFinding {
  readonly code: string;
  readonly rule: string;
  readonly severity: 'ERROR' | 'WARNING' | 'NOTE';
  readonly path: string | null;
  readonly line: number | null;
  readonly message: string;
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

export interface VerdictReport {
  readonly conclusion: 'success' | 'failure';
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
  readonly state: 'success' | 'failure' | 'error';
  /** One line. */
  readonly description: string;
}

/** Annotations that are told; GitHub takes 50 in a request. */
const mostAnnotations = 500;
/** Findings without a file that a summary lists. */
const mostListed = 50;
/** As long as GitHub takes them. */
const longest = { summary: 65_535, description: 140 };

const levels = { ERROR: 'failure', WARNING: 'warning', NOTE: 'notice' } as const;
const states = { PASS: 'success', FAIL: 'failure', ERROR: 'error' } as const;

export function toReport(verdict: Verdict): VerdictReport {
  const { result, findings } = verdict;
  const placed = findings.filter(({ path }) => path !== null);
  const title = titleOf(verdict);
  return {
    // What could not be carried out has shown nothing: it must not let anything pass.
    conclusion: result === 'PASS' ? 'success' : 'failure',
    title,
    summary: summaryOf(verdict, placed.length).slice(0, longest.summary),
    annotations: placed.slice(0, mostAnnotations).map(toAnnotation),
    state: states[result],
    description: title.length > longest.description ? `${title.slice(0, longest.description - 1)}…` : title,
  };
}

function titleOf({ result, checks, findings }: Verdict): string {
  const found = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
  if (result === 'PASS') return findings.length === 0 ? 'Passed' : `Passed, ${found}`;
  const bad = [...new Set(checks.filter((check) => check.result === result).map(({ code }) => code))];
  if (result === 'FAIL') return `Failed: ${bad.join(', ')}; ${found}`;
  return bad.length === 0 ? 'The audit could not be carried out' : `Could not be carried out: ${bad.join(', ')}`;
}

function summaryOf({ checks, findings, errorDetail, filesChecked }: Verdict, placed: number): string {
  const counted = (code: string): number => findings.filter((finding) => finding.code === code).length;
  const table = checks.map(
    ({ code, name, result }) => `| ${code} ${asCode(name)} | ${result} | ${code === 'PROJECT' ? '' : counted(code)} |`,
  );
  const elsewhere = findings.filter(({ path }) => path === null);
  const listed = elsewhere
    .slice(0, mostListed)
    .map(({ code, message }) => `- ${code} ${asCode(redactSecrets(message))}`);
  return [
    ...(errorDetail === null ? [] : [asCode(redactSecrets(errorDetail)), '']),
    ...(checks.length === 0
      ? []
      : [`${filesChecked} files.`, '', '| Check | Result | Findings |', '| --- | --- | --- |']),
    ...table,
    ...(listed.length === 0 ? [] : ['', ...listed]),
    ...(elsewhere.length > listed.length ? [`- and ${elsewhere.length - listed.length} more`] : []),
    ...(placed > mostAnnotations ? ['', `${placed} findings have a place; ${mostAnnotations} of them are shown.`] : []),
  ].join('\n');
}

/** Text of others: as code it links nothing, mentions nobody, and ends no table. */
function asCode(text: string): string {
  return `\`${text.replace(/[`|\r\n]+/g, ' ').trim()}\``;
}

function toAnnotation({ code, rule, severity, path, line, message }: VerdictFinding): Annotation {
  return {
    path: path ?? '',
    start_line: line ?? 1,
    end_line: line ?? 1,
    annotation_level: levels[severity],
    title: `${code} ${rule}`,
    message: redactSecrets(message),
  };
}
