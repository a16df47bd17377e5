/** The request of a scan: the debit, its transaction and the job are one statement. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';

export interface ScanRequest {
  readonly userId: string;
  readonly url: string;
  readonly price: number;
  readonly deadlineSeconds: number;
  readonly clientKey: string | null;
  readonly inputHash: string | null;
}

export interface RequestedScan {
  readonly jobId: string;
  readonly walletId: string;
  readonly balanceAfter: number;
}

/** Null when the account has no wallet, or one with less than the price. The wallet stays locked until the transaction ends. */
export async function insertScanJob(tx: Transaction, request: ScanRequest): Promise<RequestedScan | null> {
  const { userId, url, price, deadlineSeconds, clientKey, inputHash } = request;
  const [row] = await tx.query<{ id: string; wallet_id: string; balance: number }>(sql`/* scanning.insertScanJob */
    with debited as (
      update scanning.wallets set credit_balance = credit_balance - ${price}::int4
      where user_id = ${userId} and credit_balance >= ${price}::int4
      returning id as wallet_id, user_id, credit_balance as balance
    ), job as (
      insert into scanning.scan_jobs (user_id, url, price, client_key, input_hash, deadline_at)
      select user_id, ${url}, ${price}::int4, ${clientKey}::text, ${inputHash}::text, now() + make_interval(secs => ${deadlineSeconds})
      from debited
      returning id
    ), booked as (
      insert into scanning.credit_transactions (wallet_id, type, amount, balance_after, reason, actor, scan_job_id)
      select wallet_id, 'DEBIT', -${price}::int4, balance, 'scan requested', user_id, job.id from debited, job
      where ${price}::int4 > 0
    )
    select job.id, wallet_id, balance from debited, job`);
  return row === undefined ? null : { jobId: row.id, walletId: row.wallet_id, balanceAfter: row.balance };
}

/** Whether the account has more than `limit` jobs of the last minute. Exact while the account's wallet is locked. */
export async function exceedsRate(db: Queryable, userId: string, limit: number): Promise<boolean> {
  const rows = await db.query(sql`/* scanning.exceedsRate */
    select from scanning.scan_jobs where user_id = ${userId} and created_at > now() - interval '1 minute'
    order by created_at desc offset ${limit} limit 1`);
  return rows.length > 0;
}

export interface RequestState {
  /** Null when the account has no wallet. */
  readonly balance: number | null;
  /** The job that this client key has made already. */
  readonly made: { readonly jobId: string; readonly walletId: string; readonly inputHash: string } | null;
}

/** What decides, before any name is resolved, whether a request has a chance. */
export async function findRequestState(db: Queryable, userId: string, clientKey: string | null): Promise<RequestState> {
  const [row] = await db.query<{
    balance: number;
    wallet_id: string;
    job_id: string | null;
    input_hash: string | null;
  }>(sql`/* scanning.findRequestState */
    select w.credit_balance as balance, w.id as wallet_id, j.id as job_id, j.input_hash
    from scanning.wallets w left join scanning.scan_jobs j on j.user_id = w.user_id and j.client_key = ${clientKey}::text
    where w.user_id = ${userId}`);
  if (row === undefined) return { balance: null, made: null };
  const { balance, wallet_id: walletId, job_id: jobId, input_hash: inputHash } = row;
  return { balance, made: jobId === null || inputHash === null ? null : { jobId, walletId, inputHash } };
}
