/** Follows the feed: what was missed, then what happens, with nothing lost or doubled between the two. */
import type { Database } from '../db/index.js';
import { cursorAhead, parseCursor, type Cursor } from './cursor.js';
import { feedOf, type EventFeed, type FeedSubscriber } from './feed.js';
import { toPredicate, type EventFilter } from './filter.js';
import { readHorizon } from './horizon.js';
import { readPage, type Event } from './read.js';

export interface FollowOptions<Admitted extends Event = Event> extends EventFilter {
  /** Replays what came after it first; null follows from now on. */
  readonly after: Cursor | null;
  /** Ends the following when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Answers those of a page's events that the reader is to get, in their order. A page is what waits at once: 200 events of a
   * replay, up to {@link FeedSettings.bufferedEvents} and a page of the feed live.
   */
  readonly admit?: (page: readonly Event[]) => Promise<readonly Admitted[]>;
}

const replayPage = 200;

/**
 * Every matching event after `after`, at least once, in commit order for each entity; ends when `signal` aborts or the
 * reader stops. Throws CURSOR_INVALID and CURSOR_EXPIRED. A reader may take its time: when more waits than is kept for it,
 * the rest is read from the table again once it comes to it. Nobody here can tell a slow reader from a busy process.
 */
export function followEvents<Admitted extends Event>(
  database: Database,
  options: FollowOptions<Admitted> & Required<Pick<FollowOptions<Admitted>, 'admit'>>,
): AsyncGenerator<Admitted, void, undefined>;
export function followEvents(database: Database, options: FollowOptions): AsyncGenerator<Event, void, undefined>;
export function followEvents(database: Database, options: FollowOptions): AsyncGenerator<Event, void, undefined> {
  const feed = feedOf(database);
  const live = new LiveQueue(feed.settings.bufferedEvents, toPredicate(options));
  const events = follow(database, options, feed, live);
  // A generator that waits for its next event can't be stopped from outside: the queue has to end first.
  const stop = events.return.bind(events);
  events.return = () => {
    live.end();
    return stop();
  };
  return events;
}

async function* follow(
  database: Database,
  { after, signal, admit = everyEvent, ...filter }: FollowOptions,
  feed: EventFeed,
  live: LiveQueue,
): AsyncGenerator<Event, void, undefined> {
  const stop = (): void => live.end();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    if (signal?.aborted) return;
    await feed.join(live);
    let position = await startOf(database, feed, after);
    while (!live.isEnded) {
      // No await between the comparison and goLive: the feed can't move in between.
      if (position < feed.position) {
        const page = await readPage(database, { after: position, upTo: feed.position, limit: replayPage, filter });
        position = page.next;
        for (const event of page.events.length === 0 ? [] : await admit(page.events)) {
          if (live.isEnded) return;
          yield event;
        }
        continue;
      }
      live.start(position);
      feed.goLive(live);
      for await (const page of live.pages()) {
        for (const event of await admit(page)) {
          if (live.isEnded) break;
          yield event;
        }
      }
      feed.fallBehind(live);
      position = live.position;
    }
    live.throwIfFailed();
  } finally {
    signal?.removeEventListener('abort', stop);
    feed.leave(live);
  }
}

const everyEvent = (page: readonly Event[]): Promise<readonly Event[]> => Promise.resolve(page);

async function startOf(database: Database, feed: EventFeed, after: Cursor | null): Promise<number> {
  if (after === null) return feed.position;
  const position = parseCursor(after);
  // Another process may have read further than this one's feed, and that is fine; further than anyone wrote is not.
  if (position > feed.position && position > (await readHorizon(database)).last) throw cursorAhead();
  return position;
}

/** What waits for one subscriber, bounded: what does not fit is left to the table. */
class LiveQueue implements FeedSubscriber {
  readonly #limit: number;
  readonly #matches: (event: Event) => boolean;
  #events: Event[] = [];
  /** Everything up to here was queued, or is not wanted. */
  #position = 0;
  #isOverrun = false;
  #end: { readonly error?: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(limit: number, matches: (event: Event) => boolean) {
    this.#limit = limit;
    this.#matches = matches;
  }

  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Where to read on once {@link pages} has ended. */
  get position(): number {
    return this.#position;
  }

  start(position: number): void {
    this.#position = position;
    this.#isOverrun = false;
  }

  push(events: readonly Event[]): void {
    if (this.#isOverrun) return;
    const wanted = events.filter((event) => event.position > this.#position && this.#matches(event));
    // Counted before this page, so that one large transaction is handed on whole. A queue holds the limit and a page at most.
    if (wanted.length > 0 && this.#events.length >= this.#limit) this.#isOverrun = true;
    else {
      this.#events.push(...wanted);
      this.#position = Math.max(this.#position, events.at(-1)?.position ?? 0);
    }
    if (wanted.length > 0) this.#wake();
  }

  fail(error: unknown): void {
    this.#events = [];
    this.#end ??= { error };
    this.#wake();
  }

  end(): void {
    this.#end ??= {};
    this.#wake();
  }

  throwIfFailed(): void {
    if (this.#end && 'error' in this.#end) throw this.#end.error;
  }

  /** What waits, a page at a time, until the end or until more came than fits. */
  async *pages(): AsyncGenerator<readonly Event[], void, undefined> {
    while (this.#end === undefined) {
      const page = this.#events;
      this.#events = [];
      if (page.length > 0) yield page;
      else if (this.#isOverrun) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
