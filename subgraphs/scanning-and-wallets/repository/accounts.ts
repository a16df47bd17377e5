/** Accounts and the wallet that each has. */
import { sql, type Transaction } from '../../kernel/db/index.js';

export interface Registration {
  readonly clerkUserId: string;
  /** Null leaves what is stored as it is. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

/** Creates the account with an empty wallet, or updates its metadata. Answers whether it is new. */
export async function upsertAccount(tx: Transaction, { clerkUserId, metadata }: Registration): Promise<boolean> {
  const [row] = await tx.query<{ is_new: boolean }>(sql`/* scanning.upsertAccount */
    with account as (
      insert into scanning.users as u (clerk_user_id, metadata)
      values (${clerkUserId}, ${metadata === null ? null : sql.json(metadata)}::jsonb)
      on conflict (clerk_user_id) do update set metadata = coalesce(excluded.metadata, u.metadata)
      returning clerk_user_id, xmax = 0 as is_new
    ), wallet as (
      insert into scanning.wallets (user_id) select clerk_user_id from account on conflict (user_id) do nothing
    )
    select is_new from account`);
  return row?.is_new === true;
}
