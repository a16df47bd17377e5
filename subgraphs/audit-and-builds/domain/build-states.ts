/** The life of a build, as data; the database checks the same table. */

export type BuildStatus = 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';

export const buildTransitions: Readonly<Record<BuildStatus, readonly BuildStatus[]>> = {
  PENDING: ['RUNNING', 'CANCELLED'],
  RUNNING: ['COMPLETED', 'FAILED', 'CANCELLED'],
  COMPLETED: [],
  FAILED: [],
  CANCELLED: [],
};

export function isFinalBuild(status: BuildStatus): boolean {
  return buildTransitions[status].length === 0;
}

/** Past tense, as audit trail and events name what happened. */
export const buildActions = {
  PENDING: 'buildCreated',
  RUNNING: 'buildStarted',
  COMPLETED: 'buildCompleted',
  FAILED: 'buildFailed',
  CANCELLED: 'buildCancelled',
} as const satisfies Readonly<Record<BuildStatus, string>>;

/** Lines make an event too, that wakes who follows the log; they are no change of the build. */
export const buildProgressed = 'buildProgressed';
export const buildLogsAppended = 'buildLogsAppended';
export const buildChanges: readonly string[] = [...Object.values(buildActions), buildProgressed];
