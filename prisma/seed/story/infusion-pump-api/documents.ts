/** Documents about the pump API, and the features that they point at. */
import type { DocumentStory, FeatureStory } from '../../chapter.js';

// prettier-ignore
export const documents: readonly DocumentStory[] = [
  { filename: 'pump-api.yaml', type: 'yaml', on: '2025-03-11', by: 'jana', bytes: 48_211, stage: 'done', facts: [
    ['endpoint', 'POST /pumps/{id}/programs: programs a pump with a dose', { method: 'POST', path: '/pumps/{id}/programs' }],
    ['payload', 'A program has a drug, a rate in ml/h and a volume in ml', { schema: 'Program' }],
    ['endpoint', 'GET /pumps/{id}/deliveries: lists what a pump delivered', { method: 'GET', path: '/pumps/{id}/deliveries' }],
    ['payload', 'A delivery has a sequence number, a time, a volume and a rate', { schema: 'Delivery' }],
    ['endpoint', 'POST /pumps/{id}/boluses: asks for a bolus', { method: 'POST', path: '/pumps/{id}/boluses' }],
    ['endpoint', 'GET /pumps/{id}/alarms: lists alarms that nobody has acknowledged', { method: 'GET', path: '/pumps/{id}/alarms' }],
  ] },
  { filename: 'pump-backlog.csv', type: 'csv', on: '2025-04-02', by: 'jana', bytes: 91_402, stage: 'done', facts: [
    ['requirement', 'A dose above the hard limit of the drug is refused', { ticket_key: 'PUMP-12', ticket_type: 'Story' }],
    ['acceptance_criteria', 'The refusal names the limit that was exceeded', { ticket_key: 'PUMP-12' }],
    ['bug', 'Two deliveries in the same second appear in the wrong order', { ticket_key: 'PUMP-31', ticket_type: 'Bug' }],
    ['requirement', 'The journal of a pump is sent again until it is acknowledged', { ticket_key: 'PUMP-38', ticket_type: 'Story' }],
    ['acceptance_criteria', 'After a network loss no delivery is missing and none is doubled', { ticket_key: 'PUMP-38' }],
  ] },
  { filename: 'incident-2025-07.md', type: 'md', on: '2025-07-10', by: 'petr', bytes: 7_930, stage: 'done', facts: [
    ['bug', 'A list imported without units was shown in milligrams; the hospital had meant micrograms', { section: 'What happened' }],
    ['constraint', 'No unit is assumed: a dose without one is refused', { section: 'Corrective action' }],
    ['edge_case', 'Lists that mix units in one column', { section: 'Also found' }],
    ['acceptance_criteria', 'Every amount on a screen carries its unit', { section: 'Corrective action' }],
  ] },
  { filename: 'alarm-study.pdf', type: 'pdf', on: '2025-10-21', by: 'tomas', bytes: 1_804_220, stage: 'done', facts: [
    ['requirement', 'An alarm reaches the ward within five seconds', { page: 4 }],
    ['flow', 'Occlusion, alarm at the pump, alarm on the ward, acknowledgement by name', { page: 6 }],
    ['edge_case', 'Two pumps of one patient alarm within a second', { page: 9 }],
  ] },
  { filename: 'alarm-panel.png', type: 'image', on: '2026-10-30', by: 'amira', bytes: 402_118, stage: 'waiting', facts: [] },
  { filename: 'pump-api-2.2.yaml', type: 'yaml', on: '2026-11-18', by: 'jana', bytes: 61_770, stage: 'to embed', facts: [
    ['endpoint', 'POST /wards/{id}/alarms/{alarm}/acknowledgement: a person takes an alarm', { method: 'POST', path: '/wards/{id}/alarms/{alarm}/acknowledgement' }],
    ['payload', 'An alarm has a severity, a pump, a time and the person who acknowledged it', { schema: 'Alarm' }],
    ['endpoint', 'GET /pumps/{id}/journal: the journal as the pump keeps it', { method: 'GET', path: '/pumps/{id}/journal' }],
  ] },
];

// prettier-ignore
export const features: readonly FeatureStory[] = [
  { name: 'Program a pump', description: 'Send a prescribed dose to a pump, within the limits of the drug.', confidence: 0.86, on: '2025-04-02', status: 'confirmed', review: { on: '2025-04-08', by: 'jana', note: 'The core of the product.' }, tags: ['pump', 'safety'],
    evidence: [['pump-api.yaml', 0, 'implements', 0.92], ['pump-api.yaml', 1, 'supports', 0.8], ['pump-backlog.csv', 0, 'constrains', 0.88], ['pump-backlog.csv', 1, 'constrains', 0.74]],
    outputs: ['epic', 'acceptance_criteria', 'acceptance_criteria'] },
  { name: 'Units on every amount', description: 'Amounts carry a unit from the import to the screen.', confidence: 0.81, on: '2025-07-10', status: 'confirmed', review: { on: '2025-07-11', by: 'petr' }, parent: 'Program a pump', tags: ['incident', 'safety'],
    evidence: [['incident-2025-07.md', 1, 'constrains', 0.93], ['incident-2025-07.md', 3, 'constrains', 0.79], ['incident-2025-07.md', 0, 'supports', 0.71]],
    outputs: ['requirements'] },
  { name: 'Review deliveries', description: 'See what a pump delivered, in order.', confidence: 0.72, on: '2025-04-02', status: 'confirmed', review: { on: '2025-05-02', by: 'jana' }, tags: ['pump'],
    evidence: [['pump-api.yaml', 2, 'implements', 0.83], ['pump-api.yaml', 3, 'supports', 0.77], ['pump-backlog.csv', 2, 'constrains', 0.55], ['pump-backlog.csv', 3, 'extends', 0.62]],
    outputs: ['story'] },
  { name: 'Alarms on the ward', description: 'Alarms of pumps reach people, and somebody takes them.', confidence: 0.69, on: '2025-10-21', status: 'candidate', tags: ['alarm'],
    evidence: [['alarm-study.pdf', 0, 'constrains', 0.84], ['alarm-study.pdf', 1, 'supports', 0.66], ['pump-api.yaml', 5, 'implements', 0.7]], outputs: [] },
  { name: 'Alarms of two pumps at once', description: 'What happens when two pumps of one patient alarm together.', confidence: 0.52, on: '2025-10-21', status: 'rejected', review: { on: '2025-10-28', by: 'tomas', note: 'A case of the alarm channel, not a feature.' }, tags: ['alarm'], evidence: [['alarm-study.pdf', 2, 'supports', 0.58]], outputs: [] },
];
