/** Query fields that the entity maps can't answer alone. */
import { badInput } from '../../kernel/errors/index.js';
import { entityLoader, type FieldResolver } from '../../kernel/read/index.js';
import { account } from '../entities.js';
import { listUsage, type UsageDay } from '../repository/index.js';

const loadAccount = entityLoader(account, [account.key]);

export const myAccount: FieldResolver<unknown> = (_parent, _args, ctx, info) =>
  loadAccount([ctx.auth.require().subject], ctx, info);

export interface Period extends Record<string, unknown> {
  readonly from: string;
  readonly to: string;
}

const longestPeriodMs = 366 * 86_400_000;

/** Throws BAD_USER_INPUT for a period that ends before it begins, or is longer than 366 days. */
export function assertPeriod({ from, to }: Period): void {
  const length = Date.parse(to) - Date.parse(from);
  if (length <= 0) throw badInput('`to` must be after `from`.');
  if (length > longestPeriodMs) throw badInput('A period may have 366 days at most.');
}

export const scanUsage: FieldResolver<unknown, Period, UsageDay[]> = async (_parent, period, ctx) => {
  const { subject } = ctx.auth.require();
  assertPeriod(period);
  const { from, to } = period;
  if (ctx.auth.has('scanning:admin')) return (await listUsage(ctx.db, { userIds: null, from, to })).get(null) ?? [];
  return (await listUsage(ctx.db, { userIds: [subject], from, to })).get(subject) ?? [];
};
