/** What is known of the stores: how far each has been brought, and how it went last. */
import { sql, type Queryable } from '../db/index.js';

export interface Publication {
  readonly store: string;
  /** Of the last checkpoint that it took; 0 before the first. */
  readonly size: number;
  readonly publishedAt: string | null;
  /** Why it has not taken the next; null when it has all. */
  readonly failure: string | null;
}

export async function listPublications(db: Queryable): Promise<Publication[]> {
  return db.query<Publication>(sql`/* kernel.trailPublications */
    select store, size, published_at as "publishedAt", failure from traceability.audit_stores order by store`);
}

export async function notePublished(db: Queryable, store: string, size: number): Promise<void> {
  await db.query(sql`/* kernel.trailPublished */
    insert into traceability.audit_stores as s (store, size, published_at) values (${store}, ${String(size)}::bigint, clock_timestamp())
    on conflict (store) do update set size = greatest(s.size, excluded.size), published_at = excluded.published_at, failure = null,
      failed_at = null`);
}

export async function noteFailed(db: Queryable, store: string, failure: string): Promise<void> {
  await db.query(sql`/* kernel.trailFailed */
    insert into traceability.audit_stores as s (store, failure, failed_at) values (${store}, ${failure}, clock_timestamp())
    on conflict (store) do update set failure = excluded.failure, failed_at = excluded.failed_at`);
}

export interface CheckpointState {
  /** Of the last checkpoint; 0 before the first. */
  readonly size: number;
  /** How long the oldest sealed entry has waited for a checkpoint; null when all are in one. */
  readonly uncoveredSeconds: number | null;
  /** How long the oldest checkpoint has waited for one of the stores, and for which; null when all stores have all. */
  readonly unpublishedSeconds: number | null;
  readonly waitingStore: string | null;
}

export async function readCheckpointState(db: Queryable, stores: readonly string[]): Promise<CheckpointState> {
  const [row] = await db.query<CheckpointState>(sql`/* kernel.trailCheckpointState */
    with last as (select coalesce(max(size), 0) as size from traceability.audit_checkpoints),
    waiting as (
      select wanted.store, (select min(c.created_at) from traceability.audit_checkpoints c
        where c.size > coalesce((select s.size from traceability.audit_stores s where s.store = wanted.store), 0)) as since
      from unnest(${[...stores]}::text[]) as wanted (store)
    ), longest as (select store, since from waiting where since is not null order by since limit 1)
    select last.size,
      (select extract(epoch from clock_timestamp() - s.sealed_at)::float8 from traceability.audit_seals s
       where s.sequence = last.size + 1) as "uncoveredSeconds",
      (select extract(epoch from clock_timestamp() - since)::float8 from longest) as "unpublishedSeconds",
      (select store from longest) as "waitingStore"
    from last`);
  return row ?? { size: 0, uncoveredSeconds: null, unpublishedSeconds: null, waitingStore: null };
}

/** Two rounds may pass over it: the second begins before the first of them is missed. */
export function isLate({ uncoveredSeconds, unpublishedSeconds }: CheckpointState, everySeconds: number): boolean {
  return Math.max(uncoveredSeconds ?? 0, unpublishedSeconds ?? 0) > 2 * everySeconds;
}
