/** Where PostgreSQL is, by one URL or by its parts. */
import { isIPv6 } from 'node:net';
import { Secret } from './secret.js';
import type { VariableValues } from './variables.js';

type Parts = Pick<
  VariableValues,
  'DATABASE_URL' | 'DATABASE_HOST' | 'DATABASE_PORT' | 'DATABASE_NAME' | 'DATABASE_USER' | 'DATABASE_PASSWORD'
>;

/** Undefined when nothing is said of it: the store is the embedded one then. */
export function databaseUrl(parts: Parts): Secret | undefined {
  if (parts.DATABASE_URL !== undefined) return parts.DATABASE_URL;
  const { DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_USER, DATABASE_PASSWORD } = parts;
  const given = [DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_USER, DATABASE_PASSWORD];
  if (given.every((part) => part === undefined)) return undefined;
  const host = DATABASE_HOST ?? 'localhost';
  const user = encodeURIComponent(DATABASE_USER ?? '');
  const password = DATABASE_PASSWORD === undefined ? '' : `:${encodeURIComponent(DATABASE_PASSWORD.reveal())}`;
  const who = user === '' && password === '' ? '' : `${user}${password}@`;
  const where = `${isIPv6(host) ? `[${host}]` : host}:${DATABASE_PORT ?? 5432}`;
  return new Secret(`postgresql://${who}${where}/${encodeURIComponent(DATABASE_NAME ?? 'myloware')}`);
}
