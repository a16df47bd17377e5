/** Does at GitHub what waits: tells verdicts, registers and removes webhooks. Beside the audits of `weft worker --audits`. */
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import { describeError, type Logger } from '../../kernel/log/index.js';
import { WorkLoop } from '../../kernel/worker/index.js';
import type { Writer } from '../../kernel/write/index.js';
import { toReport } from '../domain/verdict-report.js';
import {
  claimGithubTasks,
  endGithubTask,
  findEndedAudit,
  findGithubTask,
  postponeGithubTask,
  type ClaimedTask,
  type GithubTaskWork,
  type TaskEnd,
} from '../repository/github-tasks.js';
import type { Github } from './access.js';
import { toFailure } from './client.js';
import { tellVerdict } from './tell-verdict.js';
import { registerWebhook, removeWebhook } from './webhook.js';

export interface GithubWorkerOptions {
  readonly database: Database;
  readonly github: Github;
  /** Signs what a registered webhook delivers. Null: none can be registered. */
  readonly webhookSecret: string | null;
  readonly pollMs: number;
  readonly log: Pick<Logger, 'warn'>;
}

/** Longer than all requests of a task take with their retries. */
const leaseSeconds = 300;
const concurrency = 10;
/** With the pauses between them, half a day. */
const mostAttempts = 16;
const worker = Identity.of({ subject: 'github-worker', scopes: [] });

export class GithubWorker {
  readonly #options: GithubWorkerOptions;
  readonly #loop: WorkLoop<ClaimedTask>;

  constructor(options: GithubWorkerOptions) {
    const { log, pollMs } = options;
    this.#options = options;
    this.#loop = new WorkLoop({
      concurrency,
      pollMs,
      take: (limit, start) => this.#take(limit, start),
      perform: (task) => this.#perform(task),
      onTakeFailed: (error) => log.warn({ err: describeError(error) }, 'what waits for GitHub could not be claimed'),
      onBrokeOff: ({ id }, error) => log.warn({ err: describeError(error), task: id }, 'a task at GitHub broke off'),
    });
  }

  /** Works until `signal` aborts, then lets what is under way finish. */
  run(signal: AbortSignal): Promise<void> {
    return this.#loop.run(signal);
  }

  /** Works off what is due now. Answers how many tasks that were. */
  drain(): Promise<number> {
    return this.#loop.drain();
  }

  async #take(limit: number, start: (task: ClaimedTask) => void): Promise<void> {
    const { tasks } = await claimGithubTasks(this.#writer('github-claim'), { limit, leaseSeconds });
    tasks?.forEach(start);
  }

  async #perform(task: ClaimedTask): Promise<void> {
    const { database, log } = this.#options;
    const writer = this.#writer(`github-${task.id}`);
    const work = await findGithubTask(database, task.id);
    if (work === null) return;
    try {
      const end = task.kind === 'report' ? await this.#report(work) : await this.#webhook(work);
      await endGithubTask(writer, task, end);
    } catch (error) {
      const failure = toFailure(error, task.kind === 'report' ? 'The verdict is not told' : 'The webhook is as it was');
      const detail = failure.message;
      if (!failure.mayPass || task.attempts >= mostAttempts) {
        await endGithubTask(writer, task, { status: 'FAILED', detail });
        return;
      }
      log.warn({ task: task.id, reason: detail }, 'a task at GitHub is tried again');
      await postponeGithubTask(writer, task, {
        detail,
        seconds: failure.retryAfterSeconds ?? pauseAfter(task.attempts),
      });
    }
  }

  async #report(work: GithubTaskWork): Promise<TaskEnd> {
    const { database, github } = this.#options;
    const { fullName, auditRunId } = work;
    if (auditRunId === null) throw new Error('a report is of no audit');
    const audit = await findEndedAudit(database, auditRunId);
    if (audit.isOvertaken) return skipped('A later audit of the commit is told in its place.');
    const access = await github.accessTo(work);
    if (access === null) return skipped('The GitHub App is not installed there, and no token is stored.');
    const { commitSha, startedAt, completedAt } = audit;
    const url = await tellVerdict(access, {
      ...toReport(audit),
      auditRunId,
      fullName,
      commitSha,
      startedAt,
      completedAt,
      detailsUrl: github.publicUrl,
    });
    return { status: 'DONE', url };
  }

  async #webhook(work: GithubTaskWork): Promise<TaskEnd> {
    const { github, webhookSecret: secret } = this.#options;
    const { fullName, webhookWanted } = work;
    if (github.publicUrl === null)
      return skipped('WEFT_PUBLIC_URL is not set: where GitHub is to deliver is not known.');
    if (secret === null) return skipped('WEFT_GITHUB_WEBHOOK_SECRET is not set: no delivery could be verified.');
    const access = await github.accessTo(work);
    if (access === null) return skipped('No token is stored of the user who connected the repository.');
    // Its own webhook delivers what happens wherever it is installed, and to a webhook of the repository it has no right.
    if (access.kind === 'app') return skipped('The GitHub App that is installed there delivers.');
    const url = `${github.publicUrl}/webhooks/github`;
    if (webhookWanted === true) {
      return { status: 'DONE', webhookId: await registerWebhook(access.client, { fullName, url, secret }) };
    }
    const isRemoved = await removeWebhook(access.client, { fullName, url });
    return isRemoved ? { status: 'DONE', webhookId: null } : skipped('No webhook there leads here.');
  }

  #writer(requestId: string): Writer {
    return { auth: worker, requestId, database: this.#options.database };
  }
}

function skipped(detail: string): TaskEnd {
  return { status: 'SKIPPED', detail };
}

function pauseAfter(attempts: number): number {
  return Math.min(3_600, 5 * 2 ** (attempts - 1));
}
