/** Owns what the entity maps can't derive: search, mutations, the subscription, and computed fields. */
import type { ResolverMap } from '../../kernel/read/index.js';

export function createResolvers(): ResolverMap {
  return {};
}
