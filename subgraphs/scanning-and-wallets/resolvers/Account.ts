/** Account.usage: one statement for all the accounts of a level. The accounts are visible, so their usage is. */
import { loadBatched, type FieldResolver, type Row } from '../../kernel/read/index.js';
import { listUsage, type UsageDay } from '../repository/index.js';
import { assertPeriod, type Period } from './Query.js';

export const usage: FieldResolver<Row, Period, UsageDay[]> = (parent, { from, to }, ctx, info) => {
  assertPeriod({ from, to });
  // One place of the document has one period, so its node stands for the loader.
  const place = info.fieldNodes[0] ?? info;
  return loadBatched(ctx, place, String(parent['_clerk_user_id']), async (userIds: readonly string[]) => {
    const usages = await listUsage(ctx.db, { userIds, from, to });
    return userIds.map((userId) => usages.get(userId) ?? []);
  });
};
