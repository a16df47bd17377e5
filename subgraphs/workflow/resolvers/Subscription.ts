/** workItemChanged: the durable feed, narrowed to work items. */
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../kernel/context.js';
import { followEvents, type Event } from '../../kernel/events/index.js';
import { parseGlobalId, toGlobalId, uuidOfType } from '../../kernel/ids/index.js';
import { entityLoader } from '../../kernel/read/index.js';
import { workItem as workItemMap } from '../entities.js';

interface Args {
  readonly workItemId?: string | null;
  readonly after?: string | null;
}

const load = entityLoader(workItemMap, [workItemMap.key]);

function follow(
  _root: unknown,
  { workItemId, after }: Args,
  ctx: RequestContext,
): AsyncGenerator<Event, void, undefined> {
  return followEvents(ctx.database, {
    types: ['WorkItem'],
    ...(workItemId != null && { entityIds: [toGlobalId('WorkItem', uuidOfType(workItemId, 'WorkItem'))] }),
    after: after ?? null,
    signal: ctx.signal,
  });
}

export const workItemChanged = { subscribe: follow, resolve: (event: Event): Event => event };

/** Each change is read anew: what an earlier event of this subscription loaded is old by now. */
export const workItem = (event: Event, _args: unknown, ctx: RequestContext, info: GraphQLResolveInfo) =>
  load([parseGlobalId(event.id).key], { ...ctx, loaders: new Map() }, info);
