/** What in the graph a work item may be about. */
import { checkGlobalId, toGlobalId } from '../../kernel/ids/index.js';

/** As the union WorkItemSubject names them. Their keys are UUIDs, full names and hashes: without upper case. */
export const subjectTypes = [
  'AuditRun',
  'Build',
  'Commit',
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

/** `owner/name@hash`, whole: another spelling would be another subject. */
const commitKey = /^[^@]+@(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Null when `id` is malformed, or of a type that no item is about. */
export function checkSubject(id: string): Subject | null {
  const parsed = checkGlobalId(id);
  const type = subjectTypes.find((known) => known === parsed?.type);
  if (parsed === null || type === undefined) return null;
  const key = parsed.key.toLowerCase();
  return type === 'Commit' && !commitKey.test(key) ? null : { type, id: toGlobalId(type, key) };
}
