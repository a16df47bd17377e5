/** How sure a group of evidence is a feature, as a sum of reasons that can be read. */
import type { EvidenceType } from './evidence-types.js';
import type { FeatureStatus, RelationshipType } from './feature-rules.js';
import type { EvidenceGroup } from './infer-groups.js';

export const candidateConfidence = 0.5;
export const confirmedConfidence = 0.75;

export interface Judgement {
  /** 0 to 1, with two decimals. */
  readonly confidence: number;
  /** Each reason with what it adds. */
  readonly reasoning: string;
}

/** `cohesion`: how near the members are to their centre, as a mean cosine. */
export function judge(group: EvidenceGroup, cohesion: number): Judgement {
  const count = group.members.length;
  const kinds = new Set(group.members.map(({ type }) => type));
  const reasons: (readonly [number, string])[] = [
    group.shared === '' ? [0, 'no structure in common'] : [count > 1 ? 0.3 : 0.2, `shared structure: ${group.shared}`],
    [Math.min(0.15, 0.05 * (count - 1)), `${count} pieces of evidence`],
    [count > 1 ? 0.2 * clamp(cohesion) : 0, `mean similarity ${clamp(cohesion).toFixed(2)} to their centre`],
    [Math.min(0.2, 0.1 * (kinds.size - 1)), `kinds: ${[...kinds].join(', ')}`],
  ];
  return {
    confidence: round(reasons.reduce((sum, [value]) => sum + value, 0)),
    reasoning: reasons.map(([value, words]) => `${words} (+${value.toFixed(2)})`).join('; '),
  };
}

/** Evidence of another document that points to the same feature leaves less of the doubt: half of what it is sure of itself. */
export function corroborate(confidence: number, added: number): number {
  return round(1 - (1 - confidence) * (1 - added / 2));
}

export function statusOf(confidence: number): Extract<FeatureStatus, 'candidate' | 'confirmed'> {
  return confidence >= confirmedConfidence ? 'confirmed' : 'candidate';
}

/** What evidence of a kind is to a feature. */
export const relationshipOf: Readonly<Record<EvidenceType, RelationshipType>> = {
  ui_element: 'implements',
  flow: 'implements',
  endpoint: 'implements',
  payload: 'supports',
  requirement: 'supports',
  acceptance_criteria: 'constrains',
  constraint: 'constrains',
  edge_case: 'constrains',
  bug: 'constrains',
};

/** A member by structure is one, however its words differ; by meaning it is as much one as it is near. */
export function strengthOf(isStructured: boolean, similarity: number): number {
  return round(isStructured ? 0.6 + 0.4 * clamp(similarity) : clamp(similarity));
}

export function clamp(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;
}

export function round(value: number): number {
  return Math.round(clamp(value) * 100) / 100;
}
