/** The worker behind `weft worker --audits`: claims audits, fetches their commits, runs the checks, and hands in what they found. */
import { Identity } from '../../kernel/auth/index.js';
import type { Config } from '../../kernel/config/index.js';
import type { Database } from '../../kernel/db/index.js';
import { describeError, type Logger } from '../../kernel/log/index.js';
import { LeaseKeeper, WorkLoop } from '../../kernel/worker/index.js';
import type { Writer } from '../../kernel/write/index.js';
import { findContract } from '../domain/audit/index.js';
import { GithubFailure, type Github } from '../github/index.js';
import {
  claimAuditRuns,
  completeAuditRun,
  failAuditRun,
  findAuditWork,
  findContractsByAuditRun,
  renewAuditLease,
  type AuditWork,
  type ClaimedRun,
} from '../repository/audit-runs.js';
import { fetchCommit, removeLeftovers, type ChangesSince, type WantedCommit } from './fetch-commit.js';
import { FetchFailure } from './git.js';
import { runChecks } from './run-checks.js';

export interface AuditWorkerOptions {
  readonly database: Database;
  readonly settings: Config['audits'];
  readonly github: Github;
  readonly log: Pick<Logger, 'warn' | 'error'>;
}

/** Tries of one audit: who takes a worker along each time is given up. */
const mostAttempts = 5;
const auditor = Identity.of({ subject: 'audit-worker', scopes: ['audits:work'] });

export class AuditWorker {
  readonly #options: AuditWorkerOptions;
  readonly #loop: WorkLoop<ClaimedRun>;

  constructor(options: AuditWorkerOptions) {
    const { settings, log } = options;
    this.#options = options;
    this.#loop = new WorkLoop({
      ...settings,
      take: (limit, start) => this.#take(limit, start),
      perform: (run) => this.#perform(run),
      onTakeFailed: (error) => log.warn({ err: describeError(error) }, 'audits could not be claimed'),
      // Another worker takes it up when its lease is over.
      onBrokeOff: ({ id }, error) => {
        if (!(error instanceof FetchFailure))
          return log.warn({ err: describeError(error), auditRun: id }, 'an audit broke off');
        // No fault of ours that a stack would tell anything of.
        log.warn({ auditRun: id, reason: error.message }, 'an audit is tried again: its commit could not be fetched');
      },
    });
  }

  /** Works until `signal` aborts, then lets the audits under way finish. */
  async run(signal: AbortSignal): Promise<void> {
    const { log, settings } = this.#options;
    await removeLeftovers(settings.timeoutSeconds * 4_000).catch((error: unknown) => {
      log.warn({ err: describeError(error) }, 'what earlier audits left behind could not be removed');
    });
    await this.#loop.run(signal);
  }

  /** Works off what is waiting now. Answers how many audits that were. */
  drain(): Promise<number> {
    return this.#loop.drain();
  }

  async #take(limit: number, start: (run: ClaimedRun) => void): Promise<void> {
    const { leaseSeconds } = this.#options.settings;
    const { claims, userErrors } = await claimAuditRuns(this.#writer('audit-claim'), { limit, leaseSeconds });
    if (claims === undefined) throw new Error(`audits can't be claimed: ${JSON.stringify(userErrors)}`);
    claims.forEach(start);
  }

  async #perform({ id, leaseToken }: ClaimedRun): Promise<void> {
    const { database, settings } = this.#options;
    const { leaseSeconds } = settings;
    const writer = this.#writer(`audit-${id}`);
    const work = await findAuditWork(database, id);
    // Removed with its repository since it was claimed.
    if (work === null) return;
    if (work.attempts > mostAttempts) {
      await this.#fail(writer, { id, leaseToken }, `It was given up: ${mostAttempts} workers broke off at it.`);
      return;
    }
    const lease = new LeaseKeeper(leaseSeconds, () => renewAuditLease(writer, { id, leaseToken, leaseSeconds }));
    try {
      await this.#audit(writer, { id, leaseToken }, work, lease.signal);
    } catch (error) {
      if (!(error instanceof FetchFailure) || (error.mayPass && work.attempts < mostAttempts)) throw error;
      await this.#fail(writer, { id, leaseToken }, error.message);
    } finally {
      lease.stop();
    }
  }

  async #audit(
    writer: Writer,
    { id, leaseToken }: Pick<ClaimedRun, 'id' | 'leaseToken'>,
    work: AuditWork,
    signal: AbortSignal,
  ): Promise<void> {
    const { database, settings, log } = this.#options;
    const { files, changedPaths } = await fetchCommit(await this.#wanted(work), settings, signal);
    const stored = await findContractsByAuditRun(database, id);
    const checks = await runChecks(
      {
        files,
        changedPaths,
        boundaries: findContract(files, 'boundaries') ?? stored.boundaries,
        physics: findContract(files, 'physics') ?? stored.physics,
      },
      { signal, onFault: (error) => log.error({ err: describeError(error), auditRun: id }, 'a check is at fault') },
    );
    const { userErrors } = await completeAuditRun(writer, 'auditRunPerform', {
      auditRunId: id,
      leaseToken,
      filesChecked: files.length,
      checks,
      judgesByFindings: true,
    });
    // Another worker has it by now, and hands in the same.
    const [refused] = userErrors;
    if (refused !== undefined) log.warn({ auditRun: id, code: refused.code }, 'an audit was not taken');
  }

  async #wanted(work: AuditWork): Promise<WantedCommit> {
    const { github } = this.#options;
    const { commitSha, remoteUrl, fullName } = work;
    const changesSince = changesOf(work);
    if (remoteUrl !== null) return { remote: remoteUrl, token: null, commitSha, changesSince };
    try {
      const token = await github.fetchToken(work);
      return { remote: github.remoteOf(fullName), token, commitSha, changesSince };
    } catch (error) {
      if (!(error instanceof GithubFailure)) throw error;
      throw new FetchFailure(error.message, { mayPass: error.mayPass, cause: error });
    }
  }

  async #fail(
    writer: Writer,
    { id, leaseToken }: Pick<ClaimedRun, 'id' | 'leaseToken'>,
    reason: string,
  ): Promise<void> {
    await failAuditRun(writer, { auditRunId: id, leaseToken, reason: reason.slice(0, 2_000) });
  }

  #writer(requestId: string): Writer {
    return { auth: auditor, requestId, database: this.#options.database };
  }
}

/** A push brings what came since the branch was last seen, a new branch and a pull request what they have of their own. */
function changesOf({ baseSha, branch, pullRequest, isPush, defaultBranch }: AuditWork): ChangesSince {
  if (baseSha !== null)
    return pullRequest === null ? { kind: 'commit', sha: baseSha } : { kind: 'fork', from: baseSha };
  if (!isPush) return { kind: 'parent' };
  return branch === defaultBranch ? { kind: 'beginning' } : { kind: 'fork', from: `refs/heads/${defaultBranch}` };
}
