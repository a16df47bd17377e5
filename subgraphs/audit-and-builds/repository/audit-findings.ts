/** What audits found: first seen, seen again, resolved; and the findings that somebody accepted. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import type { CheckOutcome } from '../domain/audit/index.js';
import { assertText } from '../domain/limits.js';

export interface StoredFindings {
  readonly newCount: number;
  readonly resolvedCount: number;
  /** Fingerprints that are accepted in the repository. */
  readonly accepted: ReadonlySet<string>;
}

interface Place {
  readonly repoId: string;
  readonly branch: string;
  /** A later audit of the branch has ended: what this one finds is told, and changes nothing. */
  readonly isOvertaken: boolean;
}

/** The caller holds the run. The repository's row is held, so that two audits of a branch end one after the other. */
export async function storeFindings(
  tx: Transaction,
  runId: string,
  checks: readonly CheckOutcome[],
): Promise<StoredFindings> {
  const place = await lockPlace(tx, runId);
  const found = checks.flatMap(({ code, findings }) => findings.map((finding) => ({ code, ...finding })));
  const newCount = found.length === 0 ? 0 : await insertFindings(tx, runId, place, found);
  // A check that could not be carried out says nothing of what is gone.
  const judged = checks.filter(({ result }) => result !== 'ERROR').map(({ code }) => code);
  const resolvedCount = place.isOvertaken ? 0 : await resolveOthers(tx, runId, place, judged);
  const accepted = await tx.query<{ fingerprint: string }>(sql`/* builds.acceptedFingerprints */
    select fingerprint from builds.accepted_findings where repo_id = ${place.repoId}::uuid`);
  return { newCount, resolvedCount, accepted: new Set(accepted.map(({ fingerprint }) => fingerprint)) };
}

async function lockPlace(tx: Transaction, runId: string): Promise<Place> {
  await tx.query(sql`/* builds.lockRepositoryOfRun */
    select r.id from builds.repos r join builds.audit_runs a on a.repo_id = r.id where a.id = ${runId}::uuid for no key update of r`);
  const [place] = await tx.query<Place>(sql`/* builds.placeOfRun */
    select a.repo_id as "repoId", coalesce(a.branch, '') as branch, exists (
      select from builds.audit_runs later where later.repo_id = a.repo_id and coalesce(later.branch, '') = coalesce(a.branch, '')
        and later.status = 'completed' and (later.created_at, later.id) > (a.created_at, a.id)) as "isOvertaken"
    from builds.audit_runs a where a.id = ${runId}::uuid`);
  if (place === undefined) throw new Error('the audit is gone while it is held');
  return place;
}

async function insertFindings(
  tx: Transaction,
  runId: string,
  { repoId, branch, isOvertaken }: Place,
  found: readonly object[],
): Promise<number> {
  const [counted] = await tx.query<{ count: number }>(sql`/* builds.storeFindings */
    with given as (
      select * from json_to_recordset(${sql.json(found)}::json)
        as g (code text, fingerprint text, rule text, severity text, path text, line int4, message text)
    ), stored as (
      insert into builds.audit_findings as f (repo_id, branch, check_code, fingerprint, rule, severity, file_path, line, message,
        first_run_id, last_run_id, resolved_at)
      select ${repoId}::uuid, ${branch}, code, fingerprint, rule, severity, path, line, message, ${runId}::uuid, ${runId}::uuid,
        case when ${isOvertaken} then now() end
      from given
      on conflict (repo_id, branch, fingerprint) do update set
        severity = case when ${isOvertaken} then f.severity else excluded.severity end,
        line = case when ${isOvertaken} then f.line else excluded.line end,
        last_seen_at = case when ${isOvertaken} then f.last_seen_at else excluded.last_seen_at end,
        last_run_id = case when ${isOvertaken} then f.last_run_id else excluded.last_run_id end,
        resolved_at = case when ${isOvertaken} then f.resolved_at end
      returning id, fingerprint, xmax = 0 as is_new
    ), listed as (
      insert into builds.audit_run_findings (audit_run_id, finding_id, line)
      select ${runId}::uuid, s.id, g.line from stored s join given g using (fingerprint)
    )
    select count(*)::int4 as count from stored where is_new`);
  return counted?.count ?? 0;
}

async function resolveOthers(
  tx: Transaction,
  runId: string,
  { repoId, branch }: Place,
  judged: readonly string[],
): Promise<number> {
  const gone = await tx.query(sql`/* builds.resolveFindings */
    update builds.audit_findings set resolved_at = now()
    where repo_id = ${repoId}::uuid and branch = ${branch} and resolved_at is null
      and last_run_id is distinct from ${runId}::uuid and check_code = any (${judged}::text[])
    returning id`);
  return gone.length;
}

/** What was found on a branch that is no more is there no more. */
export async function resolveFindingsOfBranch(tx: Transaction, repoId: string, branch: string): Promise<void> {
  await tx.query(sql`/* builds.resolveFindingsOfBranch */
    update builds.audit_findings set resolved_at = now()
    where repo_id = ${repoId}::uuid and branch = ${branch} and resolved_at is null`);
}

const mostAtOnce = 500;

export function acceptFindings(
  writer: Writer,
  ids: readonly string[],
  reason: string,
): Promise<Written<{ acceptedCount: number }>> {
  return write(writer, { operation: 'auditFindingsAccept' }, async (tx) => {
    assertText('reason', reason, { max: 2_000 });
    const findings = await findAll(tx, ids);
    await tx.query(sql`/* builds.acceptFindings */
      insert into builds.accepted_findings (repo_id, fingerprint, reason, accepted_by)
      select distinct f.repo_id, f.fingerprint, ${reason}, ${writer.auth.subject} from builds.audit_findings f
      where f.id = any (${ids}::uuid[])
      on conflict (repo_id, fingerprint) do update set reason = excluded.reason, accepted_by = excluded.accepted_by, accepted_at = now()`);
    for (const { id, repository } of findings) {
      tx.record({ type: 'AuditFinding', key: id, repository, action: 'auditFindingAccepted', details: { reason } });
    }
    return { acceptedCount: findings.length };
  });
}

export function reopenFindings(writer: Writer, ids: readonly string[]): Promise<Written<{ reopenedCount: number }>> {
  return write(writer, { operation: 'auditFindingsReopen' }, async (tx) => {
    const findings = await findAll(tx, ids);
    const reopened = await tx.query<{ fingerprint: string }>(sql`/* builds.reopenFindings */
      delete from builds.accepted_findings a using builds.audit_findings f
      where f.id = any (${ids}::uuid[]) and a.repo_id = f.repo_id and a.fingerprint = f.fingerprint
      returning a.fingerprint`);
    const known = new Set(reopened.map(({ fingerprint }) => fingerprint));
    const changed = findings.filter(({ fingerprint }) => known.has(fingerprint));
    for (const { id, repository } of changed) {
      tx.record({ type: 'AuditFinding', key: id, repository, action: 'auditFindingReopened' });
    }
    return { reopenedCount: changed.length };
  });
}

interface FoundFinding {
  readonly id: string;
  readonly fingerprint: string;
  readonly repository: string;
}

/** Throws NOT_FOUND unless all of them are there. */
async function findAll(tx: Transaction, ids: readonly string[]): Promise<FoundFinding[]> {
  if (ids.length < 1 || ids.length > mostAtOnce) {
    throw userError('VALIDATION', 'auditFindingIds', `Expected 1 to ${mostAtOnce} findings.`);
  }
  const found = await tx.query<FoundFinding>(sql`/* builds.findingsByIds */
    select f.id, f.fingerprint, r.repository_full_name as repository from builds.audit_findings f
    join builds.repos r on r.id = f.repo_id where f.id = any (${ids}::uuid[]) order by f.id`);
  const missing = ids.findIndex((id) => !found.some((finding) => finding.id === id));
  if (missing === -1) return found;
  throw userError('NOT_FOUND', ['auditFindingIds', String(missing)], 'There is no such finding.');
}
