/** The caller at one connection: its streams, of which those are ended whose events or parts it does not take. */
import type { ExecutionResult } from 'graphql';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import { toGraphQLError } from '../operations/documents.js';
import { endable, type EndableStream } from './endable-stream.js';
import type { EventStream, GatewayMetrics } from '../metrics.js';
import { cursorOf } from '../operations/resumption.js';
import { Uptake } from './uptake.js';

export interface ConsumerOptions {
  /** A connection that takes nothing of what waits for this long is slow; null: never. */
  readonly slowMilliseconds: number | null;
  readonly metrics: Pick<GatewayMetrics, 'slowConsumer'>;
  /** Cuts a connection off that goes on taking nothing, {@link looksUntilCut} times as long. Left out where pings find it. */
  readonly cut?: () => void;
}

const looksUntilCut = 10;

interface Followed {
  readonly stream: EndableStream;
  /** An event was handed out and the next is not asked for yet: it waits for the connection. */
  isWaiting: boolean;
  /** Of the last event that was handed out: it is ahead of whatever is sent from now on. */
  cursor: string | undefined;
}

export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #uptake: Uptake;
  readonly #followed = new Set<Followed>();
  #looksInVain = 0;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#uptake = new Uptake(options.slowMilliseconds, () => this.#endSlow());
  }

  /** To be called when something is given to the connection; answers what to call once it was taken or the connection ended. */
  offered(): () => void {
    const taken = this.#uptake.offered();
    return () => {
      this.#looksInVain = 0;
      taken();
    };
  }

  /** The reader asks for the next event when the connection has taken the one before. */
  follow(source: EventStream): EndableStream {
    const stream = endable(source);
    const followed: Followed = { stream, isWaiting: false, cursor: undefined };
    this.#followed.add(followed);
    const handOut = (event: IteratorResult<ExecutionResult>): IteratorResult<ExecutionResult> => {
      if (event.done === true) this.#followed.delete(followed);
      else {
        followed.isWaiting = true;
        followed.cursor = cursorOf(event.value) ?? followed.cursor;
      }
      return event;
    };
    const leave = (): void => void this.#followed.delete(followed);
    const events: EventStream = {
      next: () => {
        followed.isWaiting = false;
        return stream.events.next().then(handOut);
      },
      return: () => {
        leave();
        return stream.events.return?.() ?? Promise.resolve({ done: true, value: undefined });
      },
      throw: async (error: unknown) => {
        leave();
        await stream.events.return?.();
        throw error;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    return { events, end: stream.end };
  }

  #endSlow(): void {
    this.#looksInVain += 1;
    if (this.#looksInVain > looksUntilCut) this.#options.cut?.();
    for (const followed of this.#followed) {
      if (!followed.isWaiting) continue;
      this.#followed.delete(followed);
      this.#options.metrics.slowConsumer();
      followed.stream.end(toGraphQLError(slowConsumer(this.#options.slowMilliseconds, followed.cursor)));
    }
  }
}

function slowConsumer(milliseconds: number | null, cursor: string | undefined): RequestError {
  const goOn = cursor === undefined ? 'Ask again.' : "Resume after the cursor in this error's extensions.";
  return new RequestError(
    'SLOW_CONSUMER',
    `What was sent waited, and this connection took nothing of it for ${milliseconds} ms. ${goOn}`,
    cursor === undefined ? {} : { extensions: { cursor } },
  );
}
