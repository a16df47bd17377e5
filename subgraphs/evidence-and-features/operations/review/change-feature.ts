/** What every change of one feature has in common: the lock, the version, the answer. */
import type { UserErrors } from '../../../kernel/errors/index.js';
import { assertVersion, write, type Writer, type Written, type WriteTransaction } from '../../../kernel/write/index.js';
import { editFeature, lockFeature, type FeatureEdit, type LockedFeature } from '../../repository/features.js';

export interface FeatureChange {
  /** Name of the mutation. */
  readonly operation: string;
  readonly featureId: string;
  /** The change is only made when the feature is still at this version. */
  readonly expectedVersion?: number | null;
  readonly constraints?: Readonly<Record<string, UserErrors>>;
}

export type FeaturePayload = Written<{ feature: string }>;

export function actorOf(writer: Writer): string {
  return writer.auth.subject ?? 'anonymous';
}

/** Locks the feature, and stores the edit that `decide` answers; null changes nothing. */
export async function changeFeature(
  writer: Writer,
  { operation, featureId, expectedVersion, constraints }: FeatureChange,
  decide: (tx: WriteTransaction, feature: LockedFeature) => Promise<FeatureEdit | null> | FeatureEdit | null,
): Promise<FeaturePayload> {
  const payload = await write(writer, { operation, ...(constraints && { constraints }) }, async (tx) => {
    const feature = await lockFeature(tx, featureId);
    if (expectedVersion != null) assertVersion({ expected: expectedVersion, current: feature.version });
    const edit = await decide(tx, feature);
    if (edit !== null) await editFeature(tx, actorOf(writer), feature, edit);
    return { feature: featureId };
  });
  return withCurrentFeature(payload, featureId);
}

/** On a CONFLICT the payload shows the feature as it is now, with the version to go on from. */
export function withCurrentFeature<Payload extends { feature: string }>(
  payload: Written<Payload>,
  featureId: string,
): Written<Payload> {
  const isConflict = payload.userErrors.some((error) => error.code === 'CONFLICT');
  return isConflict ? { ...payload, feature: featureId } : payload;
}
