/** Lets somebody know of the parts of an answer on their way, and of their end. */
import type { PartsUpdate } from './incremental-result.js';

type Updates = AsyncIterableIterator<PartsUpdate>;

export interface PartsFollower {
  readonly onUpdate?: (update: PartsUpdate) => void;
  /** Called once: when all parts have come, or are given up. */
  readonly onEnd: () => void;
}

export function followParts(updates: Updates, { onUpdate, onEnd }: PartsFollower): Updates {
  let isEnded = false;
  const end = () => {
    if (!isEnded) onEnd();
    isEnded = true;
  };
  return {
    async next() {
      const update = await updates.next();
      if (update.done === true) end();
      else {
        onUpdate?.(update.value);
        if (!update.value.hasNext) end();
      }
      return update;
    },
    async return() {
      end();
      return (await updates.return?.()) ?? { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Every error that an update has. */
export function errorsOfUpdate({ incremental, completed }: PartsUpdate) {
  return [...incremental, ...completed].flatMap(({ errors }) => errors ?? []);
}
