/** The life of a scan job, as data; the database checks the same table. */

export type JobState = 'QUEUED' | 'FETCHING' | 'ANALYZING' | 'COMPLETED' | 'FAILED' | 'TIMED_OUT';

export const jobTransitions: Readonly<Record<JobState, readonly JobState[]>> = {
  QUEUED: ['FETCHING', 'FAILED', 'TIMED_OUT'],
  FETCHING: ['ANALYZING', 'FAILED', 'TIMED_OUT'],
  ANALYZING: ['COMPLETED', 'FAILED', 'TIMED_OUT'],
  COMPLETED: [],
  FAILED: [],
  TIMED_OUT: [],
};

export function isFinal(state: JobState): boolean {
  return jobTransitions[state].length === 0;
}

/** States that give the credit back: the account paid for a result that it did not get. */
export type RefundedState = 'FAILED' | 'TIMED_OUT';

/** What a worker may take: jobs to fetch, or fetched ones to analyse. */
export type ClaimStage = 'FETCHING' | 'ANALYZING';

/** Past tense, as audit trail and events name what happened. */
export const jobActions = {
  QUEUED: 'scanJobRequested',
  FETCHING: 'scanJobClaimed',
  ANALYZING: 'scanJobFetched',
  COMPLETED: 'scanJobCompleted',
  FAILED: 'scanJobFailed',
  TIMED_OUT: 'scanJobTimedOut',
} as const satisfies Readonly<Record<JobState, string>>;
