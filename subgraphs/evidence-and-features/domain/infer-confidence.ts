/** How sure a group of evidence is a feature, as a sum of reasons that can be read. */
import type { Added } from './corroboration.js';
import { sourceKindOf, type SourceKind } from './evidence-fact.js';
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

/**
 * `cohesion`: how near the members are to what they say together, 0 to 1. Kinds of one source grow with each other: endpoints come
 * with payloads, stories with criteria. Only another kind of source says the same independently, and without one a group stays a
 * candidate.
 */
export function judge(group: EvidenceGroup, cohesion: number): Judgement {
  const count = group.members.length;
  const kinds = new Set(group.members.map(({ type }) => type));
  const sources = new Set(group.members.map(sourceKindOf));
  const ofKinds = Math.min(0.05, 0.05 * (kinds.size - 1)) + Math.min(0.2, 0.2 * (sources.size - 1));
  const reasons: (readonly [number, string])[] = [
    group.shared === '' ? [0, 'no structure in common'] : [count > 1 ? 0.3 : 0.2, `shared structure: ${group.shared}`],
    [Math.min(0.15, 0.05 * (count - 1)), `${count} pieces of evidence`],
    [count > 1 ? 0.2 * clamp(cohesion) : 0, `mean similarity ${clamp(cohesion).toFixed(2)} to their centre`],
    [
      ofKinds,
      `kinds: ${[...kinds].join(', ')}; from ${[...sources].map((source) => sourceNames[source]).join(' and ')}`,
    ],
  ];
  return {
    confidence: round(reasons.reduce((sum, [value]) => sum + value, 0)),
    reasoning: reasons.map(([value, words]) => `${words} (+${value.toFixed(2)})`).join('; '),
  };
}

const sourceNames: Readonly<Record<SourceKind, string>> = {
  api: 'an API description',
  ticket: 'tickets',
  text: 'text',
  screen: 'screens',
};

/** Evidence of another document that points to the same feature leaves less of the doubt: half of what it is sure of itself. */
export function corroborate(confidence: number, added: number): number {
  return round(1 - (1 - confidence) * (1 - added / 2));
}

/** Of what another document of the same kind says, so much counts: the two are seldom independent of each other. */
const sameSource = 0.5;

/** What a group of another document is worth to a feature: nothing where all of it is said there already. */
export function addedConfidence(confidence: number, { facts, isOtherSource }: Added): number {
  if (facts.length === 0) return 0;
  return confidence * (isOtherSource ? 1 : sameSource);
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
