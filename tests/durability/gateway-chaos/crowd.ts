/** Fifty clients: half of them ask, half of them subscribe, over every transport. */
import { Asker } from './asker.js';
import { connectEventStream, connectHttp, connectWebSocket } from './clients.js';
import { feeds, type FeedField } from './graph.js';
import { Subscriber } from './subscriber.js';
import type { Witness } from './witness.js';

export interface Crowd {
  readonly askers: readonly Asker[];
  readonly subscribers: readonly Subscriber[];
  stop(): Promise<void>;
}

/** Subscribers begin after the `after`th event. Every fifth client selects what a reload takes away. */
export function gather({ url, after, witness }: { url: string; after: number; witness: Witness }): Crowd {
  const fields = Object.keys(feeds) as FeedField[];
  const askers = Array.from({ length: 25 }, (_, i) => {
    const connection = i < 18 ? connectHttp(url) : connectWebSocket(url);
    return new Asker({ name: `asker ${i}`, connection, wantsReserved: i % 5 === 0, witness });
  });
  const subscribers = Array.from({ length: 25 }, (_, i) => {
    const connection = i < 13 ? connectWebSocket(url) : connectEventStream(url);
    const field = fields[i % fields.length] as FeedField;
    return new Subscriber({ name: `subscriber ${i}`, connection, field, wantsReserved: i % 5 === 0, after, witness });
  });
  return {
    askers,
    subscribers,
    stop: async () => void (await Promise.all([...askers, ...subscribers].map((client) => client.stop()))),
  };
}
