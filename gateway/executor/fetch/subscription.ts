/** Turns the events of one subgraph into responses over the whole graph. */
import type { ExecutionResult } from 'graphql';

export interface EventMapping {
  readonly mapEvent: (event: ExecutionResult) => Promise<ExecutionResult>;
  /** The last response, when the source broke: no subscriber is left without being told. */
  readonly mapFailure: (error: unknown) => ExecutionResult;
  /** Called once, whoever ended it. */
  readonly onEnd: () => void;
}

const done: IteratorReturnResult<undefined> = { value: undefined, done: true };

/**
 * Maps each event in order, pulling the next one only when asked. `return` ends it at once, also while an event is
 * awaited: an async generator that hasn't yielded would otherwise keep its consumer waiting for the next event.
 */
export function mapEvents(
  source: AsyncIterator<ExecutionResult>,
  { mapEvent, mapFailure, onEnd }: EventMapping,
): AsyncIterableIterator<ExecutionResult> {
  let isEnded = false;
  let endPending: (() => void) | undefined;

  const nextOrEnd = () =>
    new Promise<IteratorResult<ExecutionResult>>((resolve, reject) => {
      endPending = () => resolve(done);
      source.next().then(resolve, reject);
    });

  const end = () => {
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
        if (!event.done) {
          const value = await mapEvent(event.value);
          // Ended meanwhile, its fetches were given up: half an answer is none.
          return isEnded ? done : { value, done: false };
        }
        end();
        return done;
      } catch (error) {
        if (isEnded) return done;
        end();
        return { value: mapFailure(error), done: false };
      }
    },
    async return() {
      end();
      return done;
    },
    async throw(error: unknown) {
      end();
      throw error;
    },
  };
}
