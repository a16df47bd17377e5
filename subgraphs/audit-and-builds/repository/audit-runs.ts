/** Audits: requested, claimed under a lease, and completed with their checks or given up. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import { userError } from '../../kernel/errors/index.js';
import { assertTransition, write, type Writer, type Written, type WriteTransaction } from '../../kernel/write/index.js';
import { auditTransitions, type AuditRunStatus } from '../domain/audit-states.js';
import { withoutAccepted, type CheckOutcome } from '../domain/audit/index.js';
import { assertRange, assertText } from '../domain/limits.js';
import { storeFindings } from './audit-findings.js';
import { isCommitSha } from './commit.js';
import { noteReport } from './github-tasks.js';
import { lockConnected, type LockedRepository } from './repositories.js';

export interface NewAuditRun {
  readonly commitSha: string;
  readonly branch?: string | null;
  readonly commitMessage?: string | null;
  readonly commitAuthor?: string | null;
  readonly baseSha?: string | null;
  readonly pullRequest?: number | null;
}

export interface AuditRunRequest extends NewAuditRun {
  readonly repository: string;
  readonly clientKey?: string | null;
}

type Changed = Promise<Written<{ auditRun: string }>>;

export function requestAuditRun(writer: Writer, { clientKey, ...input }: AuditRunRequest): Changed {
  return write(writer, { operation: 'auditRunRequest', clientKey, input }, async (tx) => {
    const commitSha = input.commitSha.toLowerCase();
    if (commitSha.length !== 40 || !isCommitSha(commitSha)) {
      throw userError('VALIDATION', 'commitSha', 'Expected 40 hex digits.');
    }
    const limits = { branch: 255, commitMessage: 10_000, commitAuthor: 255 } as const;
    for (const name of ['branch', 'commitMessage', 'commitAuthor'] as const) {
      const text = input[name];
      if (text != null) assertText(name, text, { min: 0, max: limits[name] });
    }
    const repository = await lockConnected(tx, input.repository);
    return { auditRun: await insertAuditRun(tx, repository, { ...input, commitSha }, null) };
  });
}

export async function insertAuditRun(
  tx: WriteTransaction,
  repository: LockedRepository,
  run: NewAuditRun,
  deliveryId: string | null,
): Promise<string> {
  const [row] = await tx.query<{ id: string }>(sql`/* builds.insertAuditRun */
    insert into builds.audit_runs (repo_id, commit_sha, commit_message, commit_author, branch, base_sha, pull_request, delivery_id)
    values (${repository.id}::uuid, ${run.commitSha}, ${run.commitMessage ?? null}, ${run.commitAuthor ?? null},
      ${run.branch ?? null}, ${run.baseSha ?? null}, ${run.pullRequest ?? null}, ${deliveryId}) returning id`);
  if (row === undefined) throw new Error('an audit was not stored');
  noteAuditRun(tx, { id: row.id, repository: repository.fullName }, 'auditRunRequested', {
    commitSha: run.commitSha,
    branch: run.branch ?? null,
    ...(run.pullRequest != null && { pullRequest: run.pullRequest }),
  });
  return row.id;
}

/** The audit that a delivery asks for; one that waits for the same commit of the branch becomes it. The repository is held. */
export async function joinOrInsertAuditRun(
  tx: WriteTransaction,
  repository: LockedRepository,
  run: NewAuditRun,
  deliveryId: string,
): Promise<void> {
  const [waiting] = await tx.query<{ id: string }>(sql`/* builds.joinAuditRun */
    update builds.audit_runs set base_sha = coalesce(${run.baseSha ?? null}, base_sha),
      pull_request = coalesce(${run.pullRequest ?? null}::int4, pull_request)
    where id = (select id from builds.audit_runs where repo_id = ${repository.id}::uuid and commit_sha = ${run.commitSha}
      and branch is not distinct from ${run.branch ?? null} and status = 'pending' order by created_at, id limit 1 for no key update)
    returning id`);
  if (waiting === undefined) await insertAuditRun(tx, repository, run, deliveryId);
}

/** What GitHub is asked to have judged again. */
export interface Reaudit {
  readonly commitSha: string;
  readonly branch: string | null;
  /** Which of the commit's audits. The newest when it is none of them. */
  readonly auditRunId: string | null;
}

/** As the audit was that is repeated; one that waits is left to be made. The repository is held. */
export async function repeatAuditRun(
  tx: WriteTransaction,
  repository: LockedRepository,
  { commitSha, branch, auditRunId }: Reaudit,
  deliveryId: string,
): Promise<void> {
  const [before] = await tx.query<NewAuditRun>(sql`/* builds.auditRunToRepeat */
    select commit_sha as "commitSha", commit_message as "commitMessage", commit_author as "commitAuthor", branch,
      base_sha as "baseSha", pull_request as "pullRequest"
    from builds.audit_runs where repo_id = ${repository.id}::uuid and commit_sha = ${commitSha}
    order by id is not distinct from ${auditRunId}::uuid desc, created_at desc, id desc limit 1`);
  await joinOrInsertAuditRun(tx, repository, before ?? { commitSha, branch }, deliveryId);
}

export interface ClaimedRun {
  readonly id: string;
  readonly repository: string;
  readonly leaseToken: string;
  readonly leaseExpiresAt: string;
}

export interface ClaimRequest {
  readonly limit?: number | null;
  readonly leaseSeconds?: number | null;
}

/** The oldest that nobody works on; two branches, because each has an index of its own. */
export function claimAuditRuns(
  writer: Writer,
  request: ClaimRequest,
): Promise<Written<{ claims: readonly ClaimedRun[] }>> {
  return write(writer, { operation: 'auditRunsClaim' }, async (tx) => {
    const limit = request.limit ?? 1;
    const leaseSeconds = request.leaseSeconds ?? 300;
    assertRange('limit', limit, { min: 1, max: 20 });
    assertRange('leaseSeconds', leaseSeconds, { min: 10, max: 3_600 });
    const claims = await tx.query<ClaimedRun>(sql`/* builds.claimAuditRuns */
      with pending as (
        select id, created_at from builds.audit_runs where status = 'pending'
        order by created_at, id limit ${limit} for no key update skip locked
      ), abandoned as (
        select id, created_at from builds.audit_runs where status = 'running' and lease_expires_at <= now()
        order by lease_expires_at limit ${limit} for no key update skip locked
      ), chosen as (
        select id from (table pending union all table abandoned) candidate order by created_at, id limit ${limit}
      )
      update builds.audit_runs a set status = 'running', worker = ${writer.auth.subject}, lease_token = gen_random_uuid(),
        attempts = a.attempts + 1, started_at = case when a.status = 'pending' then now() else a.started_at end,
        lease_expires_at = now() + make_interval(secs => ${leaseSeconds})
      from chosen, builds.repos r where a.id = chosen.id and r.id = a.repo_id
      returning a.id, r.repository_full_name as repository, a.lease_token as "leaseToken", a.lease_expires_at as "leaseExpiresAt"`);
    for (const claim of claims) noteAuditRun(tx, claim, 'auditRunClaimed', { worker: writer.auth.subject });
    return { claims };
  });
}

/** Lengthens the lease of a claimed audit. */
export function renewAuditLease(
  writer: Writer,
  { id, leaseToken, leaseSeconds }: { id: string; leaseToken: string; leaseSeconds: number },
): Changed {
  return write(writer, { operation: 'auditRunHeartbeat' }, async (tx) => {
    const run = await lockAuditRun(tx, id);
    assertLease(run, leaseToken);
    await tx.query(sql`/* builds.renewAuditLease */
      update builds.audit_runs set lease_expires_at = now() + make_interval(secs => ${leaseSeconds}) where id = ${id}::uuid`);
    return { auditRun: id };
  });
}

/** What a worker has to know of an audit to carry it out. */
export interface AuditWork {
  readonly commitSha: string;
  readonly baseSha: string | null;
  readonly branch: string | null;
  readonly pullRequest: number | null;
  /** Whether GitHub asked for it; else somebody did. */
  readonly isPush: boolean;
  readonly attempts: number;
  readonly fullName: string;
  readonly githubRepoId: number;
  readonly defaultBranch: string;
  readonly remoteUrl: string | null;
  /** Sealed token of the user who connected the repository. Null when there is none. */
  readonly token: { readonly text: string; readonly keyId: string; readonly owner: string } | null;
}

export async function findAuditWork(db: Pick<Transaction, 'query'>, id: string): Promise<AuditWork | null> {
  const [row] = await db.query<
    AuditWork & { text: string; keyId: string | null; owner: string }
  >(sql`/* builds.auditWork */
    select a.commit_sha as "commitSha", a.base_sha as "baseSha", a.branch, a.pull_request as "pullRequest",
      a.delivery_id is not null as "isPush", a.attempts, r.full_name as "fullName", r.github_repo_id as "githubRepoId", r.default_branch as "defaultBranch",
      r.remote_url as "remoteUrl", u.access_token as text, u.access_token_key_id as "keyId", u.github_id::text as owner
    from builds.audit_runs a join builds.repos r on r.id = a.repo_id join builds.users u on u.id = r.user_id
    where a.id = ${id}::uuid`);
  if (row === undefined) return null;
  const { text, keyId, owner, ...work } = row;
  return { ...work, token: keyId === null ? null : { text, keyId, owner } };
}

interface LockedRun {
  readonly id: string;
  readonly repository: string;
  readonly status: AuditRunStatus;
  readonly leaseToken: string | null;
  readonly hasLiveLease: boolean;
}

async function lockAuditRun(tx: Transaction, id: string): Promise<LockedRun> {
  const [row] = await tx.query<LockedRun>(sql`/* builds.lockAuditRun */
    select a.id, r.repository_full_name as repository, upper(a.status) as status, a.lease_token as "leaseToken",
      coalesce(a.lease_expires_at > now(), false) as "hasLiveLease"
    from builds.audit_runs a join builds.repos r on r.id = a.repo_id where a.id = ${id}::uuid for no key update of a`);
  if (row === undefined) throw userError('NOT_FOUND', 'auditRunId', 'There is no such audit.');
  return row;
}

function assertLease(run: LockedRun, leaseToken: string): void {
  if (run.leaseToken === leaseToken.toLowerCase() && run.hasLiveLease) return;
  const message = 'The lease on this audit is over or belongs to another worker. Stop working on it.';
  throw userError('LEASE_EXPIRED', 'leaseToken', message);
}

export interface Completion {
  readonly auditRunId: string;
  /** Null for a pending audit: claimed and completed in one transaction. */
  readonly leaseToken: string | null;
  readonly filesChecked: number;
  readonly checks: readonly CheckOutcome[];
  /** Whether results follow from findings, so that accepted ones are left out; else they stay as they are given. */
  readonly judgesByFindings?: boolean;
}

/** The verdict is computed by the database from the checks, whatever the caller says. */
export function completeAuditRun(writer: Writer, operation: string, completion: Completion): Changed {
  return write(writer, { operation }, async (tx) => {
    const { auditRunId: id, leaseToken, filesChecked } = completion;
    assertChecks(completion.checks);
    const run = await lockAuditRun(tx, id);
    if (leaseToken === null) {
      assertTransition({ transitions: auditTransitions, from: run.status, to: 'RUNNING' });
      await tx.query(sql`/* builds.beginAuditRun */
        update builds.audit_runs set status = 'running', worker = ${writer.auth.subject}, started_at = now() where id = ${id}::uuid`);
    } else {
      assertTransition({ transitions: auditTransitions, from: run.status, to: 'COMPLETED' });
      assertLease(run, leaseToken);
    }
    const stored = await storeFindings(tx, id, completion.checks);
    const checks =
      completion.judgesByFindings === true
        ? completion.checks.map((each) => withoutAccepted(each, stored.accepted))
        : completion.checks;
    await tx.query(sql`/* builds.insertAuditChecks */
      insert into builds.audit_checks (audit_run_id, check_code, check_name, result, detail)
      select ${id}::uuid, c.code, c.name, c.result, c.detail
      from json_to_recordset(${sql.json(checks.map(toRow))}::json) as c (code text, name text, result text, detail text)`);
    const [ended] = await tx.query<{ overallResult: string }>(sql`/* builds.completeAuditRun */
      update builds.audit_runs set status = 'completed', completed_at = now(), files_checked = ${filesChecked},
        lease_token = null, lease_expires_at = null where id = ${id}::uuid returning overall_result as "overallResult"`);
    await noteReport(tx, id);
    noteAuditRun(tx, run, 'auditRunCompleted', {
      status: [run.status, 'COMPLETED'],
      overallResult: ended?.overallResult ?? null,
      checks: checks.map(({ code, result }) => [code, result]),
      findings: { new: stored.newCount, resolved: stored.resolvedCount },
    });
    return { auditRun: id };
  });
}

function toRow({ code, name, result, detail }: CheckOutcome): object {
  return { code, name, result, detail };
}

const longestDetail = 20_000;
const mostFindings = 1_000;

function assertChecks(checks: readonly CheckOutcome[]): void {
  if (checks.length < 1 || checks.length > 50) throw userError('VALIDATION', 'checks', 'Expected 1 to 50 checks.');
  checks.forEach(({ name, detail, findings }, index) => {
    const place = ['checks', String(index)];
    assertText([...place, 'name'], name, { max: 100 });
    if (detail !== null) assertText([...place, 'detail'], detail, { min: 0, max: longestDetail });
    if (findings.length > mostFindings) {
      throw userError('VALIDATION', [...place, 'findings'], `Expected at most ${mostFindings} findings.`);
    }
    findings.forEach(({ rule, path, line, message }, number) => {
      const finding = [...place, 'findings', String(number)];
      assertText([...finding, 'rule'], rule, { max: 100 });
      assertText([...finding, 'message'], message, { max: 1_000 });
      if (path !== null) assertText([...finding, 'path'], path, { max: 1_000 });
      if (line !== null && line < 1) throw userError('VALIDATION', [...finding, 'line'], 'Expected 1 or more.');
    });
  });
}

export interface Failure {
  readonly auditRunId: string;
  readonly leaseToken: string;
  readonly reason: string;
}

export function failAuditRun(writer: Writer, { auditRunId: id, leaseToken, reason }: Failure): Changed {
  return write(writer, { operation: 'auditRunFail' }, async (tx) => {
    assertText('reason', reason, { max: 2_000 });
    const run = await lockAuditRun(tx, id);
    assertTransition({ transitions: auditTransitions, from: run.status, to: 'ERROR' });
    assertLease(run, leaseToken);
    await tx.query(sql`/* builds.failAuditRun */
      update builds.audit_runs set status = 'error', completed_at = now(), error_detail = ${reason}, lease_token = null,
        lease_expires_at = null where id = ${id}::uuid`);
    await noteReport(tx, id);
    noteAuditRun(tx, run, 'auditRunFailed', { status: [run.status, 'ERROR'], reason });
    return { auditRun: id };
  });
}

export interface StoredContracts {
  readonly boundaries: string | null;
  readonly physics: string | null;
}

/** The contracts that checks read, of the newest project that builds the audited repository. */
export async function findContractsByAuditRun(
  db: Pick<Transaction, 'query'>,
  auditRunId: string,
): Promise<StoredContracts> {
  const rows = await db.query<{ type: string; content: string }>(sql`/* builds.contractsByAuditRun */
    select c.contract_type as type, c.content from builds.project_contracts c
    where c.contract_type in ('boundaries', 'physics') and c.project_id = (
      select p.id from builds.projects p join builds.audit_runs a on a.repo_id = p.repo_id
      where a.id = ${auditRunId}::uuid order by p.created_at desc, p.id desc limit 1)`);
  const contentOf = (type: string): string | null => rows.find((row) => row.type === type)?.content ?? null;
  return { boundaries: contentOf('boundaries'), physics: contentOf('physics') };
}

function noteAuditRun(
  tx: WriteTransaction,
  { id, repository }: { readonly id: string; readonly repository: string },
  action: string,
  details: Record<string, unknown>,
): void {
  tx.record({ type: 'AuditRun', key: id, repository, action, details });
}
