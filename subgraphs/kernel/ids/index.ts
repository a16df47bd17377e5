/** Owns global ids: `Type:key`, e.g. `Requirement:0b1d…`, `Repository:acme/api`, `Account:user_2x`. */
import { badInput, MalformedId } from '../errors/index.js';

const typePattern = /^[A-Z][A-Za-z0-9]{0,62}$/;
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Longest id accepted: a type name, a colon, and the longest natural key of any table (`owner/name`, 500). */
export const maxIdLength = 600;

export interface GlobalId {
  readonly type: string;
  readonly key: string;
}

/** `{ type: "Requirement", key: "0b1d…" }` → `Requirement:0b1d…`. */
export function toGlobalId(type: string, key: string): string {
  return `${type}:${key}`;
}

/** Splits an id; null when it is not of the form `Type:key`. */
export function checkGlobalId(id: string): GlobalId | null {
  const colon = id.indexOf(':');
  if (colon <= 0 || colon === id.length - 1 || id.length > maxIdLength || id.includes('\0')) return null;
  const type = id.slice(0, colon);
  return typePattern.test(type) ? { type, key: id.slice(colon + 1) } : null;
}

/** Splits an id of any type. Throws BAD_USER_INPUT when it is malformed. */
export function parseGlobalId(id: string): GlobalId {
  const parsed = checkGlobalId(id);
  if (parsed === null)
    throw new MalformedId(id, `Malformed id ${quote(id)}: expected Type:key, e.g. Requirement:0b1d….`);
  return parsed;
}

/** The key of an id that must be of `type`. Throws BAD_USER_INPUT, naming the expected type, when it is not. */
export function keyOfType(id: string, type: string): string {
  const parsed = checkGlobalId(id);
  if (parsed === null) throw new MalformedId(id, `Malformed id ${quote(id)}: expected ${type}:key.`, type);
  if (parsed.type !== type) throw new MalformedId(id, `Expected an id of type ${type}, got ${parsed.type}.`, type);
  return parsed.key;
}

/** As {@link keyOfType}, for types keyed by UUID: anything else in the key is malformed, never a database error. */
export function uuidOfType(id: string, type: string): string {
  const key = keyOfType(id, type);
  if (!isUuid(key)) throw new MalformedId(id, `Malformed id ${quote(id)}: expected ${type}: and a UUID.`, type);
  return key.toLowerCase();
}

/** The repository that arguments ask for, `owner/name` in lower case; null for any. `repository` is the older way to say it. */
export function repositoryOf({
  repositoryId = null,
  repository = null,
}: {
  readonly repositoryId?: string | null;
  readonly repository?: string | null;
}): string | null {
  if (repositoryId === null) return repository?.toLowerCase() ?? null;
  if (repository !== null) throw badInput('Give repositoryId, and no repository beside it.');
  return keyOfType(repositoryId, 'Repository').toLowerCase();
}

export function isUuid(value: string): boolean {
  return uuidPattern.test(value);
}

/** A caller's text inside a message: short, and without control characters. */
function quote(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must not reach a terminal or a log
  return JSON.stringify(text.slice(0, 80).replace(/[\u0000-\u001f\u007f]/g, '?'));
}
