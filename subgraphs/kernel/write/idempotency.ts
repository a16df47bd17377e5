/** Client keys: the same key and input answers the first result again, the same key with another input is refused. */
import { sql, type Queryable, type Transaction } from '../db/index.js';
import { userError } from '../errors/index.js';
import { canonicalJson, sha256 } from './canonical-json.js';

const maxKeyLength = 200;

export interface ClientRequest {
  /** Caller and mutation: keys of different callers never meet. */
  readonly scope: string;
  readonly clientKey: string;
  readonly input: unknown;
}

export type Claim = { readonly isRepeat: false } | { readonly isRepeat: true; readonly result: unknown };

/**
 * Claims the key for this transaction. A second transaction with the same key waits here until the first has ended: it then
 * finds the result, or, when the first rolled back, claims the key itself.
 */
export async function claimClientKey(tx: Transaction, request: ClientRequest): Promise<Claim> {
  const { scope, clientKey } = request;
  if (clientKey.length === 0 || clientKey.length > maxKeyLength || clientKey.includes('\0')) {
    throw userError('VALIDATION', 'clientKey', `clientKey must have 1 to ${maxKeyLength} characters.`);
  }
  const inputHash = sha256(canonicalJson(request.input));
  const claimed = await tx.query(sql`/* kernel.clientKeyClaim */
    insert into platform.idempotency_keys (scope, client_key, input_hash) values (${scope}, ${clientKey}, ${inputHash})
    on conflict (scope, client_key) do nothing returning true`);
  if (claimed.length > 0) return { isRepeat: false };
  const [known] = await tx.query<{ input_hash: string; result: unknown }>(sql`/* kernel.clientKeyResult */
    select input_hash, result from platform.idempotency_keys where scope = ${scope} and client_key = ${clientKey}`);
  if (known?.input_hash !== inputHash) {
    throw userError(
      'IDEMPOTENCY_MISMATCH',
      'clientKey',
      'This clientKey was used before with another input. Use a new key.',
    );
  }
  return { isRepeat: true, result: known.result };
}

export async function storeClientResult(tx: Transaction, request: ClientRequest, result: unknown): Promise<void> {
  await tx.query(sql`/* kernel.clientKeyStore */
    update platform.idempotency_keys set result = ${sql.json(result)}::jsonb
    where scope = ${request.scope} and client_key = ${request.clientKey}`);
}

/** Forgets keys that no retry can still mean. Answers how many. */
export async function expireClientKeys(db: Queryable, olderThan: Date): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`/* kernel.clientKeysExpire */
    with gone as (delete from platform.idempotency_keys where created_at < ${olderThan} returning 1)
    select count(*)::int4 as count from gone`);
  return row?.count ?? 0;
}
