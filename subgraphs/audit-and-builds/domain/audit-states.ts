/** The life of an audit, as data; the database checks the same table. */

export type AuditRunStatus = 'PENDING' | 'RUNNING' | 'COMPLETED' | 'ERROR';

export const auditTransitions: Readonly<Record<AuditRunStatus, readonly AuditRunStatus[]>> = {
  PENDING: ['RUNNING'],
  RUNNING: ['COMPLETED', 'ERROR'],
  COMPLETED: [],
  ERROR: [],
};
