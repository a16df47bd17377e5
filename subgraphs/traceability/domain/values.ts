/** How much harm a fault of the requirement could do, in the words of GAMP 5. */
export const riskRatings = ['HIGH', 'MEDIUM', 'LOW'] as const;
export type RiskRating = (typeof riskRatings)[number];

/** Installation, operational and performance qualification. */
export const verificationTiers = ['IQ', 'OQ', 'PQ'] as const;
export type VerificationTier = (typeof verificationTiers)[number];

/** Where an artifact is in its life; also the values of `assurance_status`. */
export const validationStatuses = ['DRAFT', 'IN_REVIEW', 'APPROVED', 'VALIDATED', 'REJECTED', 'RETIRED'] as const;
export type ValidationStatus = (typeof validationStatuses)[number];

/** Whether a user story is built yet. The seed's default is IMPLEMENTED. */
export const userStoryStatuses = ['PROPOSED', 'PLANNED', 'IN_PROGRESS', 'IMPLEMENTED', 'RETIRED'] as const;
export type UserStoryStatus = (typeof userStoryStatuses)[number];

/** Spellings met in public repositories for the values above. */
export const validationStatusSynonyms: Readonly<Record<string, ValidationStatus>> = {
  REVIEW: 'IN_REVIEW',
  READY: 'APPROVED',
  IN_PROGRESS: 'DRAFT',
  IMPLEMENTED: 'IN_REVIEW',
  REVIEWED: 'APPROVED',
  DEPRECATED: 'RETIRED',
  OBSOLETE: 'RETIRED',
};
export const userStoryStatusSynonyms: Readonly<Record<string, UserStoryStatus>> = {
  DRAFT: 'PROPOSED',
  BACKLOG: 'PLANNED',
  TODO: 'PLANNED',
  COMPLETED: 'IMPLEMENTED',
  DONE: 'IMPLEMENTED',
  DEPRECATED: 'RETIRED',
};

/** `In review` and `in-review` → `IN_REVIEW`: people write values as words. */
export function toEnumSpelling(text: string): string {
  return text
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, '_');
}

/** The value of a closed list that an author meant; undefined when none. */
export function findValue<Value extends string>(
  written: string,
  values: readonly Value[],
  synonyms: Readonly<Record<string, Value>> = {},
): Value | undefined {
  const spelled = toEnumSpelling(written);
  return (
    values.find((value) => value === spelled) ?? (Object.hasOwn(synonyms, spelled) ? synonyms[spelled] : undefined)
  );
}

/** Most characters of each kind of text. Ids and titles are indexed: a B-tree entry may not pass 2,704 bytes. */
export const textLimits = {
  id: 100,
  title: 500,
  shortText: 2_000,
  longText: 50_000,
  listItem: 4_000,
  listItems: 1_000,
  path: 1_000,
} as const;
