/** Steps that tests of the feed are told in. */
import type { Database, Transaction } from '../../subgraphs/kernel/db/index.js';
import { feedOf } from '../../subgraphs/kernel/events/feed.js';
import { appendEvents, type Event } from '../../subgraphs/kernel/events/index.js';

export const change = (id: string, action = 'changed') => ({ type: 'Thing', id: `Thing:${id}`, action });

export async function append(database: Database, ...ids: readonly string[]): Promise<void> {
  await database.transaction((tx) =>
    appendEvents(
      tx,
      ids.map((id) => change(id)),
    ),
  );
}

/** Takes `count` events and stops. */
export async function take(events: AsyncIterable<Event>, count: number): Promise<string[]> {
  const taken: string[] = [];
  if (count === 0) return taken;
  for await (const event of events) {
    taken.push(event.id.slice('Thing:'.length));
    if (taken.length === count) break;
  }
  return taken;
}

/** Until those who began to follow before are live: a replay is never too slow. */
export async function untilFollowing(db: Database): Promise<void> {
  const bystander = { push: () => undefined, fail: () => undefined };
  await feedOf(db).join(bystander);
  await db.query('select 1');
  feedOf(db).leave(bystander);
}

/** A transaction whose steps the test takes one by one. */
export function stepwise(database: Database): {
  run(step: (tx: Transaction) => Promise<unknown>): Promise<void>;
  end(how: 'commit' | 'rollback'): Promise<void>;
} {
  let begun: (tx: Transaction) => void = () => undefined;
  let finish: (how: 'commit' | 'rollback') => void = () => undefined;
  const tx = new Promise<Transaction>((resolve) => (begun = resolve));
  const how = new Promise<'commit' | 'rollback'>((resolve) => (finish = resolve));
  const done = database
    .transaction(async (transaction) => {
      begun(transaction);
      if ((await how) === 'rollback') throw new Error('rolled back');
    })
    .catch(() => undefined);
  return {
    run: async (step) => {
      await step(await tx);
    },
    end: async (choice) => {
      finish(choice);
      await done;
    },
  };
}
