/** What in the graph a work item may be about. */
import { checkGlobalId, toGlobalId } from '../../kernel/ids/index.js';

/** As the union WorkItemSubject names them. Their keys are UUIDs and full names: without upper case. */
export const subjectTypes = [
  'AuditRun',
  'Build',
  'Document',
  'Feature',
  'Repository',
  'Requirement',
  'ScanJob',
  'Specification',
] as const;
export type SubjectType = (typeof subjectTypes)[number];

export interface Subject {
  readonly type: SubjectType;
  /** Global id in its one spelling, as it is stored. */
  readonly id: string;
}

/** Null when `id` is malformed, or of a type that no item is about. */
export function checkSubject(id: string): Subject | null {
  const parsed = checkGlobalId(id);
  const type = subjectTypes.find((known) => known === parsed?.type);
  return parsed === null || type === undefined ? null : { type, id: toGlobalId(type, parsed.key.toLowerCase()) };
}
