/** What a reading of prose found, and what it passed over: every decision with its reason and its place. */
import type { PassedOver, Place } from '../../domain/document-reading.js';
import type { EvidenceType } from '../../domain/evidence-types.js';
import type { ExtractedEvidence } from '../../domain/extracted-evidence.js';
import type { Level } from './norms.js';

export interface Finding {
  readonly type: EvidenceType;
  readonly statement: string;
  readonly headings: readonly string[];
  readonly place: Place;
  readonly reason: string;
  readonly level?: Level | null;
  /** Id and title of the item that it belongs to. */
  readonly item?: { readonly id: string; readonly title: string } | null;
  /** What else is kept of it. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export class Ledger {
  readonly findings: Finding[] = [];
  readonly passedOver: PassedOver[] = [];

  add(finding: Finding): void {
    this.findings.push(finding);
  }

  pass(text: string, place: Place, reason: string): void {
    this.passedOver.push({ text, ...place, reason });
  }
}

export function toEvidenceOf({
  type,
  statement,
  headings,
  place,
  reason,
  level,
  item,
  more,
}: Finding): ExtractedEvidence {
  const context = headings.join(' > ');
  const isNamed = item == null || headings.some((heading) => heading.includes(item.id));
  const said = isNamed ? statement : `${item.id}: ${statement}`;
  return {
    type,
    content: context === '' ? said : `${context}: ${said}`,
    rawData: {
      headings,
      statement,
      line: place.line,
      column: place.column,
      reason,
      ...(level != null && { level }),
      ...(item != null && { item_id: item.id, ...(item.title !== '' && { item_title: item.title }) }),
      ...more,
    },
  };
}
