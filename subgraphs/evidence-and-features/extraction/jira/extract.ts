/** Jira's CSV exports: a bug or a requirement for each issue, and its acceptance criteria one by one. */
import type { EvidenceType } from '../../domain/evidence-types.js';
import { cut, ExtractionError, type ExtractedEvidence } from '../../domain/extracted-evidence.js';
import { acceptanceCriteriaIn, toPlainText } from './issue-text.js';
import { readRows, type Row } from './rows.js';

const bugTypes = /^(bug|defect|incident|fehler|fault)$/i;
const criteriaColumn = /^(custom field \()?acceptance criteria\)?$/i;
const columns = {
  key: /^(issue )?key$/i,
  summary: /^summary$/i,
  type: /^issue ?type$/i,
  status: /^status$/i,
  priority: /^priority$/i,
  description: /^description$/i,
  epic: /^(custom field \()?epic link\)?$/i,
  epicName: /^(custom field \()?epic name\)?$/i,
  parent: /^parent( key)?$/i,
  component: /^components?(\/s)?$/i,
  label: /^labels?$/i,
  comment: /^comments?$/i,
};

export async function extractJira(text: string): Promise<ExtractedEvidence[]> {
  const rows = await readRows(text, [columns.key, columns.summary, columns.type]);
  if (rows.length === 0) throw new ExtractionError('The export has no issues.');
  return rows.flatMap(toIssue);
}

function toIssue(row: Row): ExtractedEvidence[] {
  const key = row.first(columns.key);
  const summary = row.first(columns.summary);
  if (key === null || summary === null) return [];
  const ticketType = row.first(columns.type);
  const description = toPlainText(row.first(columns.description) ?? '');
  const group = {
    ticket_key: key,
    ticket_type: ticketType,
    epic: row.first(columns.epic) ?? (/^epic$/i.test(ticketType ?? '') ? key : null),
    parent: row.first(columns.parent),
    components: row.all(columns.component),
    labels: row.all(columns.label),
  };
  const rawData = {
    ...group,
    epic_name: row.first(columns.epicName),
    summary,
    status: row.first(columns.status),
    priority: row.first(columns.priority),
    comments: row
      .all(columns.comment)
      .map((comment) => cut(comment, 1_000))
      .slice(0, 20),
  };
  const type: EvidenceType = bugTypes.test(ticketType ?? '') ? 'bug' : 'requirement';
  const content = description === '' ? `${key}: ${summary}` : `${key}: ${summary}\n${description}`;
  const criteria = [...row.all(criteriaColumn).flatMap((field) => acceptanceCriteriaIn(field, true))];
  if (criteria.length === 0) criteria.push(...acceptanceCriteriaIn(row.first(columns.description) ?? '', false));
  return [
    { type, content, rawData },
    ...criteria.map((criterion, index): ExtractedEvidence => ({
      type: 'acceptance_criteria',
      content: `${key} (${summary}): ${criterion}`,
      rawData: { ...group, criterion, number: index + 1 },
    })),
  ];
}
