/** Replaces the supergraph under a running gateway. */
import { unwatchFile, watchFile } from 'node:fs';
import { GraphQLError, validate, type ExecutionResult } from 'graphql';
import { followParts } from '../executor/incremental/follow-parts.js';
import { isIncremental, type IncrementalResult } from '../executor/incremental/incremental-result.js';
import type { GraphQLOperation, IncrementalOperation, SubscribeResult, SupergraphExecutor } from '../executor/types.js';

export interface ReloadableOptions {
  /** The SDL as it is now, e.g. the text of a file. */
  readonly load: () => Promise<string>;
  /** Throws when the SDL can't be served. */
  readonly create: (sdl: string) => SupergraphExecutor;
  /** Reloads when this file changes. */
  readonly watch?: string | undefined;
  /** Reloads at SIGHUP. Default false. */
  readonly reloadOnSignal?: boolean;
  readonly log: {
    info(details: Record<string, unknown>, message: string): void;
    error(details: Record<string, unknown>, message: string): void;
  };
}

export type ReloadOutcome = 'replaced' | 'unchanged' | 'refused';

export interface ReloadableExecutor extends SupergraphExecutor {
  /** Never rejects: what can't be served is refused, with the reason in the log, and the old supergraph serves on. */
  reload(): Promise<ReloadOutcome>;
  /** Calls `listener` with each new supergraph; answers how to stop that. */
  onReload(listener: (executor: SupergraphExecutor) => void): () => void;
}

/** How often the watched file is looked at. Polling also sees the renames and links by which configuration is replaced. */
const watchMilliseconds = 1_000;

/** Rejects when the first supergraph can't be served. */
export async function createReloadableExecutor(options: ReloadableOptions): Promise<ReloadableExecutor> {
  const executor = new Reloadable(options, options.create(await options.load()));
  executor.listen();
  return executor;
}

class Reloadable implements ReloadableExecutor {
  readonly #options: ReloadableOptions;
  readonly #listeners = new Set<(executor: SupergraphExecutor) => void>();
  readonly #retiring = new Set<Generation>();
  readonly #onChange = () => void this.reload();
  #current: Generation;
  #reloading: Promise<ReloadOutcome> = Promise.resolve('unchanged');
  #isDisposed = false;

  constructor(options: ReloadableOptions, first: SupergraphExecutor) {
    this.#options = options;
    this.#current = new Generation(first);
  }

  get apiSchema() {
    return this.#current.executor.apiSchema;
  }

  get supergraphSdl() {
    return this.#current.executor.supergraphSdl;
  }

  execute(operation: GraphQLOperation) {
    return this.#current.execute(operation);
  }

  executeIncrementally(operation: IncrementalOperation) {
    return this.#current.executeIncrementally(operation);
  }

  subscribe(operation: GraphQLOperation) {
    return this.#current.subscribe(operation);
  }

  listen(): void {
    if (this.#options.watch !== undefined) {
      watchFile(this.#options.watch, { interval: watchMilliseconds, persistent: false }, this.#onChange);
    }
    if (this.#options.reloadOnSignal) process.on('SIGHUP', this.#onChange);
  }

  onReload(listener: (executor: SupergraphExecutor) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One after the other, so that the last change wins. */
  reload(): Promise<ReloadOutcome> {
    this.#reloading = this.#reloading.then(() => this.#reload());
    return this.#reloading;
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    if (this.#options.watch !== undefined) unwatchFile(this.#options.watch, this.#onChange);
    process.off('SIGHUP', this.#onChange);
    await this.#reloading;
    await Promise.all([...this.#retiring, this.#current].map(({ executor }) => executor.dispose()));
    this.#retiring.clear();
  }

  async #reload(): Promise<ReloadOutcome> {
    const { load, create, log } = this.#options;
    if (this.#isDisposed) return 'unchanged';
    try {
      const sdl = await load();
      if (sdl === this.supergraphSdl) return 'unchanged';
      this.#replace(create(sdl));
      log.info({ subscriptionsOnOld: this.#retiring.size }, 'The supergraph was replaced.');
      return 'replaced';
    } catch (error) {
      log.error({ err: error }, 'The new supergraph was refused; the old one serves on.');
      return 'refused';
    }
  }

  #replace(executor: SupergraphExecutor): void {
    const old = this.#current;
    this.#current = new Generation(executor);
    this.#retiring.add(old);
    old.retire(executor, () => {
      this.#retiring.delete(old);
      void old.executor.dispose();
    });
    for (const listener of this.#listeners) listener(executor);
  }
}

/** A supergraph's executor and what still runs on it. */
class Generation {
  readonly executor: SupergraphExecutor;
  readonly #subscriptions = new Map<AsyncIterableIterator<ExecutionResult>, GraphQLOperation>();
  #running = 0;
  #onIdle: (() => void) | undefined;

  constructor(executor: SupergraphExecutor) {
    this.executor = executor;
  }

  execute(operation: GraphQLOperation): Promise<ExecutionResult> | ExecutionResult {
    const result = this.executor.execute(operation);
    if (!('then' in result)) return result;
    this.#running += 1;
    return result.finally(() => this.#left());
  }

  async executeIncrementally(operation: IncrementalOperation): Promise<ExecutionResult | IncrementalResult> {
    this.#running += 1;
    const result = await this.executor.executeIncrementally(operation);
    if (isIncremental(result)) {
      return { ...result, updates: followParts(result.updates, { onEnd: () => this.#left() }) };
    }
    this.#left();
    return result;
  }

  async subscribe(operation: GraphQLOperation): Promise<SubscribeResult> {
    this.#running += 1;
    const events = await this.executor.subscribe(operation);
    if (!(Symbol.asyncIterator in events)) {
      this.#left();
      return events;
    }
    const tracked = new TrackedSubscription(events, () => {
      this.#subscriptions.delete(tracked);
      this.#left();
    });
    this.#subscriptions.set(tracked, operation);
    return tracked;
  }

  /** What is valid in the new supergraph runs on to its end here; the rest is told and ended. */
  retire(successor: SupergraphExecutor, onIdle: () => void): void {
    this.#onIdle = onIdle;
    for (const [subscription, { document }] of this.#subscriptions) {
      const [invalid] = validate(successor.apiSchema, document);
      if (invalid !== undefined) (subscription as TrackedSubscription).endWith(invalid.message);
    }
    this.#disposeWhenIdle();
  }

  #left(): void {
    this.#running -= 1;
    this.#disposeWhenIdle();
  }

  #disposeWhenIdle(): void {
    if (this.#running > 0 || this.#onIdle === undefined) return;
    const onIdle = this.#onIdle;
    this.#onIdle = undefined;
    onIdle();
  }
}

const done: IteratorReturnResult<undefined> = { value: undefined, done: true };

/** Passes events on, until it is ended from outside with a last word. */
class TrackedSubscription implements AsyncIterableIterator<ExecutionResult> {
  readonly #events: AsyncIterableIterator<ExecutionResult>;
  #onEnd: (() => void) | undefined;
  #lastWord: ExecutionResult | undefined;

  constructor(events: AsyncIterableIterator<ExecutionResult>, onEnd: () => void) {
    this.#events = events;
    this.#onEnd = onEnd;
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    const result = this.#lastWord === undefined ? await this.#events.next() : done;
    if (!result.done) return result;
    this.#end();
    const lastWord = this.#lastWord;
    this.#lastWord = undefined;
    return lastWord === undefined ? done : { value: lastWord, done: false };
  }

  endWith(reason: string): void {
    const message = `The graph has changed and this subscription is no longer valid: ${reason}`;
    this.#lastWord = { errors: [new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })] };
    // Ends a `next` that waits for an event.
    void this.#events.return?.();
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    await this.#events.return?.();
    this.#end();
    return done;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    this.#onEnd?.();
    this.#onEnd = undefined;
  }
}
