/** The plans of one operation, and what chooses among them. */
import type { PlanStep } from '../fetch/root-fetch.js';
import type { SubscriptionSource } from '../fetch/subscription-source.js';

/** What one combination of conditions needs of the subgraphs. */
export interface OperationPlan {
  /** Null when no subgraph has anything to answer. For a subscription, what follows each event. */
  readonly run: PlanStep | null;
  readonly subscription: SubscriptionSource | null;
}

/** Which of the progressive overrides a plan is for. */
export interface OverrideChoice {
  readonly labels: ReadonlySet<string>;
  readonly percentage: number;
  /** The same for two choices that have the same plans. */
  readonly key: string;
}
