import type { RequestContext } from '../../kernel/context.js';
import { badInput } from '../../kernel/errors/index.js';
import { followEvents, type Event } from '../../kernel/events/index.js';
import { repositoryOf, toGlobalId, uuidOfType } from '../../kernel/ids/index.js';
import { buildChanges } from '../domain/build-states.js';
import { followLog, type LogBatch } from '../repository/follow-log.js';

interface BuildLogsArguments {
  readonly buildId: string;
  readonly after?: number | bigint | string | null;
  /** As stored. */
  readonly levels?: readonly string[] | null;
  readonly sources?: readonly string[] | null;
}

function toPosition(after: BuildLogsArguments['after']): number {
  const position = Number(after ?? 0);
  if (Number.isSafeInteger(position) && position >= 0) return position;
  throw badInput('after must be the sequence of a line, 0 or more.');
}

export const Subscription = {
  buildLogs: {
    subscribe: (_root: unknown, args: BuildLogsArguments, context: RequestContext): AsyncIterable<LogBatch> => {
      return followLog(context.database, {
        buildId: uuidOfType(args.buildId, 'Build'),
        after: toPosition(args.after),
        levels: args.levels ?? null,
        sources: args.sources ?? null,
        signal: context.signal,
      });
    },
    resolve: (batch: LogBatch): LogBatch => batch,
  },
  buildChanged: {
    subscribe: (
      _root: unknown,
      { buildId, after }: { readonly buildId?: string | null; readonly after?: string | null },
      context: RequestContext,
    ): AsyncIterable<Event> => {
      return followEvents(context.database, {
        types: ['Build'],
        actions: buildChanges,
        ...(buildId != null && { entityIds: [toGlobalId('Build', uuidOfType(buildId, 'Build'))] }),
        after: after ?? null,
        signal: context.signal,
      });
    },
    resolve: (event: Event): Event => event,
  },
  auditRunChanged: {
    subscribe: (
      _root: unknown,
      { after, ...args }: Parameters<typeof repositoryOf>[0] & { readonly after?: string | null },
      context: RequestContext,
    ): AsyncIterable<Event> => {
      const repository = repositoryOf(args);
      return followEvents(context.database, {
        types: ['AuditRun'],
        ...(repository !== null && { repository }),
        after: after ?? null,
        signal: context.signal,
      });
    },
    resolve: (event: Event): Event => event,
  },
};
