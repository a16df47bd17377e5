/** Takes out of a log line what looks like a token or password, before it is stored. */

const hidden = '[redacted]';

/** By the forms that their issuers give them, then by what stands before them. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g, hidden],
  [/\b(?:glpat-[A-Za-z0-9_-]{16,}|npm_[A-Za-z0-9]{30,}|xox[abeoprs]-[A-Za-z0-9-]{10,})/g, hidden],
  [/\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}/g, hidden],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, hidden],
  [/\bAIza[A-Za-z0-9_-]{30,}/g, hidden],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, hidden],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden],
  [/([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,200}):[^\s@/]{1,500}@/gi, `$1:${hidden}@`],
  [/\b(bearer|basic)(\s+)[A-Za-z0-9._~+/=-]{8,}/gi, `$1$2${hidden}`],
  [
    /((?:password|passwd|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key)["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"',;&]{3,}/gi,
    `$1${hidden}`,
  ],
];

export function redactSecrets(text: string): string {
  return secrets.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}
