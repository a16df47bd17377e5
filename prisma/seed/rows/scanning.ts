/** Accounts, what they paid with, the URLs that they had scanned, and what the rules made of the pages. */
import { at, later } from '../calendar.js';
import type { AccountStory, ScanStory } from '../chapter.js';
import { idOf } from '../ids.js';
import type { Row, RowSet } from '../row-set.js';
import { outcomeOf, type ScanOutcome } from './web-pages.js';

const price = 1;
const worker = 'scanner-1';
const billing = 'billing.meridian';

export function scanJobId(clerkUserId: string, { on, time, url }: Pick<ScanStory, 'on' | 'time' | 'url'>): string {
  return idOf(`scan job ${clerkUserId} ${on} ${time ?? ''} ${url}`);
}

/** A movement of credit; balances follow from their order. */
interface Movement {
  readonly at: string;
  readonly type: 'GRANT' | 'DEBIT' | 'REFUND';
  readonly amount: number;
  readonly reason: string;
  readonly reference: string | null;
  readonly scanJob: string | null;
}

export function tellAccount(account: AccountStory, rows: RowSet): void {
  const { clerkUserId, name, githubLogin, registeredOn, credits } = account;
  const registeredAt = at(registeredOn, '08:20');
  const metadata = { name, ...(githubLogin !== null && { github_login: githubLogin }) };
  rows.add('scanning.users', {
    clerk_user_id: clerkUserId,
    created_at: registeredAt,
    updated_at: registeredAt,
    metadata,
  });
  rows.note({
    at: registeredAt,
    user: clerkUserId,
    type: 'Account',
    key: clerkUserId,
    action: 'accountRegistered',
    details: { metadata: Object.keys(metadata).sort() },
    account: clerkUserId,
  });
  const movements: Movement[] = credits.map(([on, amount, reason, reference]) => ({
    at: at(on, '09:00'),
    type: 'GRANT',
    amount,
    reason,
    reference,
    scanJob: null,
  }));
  for (const scan of account.scans) movements.push(...tellScan(clerkUserId, scan, rows));
  tellWallet(clerkUserId, registeredAt, movements.sort(byTime), rows);
}

function byTime(a: Movement, b: Movement): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}

const walletActions = { GRANT: 'walletCredited', DEBIT: 'walletDebited', REFUND: 'walletRefunded' } as const;

function tellWallet(clerkUserId: string, createdAt: string, movements: readonly Movement[], rows: RowSet): void {
  const walletId = idOf(`wallet ${clerkUserId}`);
  let balanceAfter = 0;
  const booked: Row[] = movements.map((movement, index) => {
    const { type, amount, reason, reference, scanJob } = movement;
    balanceAfter += amount;
    const actor = type === 'GRANT' ? billing : type === 'DEBIT' ? clerkUserId : worker;
    const details = scanJob === null ? { amount, balanceAfter, reason, reference } : { amount, balanceAfter, scanJob };
    const about = { type: 'Wallet', key: walletId, account: clerkUserId };
    rows.note({ ...about, at: movement.at, user: actor, action: walletActions[type], details });
    return {
      id: idOf(`transaction ${walletId} ${index}`),
      wallet_id: walletId,
      type,
      amount,
      balance_after: balanceAfter,
      reason,
      reference,
      actor,
      scan_job_id: scanJob,
      created_at: movement.at,
    };
  });
  rows.add('scanning.wallets', {
    id: walletId,
    user_id: clerkUserId,
    credit_balance: balanceAfter,
    created_at: createdAt,
    updated_at: movements.at(-1)?.at ?? createdAt,
  });
  rows.add('scanning.credit_transactions', ...booked);
}

function tellScan(clerkUserId: string, scan: ScanStory, rows: RowSet): Movement[] {
  const { url } = scan;
  const id = scanJobId(clerkUserId, scan);
  const requestedAt = at(scan.on, scan.time ?? '10:15');
  const outcome = outcomeOf(scan);
  const { result, failure } = outcome;
  const endedAt = later(requestedAt, failure?.state === 'TIMED_OUT' ? 10 : 1);
  const version = failure === null ? 4 : 3;
  rows.add('scanning.scan_jobs', {
    id,
    user_id: clerkUserId,
    url,
    state: failure?.state ?? 'COMPLETED',
    version,
    price,
    worker,
    failure_reason: failure?.reason ?? null,
    refunded_at: failure === null ? null : endedAt,
    deadline_at: later(requestedAt, 10),
    created_at: requestedAt,
    updated_at: endedAt,
    completed_at: endedAt,
  });
  if (result !== null) rows.add('scanning.scan_results', { job_id: id, ...result, created_at: endedAt });
  tellAccess(id, url, outcome, endedAt, rows);
  const states = failure === null ? ['FETCHING', 'ANALYZING', 'COMPLETED'] : ['FETCHING', failure.state];
  const about = { type: 'ScanJob', key: id, account: clerkUserId };
  const requested = { state: [null, 'QUEUED'], version: 1, price };
  rows.note({ ...about, at: requestedAt, user: clerkUserId, action: 'scanJobRequested', details: requested });
  const [last = 'COMPLETED'] = states.slice(-1);
  rows.note({
    ...about,
    at: endedAt,
    user: worker,
    action: scanActions[last] ?? 'scanJobCompleted',
    details: { state: [states.at(-2) ?? 'QUEUED', last], version: [version - 1, version] },
  });
  const debit = { type: 'DEBIT', amount: -price, reason: 'scan requested', at: requestedAt } as const;
  const moved = { reference: null, scanJob: id };
  if (failure === null) return [{ ...debit, ...moved }];
  const reason = failure.state === 'TIMED_OUT' ? 'scan timed out' : 'scan failed';
  return [
    { ...debit, ...moved },
    { type: 'REFUND', amount: price, reason, at: endedAt, ...moved },
  ];
}

const scanActions: Readonly<Record<string, string>> = {
  COMPLETED: 'scanJobCompleted',
  FAILED: 'scanJobFailed',
  TIMED_OUT: 'scanJobTimedOut',
};

function tellAccess(jobId: string, url: string, { result, summary }: ScanOutcome, moment: string, rows: RowSet): void {
  rows.add('scanning.audit_logs', {
    id: idOf(`access ${jobId}`),
    scan_job_id: jobId,
    url_accessed: url,
    timestamp: moment,
    content_hash: result?.content_hash ?? null,
    http_status: result?.http_status ?? null,
    http_headers: result?.http_headers ?? {},
    content_type: result?.content_type ?? null,
    risk_assessment_summary: summary,
  });
}
