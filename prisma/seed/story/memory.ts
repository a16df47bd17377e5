/** What agents and people noted for the next time. */
import type { MemoryStory } from '../chapter.js';

// prettier-ignore
export const memory: readonly MemoryStory[] = [
  { type: 'KNOWLEDGE', title: 'Suppliers that send two invoices', content: 'Helix Sensors sends a proforma invoice first. Only the second one is to be paid.', by: 'invoice-agent', on: '2025-03-31' },
  { type: 'KNOWLEDGE', title: 'Units in lists of Hospital North', content: 'The lists of Hospital North leave the unit column empty for micrograms. Since INC-2025-07 they are refused; ask for a complete list.', by: 'triage-agent', on: '2025-07-16' },
  { type: 'TEMPLATE', title: 'Summary of a release', content: 'Name the release and its commit, what was required and is covered, audits of the commit, open gaps with their risk, and who has to approve.', by: 'petr.svoboda', on: '2025-03-10' },
  { type: 'KNOWLEDGE', title: 'Audits before a release', content: 'An audit that fails on T1 names the file without a test. Two of three failed audits in 2025 and 2026 were T1; the remedy is a test by somebody other than the author.', by: 'triage-agent', on: '2026-03-20' },
  { type: 'CONTEXT', title: 'Electronic signatures after CAPA-2026-02', content: 'Keys are read by the signing service alone. A page that needs a signature asks the service and never sees a key.', by: 'amira.haddad', on: '2026-03-27' },
  { type: 'KNOWLEDGE', title: 'Look-alike pages', content: 'login-meridian.example.net asked for passwords in May 2026 and was taken down after three days. Report pages like it to the registrar and to the hospitals at once.', by: 'triage-agent', on: '2026-05-23' },
  { type: 'CONTEXT', title: 'Evidence of suppliers', content: 'Evidence signed by ci-runner-7 comes from the supplier of the pump simulator. Its key is not registered, so a person has to repeat the run.', by: 'tomas.lindqvist', on: '2026-09-09' },
  { type: 'CONTEXT', title: 'Release 2.2.0 of the pump API', content: 'Waits for evidence of SPEC-ALM-002 and for the review of REQ-002, whose text changed on 12 November.', by: 'report-agent', on: '2026-11-19', expires: '2027-03-31' },
];
