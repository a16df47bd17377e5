/** Canonical JSON (RFC 8785 for the values we store): the same value is the same text, so that its hash means something. */
import { createHash } from 'node:crypto';

/** Members in code-unit order, no white space; `undefined` members are left out, as JSON does. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? 'null';
}

function sorted(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value as Record<string, unknown>).filter(([, member]) => member !== undefined);
  // A null prototype, so that a member called __proto__ is a member.
  const result = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of members.sort(([a], [b]) => (a < b ? -1 : 1))) result[name] = sorted(member);
  return result;
}

/** SHA-256 as 64 lower-case hex digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
