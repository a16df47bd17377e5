/** What the operator decides about workflow workers. */

export interface WorkflowSettings {
  /** Items that one worker process works on at a time. */
  readonly concurrency: number;
  /** How long an item whose worker died waits for another one. */
  readonly leaseSeconds: number;
  /** How often a worker without work looks for some. */
  readonly pollMs: number;
  /** How often time-outs, escalations and budgets are looked at. */
  readonly sweepMs: number;
}

export const defaultWorkflowSettings: WorkflowSettings = {
  concurrency: 4,
  leaseSeconds: 60,
  pollMs: 1_000,
  sweepMs: 2_000,
};
