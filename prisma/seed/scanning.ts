/** An account whose credit paid for three scans: one harmless page, one hostile, one that timed out and was refunded. */
import type { Transaction } from '../../subgraphs/kernel/db/index.js';
import { githubLogin } from './builds.js';
import { at, idOf, insertRows, sha256, type Row } from './rows.js';

export const account = 'user_demo_jana';
const price = 5;
const wallet = idOf('wallet');

const jobs = [
  { host: 'status.example.com', state: 'COMPLETED', risk: 4, day: 10 },
  { host: 'login-meridian.example.net', state: 'COMPLETED', risk: 87, day: 11 },
  { host: 'slow.example.org', state: 'TIMED_OUT', risk: null, day: 12 },
] as const;

type Job = (typeof jobs)[number];

/** Amounts in the order in which they happened; the balance follows. */
const movements: readonly (readonly [type: string, amount: number, job: Job | null, reason: string])[] = [
  ['GRANT', 100, null, 'Welcome credit'],
  ...jobs.map((job) => ['DEBIT', -price, job, `Scan of ${job.host}`] as const),
  ['REFUND', price, jobs[2], 'The scan timed out'],
];

export async function seedScanning(tx: Transaction): Promise<void> {
  const balance = movements.reduce((sum, [, amount]) => sum + amount, 0);
  await insertRows(tx, 'scanning.users', [
    { clerk_user_id: account, created_at: at(5), metadata: { github_login: githubLogin, name: 'Jana Novak' } },
  ]);
  await insertRows(tx, 'scanning.wallets', [
    { id: wallet, user_id: account, credit_balance: balance, created_at: at(5) },
  ]);
  await insertRows(tx, 'scanning.scan_jobs', jobs.map(jobRow));
  await insertRows(tx, 'scanning.credit_transactions', movements.map(transactionRow));
  await insertRows(tx, 'scanning.scan_results', jobs.filter(({ risk }) => risk !== null).map(resultRow));
  await insertRows(tx, 'scanning.audit_logs', jobs.map(accessRow));
}

function jobRow({ host, state, day }: Job): Row {
  const timedOut = state === 'TIMED_OUT';
  return {
    id: idOf(`scan job ${host}`),
    user_id: account,
    url: `https://${host}/`,
    state,
    created_at: at(day),
    version: timedOut ? 3 : 4,
    price,
    refunded_at: timedOut ? at(day, 0, 10) : null,
    failure_reason: timedOut ? 'No answer within 30 seconds.' : null,
    completed_at: at(day, 0, 10),
  };
}

function transactionRow([type, amount, job, reason]: (typeof movements)[number], index: number): Row {
  return {
    id: idOf(`transaction ${index}`),
    wallet_id: wallet,
    type,
    amount,
    balance_after: movements.slice(0, index + 1).reduce((sum, [, each]) => sum + each, 0),
    reason,
    actor: type === 'GRANT' ? 'meridian-billing' : account,
    scan_job_id: job === null ? null : idOf(`scan job ${job.host}`),
    created_at: at(job?.day ?? 5, 0, type === 'REFUND' ? 10 : 0),
  };
}

function resultRow({ host, risk, day }: Job): Row {
  const hostile = (risk ?? 0) > 50;
  return {
    job_id: idOf(`scan job ${host}`),
    risk_score: risk,
    categories: hostile ? ['credential_phishing', 'look_alike'] : [],
    content_hash: sha256(host),
    http_status: 200,
    http_headers: { 'content-type': 'text/html; charset=utf-8', server: 'nginx' },
    content_type: 'text/html',
    model_used: 'rules@1',
    reasoning: hostile ? 'A form posts credentials to another host.' : 'Nothing suspicious was found.',
    indicators: hostile ? ['form_posts_elsewhere', 'brand_in_foreign_domain'] : [],
    created_at: at(day, 0, 10),
  };
}

function accessRow({ host, risk, day }: Job): Row {
  return {
    id: idOf(`access ${host}`),
    scan_job_id: idOf(`scan job ${host}`),
    url_accessed: `https://${host}/`,
    timestamp: at(day, 0, 5),
    content_hash: risk === null ? null : sha256(host),
    http_status: risk === null ? null : 200,
    content_type: risk === null ? null : 'text/html',
    risk_assessment_summary: risk === null ? null : { risk_score: risk },
  };
}
