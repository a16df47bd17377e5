/** Verdicts on the signatures of evidence: made before the transaction where that is possible. */
import {
  refutedByPackage,
  verifySignature,
  type FoundArtifact,
  type PublicKey,
  type SignatureVerdict,
} from '../../domain/index.js';
import type { Verification } from '../../repository/ingest/artifact-rows.js';

/** Remembers verdicts for as long as the keys are the same. */
export class EvidenceVerifier {
  readonly verifiedAt: Date;
  private keys: readonly PublicKey[] = [];
  private fingerprint = '';
  private verdicts = new Map<string, SignatureVerdict>();

  constructor(verifiedAt: Date) {
    this.verifiedAt = verifiedAt;
  }

  /** Other keys than before make every verdict void. */
  trust(keys: readonly PublicKey[]): void {
    const fingerprint = JSON.stringify(keys);
    if (fingerprint === this.fingerprint) return;
    this.keys = keys;
    this.fingerprint = fingerprint;
    this.verdicts = new Map();
  }

  /** Null for what is not evidence. */
  async verify({ artifact }: FoundArtifact): Promise<Verification | null> {
    if (artifact.kind !== 'SIGNED_EVIDENCE') return null;
    const verdict = refutedByPackage(await this.verdictOn(artifact.jws), artifact.packageFault);
    return { verdict, verifiedAt: this.verifiedAt };
  }

  async verdictOn(jws: string): Promise<SignatureVerdict> {
    const known = this.verdicts.get(jws);
    if (known !== undefined) return known;
    const verdict = await verifySignature(jws, this.keys, { now: this.verifiedAt });
    this.verdicts.set(jws, verdict);
    return verdict;
  }
}
