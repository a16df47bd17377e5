/** Builds: every change of their status, and the deadline of their builders. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import { userError } from '../../kernel/errors/index.js';
import { assertTransition, write, type Writer, type Written, type WriteTransaction } from '../../kernel/write/index.js';
import { buildActions, buildProgressed, buildTransitions, type BuildStatus } from '../domain/build-states.js';
import { assertRange, assertText } from '../domain/limits.js';
import { buildableStatuses } from '../domain/project-states.js';
import { redactSecrets } from '../domain/redaction.js';
import { isCommitSha } from './commit.js';
import { lockProject, moveProject } from './projects.js';

export interface LockedBuild {
  readonly id: string;
  readonly projectId: string;
  readonly status: BuildStatus;
  readonly lastLogSequence: number;
  readonly isOverdue: boolean;
  readonly repository: string | null;
}

/** Throws NOT_FOUND. The row is held until the transaction ends. */
export async function lockBuild(tx: Transaction, id: string): Promise<LockedBuild> {
  const [row] = await tx.query<LockedBuild>(sql`/* builds.lockBuild */
    select b.id, b.project_id as "projectId", upper(b.status) as status, b.last_log_sequence as "lastLogSequence",
      coalesce(b.deadline_at <= now(), false) as "isOverdue",
      (select r.repository_full_name from builds.projects p join builds.repos r on r.id = p.repo_id
        where p.id = b.project_id) as repository
    from builds.builds b where b.id = ${id}::uuid for no key update of b`);
  if (row === undefined) throw userError('NOT_FOUND', 'buildId', 'There is no such build.');
  return row;
}

type Changed = Promise<Written<{ build: string }>>;

export interface NewBuild {
  readonly projectId: string;
  readonly phase?: string | null;
  readonly commitSha?: string | null;
  readonly clientKey?: string | null;
}

export function createBuild(writer: Writer, { clientKey, ...input }: NewBuild): Changed {
  return write(writer, { operation: 'buildCreate', clientKey, input }, async (tx) => {
    const phase = input.phase ?? 'Phase 0';
    assertText('phase', phase, { max: 100 });
    const commitSha = input.commitSha?.toLowerCase() ?? null;
    if (commitSha !== null && !isCommitSha(commitSha)) {
      throw userError('VALIDATION', 'commitSha', 'Expected the hash of a commit: 40 or 64 hex digits.');
    }
    const project = await lockProject(tx, input.projectId);
    if (!buildableStatuses.includes(project.status)) {
      const message = `The project is ${project.status}: it can be built when it is ${buildableStatuses.join(' or ')}.`;
      throw userError('INVALID_TRANSITION', 'projectId', message);
    }
    if (commitSha !== null && project.repository === null) {
      throw userError('CONFLICT', 'commitSha', 'The project has no repository whose commit it could be.');
    }
    const [build] = await tx.query<{ id: string }>(sql`/* builds.insertBuild */
      insert into builds.builds (project_id, phase, commit_sha) values (${project.id}::uuid, ${phase}, ${commitSha}) returning id`);
    if (build === undefined) throw new Error('a build was not stored');
    noteBuild(tx, { id: build.id, repository: project.repository }, buildActions.PENDING, {
      phase,
      ...(commitSha !== null && { commitSha }),
    });
    return { build: build.id };
  });
}

interface StatusChange {
  readonly operation: string;
  readonly to: BuildStatus;
  readonly reason?: string | null | undefined;
}

/** Locks, checks, stores and records; `then` runs with the build still locked. */
function changeStatus(
  writer: Writer,
  id: string,
  { operation, to, reason = null }: StatusChange,
  then?: (tx: WriteTransaction, build: LockedBuild) => Promise<void>,
): Changed {
  return write(writer, { operation }, async (tx) => {
    if (reason !== null) assertText('reason', reason, { max: 2_000 });
    const build = await lockBuild(tx, id);
    assertTransition({ transitions: buildTransitions, from: build.status, to });
    await moveBuild(tx, build, to, reason);
    await then?.(tx, build);
    return { build: id };
  });
}

async function moveBuild(
  tx: WriteTransaction,
  build: LockedBuild,
  to: BuildStatus,
  reason: string | null,
): Promise<void> {
  const errorDetail = reason === null ? null : redactSecrets(reason);
  await tx.query(sql`/* builds.moveBuild */
    update builds.builds set status = ${to.toLowerCase()}, error_detail = coalesce(${errorDetail}, error_detail),
      started_at = case when ${to === 'RUNNING'} then now() else started_at end,
      completed_at = case when ${buildTransitions[to].length === 0} then now() end, deadline_at = null
    where id = ${build.id}::uuid`);
  const details = { status: [build.status, to], ...(errorDetail !== null && { reason: errorDetail }) };
  noteBuild(tx, build, buildActions[to], details, { status: to });
}

/** How long a builder may be silent, in seconds. */
const silence = { min: 10, max: 86_400 };
const defaultSilence = 300;

export function startBuild(writer: Writer, id: string, silenceSeconds?: number | null): Changed {
  return changeStatus(writer, id, { operation: 'buildStart', to: 'RUNNING' }, async (tx, build) => {
    await hearOf(tx, build, silenceSeconds ?? defaultSilence);
    const project = await lockProject(tx, build.projectId);
    if (project.status === 'CONTRACTS_READY') await moveProject(tx, project, 'BUILDING');
  });
}

async function hearOf(tx: Transaction, { id }: LockedBuild, silenceSeconds: number): Promise<void> {
  assertRange('silenceSeconds', silenceSeconds, silence);
  await tx.query(sql`/* builds.hearOfBuilder */
    update builds.builds set heartbeat_at = now(), deadline_at = now() + make_interval(secs => ${silenceSeconds})
    where id = ${id}::uuid`);
}

export interface Progress {
  readonly phase?: string | null;
  readonly looped?: boolean | null;
  readonly silenceSeconds?: number | null;
}

export function progressBuild(writer: Writer, id: string, progress: Progress): Changed {
  return write(writer, { operation: 'buildProgress' }, async (tx) => {
    const { phase = null, looped, silenceSeconds } = progress;
    if (phase !== null) assertText('phase', phase, { max: 100 });
    const build = await lockBuild(tx, id);
    if (build.status !== 'RUNNING') {
      throw userError(
        'INVALID_TRANSITION',
        'buildId',
        `The build is ${build.status}: only a RUNNING one makes progress.`,
      );
    }
    await hearOf(tx, build, silenceSeconds ?? defaultSilence);
    await tx.query(sql`/* builds.progressBuild */
      update builds.builds set phase = coalesce(${phase}, phase), loop_count = loop_count + ${looped === true ? 1 : 0}
      where id = ${id}::uuid`);
    noteBuild(tx, build, buildProgressed, { ...(phase !== null && { phase }), looped: looped === true });
    return { build: id };
  });
}

export const completeBuild = (writer: Writer, id: string): Changed =>
  changeStatus(writer, id, { operation: 'buildComplete', to: 'COMPLETED' });

export const failBuild = (writer: Writer, id: string, reason: string): Changed =>
  changeStatus(writer, id, { operation: 'buildFail', to: 'FAILED', reason });

export const cancelBuild = (writer: Writer, id: string, reason: string | null | undefined): Changed =>
  changeStatus(writer, id, { operation: 'buildCancel', to: 'CANCELLED', reason });

const silenceReason = 'The builder went silent past its deadline.';

/** Fails builds past their deadline, one transaction each. Safe to run anywhere at any time; answers how many. */
export async function failSilentBuilds(writer: Writer, limit: number): Promise<number> {
  let failed = 0;
  for (const id of await listOverdueBuilds(writer.database, limit)) {
    const { isFailed } = await write(writer, { operation: 'buildsTimeOut' }, async (tx) => {
      const build = await lockBuild(tx, id);
      // Ended, heard of, or failed by another process since it was listed.
      if (build.status !== 'RUNNING' || !build.isOverdue) return { isFailed: false };
      await moveBuild(tx, build, 'FAILED', silenceReason);
      return { isFailed: true };
    });
    if (isFailed === true) failed += 1;
  }
  return failed;
}

/** As {@link failSilentBuilds}, for a caller's limit. */
export async function sweepSilentBuilds(
  writer: Writer,
  limit: number | null = 100,
): Promise<Written<{ failedCount: number }>> {
  const most = limit ?? 100;
  if (most < 1 || most > 1_000)
    return { userErrors: userError('VALIDATION', 'limit', 'Expected 1 to 1000.').userErrors };
  return { failedCount: await failSilentBuilds(writer, most), userErrors: [] };
}

async function listOverdueBuilds(db: Queryable, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`/* builds.listOverdueBuilds */
    select id from builds.builds where status = 'running' and deadline_at <= now() order by deadline_at limit ${limit}`);
  return rows.map((row) => row.id);
}

function noteBuild(
  tx: WriteTransaction,
  { id, repository }: Pick<LockedBuild, 'id' | 'repository'>,
  action: string,
  details: Record<string, unknown>,
  payload: Record<string, unknown> = {},
): void {
  tx.record({ type: 'Build', key: id, repository, action, details, payload });
}
