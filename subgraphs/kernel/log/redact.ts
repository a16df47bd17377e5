/** Takes secrets out of what is about to be logged, by the names of fields and by the looks of text. */

const hidden = '[redacted]';

/** Names of fields whose value is a secret, wherever they stand and however they are spelled. */
const secretName =
  /^(authorization|proxy-?authorization|cookie|set-?cookie|password|passwd|pwd|secret|.*[-_]?(token|secret|password|api[-_]?key|private[-_]?key|encryption[-_]?key|signing[-_]?key)|x-hub-signature.*|database[-_]?url|connection[-_]?string|credentials?|jwt|jws|.*key)$/i;
/** Names that only look like it. */
const harmlessName = /^(client[-_]?key|primary[-_]?key|foreign[-_]?key|cache[-_]?key|sort[-_]?key|key)$/i;

const secretText: readonly (readonly [RegExp, string])[] = [
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, `$1:${hidden}@`], // user:password@ of a URL
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${hidden}`],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*/g, hidden], // a JWT
  [/\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|sk-[A-Za-z0-9_-]{16,})/g, hidden],
  [/\b(password|passwd|pwd|secret|token|api[-_]?key)(["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi, `$1$2${hidden}`],
];

/** Anything deeper is cut off: a log line is no dump. */
const deepest = 8;

export function redactText(text: string): string {
  return secretText.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}

/** A copy without secrets. What has a `toJSON` is asked for it, as JSON would. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= deepest) return '[deeper]';
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    return redactValue((value as { toJSON: () => unknown }).toJSON(), depth + 1);
  }
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, isSecretName(name) ? hidden : redactValue(item, depth + 1)]),
  );
}

function isSecretName(name: string): boolean {
  return secretName.test(name) && !harmlessName.test(name);
}
