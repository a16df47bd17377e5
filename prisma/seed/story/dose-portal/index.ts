/** The dose portal: its failed audit of March 2026, what was done about it, and the release that followed. */
import type { CommitStory, DocumentStory, FeatureStory, ProjectStory, RepositoryStory } from '../../chapter.js';
import { dosePortal } from '../company.js';
import { requirements, strays } from './requirements.js';

// prettier-ignore
const commits: readonly CommitStory[] = [
  { on: '2024-12-09', by: 'jana', message: 'System context and first requirements' },
  { on: '2025-01-28', by: 'amira', message: 'Prescription form with units' },
  { on: '2025-03-25', by: 'tomas', message: 'Tests of the prescription form' },
  { on: '2025-05-20', by: 'jana', message: 'Review of deliveries' },
  { on: '2025-06-17', by: 'jana', message: 'Release 1.0.0' },
  { on: '2025-07-17', by: 'amira', message: 'Show units next to every value (INC-2025-07)' },
  { on: '2025-10-14', by: 'tomas', message: 'Release 1.2.0' },
  { on: '2026-01-20', by: 'amira', message: 'Sign prescriptions, first part' },
  { on: '2026-03-12', by: 'amira', message: 'Bind the signature to the record', checks: { A4: ['FAIL', 'src/prescription/form.ts:14 imports src/signature/keys.ts: pages never read keys'], T1: ['FAIL', 'src/signature/sign.ts changed without a test\nsrc/signature/bind.ts changed without a test'] } },
  { on: '2026-03-19', by: 'amira', message: 'Move key access behind the signing service (CAPA-2026-02)', checks: { T1: ['FAIL', 'src/signature/service.ts changed without a test'] } },
  { on: '2026-03-26', by: 'tomas', message: 'Tests of electronic signatures (CAPA-2026-02)' },
  { on: '2026-04-02', by: 'jana', message: 'Release 2.0.0' },
  { on: '2026-05-21', by: 'amira', message: 'Sign in with passkeys (SEC-2026-05)' },
  { on: '2026-07-14', by: 'tomas', message: 'Monthly report, draft', checks: { P1: ['WARN', 'GET /reports/{month} is not in the contract'] } },
  { on: '2026-10-06', by: 'jana', message: 'Release 2.1.0' },
  { on: '2026-11-17', by: 'amira', message: 'Export to the hospital system, draft', checks: { T1: ['FAIL', 'src/export/hospital.ts changed without a test'] } },
];

// prettier-ignore
const project: ProjectStory = {
  name: 'Dose portal',
  description: 'Prescriptions and their deliveries for hospital pharmacists.',
  createdOn: '2024-12-10',
  status: 'building',
  questionnaire: { audience: 'hospital pharmacists', signatures: true, languages: ['en', 'de'], directory: 'LDAP' },
  stack: ['TypeScript on Node 20', 'Server-rendered pages', 'The pump API and the drug library as services'],
  boundaries: [['src/prescription/**', 'src/signature/keys.ts', 'pages never read keys'], ['src/review/**', 'src/dispatch/**', 'who reviews sends nothing']],
  surface: ['POST /prescriptions', 'POST /prescriptions/{id}/signatures', 'GET /patients/{id}/deliveries', 'POST /sessions'],
  builds: [
    { phase: 'Phase 0: prescription form', on: '2025-01-27', status: 'completed', minutes: 88, loops: 2, log: [['builder', 'info', 'Writing src/prescription/form.ts'], ['audit', 'warn', 'src/prescription/form.ts has no test yet'], ['builder', 'info', 'Changing the unit clears the value']] },
    { phase: 'Phase 1: review of deliveries', on: '2025-05-19', status: 'completed', minutes: 102, loops: 2, log: [['builder', 'info', 'Writing src/review/compare.ts'], ['builder', 'info', 'Differences above 5 % are marked']] },
    { phase: 'Phase 2: electronic signatures', on: '2026-03-12', status: 'failed', minutes: 57, loops: 4, error: 'A4 and T1 fail after four loops.', log: [['builder', 'info', 'Writing src/signature/sign.ts and src/signature/bind.ts'], ['audit', 'error', 'A4: src/prescription/form.ts imports src/signature/keys.ts'], ['audit', 'error', 'T1: src/signature/sign.ts changed without a test'], ['builder', 'error', 'The signature test failed: the meaning is missing'], ['builder', 'warn', 'A person has to decide where keys are read']] },
    { phase: 'Phase 2: electronic signatures, remedied', on: '2026-03-26', status: 'completed', minutes: 119, loops: 2, log: [['builder', 'info', 'Keys are read by src/signature/service.ts alone'], ['builder', 'info', 'Writing 44 cases of signing and 16 of the service'], ['audit', 'info', 'A4: no forbidden import'], ['audit', 'info', 'T1: every changed file has its test']] },
    { phase: 'Phase 3: passkeys', on: '2026-05-20', status: 'completed', minutes: 76, loops: 1, log: [['builder', 'info', 'Writing src/sign-in/passkey.ts'], ['builder', 'info', 'A password alone opens nothing any more']] },
    { phase: 'Phase 4: monthly report', on: '2026-11-20', status: 'running', minutes: 12, loops: 0, log: [['builder', 'info', 'Reading REQ-002'], ['builder', 'warn', 'REQ-002 has no acceptance criteria']] },
  ],
};

// prettier-ignore
const documents: readonly DocumentStory[] = [
  { filename: 'portal-backlog.csv', type: 'csv', on: '2025-05-27', by: 'jana', bytes: 73_554, stage: 'done', facts: [
    ['requirement', 'Prescribed and delivered doses are shown side by side', { ticket_key: 'PORT-7', ticket_type: 'Story' }],
    ['acceptance_criteria', 'Differences above 5 % are marked', { ticket_key: 'PORT-7' }],
    ['requirement', 'A pharmacist signs a prescription with name and meaning', { ticket_key: 'PORT-21', ticket_type: 'Story' }],
    ['bug', 'The comparison leaves out deliveries after midnight', { ticket_key: 'PORT-33', ticket_type: 'Bug' }],
  ] },
  { filename: 'prescription-form.png', type: 'image', on: '2025-06-03', by: 'amira', bytes: 288_410, stage: 'done', facts: [
    ['ui_element', 'Field for the dose with its unit in one control', { region: 'form' }],
    ['ui_element', 'Button "Sign" beside the name of the signed-in person', { region: 'footer' }],
    ['flow', 'Enter, review, sign, send to the pump', {}],
  ] },
  { filename: 'audit-2026-03-12.md', type: 'md', on: '2026-03-13', by: 'petr', bytes: 9_120, stage: 'done', facts: [
    ['bug', 'The prescription form reads signing keys', { section: 'Finding 1' }],
    ['bug', 'Signing was changed without a test', { section: 'Finding 2' }],
    ['constraint', 'The signing service alone reads keys', { section: 'Corrective action' }],
    ['acceptance_criteria', 'Every changed file of the signature has its test', { section: 'Corrective action' }],
  ] },
  { filename: 'look-alike-page.md', type: 'md', on: '2026-05-20', by: 'grace', bytes: 4_310, stage: 'done', facts: [
    ['edge_case', 'A page with our name asks for passwords on another host', { section: 'What happened' }],
    ['constraint', 'A password typed elsewhere opens nothing', { section: 'Corrective action' }],
  ] },
  { filename: 'hospital-interface.pdf', type: 'pdf', on: '2026-11-09', by: 'grace', bytes: 2_410_900, stage: 'failed', error: 'The file is encrypted: ask its owner for a copy without a password.', facts: [] },
];

// prettier-ignore
const features: readonly FeatureStory[] = [
  { name: 'Sign a prescription', description: 'A pharmacist takes responsibility for a prescription by name.', confidence: 0.88, on: '2025-06-03', status: 'confirmed', review: { on: '2026-04-01', by: 'petr', note: 'Validated with release 2.0.0.' }, tags: ['signature', 'part 11'],
    evidence: [['portal-backlog.csv', 2, 'implements', 0.9], ['prescription-form.png', 1, 'supports', 0.72], ['audit-2026-03-12.md', 2, 'constrains', 0.87], ['audit-2026-03-12.md', 3, 'constrains', 0.78]],
    outputs: ['story', 'acceptance_criteria', 'api_contract'] },
  { name: 'Compare prescribed and delivered', description: 'Side by side, with what differs marked.', confidence: 0.76, on: '2025-05-27', status: 'confirmed', tags: ['review'],
    evidence: [['portal-backlog.csv', 0, 'implements', 0.86], ['portal-backlog.csv', 1, 'constrains', 0.81], ['portal-backlog.csv', 3, 'constrains', 0.6]], outputs: [] },
  { name: 'Sign-in that can not be imitated', description: 'Credentials are worth nothing on another host.', confidence: 0.64, on: '2026-05-20', status: 'candidate', tags: ['security'],
    evidence: [['look-alike-page.md', 1, 'constrains', 0.8], ['look-alike-page.md', 0, 'supports', 0.63]], outputs: [] },
];

export const dosePortalStory: RepositoryStory = {
  fullName: dosePortal,
  name: 'Dose portal',
  intendedUse: 'Lets pharmacists prescribe doses and review what was delivered.',
  regulatoryContext: 'IEC 62304 class B, 21 CFR Part 11, EU MDR Annex I',
  version: '2.1.0',
  risk: 'HIGH',
  lead: 'jana',
  registeredOn: '2024-12-09',
  githubRepoId: 9_100_002,
  commits,
  requirements,
  strays,
  project,
  documents,
  features,
};
