/** What outputs of a feature hold, by their kind. */

export const outputTypes = ['EPIC', 'STORY', 'ACCEPTANCE_CRITERIA', 'API_CONTRACT', 'REQUIREMENTS'] as const;
export type OutputType = Lowercase<(typeof outputTypes)[number]>;
