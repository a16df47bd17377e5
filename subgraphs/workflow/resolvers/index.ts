/** Owns what the entity maps can't derive: mutations, subscriptions, and fields with rules of their own. */
import type { ResolverMap } from '../../kernel/read/index.js';
import { subject, subjectResolvers } from './WorkItemSubject.js';

export function createResolvers(): ResolverMap {
  return {
    WorkItem: { subject },
    ...subjectResolvers,
  };
}
