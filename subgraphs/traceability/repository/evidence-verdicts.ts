/** What was made of the signatures of stored evidence. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';

interface StoredEvidence extends Record<string, unknown> {
  readonly id: string;
  readonly jws: string;
  readonly verified: boolean | null;
  readonly reason: string | null;
  readonly packageFault: string | null;
  readonly signerCount: number | null;
}

export function listEvidenceToVerify(db: Queryable, repositoryId: string): Promise<StoredEvidence[]> {
  return db.query<StoredEvidence>(sql`/* traceability.storedEvidence */
    select id, jws_source as jws, signature_verified as verified, verification_reason as reason,
      package_fault as "packageFault", signer_count as "signerCount"
    from traceability.evidence where repository_id = ${repositoryId} and jws_source is not null`);
}

/** `rows` have the columns of a verdict, and the id of the evidence. */
export async function updateVerdicts(
  tx: Transaction,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  await tx.query(sql`/* traceability.storeVerdicts */
    update traceability.evidence e set signature_verified = r.signature_verified, jws_algorithm = r.jws_algorithm,
      jws_key_id = r.jws_key_id, verification_reason = r.verification_reason, verified_at = r.verified_at,
      signer_count = r.signer_count
    from json_to_recordset(${sql.json(rows)}::json) as r (id uuid, signature_verified boolean, jws_algorithm text,
      jws_key_id text, verification_reason text, verified_at timestamptz, signer_count int)
    where e.id = r.id`);
}
