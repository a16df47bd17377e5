/** What is to be done at GitHub: noted in the transaction that causes it, and taken under a lease by whoever does it. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import type { Verdict, VerdictFinding } from '../domain/verdict-report.js';

/** Nothing is noted of a repository that is elsewhere. */
export async function noteReport(tx: Transaction, auditRunId: string): Promise<void> {
  await tx.query(sql`/* builds.noteReport */
    insert into builds.github_tasks (repo_id, kind, audit_run_id)
    select r.id, 'report', a.id from builds.audit_runs a join builds.repos r on r.id = a.repo_id
    where a.id = ${auditRunId}::uuid and r.remote_url is null on conflict (audit_run_id) do nothing`);
}

/** One that waits is begun anew: whoever has it does what is no longer wanted. */
export async function noteWebhook(tx: Transaction, repoId: string, isWanted: boolean): Promise<void> {
  await tx.query(sql`/* builds.wantWebhook */
    update builds.repos set webhook_wanted = ${isWanted} where id = ${repoId}::uuid`);
  await tx.query(sql`/* builds.noteWebhook */
    insert into builds.github_tasks (repo_id, kind) values (${repoId}::uuid, 'webhook')
    on conflict (repo_id) where kind = 'webhook' and status = 'pending'
    do update set lease_token = null, next_attempt_at = now(), attempts = 0`);
}

export interface ClaimedTask {
  readonly id: string;
  readonly kind: 'report' | 'webhook';
  readonly leaseToken: string;
  readonly attempts: number;
}

export function claimGithubTasks(
  writer: Writer,
  { limit, leaseSeconds }: { readonly limit: number; readonly leaseSeconds: number },
): Promise<Written<{ tasks: readonly ClaimedTask[] }>> {
  return write(writer, { operation: 'githubTasksClaim' }, async (tx) => ({
    tasks: await tx.query<ClaimedTask>(sql`/* builds.claimGithubTasks */
      with chosen as (
        select id from builds.github_tasks where status = 'pending' and next_attempt_at <= now()
        order by next_attempt_at, id limit ${limit} for no key update skip locked
      )
      update builds.github_tasks t set attempts = t.attempts + 1, lease_token = gen_random_uuid(),
        next_attempt_at = now() + make_interval(secs => ${leaseSeconds})
      from chosen where t.id = chosen.id returning t.id, t.kind, t.lease_token as "leaseToken", t.attempts`),
  }));
}

export interface GithubTaskWork {
  readonly fullName: string;
  readonly githubRepoId: number;
  readonly remoteUrl: string | null;
  readonly webhookWanted: boolean | null;
  readonly auditRunId: string | null;
  readonly token: { readonly text: string; readonly keyId: string; readonly owner: string } | null;
}

/** Null when it was removed with its repository. */
export async function findGithubTask(db: Pick<Transaction, 'query'>, id: string): Promise<GithubTaskWork | null> {
  const [row] = await db.query<
    GithubTaskWork & { text: string; keyId: string | null; owner: string }
  >(sql`/* builds.githubTaskWork */
    select r.full_name as "fullName", r.github_repo_id as "githubRepoId", r.remote_url as "remoteUrl",
      r.webhook_wanted as "webhookWanted", t.audit_run_id as "auditRunId", u.access_token as text,
      u.access_token_key_id as "keyId", u.github_id::text as owner
    from builds.github_tasks t join builds.repos r on r.id = t.repo_id join builds.users u on u.id = r.user_id
    where t.id = ${id}::uuid`);
  if (row === undefined) return null;
  const { text, keyId, owner, ...work } = row;
  return { ...work, token: keyId === null ? null : { text, keyId, owner } };
}

export interface EndedAudit extends Verdict {
  readonly commitSha: string;
  readonly startedAt: string;
  readonly completedAt: string;
  /** A later audit of the commit has ended: its verdict stands in place of this one. */
  readonly isOvertaken: boolean;
}

export async function findEndedAudit(db: Pick<Transaction, 'query'>, auditRunId: string): Promise<EndedAudit> {
  const [run] = await db.query<Omit<EndedAudit, 'checks' | 'findings'>>(sql`/* builds.endedAudit */
    select a.overall_result as result, a.error_detail as "errorDetail", a.files_checked as "filesChecked",
      a.commit_sha as "commitSha", a.started_at as "startedAt", a.completed_at as "completedAt", exists (
        select from builds.audit_runs later where later.repo_id = a.repo_id and later.commit_sha = a.commit_sha
          and later.status in ('completed', 'error') and (later.created_at, later.id) > (a.created_at, a.id)) as "isOvertaken"
    from builds.audit_runs a where a.id = ${auditRunId}::uuid and a.status in ('completed', 'error')`);
  if (run === undefined) throw new Error('an audit that is told has not ended');
  const checks = await db.query<Verdict['checks'][number]>(sql`/* builds.checksOfAudit */
    select check_code as code, check_name as name, result from builds.audit_checks
    where audit_run_id = ${auditRunId}::uuid order by check_code, id`);
  const findings = await db.query<VerdictFinding>(sql`/* builds.findingsOfAudit */
    select f.check_code as code, f.rule, f.severity, f.file_path as path, l.line, f.message
    from builds.audit_run_findings l join builds.audit_findings f on f.id = l.finding_id
    where l.audit_run_id = ${auditRunId}::uuid and not exists (
      select from builds.accepted_findings a where a.repo_id = f.repo_id and a.fingerprint = f.fingerprint)
    order by f.severity, f.file_path, l.line, f.fingerprint`);
  return { ...run, checks, findings };
}

export interface TaskEnd {
  readonly status: 'DONE' | 'SKIPPED' | 'FAILED';
  readonly detail?: string | null;
  readonly url?: string | null;
  /** What is known of the webhook from now on; left as it was when left out. */
  readonly webhookId?: number | null;
}

/** Refused with LEASE_EXPIRED when somebody else has it, or something else is wanted by now. */
export function endGithubTask(
  writer: Writer,
  { id, leaseToken }: Pick<ClaimedTask, 'id' | 'leaseToken'>,
  { status, detail = null, url = null, webhookId }: TaskEnd,
): Promise<Written<{ task: string }>> {
  return write(writer, { operation: 'githubTaskEnd' }, async (tx) => {
    const [task] = await tx.query<{ repository: string }>(sql`/* builds.endGithubTask */
      update builds.github_tasks t set status = ${status.toLowerCase()}, detail = ${detail}, url = ${url}, completed_at = now(),
        lease_token = null
      from builds.repos r where t.id = ${id}::uuid and t.lease_token = ${leaseToken}::uuid and t.status = 'pending' and r.id = t.repo_id
      returning r.repository_full_name as repository`);
    if (task === undefined) throw leaseIsOver;
    const { repository } = task;
    if (webhookId !== undefined) {
      await tx.query(sql`/* builds.noteWebhookId */
        update builds.repos set webhook_id = ${webhookId} where repository_full_name = ${repository}`);
      const details = { webhookId };
      tx.record({ type: 'Repository', key: repository, repository, action: 'repositoryWebhookSet', details });
    }
    tx.record({ type: 'GithubTask', key: id, repository, action: 'githubTaskEnded', details: { status, detail } });
    return { task: id };
  });
}

/** Lets it wait for its next try. */
export function postponeGithubTask(
  writer: Writer,
  { id, leaseToken }: Pick<ClaimedTask, 'id' | 'leaseToken'>,
  { detail, seconds }: { readonly detail: string; readonly seconds: number },
): Promise<Written<{ task: string }>> {
  return write(writer, { operation: 'githubTaskPostpone' }, async (tx) => {
    const postponed = await tx.query(sql`/* builds.postponeGithubTask */
      update builds.github_tasks set detail = ${detail}, lease_token = null, next_attempt_at = now() + make_interval(secs => ${seconds})
      where id = ${id}::uuid and lease_token = ${leaseToken}::uuid and status = 'pending' returning id`);
    if (postponed.length === 0) throw leaseIsOver;
    return { task: id };
  });
}

const leaseIsOver = userError('LEASE_EXPIRED', null, 'The lease is over, or something else is wanted by now.');
