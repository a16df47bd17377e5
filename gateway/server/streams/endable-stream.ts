/** A stream of events that can be ended from outside, with a last event that says why. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { EventStream } from '../metrics.js';

export interface EndableStream {
  readonly events: EventStream;
  /** The reader gets one more event, with this error, and then the end. Only the first call counts. */
  end(error: GraphQLError): void;
}

/** `events` has one reader, which waits for each event before it asks for the next. */
export function endable(source: EventStream): EndableStream {
  let farewell: ExecutionResult | null = null;
  let ended = false;
  // One callback at a time, and no promise that lives as long as the stream: racing each event against such a promise
  // would keep every event's reaction in memory until the stream ends.
  let wake: (() => void) | null = null;
  const finish = async () => {
    ended = true;
    wake?.();
    await source.return?.().catch(() => undefined);
  };

  function last(): IteratorResult<ExecutionResult> {
    const value = farewell;
    farewell = null;
    return value === null ? { done: true, value: undefined } : { done: false, value };
  }

  const events: EventStream = {
    next() {
      if (ended) return Promise.resolve(last());
      return new Promise((resolve, reject) => {
        wake = () => resolve(last());
        source.next().then((event) => {
          if (ended) return;
          // Nobody waits from here on: the farewell is for the next who asks.
          wake = null;
          resolve(event);
        }, reject);
      });
    },
    async return() {
      await finish();
      return { done: true, value: undefined };
    },
    async throw(error: unknown) {
      await finish();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return {
    events,
    end(error) {
      if (ended) return;
      farewell = { errors: [error] };
      void finish();
    },
  };
}
