/** The pump API: from its first requirement to release 2.1 and the alarms that are on their way. */
import type { CommitStory, ProjectStory, RepositoryStory } from '../../chapter.js';
import { pumpApi } from '../company.js';
import { documents, features } from './documents.js';
import { requirements } from './requirements.js';

// prettier-ignore
const commits: readonly CommitStory[] = [
  { on: '2024-11-25', by: 'jana', message: 'System context and first requirements', checks: { P1: ['WARN', 'The physics contract names no surface.'] } },
  { on: '2024-12-12', by: 'jana', message: 'Program a pump: rate, volume, drug' },
  { on: '2025-01-16', by: 'tomas', message: 'Test bench for hard limits' },
  { on: '2025-02-13', by: 'amira', message: 'Soft limits with acknowledgement', checks: { T1: ['FAIL', 'src/limits/soft-limit.ts changed without a test'] } },
  { on: '2025-02-18', by: 'tomas', message: 'Tests of the soft limit warning' },
  { on: '2025-03-18', by: 'jana', message: 'Release 1.0.0' },
  { on: '2025-05-06', by: 'amira', message: 'Delivery journal that outlives a network loss' },
  { on: '2025-06-11', by: 'tomas', message: 'Network loss test: 250 losses' },
  { on: '2025-07-24', by: 'amira', message: 'Refuse a dose without a unit (INC-2025-07)' },
  { on: '2025-09-16', by: 'jana', message: 'Release 1.4.0' },
  { on: '2025-11-04', by: 'amira', message: 'Alarm channel, first draft', rejected: [['.gxp/specs/SPEC-ALM-003.md', 4, 'YAML_TAB', 'A tab indents this line; YAML takes spaces only.']] },
  { on: '2025-12-09', by: 'jana', message: 'Pump identity by certificate', auditError: 'The checkout could not be read: the archive ended early.' },
  { on: '2025-12-10', by: 'jana', message: 'Pump identity by certificate, rebased' },
  { on: '2026-02-03', by: 'tomas', message: 'Release 2.0.0' },
  { on: '2026-04-21', by: 'amira', message: 'Alarms ordered by severity' },
  { on: '2026-06-23', by: 'jana', message: 'Bolus limits per hour' },
  { on: '2026-09-08', by: 'tomas', message: 'Release 2.1.0' },
  { on: '2026-11-12', by: 'jana', message: 'Deliveries are recorded also while the network is down' },
  { on: '2026-11-19', by: 'amira', message: 'Alarm latency budget', checks: { P1: ['WARN', 'GET /pumps/{id}/journal is not in the contract'] } },
  { on: '2026-11-20', by: 'jana', message: 'Escalate unacknowledged alarms' },
];

// prettier-ignore
const project: ProjectStory = {
  name: 'Infusion pump API',
  description: 'Programs infusion pumps, watches over dose limits, and records what was delivered.',
  createdOn: '2024-11-26',
  status: 'building',
  questionnaire: { audience: 'ward software and pumps', safety_class: 'IEC 62304 class C', languages: ['en', 'de', 'cs'], offline_hours: 72 },
  stack: ['TypeScript on Node 20', 'PostgreSQL 17', 'Mutual TLS between pumps and service'],
  boundaries: [['src/limits/**', 'src/alarms/**', 'limits decide without knowing who is told'], ['src/**', 'test/**', 'nothing that ships depends on tests']],
  surface: ['POST /pumps/{id}/programs', 'GET /pumps/{id}/deliveries', 'POST /pumps/{id}/boluses', 'GET /pumps/{id}/alarms', 'POST /pumps/{id}/enrolment'],
  builds: [
    { phase: 'Phase 0: limits', on: '2025-01-15', status: 'completed', minutes: 96, loops: 2, log: [['builder', 'info', 'Writing src/limits/hard-limit.ts'], ['audit', 'warn', 'src/limits/hard-limit.ts has no test yet'], ['builder', 'info', '42 cases of the hard limit pass']] },
    { phase: 'Phase 1: soft limits', on: '2025-02-13', status: 'failed', minutes: 41, loops: 3, error: 'Three loops without a test of src/limits/soft-limit.ts.', log: [['builder', 'info', 'Writing src/limits/soft-limit.ts'], ['audit', 'error', 'T1: src/limits/soft-limit.ts changed without a test'], ['builder', 'warn', 'The acknowledgement has no test bench'], ['audit', 'error', 'T1: src/limits/soft-limit.ts changed without a test']] },
    { phase: 'Phase 1: soft limits, second try', on: '2025-02-18', status: 'completed', minutes: 64, loops: 1, log: [['builder', 'info', 'Writing test/limits/soft-limit.test.ts'], ['builder', 'info', '18 cases of the soft limit pass']] },
    { phase: 'Phase 2: delivery journal', on: '2025-05-05', status: 'completed', minutes: 183, loops: 4, log: [['builder', 'info', 'Writing src/journal/journal.ts and src/journal/replay.ts'], ['builder', 'error', 'Replay sent a record twice after the 31st loss'], ['builder', 'info', 'Records carry the number that the pump gave them'], ['builder', 'info', '10,000 doses over 250 network losses: none lost, none doubled']] },
    { phase: 'Phase 3: units', on: '2025-07-23', status: 'completed', minutes: 72, loops: 2, log: [['builder', 'info', 'Amounts are a value and a unit in every interface'], ['audit', 'info', '164 conversions checked']] },
    { phase: 'Phase 4: pump identity', on: '2025-12-08', status: 'completed', minutes: 140, loops: 3, log: [['builder', 'info', 'Writing src/identity/enrol.ts'], ['builder', 'warn', 'The test authority is not reachable, waiting'], ['builder', 'info', 'Revocation is noticed after 28 s']] },
    { phase: 'Phase 5: alarm order', on: '2026-04-20', status: 'cancelled', minutes: 22, loops: 1, error: 'Superseded: alarms get a connection of their own.', log: [['builder', 'info', 'Writing src/alarms/order.ts'], ['builder', 'warn', 'A shared queue delays alarms behind programs by up to 9 s']] },
    { phase: 'Phase 6: alarm channel', on: '2026-11-20', status: 'running', minutes: 38, loops: 1, log: [['builder', 'info', 'Writing src/alarms/channel.ts'], ['builder', 'debug', 'Planned 9 steps'], ['audit', 'warn', 'SPEC-ALM-002 has no evidence yet'], ['builder', 'info', '95 % of alarms within 1.4 s on the test bench'], ['builder', 'error', 'One alarm in 2,000 took 6.1 s: the reconnect waits too long'], ['builder', 'info', 'Reconnecting without waiting']] },
  ],
};

export const infusionPumpApi: RepositoryStory = {
  fullName: pumpApi,
  name: 'Infusion pump API',
  intendedUse: 'Programs infusion pumps with prescribed doses and reports what they delivered.',
  regulatoryContext: 'IEC 62304 class C, 21 CFR Part 11, EU MDR Annex I',
  version: '2.1.0',
  risk: 'HIGH',
  lead: 'jana',
  registeredOn: '2024-11-25',
  githubRepoId: 9_100_001,
  commits,
  requirements,
  strays: [],
  project,
  documents,
  features,
};
