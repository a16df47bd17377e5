/** What looks like a secret, until it is known for a stand-in. Its text never leaves the check. */

export interface SuspectedSecret {
  readonly rule: string;
  /** For people: `a token of GitHub`. */
  readonly what: string;
  /** Where it begins in the file. */
  readonly start: number;
  readonly text: string;
  /** By its form alone, rather than by the name before it. */
  readonly isCertain: boolean;
}

const words =
  /example|sample|dummy|placeholder|change[-_ ]?me|change[-_ ]?this|your[-_ ]|<[^>]*>|\$\{|\$\(|\{\{|%\(|x{4,}|\*{3,}|\.{3}|foo[-_ ]?bar|lorem|redacted|not[-_ ]?(?:a[-_ ]?)?(?:real|secret)|fake|todo|insert|replace/i;

/** `${DB_PASSWORD}`, `changeme`, `<token>`: what stands where a secret is to be put. */
export function isStandIn(text: string): boolean {
  return words.test(text) || /^(.)\1*$/.test(text) || /^(?:0123456789|1234567890|abcdef)/i.test(text);
}

const local =
  /@(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|host\.docker\.internal|(?:[\w-]*[-_])?(?:db|postgres|mysql|redis|mongo|rabbitmq|database)(?![\w.-]))/i;

/** A URL that leads to this machine or to a container beside, or whose password is its user. */
export function isLocalUrl(text: string): boolean {
  const [, user = '', password = ''] = /\/\/([^:@/]*):([^@/]*)@/.exec(text) ?? [];
  const isUsual = user === password || /^(?:pass(?:word)?|secret|pwd|admin|root|guest|test|user|pw|p)$/i.test(password);
  return isUsual || local.test(text) || /%[sd]|\{\w*\}/.test(password);
}

/** Bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
