/** The life of a run and of its steps, as data; the database checks the runs' table too. */

export type RunStatus = 'PENDING' | 'RUNNING' | 'PAUSED' | 'COMPLETED' | 'FAILED' | 'CANCELLED';

/** FAILED goes on when a dead letter of it is redriven. */
export const runTransitions: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  PENDING: ['RUNNING', 'CANCELLED', 'FAILED'],
  RUNNING: ['PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'],
  PAUSED: ['RUNNING', 'CANCELLED', 'FAILED'],
  COMPLETED: [],
  FAILED: ['RUNNING'],
  CANCELLED: [],
};

export const runActions = {
  started: 'runStarted',
  paused: 'runPaused',
  resumed: 'runResumed',
  cancelled: 'runCancelled',
  completed: 'runCompleted',
  failed: 'runFailed',
  revived: 'runRevived',
} as const;

/** BLOCKED waits for others; SKIPPED had a condition that did not hold, or nothing to go on with. */
export type StepStatus = 'BLOCKED' | 'READY' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'SKIPPED' | 'CANCELLED';

export function isStepSettled(status: StepStatus): boolean {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'SKIPPED' || status === 'CANCELLED';
}
