/** The stored evidence of a repository, examined again after its trusted keys have changed. */
import { sql, type Queryable } from '../../kernel/db/index.js';
import type { WriteTransaction } from '../../kernel/write/index.js';
import { refutedByPackage } from '../domain/index.js';
import { verificationColumns } from './ingest/artifact-rows.js';
import { EvidenceVerifier } from './ingest/verify-evidence.js';
import { insertCoverageSnapshots } from './coverage-snapshots.js';
import { refreshLinks } from './links.js';
import type { StoredRepository } from './repository.js';
import { listTrustedKeysByRepository } from './trusted-key.js';

interface StoredEvidence extends Record<string, unknown> {
  readonly id: string;
  readonly jws: string;
  readonly verified: boolean | null;
  readonly reason: string | null;
  readonly packageFault: string | null;
  readonly signerCount: number | null;
}

/** Answers how many verdicts changed. Those that stay are not touched. */
export async function reverifyEvidence(tx: WriteTransaction, repository: StoredRepository): Promise<number> {
  const verifier = new EvidenceVerifier(new Date());
  const [keys = []] = await listTrustedKeysByRepository(tx, [repository.id]);
  verifier.trust(keys);
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (const { id, jws, verified, reason, packageFault, signerCount } of await listEvidence(tx, repository.id)) {
    const verdict = refutedByPackage(await verifier.verdictOn(jws), packageFault);
    if (verdict.verified === verified && verdict.reason === reason && verdict.signerCount === signerCount) continue;
    rows.push({ id, ...verificationColumns({ verdict, verifiedAt: verifier.verifiedAt }) });
    tx.record({
      type: 'SignedEvidence',
      key: id,
      action: 'signedEvidenceVerified',
      details: { verified: [verified, verdict.verified], code: verdict.code, kid: verdict.keyId },
      repository: repository.fullName,
      event: false,
    });
  }
  if (rows.length === 0) return 0;
  await tx.query(sql`/* traceability.storeVerdicts */
    update traceability.evidence e set signature_verified = r.signature_verified, jws_algorithm = r.jws_algorithm,
      jws_key_id = r.jws_key_id, verification_reason = r.verification_reason, verified_at = r.verified_at,
      signer_count = r.signer_count
    from json_to_recordset(${sql.json(rows)}::json) as r (id uuid, signature_verified boolean, jws_algorithm text,
      jws_key_id text, verification_reason text, verified_at timestamptz, signer_count int)
    where e.id = r.id`);
  await refreshLinks(tx, repository.id);
  await insertCoverageSnapshots(tx, repository.id, verifier.verifiedAt);
  return rows.length;
}

function listEvidence(db: Queryable, repositoryId: string): Promise<StoredEvidence[]> {
  return db.query<StoredEvidence>(sql`/* traceability.storedEvidence */
    select id, jws_source as jws, signature_verified as verified, verification_reason as reason,
      package_fault as "packageFault", signer_count as "signerCount"
    from traceability.evidence where repository_id = ${repositoryId} and jws_source is not null`);
}
