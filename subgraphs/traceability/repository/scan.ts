/** Scans and what was wrong with their files. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import type { ArtifactKind, Problem } from '../domain/index.js';

export interface NewScan {
  readonly id: string;
  readonly repositoryId: string;
  readonly commitSha: string;
  readonly branch: string | null;
  readonly requestedBy: string | null;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly artifactsFound: Readonly<Partial<Record<ArtifactKind, number>>>;
  readonly createdCount: number;
  readonly changedCount: number;
  readonly removedCount: number;
  readonly unchangedCount: number;
  readonly rejectedCount: number;
}

/** Stores a completed scan with its problems, and notes it in its repository. Answers its place among the repository's scans. */
export async function insertScan(tx: Transaction, scan: NewScan, problems: readonly Problem[]): Promise<number> {
  const [stored] = await tx.query<{ revision: number }>(sql`/* traceability.insertScan */
    with scan as (
      insert into traceability.scans (id, repository_id, status, commit_sha, branch, requested_by, started_at, completed_at,
        duration_ms, artifacts_found, created_count, changed_count, removed_count, unchanged_count, rejected_count, revision)
      values (${scan.id}, ${scan.repositoryId}, 'completed', ${scan.commitSha}, ${scan.branch}, ${scan.requestedBy},
        ${scan.startedAt}, ${new Date(scan.startedAt.getTime() + scan.durationMs)}, ${scan.durationMs},
        ${sql.json(scan.artifactsFound)}::jsonb, ${scan.createdCount}, ${scan.changedCount}, ${scan.removedCount},
        ${scan.unchangedCount}, ${scan.rejectedCount},
        (select coalesce(max(revision), 0) + 1 from traceability.scans where repository_id = ${scan.repositoryId}))
      returning revision
    )
    update traceability.repositories set last_scanned_at = ${scan.startedAt} where id = ${scan.repositoryId}
    returning (select revision from scan)`);
  if (stored === undefined) throw new Error(`no repository ${scan.repositoryId}`);
  if (problems.length === 0) return stored.revision;
  await tx.query(sql`/* traceability.insertScanRejections */
    insert into traceability.scan_rejections (scan_id, path, line, code, reason, severity)
    select ${scan.id}, p.* from json_to_recordset(${sql.json(problems)}::json)
      as p (path text, line int, code text, reason text, severity text)`);
  return stored.revision;
}

export interface LatestScan {
  readonly id: string;
  readonly commitSha: string;
  readonly problems: readonly Problem[];
}

/** The latest scan of a repository with its problems by path; null before the first. */
export async function findLatestScanByRepository(tx: Transaction, repositoryId: string): Promise<LatestScan | null> {
  const [row] = await tx.query<LatestScan & Record<string, unknown>>(sql`/* traceability.latestScan */
    select s.id, s.commit_sha as "commitSha", coalesce((
      select json_agg(json_build_object('path', r.path, 'line', r.line, 'code', r.code, 'severity', r.severity, 'reason', r.reason)
        order by r.path, r.line)
      from traceability.scan_rejections r where r.scan_id = s.id), '[]') as problems
    from traceability.scans s where s.repository_id = ${repositoryId} order by s.started_at desc, s.id limit 1`);
  return row ?? null;
}
