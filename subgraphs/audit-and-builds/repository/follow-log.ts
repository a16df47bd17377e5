/** Follows a build's log: what is stored, then what is appended, until the build has ended. */
import type { Database } from '../../kernel/db/index.js';
import { feedOf } from '../../kernel/events/index.js';
import { badInput } from '../../kernel/errors/index.js';
import { toGlobalId } from '../../kernel/ids/index.js';
import type { Row } from '../../kernel/read/index.js';
import { findLogState, type LineRange } from './build-logs.js';
import { linesShared } from './shared-lines.js';

/** Lines that one reader holds at a time. */
const batchSize = 500;

export interface LogBatch {
  readonly cursor: number;
  readonly lines: readonly Row[];
}

export interface FollowOptions extends Omit<LineRange, 'upTo'> {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The lines are always read from the table by number; the feed only says when to look again. So nothing can be lost or
 * doubled between stored and live, and a reader that is slow reads later instead of letting lines pile up for it.
 */
export function followLog(database: Database, options: FollowOptions): AsyncGenerator<LogBatch, void, undefined> {
  const bell = new Bell(toGlobalId('Build', options.buildId));
  const batches = follow(database, options, bell);
  // A generator that waits can't be stopped from outside: what it waits for has to end first.
  const stop = batches.return.bind(batches);
  batches.return = () => {
    bell.end();
    return stop();
  };
  return batches;
}

async function* follow(
  database: Database,
  { signal, ...range }: FollowOptions,
  bell: Bell,
): AsyncGenerator<LogBatch, void, undefined> {
  const feed = feedOf(database);
  const stop = (): void => bell.end();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  try {
    await feed.join(bell);
    // From here on every commit rings, so what the first look does not see, a later one will.
    feed.goLive(bell);
    let position = range.after;
    while (!bell.hasEnded) {
      bell.reset();
      const state = await findLogState(database, range.buildId);
      if (state === null) throw badInput('There is no such build.');
      while (position < state.lastSequence) {
        // Ends where everybody's batches end, so that readers of one log ask for the same ones.
        const upTo = Math.min(position - (position % batchSize) + batchSize, state.lastSequence);
        const lines = await linesShared(database, { ...range, after: position, upTo });
        position = upTo;
        if (lines.length > 0) yield { cursor: position, lines };
        if (bell.hasEnded) return;
      }
      if (state.hasEnded) return;
      await bell.rung();
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    feed.leave(bell);
  }
}

/** Rings when something about one build has happened. However often it rings between two looks, it is one ring. */
class Bell {
  readonly #id: string;
  #isRung = false;
  #hasEnded = false;
  #wake: () => void = () => undefined;

  constructor(id: string) {
    this.#id = id;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  push(events: readonly { readonly id: string }[]): void {
    if (events.some(({ id }) => id === this.#id)) this.#ring();
  }

  /** The feed lost its place: the table has everything, so look there. */
  fail(): void {
    this.#ring();
  }

  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  reset(): void {
    this.#isRung = false;
  }

  async rung(): Promise<void> {
    if (!this.#isRung && !this.#hasEnded) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #ring(): void {
    this.#isRung = true;
    this.#wake();
  }
}
