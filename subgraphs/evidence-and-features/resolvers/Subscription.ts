/** processingJobChanged: the durable feed, narrowed to a job or a document. */
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../kernel/context.js';
import { followEvents, type Event } from '../../kernel/events/index.js';
import { parseGlobalId, toGlobalId, uuidOfType } from '../../kernel/ids/index.js';
import { entityLoader } from '../../kernel/read/index.js';
import { processingJobs } from '../entities.js';

interface Args {
  readonly processingJobId?: string | null;
  readonly documentId?: string | null;
  readonly after?: string | null;
}

const load = entityLoader(processingJobs, [processingJobs.key]);

function follow(
  _root: unknown,
  { processingJobId, documentId, after }: Args,
  ctx: RequestContext,
): AsyncGenerator<Event, void, undefined> {
  const document = documentId == null ? null : uuidOfType(documentId, 'Document');
  return followEvents(ctx.database, {
    types: ['ProcessingJob'],
    ...(processingJobId != null && {
      entityIds: [toGlobalId('ProcessingJob', uuidOfType(processingJobId, 'ProcessingJob'))],
    }),
    after: after ?? null,
    signal: ctx.signal,
    admit: async (page) => page.filter(({ payload }) => document === null || payload['documentId'] === document),
  });
}

export const processingJobChanged = { subscribe: follow, resolve: (event: Event): Event => event };

/** Each change is read anew: what an earlier event of this subscription loaded is old by now. */
export const processingJob = (event: Event, _args: unknown, ctx: RequestContext, info: GraphQLResolveInfo) =>
  load([parseGlobalId(event.id).key], { ...ctx, loaders: new Map() }, info);
