import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import {
  checkPublicKey,
  readFiles,
  refutedByPackage,
  verifySignature,
  type EvidenceResult,
  type Problem,
  type PublicKey,
  type SignatureVerdict,
} from '../../subgraphs/traceability/domain/index.js';
import { readEvidenceFolder } from '../checkout/index.js';

export interface VerifiedEvidence {
  readonly evidence: readonly {
    readonly gxpId: string;
    readonly path: string;
    readonly parentId: string | null;
    readonly verdict: Pick<SignatureVerdict, 'verified' | 'code' | 'reason' | 'signerCount'>;
    readonly result: EvidenceResult;
  }[];
  /** Files that were to be evidence and are none, and what is flagged in others. */
  readonly problems: readonly Problem[];
}

/** Judges all evidence in a folder, a checkout or one package, by the keys of a set: with the rules of a scan, and no graph. */
export async function verifyEvidence(
  folder: string,
  jwks: readonly object[],
  now = new Date(),
): Promise<VerifiedEvidence> {
  const keys: PublicKey[] = [];
  for (const jwk of jwks) {
    const { key, reason } = await checkPublicKey(jwk);
    if (key === null) throw new StartupError(`A key of the set can't be trusted: ${reason}`);
    keys.push(key);
  }
  const { files, digests, problems } = await readEvidenceFolder(folder);
  const read = await readFiles({ files, digests });
  const evidence = [];
  for (const { artifact } of read.found) {
    if (artifact.kind !== 'SIGNED_EVIDENCE') continue;
    const { gxpId, path, parentId, jws, packageFault, result } = artifact;
    const verdict = refutedByPackage(await verifySignature(jws, keys, { now }), packageFault);
    evidence.push({ gxpId, path, parentId, verdict, result });
  }
  const isEvidence = ({ path }: Problem): boolean => /(?:^|\/)\.gxp\/evidence\//.test(path);
  return { evidence, problems: [...problems, ...read.problems].filter(isEvidence) };
}
