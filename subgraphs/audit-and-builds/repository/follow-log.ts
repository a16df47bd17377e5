/** Follows a build's log: what is stored, then what is appended, until the build has ended. */
import type { Database } from '../../kernel/db/index.js';
import { badInput } from '../../kernel/errors/index.js';
import type { Row } from '../../kernel/read/index.js';
import type { LineRange } from './build-logs.js';
import { joinLog, type LogFollower, type SharedLog } from './shared-log.js';

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
 * The lines are always taken by number; the feed only says when to look again. So nothing can be lost or doubled between
 * stored and live, and a reader that is slow reads later instead of letting lines pile up for it.
 */
export function followLog(database: Database, options: FollowOptions): AsyncGenerator<LogBatch, void, undefined> {
  const bell = new Bell();
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
  if (signal?.aborted === true) return;
  const stop = (): void => bell.end();
  signal?.addEventListener('abort', stop, { once: true });
  let log: SharedLog | undefined;
  try {
    log = await joinLog(database, range.buildId, bell);
    let position = range.after;
    while (!bell.hasEnded) {
      bell.reset();
      const state = await log.state();
      if (state === null) throw badInput('There is no such build.');
      while (position < state.lastSequence) {
        // Ends where everybody's batches end, so that readers of one log ask for the same ones.
        const upTo = Math.min(position - (position % batchSize) + batchSize, state.lastSequence);
        const lines = await log.lines({ ...range, after: position, upTo });
        position = upTo;
        if (lines.length > 0) yield { cursor: position, lines };
        if (bell.hasEnded) return;
      }
      if (state.hasEnded) return;
      await bell.rung();
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    log?.leave(bell);
  }
}

/** Rings when something about the build has happened. However often it rings between two looks, it is one ring. */
class Bell implements LogFollower {
  #isRung = false;
  #hasEnded = false;
  #wake: () => void = () => undefined;

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  ring(): void {
    this.#isRung = true;
    this.#wake();
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
}
