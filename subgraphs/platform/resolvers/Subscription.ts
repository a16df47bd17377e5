/** The change feed: every change of an entity that the caller may see, from every domain. */
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../kernel/context.js';
import { badInput } from '../../kernel/errors/index.js';
import { followEvents, type EntitledEvent, type Entitlement } from '../../kernel/events/index.js';
import { repositoryOf } from '../../kernel/ids/index.js';
import { selectedFields } from '../../kernel/read/index.js';
import { bareNode, findOwn, isOwn } from './node.js';

interface Arguments {
  readonly types?: readonly string[] | null;
  readonly repositoryId?: string | null;
  readonly repository?: string | null;
  readonly actions?: readonly string[] | null;
  readonly after?: string | null;
}

/** Names in one list: more is a filter that wants to be left out. */
const maxNames = 100;

export function changeFeed(entitlement: Entitlement) {
  const subscribe = (
    _root: unknown,
    { types, actions, after, ...args }: Arguments,
    context: RequestContext,
    info: GraphQLResolveInfo,
  ): AsyncIterable<EntitledEvent> => {
    const repository = repositoryOf(args);
    checkNames('types', types);
    checkNames('actions', actions);
    for (const type of types ?? []) {
      if (!entitlement.has(type)) throw badInput(`There are no entities of type ${type.slice(0, 80)}.`);
    }
    const rows = selectedFields(info.fieldNodes, 'Change', info).has('node');
    return followEvents(context.database, {
      after: after ?? null,
      signal: context.signal,
      ...(types != null && { types }),
      ...(actions != null && { actions }),
      ...(repository !== null && { repository }),
      admit: entitlement.admit({ db: context.database, auth: context.auth, rows }),
    });
  };
  return { changes: { subscribe, resolve: (event: EntitledEvent): EntitledEvent => event } };
}

export const change = {
  entityId: ({ id }: EntitledEvent): string => id,
  node: ({ type, id, isGone }: EntitledEvent, _args: unknown, context: RequestContext, info: GraphQLResolveInfo) => {
    if (isGone) return null;
    return isOwn(id) ? findOwn(id, context, info) : bareNode(type, id);
  },
};

function checkNames(name: string, names: readonly string[] | null | undefined): void {
  if ((names?.length ?? 0) > maxNames) throw badInput(`${name} may have at most ${maxNames} names.`);
}
