/** WorkItem.subject: what in the graph an item is about, as a stub that its owner fills. */
import { checkGlobalId } from '../../kernel/ids/index.js';
import type { Row } from '../../kernel/read/index.js';

export const subjectTypes: ReadonlySet<string> = new Set([
  'AuditRun',
  'Build',
  'Requirement',
  'ScanJob',
  'Specification',
]);

export function subject(item: Row): Row | null {
  const id = item['_subject_id'];
  const parsed = typeof id === 'string' ? checkGlobalId(id) : null;
  return parsed !== null && subjectTypes.has(parsed.type) ? { __typename: parsed.type, id } : null;
}
