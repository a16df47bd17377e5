/** scanJobChanged: the durable feed, narrowed to the jobs that the caller may see. */
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../kernel/context.js';
import { Entitlement, followEvents, type Event } from '../../kernel/events/index.js';
import { uuidOfType, parseGlobalId, toGlobalId } from '../../kernel/ids/index.js';
import { entityLoader } from '../../kernel/read/index.js';
import { scanJob as scanJobMap } from '../entities.js';

interface Args {
  readonly scanJobId?: string | null;
  readonly after?: string | null;
}

const load = entityLoader(scanJobMap, [scanJobMap.key]);

const entitlement = new Entitlement([scanJobMap]);

/** An event belongs to the account of its job, so following by account is following one's own jobs. A worker's are told by their rows. */
function follow(
  _root: unknown,
  { scanJobId, after }: Args,
  { auth, database, signal }: RequestContext,
): AsyncGenerator<Event, void, undefined> {
  const { subject } = auth.require();
  const jobs = {
    types: ['ScanJob'],
    ...(scanJobId != null && { entityIds: [toGlobalId('ScanJob', uuidOfType(scanJobId, 'ScanJob'))] }),
    after: after ?? null,
    signal,
  };
  if (auth.has('scanning:admin')) return followEvents(database, jobs);
  if (!auth.has('scanning:work')) return followEvents(database, { ...jobs, account: subject });
  return followEvents(database, { ...jobs, admit: entitlement.admit({ db: database, auth, rows: true }) });
}

export const scanJobChanged = { subscribe: follow, resolve: (event: Event): Event => event };

/** Each change is read anew: what an earlier event of this subscription loaded is old by now. */
export const scanJob = (event: Event, _args: unknown, ctx: RequestContext, info: GraphQLResolveInfo) =>
  load([parseGlobalId(event.id).key], { ...ctx, loaders: new Map() }, info);
