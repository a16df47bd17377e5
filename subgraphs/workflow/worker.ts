/** The worker behind `weft worker --workflow`: claims the items that its handlers can do, does them, and hands them in. */
import { Identity } from '../kernel/auth/index.js';
import type { Database } from '../kernel/db/index.js';
import { describeError, type Logger } from '../kernel/log/index.js';
import { LeaseKeeper, WorkLoop } from '../kernel/worker/index.js';
import type { Writer } from '../kernel/write/index.js';
import {
  builtInHandlers,
  Refusal,
  type HandlerContext,
  type HandlerResult,
  type Handlers,
} from './operations/handlers.js';
import { beginToolCall, claimItems, completeItem, failItem, finishToolCall, heartbeat } from './operations/index.js';
import type { ClaimedItem } from './repository/index.js';
import type { WorkflowSettings } from './operations/settings.js';

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
  readonly #loop: WorkLoop<ClaimedItem>;

  constructor(options: WorkflowWorkerOptions) {
    const { settings, log } = options;
    this.#options = options;
    this.#handlers = options.handlers ?? builtInHandlers;
    const scopes = ['workflow:work', ...Object.keys(this.#handlers), ...(options.scopes ?? [])];
    this.#auth = Identity.of({ subject: options.name ?? 'workflow-worker', scopes });
    this.#loop = new WorkLoop({
      ...settings,
      take: (limit, start) => this.#take(limit, start),
      perform: (item) => this.#perform(item),
      onTakeFailed: (error) => log.warn({ err: describeError(error) }, 'work items could not be claimed'),
      // The sweeper ends the attempt, and the item is tried again.
      onBrokeOff: ({ id }, error) => log.warn({ err: describeError(error), workItem: id }, 'an attempt broke off'),
    });
  }

  /** Works until `signal` aborts, then lets what is under way finish. */
  run(signal: AbortSignal): Promise<void> {
    return this.#loop.run(signal);
  }

  /** Works off what is waiting now, and what that releases. Answers how many items that were. */
  drain(): Promise<number> {
    return this.#loop.drain();
  }

  async #take(limit: number, start: (item: ClaimedItem) => void): Promise<void> {
    const { leaseSeconds } = this.#options.settings;
    const capabilities = Object.keys(this.#handlers);
    const { claims = [] } = await claimItems(this.#writer('work-claim'), { capabilities, limit, leaseSeconds });
    claims.forEach(start);
  }

  async #perform(item: ClaimedItem): Promise<void> {
    const writer = this.#writer(`work-${item.id}`);
    const lease = { workItemId: item.id, leaseToken: item.leaseToken };
    const { leaseSeconds } = this.#options.settings;
    const keeper = new LeaseKeeper(leaseSeconds, () => heartbeat(writer, { ...lease, leaseSeconds }));
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
