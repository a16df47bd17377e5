/**
 * Hands pushed events to a puller, in order, and never holds more than a bound. Past it, it ends with SERVER_BUSY:
 * whether the caller is slow is for its own connection to say. A subscription that has cursors is taken up again at its last one.
 */
import { RequestError } from '../../subgraphs/kernel/errors/index.js';

export class EventQueue<Event> implements AsyncIterableIterator<Event> {
  readonly #events: Event[] = [];
  readonly #maxEvents: number;
  readonly #onEnd: () => void;
  #waiting: { resolve: (result: IteratorResult<Event>) => void; reject: (error: Error) => void } | undefined;
  #end: { readonly error: Error } | 'complete' | undefined;

  /** `onEnd` is called when the puller leaves or too much waits, to stop the pushing. */
  constructor(maxEvents: number, onEnd: () => void) {
    this.#maxEvents = maxEvents;
    this.#onEnd = onEnd;
  }

  push(event: Event): void {
    if (this.#end !== undefined) return;
    if (this.#waiting !== undefined) {
      this.#waiting.resolve({ value: event, done: false });
      this.#waiting = undefined;
    } else if (this.#events.length < this.#maxEvents) this.#events.push(event);
    else {
      const message = `Events came faster than they could be handed on: more than ${this.#maxEvents} wait. Subscribe again.`;
      this.fail(new RequestError('SERVER_BUSY', message));
      this.leave();
    }
  }

  complete(): void {
    this.#finish('complete');
  }

  /** What was pushed before is still read first. */
  fail(error: Error): void {
    this.#finish({ error });
  }

  #finish(end: { readonly error: Error } | 'complete'): void {
    if (this.#end !== undefined) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    // Whoever waits is told now; otherwise the next to ask is.
    this.#end = waiting === undefined ? end : 'complete';
    if (end === 'complete') waiting?.resolve({ value: undefined, done: true });
    else waiting?.reject(end.error);
  }

  next(): Promise<IteratorResult<Event>> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    const end = this.#end;
    if (end === undefined) return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
    this.#end = 'complete';
    return end === 'complete' ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(end.error);
  }

  /** Stops the pushing; what waits may still be read. */
  leave(): void {
    this.#onEnd();
  }

  return(): Promise<IteratorResult<Event>> {
    this.#events.length = 0;
    this.#finish('complete');
    this.leave();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
