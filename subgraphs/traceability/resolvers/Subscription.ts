import type { RequestContext } from '../../kernel/context.js';
import { followEvents, type Event } from '../../kernel/events/index.js';
import { parseGlobalId, repositoryOf } from '../../kernel/ids/index.js';

interface Arguments {
  readonly repositoryId?: string | null;
  readonly repository?: string | null;
  readonly after?: string | null;
}

export const Subscription = {
  repositoryScanned: {
    subscribe: (_root: unknown, { after, ...args }: Arguments, context: RequestContext): AsyncIterable<Event> => {
      const repository = repositoryOf(args);
      return followEvents(context.database, {
        after: after ?? null,
        signal: context.signal,
        types: ['Scan'],
        actions: ['repositoryScanned'],
        ...(repository !== null && { repository }),
      });
    },
    resolve: (event: Event): RepositoryScannedEvent => ({
      cursor: event.cursor,
      occurredAt: event.occurredAt,
      scan: parseGlobalId(event.id).key,
      repository: event.repository,
    }),
  },
};

/** Keys of what the event is about; the entities are read when they are selected. */
export interface RepositoryScannedEvent {
  readonly cursor: string;
  readonly occurredAt: unknown;
  readonly scan: string;
  readonly repository: string | null;
}
