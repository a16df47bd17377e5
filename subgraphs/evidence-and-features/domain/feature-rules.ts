/** What a feature and its links may be, and where its review can go. */

export const featureStatuses = ['CANDIDATE', 'CONFIRMED', 'REJECTED'] as const;
export type FeatureStatus = Lowercase<(typeof featureStatuses)[number]>;

export const featureChangeActions = ['CREATED', 'UPDATED', 'CONFIRMED', 'REJECTED', 'MERGED'] as const;
export type FeatureChangeAction = Lowercase<(typeof featureChangeActions)[number]>;

export const relationshipTypes = ['IMPLEMENTS', 'SUPPORTS', 'CONSTRAINS', 'EXTENDS'] as const;
export type RelationshipType = Lowercase<(typeof relationshipTypes)[number]>;
