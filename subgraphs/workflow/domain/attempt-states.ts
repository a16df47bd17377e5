/** The life of one try at a work item, as data; the database checks the same table. */

export type AttemptStatus = 'STARTED' | 'COMPLETED' | 'FAILED' | 'TIMEOUT';

export const attemptTransitions: Readonly<Record<AttemptStatus, readonly AttemptStatus[]>> = {
  STARTED: ['COMPLETED', 'FAILED', 'TIMEOUT'],
  COMPLETED: [],
  FAILED: [],
  TIMEOUT: [],
};
