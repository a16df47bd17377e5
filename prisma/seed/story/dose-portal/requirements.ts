/** What the dose portal must do: an artifact a line, nested as they trace. */
import type { RequirementStory, RepositoryStory } from '../../chapter.js';

// prettier-ignore
export const requirements: readonly RequirementStory[] = [
  { id: 'REQ-001', title: 'Prescriptions are signed', since: '2026-01-20', risk: 'HIGH', status: 'VALIDATED', text: 'A prescription takes effect only when a pharmacist has signed it.', criteria: ['An unsigned prescription is never sent to a pump', 'The signature names the person and the meaning'], reviewed: { on: '2026-04-01', by: 'petr', from: 'APPROVED', note: 'Validated after CAPA-2026-02 was closed.' }, stories: [
    { id: 'US-001-001', title: 'Sign a prescription', as: 'pharmacist', want: 'to sign a prescription with my name and its meaning', soThat: 'the ward knows who is responsible', specs: [
      { id: 'SPEC-SIG-001', tier: 'OQ', title: 'Electronic signature', design: 'Signatures follow 21 CFR Part 11: printed name, time and meaning, bound to the record by its hash.', files: ['src/signature/sign.ts', 'src/signature/bind.ts'], evidence: [{ id: 'EV-SIG-001', since: '2026-03-26', passed: 44, note: 'Written after the audit of 12 March failed' }] },
      { id: 'SPEC-SIG-002', tier: 'OQ', title: 'Keys behind the signing service', since: '2026-03-19', design: 'No page and no form reads a key; the signing service alone holds them.', files: ['src/signature/service.ts'], evidence: [{ id: 'EV-SIG-002', since: '2026-03-26', passed: 16 }] },
    ] },
    { id: 'US-001-002', title: 'Refuse an unsigned prescription', as: 'nurse', want: 'a pump to refuse what no pharmacist signed', soThat: 'a draft never reaches a patient', specs: [
      { id: 'SPEC-SIG-003', tier: 'PQ', title: 'Signature before dispatch', since: '2026-03-26', design: 'The dispatcher verifies the signature over the very bytes that it sends.', files: ['src/dispatch/verify.ts'], evidence: [{ id: 'EV-SIG-003', since: '2026-04-02', passed: 21 }] },
    ] },
  ] },
  { id: 'REQ-002', title: 'Reports by month', since: '2026-07-14', risk: 'LOW', status: 'DRAFT', text: 'A pharmacist gets the delivered doses of a month as a report.', criteria: [], stories: [
    { id: 'US-002-001', title: 'Report of a month', as: 'pharmacist', want: 'the doses of a month by ward and drug', soThat: 'stock and use can be compared', progress: 'PLANNED', specs: [] },
  ] },
  { id: 'REQ-003', title: 'Values carry their unit', risk: 'HIGH', status: 'VALIDATED', text: 'Every dose, rate and volume is shown and entered with its unit.', before: { on: '2025-07-17', text: 'Doses are shown with their unit.' }, criteria: ['No number stands alone', 'Units are spelled out where they could be mistaken'], rationale: 'INC-2025-07 showed that a column header is not enough.', stories: [
    { id: 'US-003-001', title: 'Enter a dose with its unit', as: 'pharmacist', want: 'to choose the unit with every dose', soThat: 'nobody has to guess it', linkReviewed: { on: '2025-07-18', by: 'tomas', note: 'The form has asked for the unit from the start.' }, specs: [
      { id: 'SPEC-PRE-001', tier: 'OQ', title: 'Prescription form', since: '2025-01-28', design: 'Value and unit are one field; changing the unit converts nothing and clears the value.', files: ['src/prescription/form.ts'], evidence: [{ id: 'EV-PRE-001', since: '2025-03-25', passed: 38 }] },
      { id: 'SPEC-PRE-002', tier: 'OQ', title: 'Units next to every value', since: '2025-07-17', design: 'One component renders an amount; a lint rule refuses any other.', files: ['src/display/amount.ts'], evidence: [{ id: 'EV-PRE-002', since: '2025-10-14', passed: 52 }] },
    ] },
  ] },
  { id: 'REQ-004', title: 'Deliveries can be reviewed', since: '2025-05-20', risk: 'MEDIUM', status: 'VALIDATED', text: 'A pharmacist sees what each pump delivered against what was prescribed.', criteria: ['Differences above 5 % are marked'], stories: [
    { id: 'US-004-001', title: 'Compare prescribed and delivered', as: 'pharmacist', want: 'prescribed and delivered doses side by side', soThat: 'I notice a pump that delivers too little', specs: [
      { id: 'SPEC-REV-001', tier: 'OQ', title: 'Comparison by patient', design: 'Join deliveries to prescriptions by patient, drug and time; mark what differs by more than 5 %.', files: ['src/review/compare.ts'], evidence: [{ id: 'EV-REV-001', since: '2025-06-17', passed: 27 }] },
    ] },
  ] },
  { id: 'REQ-005', title: 'Access by role', risk: 'HIGH', status: 'VALIDATED', text: 'People see and do what their role in the hospital allows, and nothing else.', criteria: ['A nurse can not sign a prescription', 'Every refusal is in the audit trail'], stories: [
    { id: 'US-005-001', title: 'Roles from the hospital directory', as: 'administrator', want: 'roles to come from the hospital directory', soThat: 'who leaves loses access the same day', specs: [
      { id: 'SPEC-ACC-001', tier: 'IQ', title: 'Directory connection', since: '2025-01-28', design: 'Roles are read at sign-in and again every fifteen minutes; a directory that is away locks nobody out for an hour.', files: ['src/access/directory.ts'], evidence: [{ id: 'EV-ACC-001', since: '2025-03-25', passed: 11 }] },
      { id: 'SPEC-ACC-002', tier: 'OQ', title: 'Permission check', since: '2025-01-28', design: 'One table of roles and operations; every route asks it.', files: ['src/access/permissions.ts'], evidence: [{ id: 'EV-ACC-002', since: '2025-06-17', passed: 96 }] },
    ] },
  ] },
  { id: 'REQ-006', title: 'Sign-in only on our own host', since: '2026-05-21', risk: 'HIGH', status: 'APPROVED', text: 'Credentials are accepted on the host of the portal alone, bound to a key on the device.', criteria: ['A password typed elsewhere opens nothing'], rationale: 'SEC-2026-05: a look-alike page collected passwords of two wards.', stories: [
    { id: 'US-006-001', title: 'Sign in with a key on the device', as: 'pharmacist', want: 'a sign-in that works on the real portal alone', soThat: 'a false page gains nothing', specs: [
      { id: 'SPEC-SGN-001', tier: 'OQ', title: 'Passkeys', design: 'Sign-in by passkeys bound to the host; passwords are a second step and never enough.', files: ['src/sign-in/passkey.ts'], evidence: [{ id: 'EV-SGN-001', since: '2026-10-06', passed: 33 }] },
    ] },
  ] },
];

// prettier-ignore
export const strays: RepositoryStory['strays'] = [
  { id: 'US-009-001', parent: 'REQ-009', since: '2026-11-17', title: 'Export to the hospital system', as: 'pharmacist', want: 'deliveries in the hospital system', soThat: 'nobody types them again', progress: 'IN_PROGRESS', specs: [] },
];
