/** A fact as inference looks at it: what it says, what kind of source says it, and where it belongs. */
import type { EvidenceType } from './evidence-types.js';

export interface EvidenceFact {
  readonly id: string;
  readonly type: EvidenceType;
  readonly content: string;
  readonly rawData: Readonly<Record<string, unknown>>;
}

/** Where a fact belongs. Without a name it is called by what its facts share. */
export interface FactPlace {
  readonly key: string;
  readonly name: string | null;
  readonly shared: string;
}

/** What kind of source a fact is from: two sources of different kinds say it independently of each other. */
export type SourceKind = 'api' | 'ticket' | 'text' | 'screen';

export function sourceKindOf({ type, rawData }: Pick<EvidenceFact, 'type' | 'rawData'>): SourceKind {
  if (type === 'endpoint' || type === 'payload') return 'api';
  if (typeof rawData['ticket_key'] === 'string') return 'ticket';
  return type === 'ui_element' || type === 'flow' ? 'screen' : 'text';
}

/** What a fact says by itself, without the headings around it. */
export function sayingOf({ content, rawData }: Pick<EvidenceFact, 'content' | 'rawData'>): string {
  const own = rawData['statement'] ?? rawData['criterion'] ?? rawData['summary'];
  return typeof own === 'string' && own !== '' ? own : content;
}
