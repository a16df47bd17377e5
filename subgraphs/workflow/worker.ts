/** The worker behind `weft worker --workflow`: claims the items that its handlers can do, does them, and hands them in. */
import { setTimeout as delay } from 'node:timers/promises';
import { Identity } from '../kernel/auth/index.js';
import type { Database } from '../kernel/db/index.js';
import { describeError, type Logger } from '../kernel/log/index.js';
import type { Writer } from '../kernel/write/index.js';
import { builtInHandlers, Refusal, type HandlerContext, type HandlerResult, type Handlers } from './engine/handlers.js';
import { beginToolCall, claimItems, completeItem, failItem, finishToolCall, heartbeat } from './engine/index.js';
import type { ClaimedItem } from './repository/index.js';
import type { WorkflowSettings } from './engine/settings.js';

export interface WorkflowWorkerOptions {
  readonly database: Database;
  readonly settings: WorkflowSettings;
  readonly log: Pick<Logger, 'warn'>;
  /** Subject under which it claims: who has worked on an item can't approve it. */
  readonly name?: string;
  /** By the scope that items ask for; it claims no others. */
  readonly handlers?: Handlers;
  /** Further scopes, such as those of tools that its handlers call. */
  readonly scopes?: readonly string[];
}

export class WorkflowWorker {
  readonly #options: WorkflowWorkerOptions;
  readonly #handlers: Handlers;
  readonly #auth: Identity;
  readonly #running = new Set<Promise<void>>();

  constructor(options: WorkflowWorkerOptions) {
    this.#options = options;
    this.#handlers = options.handlers ?? builtInHandlers;
    const scopes = ['workflow:work', ...Object.keys(this.#handlers), ...(options.scopes ?? [])];
    this.#auth = Identity.of({ subject: options.name ?? 'workflow-worker', scopes });
  }

  /** Works until `signal` aborts, then lets what is under way finish. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        // Without a rest as long as there is something to take.
        if ((await this.#take()) > 0 && this.#running.size < this.#options.settings.concurrency) continue;
      } catch (error) {
        this.#options.log.warn({ err: describeError(error) }, 'work items could not be claimed');
      }
      await this.#rest(signal);
    }
    await Promise.all(this.#running);
  }

  /** Works off what is waiting now, and what that releases. Answers how many items that were. */
  async drain(): Promise<number> {
    for (let total = 0; ;) {
      const taken = await this.#take();
      await Promise.all(this.#running);
      if (taken === 0) return total;
      total += taken;
    }
  }

  /** Until there may be something to do: a slot has come free, or the poll is due. */
  async #rest(signal: AbortSignal): Promise<void> {
    const { concurrency, pollMs } = this.#options.settings;
    const isFull = this.#running.size >= concurrency;
    const stop = new AbortController();
    const poll = delay(pollMs, undefined, { signal: AbortSignal.any([signal, stop.signal]) }).catch(() => undefined);
    await (isFull ? Promise.race(this.#running) : Promise.race([poll, ...this.#running]));
    stop.abort();
  }

  async #take(): Promise<number> {
    const { concurrency, leaseSeconds } = this.#options.settings;
    const limit = concurrency - this.#running.size;
    if (limit <= 0) return 0;
    const capabilities = Object.keys(this.#handlers);
    const { claims = [] } = await claimItems(this.#writer('work-claim'), { capabilities, limit, leaseSeconds });
    for (const item of claims) this.#start(item);
    return claims.length;
  }

  #start(item: ClaimedItem): void {
    const work = this.#work(item)
      .catch((error: unknown) => {
        // Left to its lease: the sweeper ends the attempt, and the item is tried again.
        this.#options.log.warn({ err: describeError(error), workItem: item.id }, 'an attempt broke off');
      })
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  async #work(item: ClaimedItem): Promise<void> {
    const writer = this.#writer(`work-${item.id}`);
    const lease = { workItemId: item.id, leaseToken: item.leaseToken };
    const keeper = new LeaseKeeper(writer, lease, this.#options.settings.leaseSeconds);
    try {
      const outcome = await this.#outcome(item, { signal: keeper.signal, callTool: toolCaller(writer, lease) });
      const { userErrors } =
        'error' in outcome
          ? await failItem(writer, { ...lease, ...outcome })
          : await completeItem(writer, { ...lease, ...outcome });
      const [refused] = userErrors;
      // What can't be handed in is given up with the reason; what is too late is not this worker's any more.
      if (refused?.code === 'VALIDATION')
        await failItem(writer, { ...lease, error: refused.message, isRetryable: false });
    } finally {
      keeper.stop();
    }
  }

  async #outcome(
    item: ClaimedItem,
    context: HandlerContext,
  ): Promise<HandlerResult | { error: string; isRetryable: boolean }> {
    const scope = item.requiredCapabilities.find((each) => Object.hasOwn(this.#handlers, each)) ?? '';
    try {
      const handler = this.#handlers[scope];
      if (handler === undefined) throw new Refusal(`There is no handler for ${scope}.`);
      return await handler(item, context);
    } catch (error) {
      return { error: describe(error), isRetryable: !(error instanceof Refusal) };
    }
  }

  #writer(requestId: string): Writer {
    return { auth: this.#auth, requestId, database: this.#options.database };
  }
}

function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().slice(0, 2_000) || 'The handler failed without a word.';
}

function toolCaller(
  writer: Writer,
  lease: { readonly workItemId: string; readonly leaseToken: string },
): HandlerContext['callTool'] {
  return async (tool, input, perform) => {
    const begun = await beginToolCall(writer, { ...lease, tool, input });
    const { toolCall: toolCallId } = begun;
    if (toolCallId === undefined) throw new Refusal(begun.userErrors.map((error) => error.message).join(' '));
    const { leaseToken } = lease;
    try {
      const output = await perform();
      const { userErrors } = await finishToolCall(writer, { toolCallId, leaseToken, output });
      if (userErrors.length > 0) throw new Error(userErrors.map((error) => error.message).join(' '));
      return output;
    } catch (error) {
      await finishToolCall(writer, { toolCallId, leaseToken, error: describe(error) });
      throw error;
    }
  };
}

/** Lengthens a lease while its item is worked on, and aborts the work when the lease is lost. */
class LeaseKeeper {
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(
    writer: Writer,
    lease: { readonly workItemId: string; readonly leaseToken: string },
    leaseSeconds: number,
  ) {
    const beat = async (): Promise<void> => {
      const { userErrors } = await heartbeat(writer, { ...lease, leaseSeconds });
      if (userErrors.length > 0) this.#lost.abort(new Error('the lease of the item was lost'));
    };
    // A failed beat is no lost lease: there are two more before it ends.
    this.#timer = setInterval(() => void beat().catch(() => undefined), (leaseSeconds * 1_000) / 3);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
