/** The life of a processing job, as data; the database checks the same table. */

export type JobStatus = 'pending' | 'processing' | 'completed' | 'failed';

/** `processing → pending` is a try that failed, `failed → pending` a job that somebody queued again. */
export const jobTransitions: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  pending: ['processing', 'failed'],
  processing: ['pending', 'completed', 'failed'],
  completed: [],
  failed: ['pending'],
};

export type JobType = 'extract' | 'embed' | 'infer';

export const jobTypes: readonly JobType[] = ['extract', 'embed', 'infer'];

/** What follows once a job is completed; null when the document is done with it. */
export const nextJobType: Readonly<Record<JobType, JobType | null>> = {
  extract: 'embed',
  embed: 'infer',
  infer: null,
};

/** The built-in worker, or one from outside that speaks to the API. */
export type JobHandler = 'built_in' | 'outside';

export type FileType = 'pdf' | 'image' | 'json' | 'csv' | 'yaml' | 'md';

/** Types that are text: the built-in worker reads these. */
export const textTypes: readonly FileType[] = ['json', 'csv', 'yaml', 'md'];

/** Past tense, as audit trail and events name what happened. */
export const jobActions = {
  queued: 'processingJobQueued',
  claimed: 'processingJobClaimed',
  completed: 'processingJobCompleted',
  delayed: 'processingJobDelayed',
  failed: 'processingJobFailed',
  requeued: 'processingJobRequeued',
} as const;

/** How long a job waits after each failed try (s): the last one again for all further tries. */
const backOffSteps: readonly number[] = [5, 30, 120, 600, 1_800];

/**
 * Seconds until the next try. `chance` (0–1) takes up to half of the step away, so that jobs that failed together do not come
 * back together; `atLeast` is what a provider asked for.
 */
export function backOffSeconds(input: { retryCount: number; chance: number; atLeast?: number | undefined }): number {
  const step = backOffSteps[Math.min(input.retryCount, backOffSteps.length - 1)] ?? 0;
  return Math.max(step * (1 - input.chance / 2), input.atLeast ?? 0);
}
