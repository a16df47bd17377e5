/** How rows stand to a caller, for those who must tell what is hidden from what is gone. */
import type { Identity } from '../auth/index.js';
import type { Queryable } from '../db/database.js';
import type { EntityMap } from './entity-map.js';
import { Parameters } from './parameters.js';
import { runStatement } from './statements.js';

/** `hidden`: there is a row, and the caller may not see it. */
export type VisibilityStatus = 'visible' | 'hidden' | 'gone';

export interface VisibilityStatusRequest {
  readonly entity: EntityMap;
  /** Values of the entity's key column. */
  readonly keys: readonly string[];
  readonly auth: Identity;
}

/** The visibility status of the row of each key, in the keys' order, with one statement. */
export async function readVisibilityStatuses(
  db: Queryable,
  { entity, keys, auth }: VisibilityStatusRequest,
): Promise<VisibilityStatus[]> {
  if (keys.length === 0) return [];
  const visible = entity.visible(auth);
  const parameters = new Parameters();
  const { column, sqlType } = entity.key;
  const given = parameters.add(keys, `${sqlType}[]`);
  const seen =
    typeof visible === 'function' ? `coalesce(${visible('t', parameters)}, false)` : String(visible === 'all');
  const text =
    `/* read visibility of ${entity.type} */ select p.o::int4 as "o", ${seen} as "seen" ` +
    `from unnest(${given}) with ordinality p(k, o), ${entity.table} t where t.${column} = p.k`;
  const statuses = keys.map((): VisibilityStatus => 'gone');
  for (const { o, seen } of await runStatement<{ o: number; seen: boolean }>(db, text, parameters.values)) {
    statuses[o - 1] = seen ? 'visible' : 'hidden';
  }
  return statuses;
}
