/** Usage over time: scans and credits by day, for any number of accounts in one statement. */
import { sql, type Queryable } from '../../kernel/db/index.js';

export interface UsageDay {
  /** Midnight UTC at which the day begins, RFC 3339. */
  readonly day: string;
  readonly scansRequested: number;
  readonly scansCompleted: number;
  readonly scansFailed: number;
  readonly creditsSpent: number;
  readonly creditsRefunded: number;
  readonly creditsGranted: number;
}

export interface UsageRequest {
  /** Null is every account together. */
  readonly userIds: readonly string[] | null;
  readonly from: string;
  readonly to: string;
}

interface UsageRow {
  readonly user_id: string | null;
  readonly day: string;
  readonly scans_requested: number;
  readonly scans_completed: number;
  readonly scans_failed: number;
  readonly credits_spent: number;
  readonly credits_refunded: number;
  readonly credits_granted: number;
}

/**
 * Days with anything on them, oldest first, by account (one key, null, when all are taken together). A scan counts on the
 * day of its request; `to` is exclusive. Jobs and transactions are summed apart, because a join would count them twice.
 */
export async function listUsage(
  db: Queryable,
  { userIds, from, to }: UsageRequest,
): Promise<Map<string | null, UsageDay[]>> {
  const jobOwner = userIds === null ? sql`null::text` : sql`j.user_id`;
  const walletOwner = userIds === null ? sql`null::text` : sql`w.user_id`;
  const ofJobs = userIds === null ? sql`true` : sql`j.user_id = any(${userIds}::text[])`;
  const ofWallets = userIds === null ? sql`true` : sql`w.user_id = any(${userIds}::text[])`;
  const rows = await db.query<UsageRow>(sql`/* scanning.listUsage */
    select user_id, day, sum(requested)::int4 as scans_requested, sum(completed)::int4 as scans_completed,
      sum(failed)::int4 as scans_failed, sum(spent)::int8 as credits_spent, sum(refunded)::int8 as credits_refunded,
      sum(granted)::int8 as credits_granted
    from (
      select ${jobOwner} as user_id, date_trunc('day', j.created_at, 'UTC') as day, count(*) as requested,
        count(*) filter (where j.state = 'COMPLETED') as completed,
        count(*) filter (where j.state in ('FAILED', 'TIMED_OUT')) as failed, 0 as spent, 0 as refunded, 0 as granted
      from scanning.scan_jobs j
      where ${ofJobs} and j.created_at >= ${from}::timestamptz and j.created_at < ${to}::timestamptz
      group by 1, 2
      union all
      select ${walletOwner}, date_trunc('day', t.created_at, 'UTC'), 0, 0, 0,
        coalesce(-sum(t.amount) filter (where t.type = 'DEBIT'), 0),
        coalesce(sum(t.amount) filter (where t.type = 'REFUND'), 0),
        coalesce(sum(t.amount) filter (where t.type in ('GRANT', 'ADJUSTMENT')), 0)
      from scanning.credit_transactions t join scanning.wallets w on w.id = t.wallet_id
      where ${ofWallets} and t.created_at >= ${from}::timestamptz and t.created_at < ${to}::timestamptz
      group by 1, 2
    ) part
    group by 1, 2 order by 1, 2`);
  const usage = new Map<string | null, UsageDay[]>();
  for (const row of rows) {
    const days = usage.get(row.user_id) ?? [];
    usage.set(row.user_id, days);
    days.push({
      day: row.day,
      scansRequested: row.scans_requested,
      scansCompleted: row.scans_completed,
      scansFailed: row.scans_failed,
      creditsSpent: row.credits_spent,
      creditsRefunded: row.credits_refunded,
      creditsGranted: row.credits_granted,
    });
  }
  return usage;
}
