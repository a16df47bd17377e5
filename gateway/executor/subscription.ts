/** Turns the events of one subgraph into responses over the whole graph. */
import type { ExecutionResult } from 'graphql';

/**
 * Maps each event in order, pulling the next one only when asked. `return` ends it at once, also while an event is
 * awaited: an async generator that hasn't yielded would otherwise keep its consumer waiting for the next event.
 */
export function mapEvents(
  source: AsyncIterator<ExecutionResult>,
  mapEvent: (event: ExecutionResult) => Promise<ExecutionResult>,
  onEnd: () => void,
): AsyncIterableIterator<ExecutionResult> {
  const done = { value: undefined, done: true } as const;
  let isEnded = false;
  let endPending: (() => void) | undefined;

  const nextOrEnd = () =>
    new Promise<IteratorResult<ExecutionResult>>((resolve, reject) => {
      endPending = () => resolve(done);
      source.next().then(resolve, reject);
    });

  const finish = () => {
    if (isEnded) return;
    isEnded = true;
    endPending?.();
    onEnd();
    // Not awaited, see above; a source that fails to end has nobody left to tell.
    void Promise.resolve(source.return?.()).catch(() => {});
  };

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (isEnded) return done;
      try {
        const event = await nextOrEnd();
        if (event.done) {
          finish();
          return done;
        }
        return { value: await mapEvent(event.value), done: false };
      } catch (error) {
        finish();
        throw error;
      }
    },
    async return() {
      finish();
      return done;
    },
    async throw(error: unknown) {
      finish();
      throw error;
    },
  };
}
