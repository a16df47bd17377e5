/** From an audit entry to what it is about. */
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../kernel/context.js';
import { checkGlobalId } from '../../kernel/ids/index.js';
import type { Row } from '../../kernel/read/index.js';
import { findOwn, isOwn, type NodeFinder } from './node.js';

export function auditEntryResolvers(finder: NodeFinder) {
  const known = new Set(finder.types);
  return {
    /** Null too when the entry names a type that a later version no longer has. */
    entity: (
      entry: Row,
      _args: unknown,
      context: RequestContext,
      info: GraphQLResolveInfo,
    ): Promise<Row | null> | null => {
      const id = entry['_entity_id'];
      if (typeof id !== 'string' || checkGlobalId(id) === null) return null;
      if (isOwn(id)) return findOwn(id, context, info);
      if (!known.has(checkGlobalId(id)?.type ?? '')) return null;
      return finder.find(id, context);
    },
  };
}
