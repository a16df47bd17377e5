/** Which headers may pass a gateway, by which names: what a setting may say of them. */
import type { z } from 'zod';
import { text } from './forms.js';

/** Names in lower case. */
export interface HeaderRule {
  /** {@link everyHeader} in a rule for requests stands for each header that may pass. */
  readonly from: string;
  /** The name on the other side; the same when nothing is said. */
  readonly to: string;
  /** What is sent when the header is missing. */
  readonly fallback?: string | undefined;
}

/** For one connection alone (RFC 9110, 7.6.1), or of the message that the gateway writes itself. */
const neverPassed = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-request-id',
  'x-weft-caller',
]);

/** What an answer of the gateway is negotiated by, and what browsers take from nobody but the gateway. */
const isNeverRequested = (name: string) => name === 'accept' || name === 'accept-encoding' || name.startsWith('sec-');
const isNeverAnswered = (name: string) => name.startsWith('access-control-') || name === 'date';

/** Whether a header of a caller may reach a subgraph at all. */
export function mayBeForwarded(name: string): boolean {
  return !neverPassed.has(name) && !isNeverRequested(name);
}

export const everyHeader = '*';

const rulePattern = /^([!#$%&'*+.^_`|~\w-]+?)(?:>([!#$%&'*+.^_`|~\w-]+?))?(?:=([\x20-\x7e]*))?$/;

function toRule(entry: string): HeaderRule | null {
  const [, from, to = from, fallback] = rulePattern.exec(entry.trim()) ?? [];
  if (from === undefined || to === undefined) return null;
  return { from: from.toLowerCase(), to: to.toLowerCase(), fallback };
}

/** Rules separated by commas: `name`, `name>other`, `name=value when missing`. */
function headerRules(isForbidden: (name: string) => boolean) {
  const mayPass = (rule: HeaderRule | null): rule is HeaderRule =>
    rule !== null && [rule.from, rule.to].every((name) => !neverPassed.has(name) && !isForbidden(name));
  return text
    .transform((value) => value.split(',').map(toRule))
    .refine((rules) => rules.every(mayPass))
    .transform((rules) => rules.filter(mayPass));
}

const isPlain = ({ from, to, fallback }: HeaderRule) => to === from && fallback === undefined;

export const requestHeaderRules: z.ZodType<HeaderRule[], string> = headerRules(isNeverRequested).refine((rules) =>
  rules.every((rule) => ![rule.from, rule.to].includes(everyHeader) || isPlain(rule)),
);
export const answerHeaderRules: z.ZodType<HeaderRule[], string> = headerRules(
  (name) => isNeverAnswered(name) || name === everyHeader,
);

/** Where callers are not told apart, subgraphs may want to do it: they get what a caller sends, and set its cookies. */
export const transparent = {
  requestHeaders: [{ from: everyHeader, to: everyHeader }],
  answerHeaders: [{ from: 'set-cookie', to: 'set-cookie' }],
} as const;
