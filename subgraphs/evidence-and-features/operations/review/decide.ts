/** A reviewer's decision on a feature. */
import { assertTransition, type Writer } from '../../../kernel/write/index.js';
import { assertText, limits, reviewTransitions } from '../../domain/feature-rules.js';
import { actorOf, changeFeature, type FeaturePayload } from './change-feature.js';

export interface Decision {
  readonly featureId: string;
  readonly reason?: string | null;
  readonly expectedVersion?: number | null;
}

const kinds = {
  confirmed: { operation: 'featureConfirm', event: 'featureConfirmed' },
  rejected: { operation: 'featureReject', event: 'featureRejected' },
} as const;

export function decideFeature(writer: Writer, status: keyof typeof kinds, decision: Decision): Promise<FeaturePayload> {
  const { reason = null, ...change } = decision;
  const { operation, event } = kinds[status];
  return changeFeature(writer, { operation, ...change }, (_tx, feature) => {
    if (reason !== null) assertText('reason', reason, limits.reason);
    assertTransition({ transitions: reviewTransitions, from: feature.status, to: status });
    return {
      action: status,
      event,
      values: { status, reviewed_by: actorOf(writer) },
      isDecision: true,
      ...(reason !== null && { newValues: { reason } }),
    };
  });
}
