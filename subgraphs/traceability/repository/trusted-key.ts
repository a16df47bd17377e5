/** Trusted keys as verification needs them. */
import { sql, type Queryable } from '../../kernel/db/index.js';
import type { PublicKey } from '../domain/index.js';

interface KeyRow {
  readonly repository_id: string;
  readonly kid: string;
  readonly algorithm: PublicKey['algorithm'];
  readonly jwk: PublicKey['jwk'];
}

/** The active keys of each repository, in the order of the ids. */
export async function listTrustedKeysByRepository(
  db: Queryable,
  repositoryIds: readonly string[],
): Promise<(readonly PublicKey[])[]> {
  const rows = await db.query<KeyRow>(sql`/* traceability.trustedKeys */
    select repository_id, kid, algorithm, jwk from traceability.trusted_keys
    where repository_id = any(${repositoryIds}::uuid[]) and is_active order by created_at, id`);
  return repositoryIds.map((repositoryId) =>
    rows
      .filter((row) => row.repository_id === repositoryId)
      .map(({ kid, algorithm, jwk }): PublicKey => ({ kid, algorithm, jwk })),
  );
}
