/** Markdown: the statements that demand, limit or test something, each with the headings that it stands under. */
import type { ExtractedEvidence } from '../../domain/extracted-evidence.js';
import { classify } from './classify.js';
import { listStatements } from './statements.js';

export async function extractMarkdown(text: string): Promise<ExtractedEvidence[]> {
  const statements = await listStatements(text);
  return statements.flatMap(({ headings, text: statement, line }) => {
    const type = classify(headings, statement);
    if (type === null) return [];
    const context = headings.join(' > ');
    return [
      {
        type,
        content: context === '' ? statement : `${context}: ${statement}`,
        rawData: { headings, statement, line },
      },
    ];
  });
}
