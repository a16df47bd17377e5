/** Management reviews: each half year in figures. */
import type { WorkItemStory, WorkOrderStory } from '../../chapter.js';
import { subjects } from '../../subjects.js';
import { pumpApi } from '../company.js';
import { summaryOf } from './attempts.js';

function report(key: string, on: string, title: string, summary: string): WorkItemStory {
  return {
    key,
    type: 'STATUS_REPORT',
    content: { title, summary },
    attempts: [summaryOf(on)],
    result: { summary },
    evaluation: ['report-completeness', 'overall', 0.92, true],
  };
}

// prettier-ignore
export const reviews: readonly WorkOrderStory[] = [
  { key: 'review 2025-2', title: 'Management review, second half of 2025', on: '2026-01-13', by: 'grace', priority: 'LOW', items: [
    report('quality', '2026-01-13', 'Quality', 'One reportable incident (INC-2025-07), corrected within two weeks. Three of 32 audits failed.'),
    report('suppliers', '2026-01-13', 'Suppliers', 'Helix Sensors delivered late twice.'),
  ] },
  { key: 'review 2026-1', title: 'Management review, first half of 2026', on: '2026-07-07', by: 'grace', priority: 'LOW', items: [
    report('quality', '2026-07-07', 'Quality', 'CAPA-2026-02 closed and effective. Releases 2.0.0 of the pump API and of the portal.'),
    report('security', '2026-07-07', 'Security', 'SEC-2026-05: no account was misused; passkeys come with portal 2.1.0.'),
  ] },
  { key: 'alarm study', title: 'Read the panel of the alarm study', on: '2026-11-02', by: 'tomas', priority: 'LOW', items: [
    { key: 'panel', type: 'STATUS_REPORT', subject: subjects.document(pumpApi, 'alarm-panel.png'), content: { title: 'Alarm panel', summary: 'What the panel shows, as text.' }, attempts: [] },
  ] },
];
