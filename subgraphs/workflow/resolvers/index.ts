/** Owns what the entity maps can't derive: mutations, subscriptions, and fields with rules of their own. */
import type { ResolverMap, Row } from '../../kernel/read/index.js';
import { subject } from './WorkItem.js';

export function createResolvers(): ResolverMap {
  return {
    WorkItem: { subject },
    WorkItemSubject: { __resolveType: (row: Row) => row['__typename'] },
  };
}
