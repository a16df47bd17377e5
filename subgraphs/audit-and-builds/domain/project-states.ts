/** The life of a project, and the contracts it needs, as data; the database checks both. */

export type ProjectStatus = 'DRAFT' | 'QUESTIONNAIRE' | 'CONTRACTS_READY' | 'BUILDING' | 'COMPLETED';

export const projectTransitions: Readonly<Record<ProjectStatus, readonly ProjectStatus[]>> = {
  DRAFT: ['QUESTIONNAIRE'],
  QUESTIONNAIRE: ['CONTRACTS_READY'],
  CONTRACTS_READY: ['BUILDING'],
  BUILDING: ['COMPLETED'],
  COMPLETED: [],
};

/** Statuses in which a build may begin. */
export const buildableStatuses: readonly ProjectStatus[] = ['CONTRACTS_READY', 'BUILDING'];

export const contractTypes = [
  'BLUEPRINT',
  'MANIFESTO',
  'STACK',
  'SCHEMA',
  'PHYSICS',
  'BOUNDARIES',
  'PHASES',
  'UI',
  'BUILDER_CONTRACT',
  'BUILDER_DIRECTIVE',
] as const;
