/**
 * A subscription that was ended because too much waited between the gateway and its subgraph is taken up again at its last
 * cursor: nothing there can tell a slow caller from a busy process. Whether a caller is slow is for its own connection to say.
 */
import type { ExecutionResult } from 'graphql';
import type { SubscribeResult } from '../../executor/types.js';
import type { EventStream } from '../metrics.js';
import { cursorOf } from './resumption.js';

/** `takeUp` subscribes anew after a cursor. A stream that gave nothing since it was taken up ends as it says. */
export function continued(first: EventStream, takeUp: (after: string) => Promise<SubscribeResult>): EventStream {
  let source = first;
  let cursor: string | undefined;
  let isEnded = false;

  async function next(): Promise<IteratorResult<ExecutionResult>> {
    for (;;) {
      const event = await source.next();
      if (event.done === true) return event;
      const current = cursorOf(event.value);
      if (current !== undefined) cursor = current;
      if (cursor === undefined || current !== undefined || !isOverrun(event.value)) return event;
      const again = await takeUp(cursor);
      cursor = undefined;
      if (!(Symbol.asyncIterator in again)) return { done: false, value: again };
      void source.return?.().catch(() => undefined);
      source = again;
      if (isEnded) return end();
    }
  }

  async function end(): Promise<IteratorResult<ExecutionResult>> {
    isEnded = true;
    await source.return?.();
    return { done: true, value: undefined };
  }

  return {
    next,
    return: end,
    async throw(error: unknown) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** What a gateway says of itself, and what another one on the way may say of this one. */
const overruns = new Set<unknown>(['SERVER_BUSY', 'SLOW_CONSUMER']);

function isOverrun({ errors }: ExecutionResult): boolean {
  return errors?.some(({ extensions }) => overruns.has(extensions['code'])) ?? false;
}
