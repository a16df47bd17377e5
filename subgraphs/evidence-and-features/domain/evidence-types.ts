/** What kinds of facts there are, as the graph spells them; the database has them in lower case. */
export const evidenceTypes = [
  'UI_ELEMENT',
  'FLOW',
  'ENDPOINT',
  'PAYLOAD',
  'REQUIREMENT',
  'EDGE_CASE',
  'ACCEPTANCE_CRITERIA',
  'BUG',
  'CONSTRAINT',
] as const;

export type EvidenceType = Lowercase<(typeof evidenceTypes)[number]>;
