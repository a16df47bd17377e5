/** What a setting is, and the forms that the values of settings have. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { Secret } from './secret.js';

export interface Variable<T> {
  /** Reads the text, or says no. */
  readonly schema: z.ZodType<T, string>;
  /** What a valid value is, for the message that refuses another. */
  readonly expected: string;
  readonly description: string;
  /** As written in the environment; null when there is none. */
  readonly fallback: string | null;
  /** Never shown, not even when it is malformed. */
  readonly isSecret?: true;
}

export const text = z.string();
export const secret = text.transform((value) => new Secret(value));

export function integer(min: number, max: number) {
  return text
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);
}

export function isUrl(value: string, protocols: readonly string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol);
}

export function isDocumentsUrl(value: string): boolean {
  if (!isUrl(value, ['file:', 'database:', 's3:'])) return false;
  const { protocol, hostname, pathname, searchParams } = new URL(value);
  if (protocol === 'file:') return hostname === '' && pathname !== '/';
  if (protocol === 'database:') return value === 'database:';
  const known = ['region', 'endpoint'];
  const endpoint = searchParams.get('endpoint');
  return (
    hostname !== '' &&
    [...searchParams.keys()].every((name) => known.includes(name)) &&
    (endpoint === null || isUrl(endpoint, ['http:', 'https:']))
  );
}

export const webUrl = text.refine((value) => isUrl(value, ['http:', 'https:']));
export const onOff = z.enum(['on', 'off']).transform((value) => value === 'on');

/** A key of 32 bytes, as `openssl rand -base64 32` or `openssl rand -hex 32` print it. */
export const key = text
  .refine((value) => /^[0-9a-f]{64}$/i.test(value) || /^[A-Za-z0-9+/]{43}=$/.test(value))
  .transform((value) => new Secret(value));

/** PEM, with its line ends written as `\n` too, or all of it in base64, since some environments hold single lines only. */
export const privateKey = text
  .transform((value) =>
    value.startsWith('-----') ? value.replaceAll('\\n', '\n') : Buffer.from(value, 'base64').toString(),
  )
  .refine((value) => /^-----BEGIN (?:RSA )?PRIVATE KEY-----\s/.test(value))
  .transform((value) => new Secret(value));

/** Items separated by commas, each of the form of `item`. */
export function list<T>(item: z.ZodType<T, string>) {
  return text.transform((value) => value.split(',').map((part) => part.trim())).pipe(z.array(item).min(1));
}

export function isNameServer(value: string): boolean {
  const [, address = value] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(value) ?? /^([\d.]+):\d{1,5}$/.exec(value) ?? [];
  return isIP(address) !== 0;
}

export const milliseconds = 'milliseconds';
