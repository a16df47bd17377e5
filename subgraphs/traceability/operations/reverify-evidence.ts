/** The stored evidence of a repository, examined again after its trusted keys have changed. */
import type { WriteTransaction } from '../../kernel/write/index.js';
import { refutedByPackage } from '../domain/index.js';
import { verificationColumns } from '../repository/ingest/artifact-rows.js';
import { EvidenceVerifier } from './ingest/verify-evidence.js';
import { insertCoverageSnapshots } from '../repository/coverage-snapshots.js';
import { listEvidenceToVerify, updateVerdicts } from '../repository/evidence-verdicts.js';
import { refreshLinks } from '../repository/links.js';
import type { StoredRepository } from '../repository/repository.js';
import { listTrustedKeysByRepository } from '../repository/trusted-key.js';

/** Answers how many verdicts changed. Those that stay are not touched. */
export async function reverifyEvidence(tx: WriteTransaction, repository: StoredRepository): Promise<number> {
  const verifier = new EvidenceVerifier(new Date());
  const [keys = []] = await listTrustedKeysByRepository(tx, [repository.id]);
  verifier.trust(keys);
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (const { id, jws, verified, reason, packageFault, signerCount } of await listEvidenceToVerify(
    tx,
    repository.id,
  )) {
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
  await updateVerdicts(tx, rows);
  await refreshLinks(tx, repository.id);
  await insertCoverageSnapshots(tx, repository.id, verifier.verifiedAt);
  return rows.length;
}
