/** How far the audit trail is sealed, what keeps it from being, and what is missing from it. */
import { sql, type Queryable } from '../db/index.js';

export interface TrailState {
  /** Sealed entries, which is the sequence of the last. */
  readonly sealed: number;
  /** Unsealed ones, counted up to `countedUpTo`. */
  readonly unsealed: number;
  /** Of the oldest unsealed entry, since its transaction began; null when all is sealed. */
  readonly unsealedSeconds: number | null;
  /** What the oldest unsealed entry waits for, null when it waits for a sealer alone. */
  readonly blocker: TrailBlocker | null;
}

/** The oldest running transaction of the server, of whichever database. */
export interface TrailBlocker {
  readonly description: string;
}

export const countedUpTo = 10_000;

/**
 * Entries after the last seal, by the same order and horizon as sealing itself (`traceability.seal_audit_log`). Who runs the
 * oldest transaction is told only to a role that may see other sessions; else it is said that there is one.
 */
export async function readTrailState(db: Queryable): Promise<TrailState> {
  const [row] = await db.query<TrailState & { held: boolean | null; holder: string | null }>(sql`/* kernel.trailState */
    with head as (
      select s.sequence, a.xid, a.position from traceability.audit_seals s
      join traceability.audit_log a on a.id = s.audit_id order by s.sequence desc limit 1
    ), waiting as (
      select a.xid, a.timestamp from traceability.audit_log a
      where (a.xid, a.position) > (coalesce((select xid from head), '0'), coalesce((select position from head), 0))
      order by a.xid, a.position limit ${countedUpTo}
    ), oldest as (select xid, timestamp from waiting order by xid limit 1)
    select coalesce((select sequence from head), 0)::int8 as sealed, (select count(*) from waiting)::int4 as unsealed,
      (select extract(epoch from clock_timestamp() - timestamp)::float8 from oldest) as "unsealedSeconds",
      (select xid >= pg_snapshot_xmin(pg_current_snapshot()) from oldest) as held,
      case when (select xid >= pg_snapshot_xmin(pg_current_snapshot()) from oldest) then (
        select holder from (
          select age(backend_xid) as age, format('process %s in database %s, running for %s s', pid, datname,
            round(extract(epoch from clock_timestamp() - xact_start))) as holder
          from pg_catalog.pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()
          union all
          select age(transaction), format('prepared transaction %L in database %s, since %s s', gid, database,
            round(extract(epoch from clock_timestamp() - prepared)))
          from pg_catalog.pg_prepared_xacts
        ) as transactions order by age desc limit 1) end as holder`);
  if (row === undefined) throw new Error('the audit trail has no state');
  const { sealed, unsealed, unsealedSeconds, held, holder } = row;
  const blocker = held === true ? { description: holder ?? 'a transaction of this server' } : null;
  return { sealed, unsealed, unsealedSeconds, blocker };
}

/** An event that was committed with an audit entry which is not there. */
export interface MissingEntry {
  readonly position: number;
  readonly entityId: string;
  readonly action: string;
}

/**
 * Every event is committed together with an entry of the same entity and action. Looks at the last `events` of the feed, so
 * it finds what was deleted after its commit and before its seal, also when the process that committed it is gone.
 */
export async function findMissingEntries(
  db: Queryable,
  { events }: { readonly events: number },
): Promise<MissingEntry[]> {
  return db.query<MissingEntry>(sql`/* kernel.trailMissing */
    select e.position, e.entity_id as "entityId", e.action
    from (select * from platform.events order by position desc limit ${events}) e
    where not exists (select from traceability.audit_log a
      where a.xid = e.xid and a.entity_id = e.entity_id and a.action = e.action)
    order by e.position limit 100`);
}
