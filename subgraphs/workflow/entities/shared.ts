/** What the entity maps of this domain have in common. */
import type { Identity } from '../../kernel/auth/index.js';
import { badInput } from '../../kernel/errors/index.js';
import { field, orderBy, type FieldMap, type Visibility } from '../../kernel/read/index.js';

export const id = { column: 'id', sqlType: 'uuid' } as const;
export const createdAt = orderBy('created_at', 'timestamptz');
export const byName = { field: 'NAME', direction: 'ASC' } as const;
export const newestFirst = { field: 'CREATED_AT', direction: 'DESC' } as const;

/** Workflows are the whole organisation's: every known caller reads them, scopes say who changes them. */
export const visible = (auth: Identity): Visibility => (auth.isAuthenticated ? 'all' : 'none');

/** `list` is a column of type `text[]`. */
export function textList(column: string): FieldMap {
  return { kind: 'text', source: column, sqlType: 'text[]' };
}

/** The words of a full-text filter. */
export function searchWords(value: unknown): string {
  const words = String(value);
  if (words.trim() === '' || words.length > 500) throw badInput('filter.search must have 1 to 500 characters.');
  return words;
}

/** The key of a related entity, filtered and not shown: the relation shows it. */
export function keyOf(type: string, column: string): FieldMap {
  return field.id(type, column);
}
