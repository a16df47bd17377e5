/** One reader of the feed for a whole process: however many subscribers there are, a change is read once. */
import { originOf, type Database } from '../db/index.js';
import type { Event } from './read.js';
import { readPage } from './read.js';
import { readHorizon } from './horizon.js';

/** The channel that the table's trigger notifies. */
const channel = 'weft_events';
const pageSize = 500;
/** While a transaction that appends is running, what comes after it waits; a rollback wakes nobody, so look again soon. */
const firstLookMs = 20;

export interface FeedSettings {
  /** How often to look without having been woken: what a lost notification costs at most. */
  readonly pollMs: number;
  /** Events that wait in memory for one subscriber; more are read from the table once it comes to them. */
  readonly bufferedEvents: number;
}

export const feedDefaults: FeedSettings = { pollMs: 5_000, bufferedEvents: 1_000 };

export interface FeedSubscriber {
  push(events: readonly Event[]): void;
  fail(error: unknown): void;
}

const feeds = new WeakMap<Database, EventFeed>();

/** The feed of a database; `settings` hold for the first who asks. */
export function feedOf(database: Database, settings: Partial<FeedSettings> = {}): EventFeed {
  const origin = originOf(database);
  let feed = feeds.get(origin);
  if (feed === undefined) feeds.set(origin, (feed = new EventFeed(origin, { ...feedDefaults, ...settings })));
  return feed;
}

/** Reads while somebody subscribes, and rests otherwise. */
export class EventFeed {
  readonly settings: FeedSettings;
  readonly #database: Database;
  readonly #subscribers = new Set<FeedSubscriber>();
  #running: Promise<() => Promise<void>> | undefined;
  #position = 0;
  #reading = false;
  #wokenAgain = false;
  #timer: NodeJS.Timeout | undefined;
  #nextLookMs = firstLookMs;

  constructor(database: Database, settings: FeedSettings) {
    this.#database = database;
    this.settings = settings;
  }

  /** Everything up to here was handed to whoever subscribed before. */
  get position(): number {
    return this.#position;
  }

  /** Begins to read; from then on `position` moves. Each must be matched by a `leave`. */
  async join(subscriber: FeedSubscriber): Promise<void> {
    this.#waiting.add(subscriber);
    this.#running ??= this.#start();
    try {
      await this.#running;
    } catch (error) {
      this.#running = undefined;
      this.#waiting.delete(subscriber);
      throw error;
    }
  }

  /** Those who are still catching up keep the feed running without being handed anything. */
  readonly #waiting = new Set<FeedSubscriber>();

  /** From the next event after `position` on, `subscriber` is handed every one. */
  goLive(subscriber: FeedSubscriber): void {
    if (this.#waiting.delete(subscriber)) this.#subscribers.add(subscriber);
  }

  /** Back among those who are catching up: nothing more is handed to it until it goes live again. */
  fallBehind(subscriber: FeedSubscriber): void {
    if (this.#subscribers.delete(subscriber)) this.#waiting.add(subscriber);
  }

  leave(subscriber: FeedSubscriber): void {
    this.#subscribers.delete(subscriber);
    this.#waiting.delete(subscriber);
    if (this.#subscribers.size + this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    const running = this.#running;
    this.#running = undefined;
    // A connection that is gone has stopped listening by itself.
    running?.then((stop) => stop()).catch(() => undefined);
  }

  async #start(): Promise<() => Promise<void>> {
    const wake = (): void => this.#wake();
    const stop = await this.#database.listen(channel, wake, wake);
    // After the listening began: what commits from now on wakes, and what did before is below this position or read next.
    this.#position = (await readHorizon(this.#database)).position;
    this.#lookAgainIn(this.settings.pollMs);
    return stop;
  }

  #wake(): void {
    if (this.#reading) {
      this.#wokenAgain = true;
      return;
    }
    void this.#readOn();
  }

  async #readOn(): Promise<void> {
    if (this.#running === undefined) return;
    this.#reading = true;
    let lookInMs = this.settings.pollMs;
    try {
      do {
        this.#wokenAgain = false;
        const horizon = await readHorizon(this.#database);
        await this.#readUpTo(horizon.position);
        const isSettled = horizon.position === horizon.last;
        this.#nextLookMs = isSettled ? firstLookMs : Math.min(this.#nextLookMs * 2, this.settings.pollMs);
        lookInMs = isSettled ? this.settings.pollMs : this.#nextLookMs;
      } while (this.#wokenAgain);
    } catch (error) {
      // CURSOR_EXPIRED: retention overtook this reader. Anything else passes: the next look is the retry.
      if ((error as { code?: unknown }).code === 'CURSOR_EXPIRED') this.#failAll(error);
    } finally {
      this.#reading = false;
    }
    this.#lookAgainIn(lookInMs);
  }

  async #readUpTo(upTo: number): Promise<void> {
    while (this.#position < upTo) {
      const page = await readPage(this.#database, { after: this.#position, upTo, limit: pageSize, filter: {} });
      // In one go, so that a subscriber that goes live in between gets each event from exactly one side.
      this.#position = page.next;
      for (const subscriber of [...this.#subscribers]) subscriber.push(page.events);
    }
  }

  #failAll(error: unknown): void {
    for (const subscriber of [...this.#subscribers]) subscriber.fail(error);
  }

  #lookAgainIn(delayMs: number): void {
    clearTimeout(this.#timer);
    if (this.#running === undefined) return;
    this.#timer = setTimeout(() => this.#wake(), delayMs);
    this.#timer.unref();
  }
}
