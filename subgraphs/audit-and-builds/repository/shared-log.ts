/** One look at a build's log for all who follow it: an append costs the same statements for one reader and for a thousand. */
import { originOf, type Database } from '../../kernel/db/index.js';
import { feedOf, type EventFeed, type FeedSubscriber } from '../../kernel/events/index.js';
import { toGlobalId } from '../../kernel/ids/index.js';
import type { Row } from '../../kernel/read/index.js';
import { findLogState, listLines, type LineRange, type LogState } from './build-logs.js';
import { linesShared } from './shared-lines.js';

/** An append is read at once when it is not larger; a larger one in the batches that everybody asks for. */
const mostAtOnce = 500;
/** Lines, and characters of them, that are kept for readers who are a little behind. */
const mostKept = 1_000;
const mostCharacters = 1_000_000;

export interface LogFollower {
  /** Something may have changed. */
  ring(): void;
}

const logs = new WeakMap<Database, Map<string, SharedLog>>();

/** Follows the log of a build with all others who do. Each must be matched by a `leave`. */
export async function joinLog(database: Database, buildId: string, follower: LogFollower): Promise<SharedLog> {
  const origin = originOf(database);
  let ofDatabase = logs.get(origin);
  if (ofDatabase === undefined) logs.set(origin, (ofDatabase = new Map<string, SharedLog>()));
  const others = ofDatabase;
  let log = others.get(buildId);
  if (log === undefined) others.set(buildId, (log = new SharedLog(origin, buildId, () => others.delete(buildId))));
  await log.join(follower);
  return log;
}

export class SharedLog implements FeedSubscriber {
  readonly #database: Database;
  readonly #buildId: string;
  readonly #onEmpty: () => void;
  readonly #feed: EventFeed;
  readonly #id: string;
  readonly #followers = new Set<LogFollower>();
  #joining: Promise<void> | undefined;
  #looking: Promise<void> | undefined;
  /** Something has happened since the last look began. */
  #isOld = true;
  #state: LogState | null = null;
  /** The latest lines without a gap: those after `#keptFrom`. */
  #kept: readonly Row[] = [];
  #keptFrom = -1;
  #keptUpTo = -1;

  constructor(database: Database, buildId: string, onEmpty: () => void) {
    // Read for all of them: no single caller's share, nor ended with one.
    this.#database = database.lane({ kind: 'caller', caller: 'log followers', request: buildId });
    this.#feed = feedOf(database);
    this.#buildId = buildId;
    this.#id = toGlobalId('Build', buildId);
    this.#onEmpty = onEmpty;
  }

  async join(follower: LogFollower): Promise<void> {
    this.#followers.add(follower);
    try {
      await (this.#joining ??= this.#feed.join(this));
    } catch (error) {
      this.#joining = undefined;
      this.leave(follower);
      throw error;
    }
    // From here on every commit rings, so what the first look does not see, a later one will.
    this.#feed.goLive(this);
  }

  leave(follower: LogFollower): void {
    if (!this.#followers.delete(follower) || this.#followers.size > 0) return;
    this.#onEmpty();
    this.#feed.leave(this);
  }

  /** As it was at or after the latest ring; null when there is no such build. */
  async state(): Promise<LogState | null> {
    while (this.#isOld || this.#looking !== undefined) {
      await (this.#looking ??= this.#look().finally(() => (this.#looking = undefined)));
    }
    return this.#state;
  }

  /** Of what is kept, or else of the table. */
  async lines(range: LineRange): Promise<readonly Row[]> {
    if (range.after < this.#keptFrom || range.upTo > this.#keptUpTo) return linesShared(this.#database, range);
    const { after, upTo, levels, sources } = range;
    return this.#kept.filter(({ sequence, level, source }) => {
      const isInside = Number(sequence) > after && Number(sequence) <= upTo;
      const isOfLevel = levels === null || levels.includes(level as string);
      return isInside && isOfLevel && (sources === null || sources.includes(source as string));
    });
  }

  push(events: readonly { readonly id: string }[]): void {
    if (events.some(({ id }) => id === this.#id)) this.#ring();
  }

  /** The feed lost its place: the table has everything, so look there. */
  fail(): void {
    this.#ring();
  }

  #ring(): void {
    this.#isOld = true;
    for (const follower of this.#followers) follower.ring();
  }

  async #look(): Promise<void> {
    this.#isOld = false;
    try {
      const state = await findLogState(this.#database, this.#buildId);
      if (state !== null) await this.#keep(state.lastSequence);
      this.#state = state;
    } catch (error) {
      this.#isOld = true;
      throw error;
    }
  }

  async #keep(last: number): Promise<void> {
    const isKnown = this.#keptUpTo >= 0 && last - this.#keptUpTo <= mostAtOnce;
    if (isKnown && last === this.#keptUpTo) return;
    const range = { buildId: this.#buildId, after: this.#keptUpTo, upTo: last, levels: null, sources: null };
    const kept = isKnown ? latest([...this.#kept, ...(await listLines(this.#database, range))]) : [];
    this.#kept = kept;
    this.#keptFrom = last - kept.length;
    this.#keptUpTo = last;
  }
}

function latest(lines: readonly Row[]): readonly Row[] {
  let from = Math.max(0, lines.length - mostKept);
  let characters = 0;
  for (let n = lines.length - 1; n >= from; n--) {
    characters += String(lines[n]?.['message'] ?? '').length;
    if (characters > mostCharacters) from = n + 1;
  }
  return lines.slice(from);
}
