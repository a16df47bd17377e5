/** The drug library: the incident of July 2025, its correction, and what came after. */
import type { CommitStory, DocumentStory, FeatureStory, ProjectStory, RepositoryStory } from '../../chapter.js';
import { drugLibrary } from '../company.js';
import { requirements } from './requirements.js';

// prettier-ignore
const commits: readonly CommitStory[] = [
  { on: '2025-01-13', by: 'amira', message: 'System context and first requirements' },
  { on: '2025-02-25', by: 'amira', message: 'Import of drug lists' },
  { on: '2025-04-08', by: 'tomas', message: 'Tests of the import' },
  { on: '2025-05-13', by: 'amira', message: 'Release 1.0.0' },
  { on: '2025-07-09', by: 'amira', message: 'Hold lists without units (INC-2025-07)', checks: { T1: ['FAIL', 'src/import/units.ts changed without a test'] } },
  { on: '2025-07-15', by: 'tomas', message: 'Tests of unit handling, with the list of the incident' },
  { on: '2025-07-22', by: 'amira', message: 'Release 1.1.0' },
  { on: '2025-12-02', by: 'amira', message: 'Two people release a drug list' },
  { on: '2026-01-27', by: 'tomas', message: 'Release 1.2.0' },
  { on: '2026-05-12', by: 'amira', message: 'Interactions of drugs, first part', rejected: [['.gxp/user_stories/US-004-002.md', 1, 'MISSING_FIELD', 'title is missing: give one, or start the body with a # heading.']] },
  { on: '2026-08-18', by: 'tomas', message: 'Tests of interactions' },
  { on: '2026-10-20', by: 'amira', message: 'Release 1.3.0' },
  { on: '2026-11-10', by: 'amira', message: 'Versioned limits', checks: { P1: ['WARN', 'GET /limits/{drug}/history is not in the contract'] } },
];

// prettier-ignore
const project: ProjectStory = {
  name: 'Drug library',
  description: 'Drugs with their limits, units and interactions, released by two people.',
  createdOn: '2025-01-14',
  status: 'completed',
  questionnaire: { audience: 'pharmacists and pumps', lists: ['CSV', 'HL7 FHIR'], four_eyes: true },
  stack: ['TypeScript on Node 20', 'PostgreSQL 17', 'Lists as signed files for pumps'],
  boundaries: [['src/import/**', 'src/release/**', 'importing never releases'], ['src/release/**', 'src/import/**', 'releasing never imports']],
  surface: ['POST /lists', 'POST /lists/{id}/releases', 'GET /drugs/{id}/limits', 'GET /drugs/{id}/interactions'],
  builds: [
    { phase: 'Phase 0: import', on: '2025-02-24', status: 'completed', minutes: 91, loops: 2, log: [['builder', 'info', 'Writing src/import/read-list.ts and src/import/store-list.ts'], ['builder', 'info', 'A list of 20,000 rows is checked in 6.3 s']] },
    { phase: 'Phase 1: units', on: '2025-07-09', status: 'completed', minutes: 45, loops: 2, log: [['builder', 'info', 'Writing src/import/units.ts'], ['audit', 'error', 'T1: src/import/units.ts changed without a test'], ['builder', 'info', 'The list of the incident is refused with 212 named rows']] },
    { phase: 'Phase 2: four eyes', on: '2025-12-01', status: 'completed', minutes: 67, loops: 1, log: [['builder', 'info', 'Writing src/release/four-eyes.ts'], ['builder', 'info', 'The database refuses the importer']] },
    { phase: 'Phase 3: interactions', on: '2026-08-17', status: 'completed', minutes: 134, loops: 3, log: [['builder', 'info', 'Writing src/interactions/lookup.ts'], ['builder', 'warn', 'Product names are ambiguous, looking up substances'], ['builder', 'info', '73 cases of interactions pass']] },
  ],
};

// prettier-ignore
const documents: readonly DocumentStory[] = [
  { filename: 'library-api.json', type: 'json', on: '2025-05-06', by: 'amira', bytes: 39_870, stage: 'done', facts: [
    ['endpoint', 'POST /lists: imports a drug list', { method: 'POST', path: '/lists' }],
    ['endpoint', 'POST /lists/{id}/releases: releases a list', { method: 'POST', path: '/lists/{id}/releases' }],
    ['endpoint', 'GET /drugs/{id}/limits: soft and hard limits of a drug', { method: 'GET', path: '/drugs/{id}/limits' }],
    ['payload', 'A limit has a value, a unit and the route of administration', { schema: 'Limit' }],
  ] },
  { filename: 'capa-2025-01.md', type: 'md', on: '2025-07-14', by: 'petr', bytes: 6_240, stage: 'done', facts: [
    ['requirement', 'A row without a unit is a faulty row', { section: 'Action 1' }],
    ['requirement', 'Implausible amounts are shown to a person', { section: 'Action 2' }],
    ['requirement', 'Two people release a list', { section: 'Action 3' }],
    ['constraint', 'No default unit exists anywhere', { section: 'Action 1' }],
  ] },
  { filename: 'interaction-sources.csv', type: 'csv', on: '2026-11-11', by: 'amira', bytes: 212_004, stage: 'to embed', facts: [
    ['requirement', 'Severe interactions need an acknowledgement', { ticket_key: 'LIB-44', ticket_type: 'Story' }],
    ['edge_case', 'A product with two substances interacts with itself', { ticket_key: 'LIB-52' }],
  ] },
];

// prettier-ignore
const features: readonly FeatureStory[] = [
  { name: 'Import drug lists', description: 'Lists of hospitals become limits that pumps know.', confidence: 0.83, on: '2025-05-06', status: 'confirmed', review: { on: '2025-05-09', by: 'jana' }, tags: ['library'],
    evidence: [['library-api.json', 0, 'implements', 0.91], ['library-api.json', 3, 'supports', 0.69], ['capa-2025-01.md', 0, 'constrains', 0.9], ['capa-2025-01.md', 3, 'constrains', 0.85]],
    outputs: ['requirements'] },
  { name: 'Release with four eyes', description: 'A list reaches pumps when two people have released it.', confidence: 0.79, on: '2025-07-14', status: 'confirmed', review: { on: '2025-07-21', by: 'petr' }, parent: 'Import drug lists', tags: ['library', 'part 11'],
    evidence: [['library-api.json', 1, 'implements', 0.88], ['capa-2025-01.md', 2, 'constrains', 0.84]],
    outputs: ['story'] },
  { name: 'Interactions', description: 'How drugs of one patient get on with each other.', confidence: 0.58, on: '2026-11-11', status: 'candidate', tags: ['interaction'],
    evidence: [['interaction-sources.csv', 0, 'constrains', 0.7]], outputs: [] },
];

export const drugLibraryStory: RepositoryStory = {
  fullName: drugLibrary,
  name: 'Drug library',
  intendedUse: 'Holds drugs with their dose limits and units, for pumps and prescriptions.',
  regulatoryContext: 'IEC 62304 class C, EU MDR Annex I',
  version: '1.3.0',
  risk: 'HIGH',
  lead: 'amira',
  registeredOn: '2025-01-13',
  githubRepoId: 9_100_003,
  commits,
  requirements,
  strays: [],
  project,
  documents,
  features,
};
