/** An issue of any tracker as evidence: a bug or a requirement, and its acceptance criteria one by one. */
import type { EvidenceType } from '../../domain/evidence-types.js';
import { cut, type ExtractedEvidence } from '../../domain/extracted-evidence.js';
import { acceptanceCriteriaIn } from './issue-text.js';

export interface Issue {
  readonly key: string;
  readonly summary: string;
  readonly type: string | null;
  readonly status: string | null;
  readonly priority: string | null;
  /** As its tracker has it: with markup. */
  readonly description: string;
  /** The same without markup. */
  readonly plainDescription: string;
  /** Texts that are criteria as a whole. */
  readonly criteria: readonly string[];
  /** Key of the epic, or of the issue above. */
  readonly epic: string | null;
  readonly epicName: string | null;
  readonly parent: string | null;
  readonly parentSummary: string | null;
  readonly components: readonly string[];
  readonly labels: readonly string[];
  readonly comments: readonly string[];
  readonly row: number;
}

const bugTypes =
  /^(?:bug|bogue|defect|defekt|d(?:é|e)faut|incident|incidencia|fehler|fault|störung|anomalie|error|problem|vorfall)s?$/i;

export function isBug(type: string): boolean {
  return bugTypes.test(type.trim());
}

export function toFacts(issue: Issue): ExtractedEvidence[] {
  const { key, summary, plainDescription, row } = issue;
  const group = {
    ticket_key: key,
    ticket_type: issue.type,
    epic: issue.epic,
    parent: issue.parent,
    components: issue.components,
    labels: issue.labels,
  };
  const rawData = {
    ...group,
    epic_name: issue.epicName,
    ...(issue.parentSummary !== null && { parent_summary: issue.parentSummary }),
    summary,
    status: issue.status,
    priority: issue.priority,
    comments: issue.comments.map((comment) => cut(comment, 1_000)).slice(0, 20),
    row,
  };
  const type: EvidenceType = isBug(issue.type ?? '') ? 'bug' : 'requirement';
  const content = plainDescription === '' ? `${key}: ${summary}` : `${key}: ${summary}\n${plainDescription}`;
  const own = issue.criteria.flatMap((field) => acceptanceCriteriaIn(field, true));
  const criteria = own.length > 0 ? own : acceptanceCriteriaIn(issue.description, false);
  return [
    { type, content, rawData },
    ...criteria.map((criterion, index): ExtractedEvidence => ({
      type: 'acceptance_criteria',
      content: `${key} (${summary}): ${criterion}`,
      rawData: { ...group, criterion, number: index + 1, row },
    })),
  ];
}
