/** Which events a reader wants: the same filter as SQL for replays and as a function for the live feed. */
import { sql, type SqlStatement } from '../db/index.js';

/** Every part that is given must match. */
export interface EventFilter {
  /** GraphQL types. */
  readonly types?: readonly string[];
  readonly actions?: readonly string[];
  /** Global ids. */
  readonly entityIds?: readonly string[];
  readonly repository?: string;
  readonly account?: string;
}

interface Filterable {
  readonly type: string;
  readonly id: string;
  readonly action: string;
  readonly repository: string | null;
  readonly account: string | null;
}

/** ` and …` conditions on `e`, an alias of platform.events. One statement for every filter: a null parameter asks nothing. */
export function filterSql({ types, actions, entityIds, repository, account }: EventFilter): SqlStatement {
  return sql`
    and (${types ?? null}::text[] is null or e.entity_type = any(${types ?? null}::text[]))
    and (${actions ?? null}::text[] is null or e.action = any(${actions ?? null}::text[]))
    and (${entityIds ?? null}::text[] is null or e.entity_id = any(${entityIds ?? null}::text[]))
    and (${repository ?? null}::text is null or e.repository = ${repository ?? null}::text)
    and (${account ?? null}::text is null or e.account = ${account ?? null}::text)`;
}

export function toPredicate({
  types,
  actions,
  entityIds,
  repository,
  account,
}: EventFilter): (event: Filterable) => boolean {
  const wanted = { type: toSet(types), action: toSet(actions), id: toSet(entityIds) };
  return (event) =>
    (wanted.type?.has(event.type) ?? true) &&
    (wanted.action?.has(event.action) ?? true) &&
    (wanted.id?.has(event.id) ?? true) &&
    (repository === undefined || event.repository === repository) &&
    (account === undefined || event.account === account);
}

function toSet(values: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return values && new Set(values);
}
