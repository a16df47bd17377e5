/** What went wrong and was put right: the incident of 2025, the failed audit and the look-alike page of 2026. */
import type { WorkOrderStory } from '../../chapter.js';
import { subjects } from '../../subjects.js';
import { lookAlike, securityDesk } from '../accounts.js';
import { dosePortal, drugLibrary, pumpApi } from '../company.js';
import { handOf, summaryOf } from './attempts.js';

const closed = 'I have seen that the action is done and that it works.';

// prettier-ignore
export const corrections: readonly WorkOrderStory[] = [
  { key: 'CAPA-2025-01', title: 'CAPA-2025-01: units of imported drug lists', on: '2025-07-08', by: 'grace', priority: 'URGENT', metadata: { incident: 'INC-2025-07', class: 'reportable' }, items: [
    { key: 'cause', type: 'TICKET', subject: subjects.document(pumpApi, 'incident-2025-07.md'), on: '2025-07-10', content: { title: 'Find the cause', cause: 'Rows without a unit were taken as milligrams.' }, attempts: [handOf('amira', '2025-07-10', 240)], result: { cause: 'default unit' } },
    { key: 'units', type: 'TICKET', subject: subjects.requirement(drugLibrary, 'REQ-002'), content: { title: 'Refuse rows without a unit', action: 'No default unit exists anywhere.', due: '2025-07-22' }, attempts: [handOf('amira', '2025-07-09', 300)], approvals: [{ on: '2025-07-21', by: 'petr', decision: 'APPROVED', meaning: closed }] },
    { key: 'plausible', type: 'TICKET', subject: subjects.specification(drugLibrary, 'SPEC-UNI-002'), content: { title: 'Flag implausible amounts', action: 'Compare with what other hospitals use.', due: '2025-07-25' }, attempts: [handOf('tomas', '2025-07-15', 260)], approvals: [{ on: '2025-07-23', by: 'petr', decision: 'APPROVED', meaning: closed }] },
    { key: 'pump', type: 'TICKET', subject: subjects.requirement(pumpApi, 'REQ-005'), content: { title: 'Refuse a dose without a unit at the pump', due: '2025-08-01' }, attempts: [handOf('amira', '2025-07-24', 200)], approvals: [{ on: '2025-07-28', by: 'petr', decision: 'APPROVED', meaning: closed }] },
    { key: 'records', type: 'TICKET', subject: subjects.requirement(pumpApi, 'REQ-002'), content: { title: 'Show that what the pumps delivered since the import is on record', due: '2025-08-01' }, attempts: [handOf('tomas', '2025-07-25', 120)], approvals: [{ on: '2025-07-29', by: 'petr', decision: 'APPROVED', meaning: closed }] },
    { key: 'four-eyes', type: 'TICKET', subject: subjects.feature('Release with four eyes'), content: { title: 'Two people release a list', due: '2026-01-31' }, attempts: [handOf('amira', '2025-12-02', 180)], approvals: [{ on: '2026-01-28', by: 'petr', decision: 'APPROVED', meaning: closed }] },
  ] },
  { key: 'CAPA-2026-02', title: 'CAPA-2026-02: electronic signatures failed their audit', on: '2026-03-13', by: 'grace', priority: 'HIGH', metadata: { finding: 'A4, T1', commit: 'Bind the signature to the record' }, items: [
    { key: 'finding', type: 'TICKET', subject: subjects.auditRun(dosePortal, '2026-03-12'), content: { title: 'Understand the failed audit', cause: 'Pages read signing keys, and signing was changed without a test.' }, attempts: [{ ...summaryOf('2026-03-13'), by: 'triage-agent' }], evaluation: ['triage-quality', 'overall', 0.91, true] },
    { key: 'commit', type: 'TICKET', subject: subjects.commit(dosePortal, 9), content: { title: 'Read what the failed push changed, line by line' }, attempts: [handOf('tomas', '2026-03-13', 150)] },
    { key: 'boundary', type: 'TICKET', subject: subjects.specification(dosePortal, 'SPEC-SIG-002'), content: { title: 'Keys behind the signing service', action: 'No page reads a key.', due: '2026-03-20' }, attempts: [handOf('amira', '2026-03-18', 410)], approvals: [{ on: '2026-03-20', by: 'petr', decision: 'ESCALATED', meaning: 'The audit of 19 March still fails on tests.', reason: 'T1 fails' }, { on: '2026-03-27', by: 'jana', decision: 'APPROVED', meaning: closed }] },
    { key: 'tests', type: 'TICKET', subject: subjects.auditRun(dosePortal, '2026-03-19'), content: { title: 'Test what was changed', action: '60 cases by somebody other than the author.', due: '2026-03-27' }, attempts: [handOf('tomas', '2026-03-20', 480)], approvals: [{ on: '2026-03-27', by: 'petr', decision: 'APPROVED', meaning: closed }] },
    { key: 'verified', type: 'TICKET', subject: subjects.auditRun(dosePortal, '2026-03-26'), content: { title: 'Show that the audit passes' }, attempts: [{ ...summaryOf('2026-03-27'), by: 'triage-agent' }], approvals: [{ on: '2026-03-30', by: 'petr', decision: 'APPROVED', meaning: 'The audit of 26 March passes. The action is effective.' }] },
    { key: 'build', type: 'TICKET', subject: subjects.build(dosePortal, 'Phase 2: electronic signatures, remedied'), content: { title: 'Build it again' }, attempts: [handOf('jana', '2026-03-26', 130)] },
  ] },
  { key: 'SEC-2026-05', title: 'SEC-2026-05: a page that looks like our sign-in', on: '2026-05-19', by: 'grace', priority: 'URGENT', metadata: { reported_by: 'Hospital North' }, items: [
    { key: 'page', type: 'TICKET', subject: subjects.scanJob(securityDesk, lookAlike), content: { title: 'Look at login-meridian.example.net', cause: 'A form sends passwords to another site.' }, attempts: [{ ...summaryOf('2026-05-19'), by: 'triage-agent', time: '08:45' }], evaluation: ['triage-quality', 'overall', 0.97, true] },
    { key: 'takedown', type: 'TICKET', subject: subjects.scanJob(securityDesk, { on: '2026-05-22', time: '08:30', url: lookAlike.url }), content: { title: 'Have the page taken down' }, attempts: [handOf('grace', '2026-05-19', 50), { ...handOf('grace', '2026-05-22', 20), output: { gone: true } }], result: { gone: true } },
    { key: 'passkeys', type: 'TICKET', subject: subjects.requirement(dosePortal, 'REQ-006'), content: { title: 'Make credentials worthless elsewhere', action: 'Sign in with passkeys.', due: '2026-10-31' }, attempts: [handOf('amira', '2026-05-21', 420)], approvals: [{ on: '2026-10-07', by: 'petr', decision: 'APPROVED', meaning: closed }] },
  ] },
  { key: 'CAPA-2026-04', title: 'CAPA-2026-04: evidence that was edited after signing', on: '2026-10-22', by: 'grace', priority: 'HIGH', metadata: { evidence: 'EV-INT-001-2' }, items: [
    { key: 'finding', type: 'TICKET', subject: subjects.specification(drugLibrary, 'SPEC-INT-001'), content: { title: 'Find out who edited EV-INT-001-2', cause: 'Three failed cases were written over by hand.' }, attempts: [handOf('tomas', '2026-10-23', 60)] },
    { key: 'repeat', type: 'TICKET', subject: subjects.specification(drugLibrary, 'SPEC-INT-001'), content: { title: 'Repeat the run and sign it in the pipeline', due: '2026-11-30' }, attempts: [] },
  ] },
];
