/** Every way an artifact file can be at fault. The codes are stable: stored with the scan, filtered on, shown to people. */
export const problemCodes = [
  // The file as bytes.
  'FILE_TOO_LARGE',
  'FILE_UNREADABLE',
  'BINARY_FILE',
  'INVALID_UTF8',
  'INVALID_TEXT',
  'BYTE_ORDER_MARK',
  'CRLF_LINE_ENDINGS',
  'UNSAFE_PATH',
  // The front matter as YAML.
  'NO_FRONT_MATTER',
  'FRONT_MATTER_LANGUAGE',
  'FRONT_MATTER_UNCLOSED',
  'FRONT_MATTER_TOO_LARGE',
  'FRONT_MATTER_NOT_A_MAPPING',
  'YAML_SYNTAX',
  'YAML_TAB',
  'YAML_DUPLICATE_KEY',
  'YAML_ALIAS',
  'YAML_TAG',
  'YAML_MULTIPLE_DOCUMENTS',
  'TOO_DEEP',
  // The artifact.
  'MISSING_FIELD',
  'WRONG_TYPE',
  'UNKNOWN_VALUE',
  'TOO_LONG',
  'INVALID_ID',
  'UNKNOWN_KIND',
  'KIND_MISMATCH',
  'EVIDENCE_NOT_SIGNED',
  'INVALID_JSON',
  'INVALID_JWS',
  // The evidence package.
  'PACKAGE_INCOMPLETE',
  'PACKAGE_ALTERED',
  // The artifact among the others.
  'DUPLICATE_ID',
  'WRONG_PARENT_LEVEL',
  'PARENT_CYCLE',
  // The code around them.
  'UNKNOWN_REFERENCE',
] as const;
export type ProblemCode = (typeof problemCodes)[number];

/** `REJECTED`: the file gives no artifact. `FLAGGED`: the artifact stands, and somebody should look at this. */
export type ProblemSeverity = 'REJECTED' | 'FLAGGED';

export interface Problem {
  /** As given by whoever read the file: relative to the checkout's root, with `/`. */
  readonly path: string;
  /** 1-based. 1 when the fault is the whole file's. */
  readonly line: number;
  readonly code: ProblemCode;
  readonly severity: ProblemSeverity;
  /** One sentence for the author of the file. */
  readonly reason: string;
}

/** One broken place can make a parser report thousands, and nobody reads past a handful. */
const maxProblemsPerFile = 20;

/** Collects the first problems of one file. */
export interface ProblemSink {
  readonly path: string;
  readonly problems: readonly Problem[];
  /** True once anything was rejected: what was read so far must not become an artifact. */
  readonly rejected: boolean;
  reject(code: ProblemCode, line: number, reason: string): void;
  flag(code: ProblemCode, line: number, reason: string): void;
}

export function createProblemSink(path: string): ProblemSink {
  const problems: Problem[] = [];
  const add = (severity: ProblemSeverity) => (code: ProblemCode, line: number, reason: string) => {
    if (problems.length < maxProblemsPerFile) problems.push({ path, line, code, severity, reason });
  };
  return {
    path,
    problems,
    get rejected() {
      return problems.some((problem) => problem.severity === 'REJECTED');
    },
    reject: add('REJECTED'),
    flag: add('FLAGGED'),
  };
}

/** An author's text inside a reason: short, on one line, without characters that could steer a terminal. */
export function quoted(text: string): string {
  return `"${oneLine(text, 60)}"`;
}

/** Somebody else's words inside a reason. */
export function oneLine(text: string, maxLength: number): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return short.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, '?');
}
