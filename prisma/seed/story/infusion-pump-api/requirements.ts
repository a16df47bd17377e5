/** What the pump API must do: an artifact a line, nested as they trace. */
import type { RequirementStory } from '../../chapter.js';

// prettier-ignore
export const requirements: readonly RequirementStory[] = [
  { id: 'REQ-001', title: 'Dose limits are enforced', risk: 'HIGH', status: 'VALIDATED', text: 'The system refuses every dose above the hard limit of the drug, whoever asks for it.', criteria: ['A dose above the hard limit is refused', 'The refusal names the limit', 'The refusal is in the audit trail'], rationale: 'An overdose of an opioid or of potassium chloride can not be taken back.', stories: [
    { id: 'US-001-001', title: 'Refuse a dose above the hard limit', as: 'nurse', want: 'to be stopped when I program a dose above the hard limit', soThat: 'no patient gets a dose that nobody would prescribe', specs: [
      { id: 'SPEC-LIM-001', tier: 'OQ', title: 'Hard limit check', design: 'Compare the requested rate with the drug library in one place, before the command reaches the pump.', files: ['src/limits/hard-limit.ts'], evidence: [
        { id: 'EV-LIM-001', since: '2025-01-16', passed: 42 },
        { id: 'EV-LIM-001-2', since: '2026-02-03', passed: 57, note: 'Again, with the limits of release 2.0' },
      ] },
      { id: 'SPEC-LIM-003', tier: 'IQ', title: 'Drug library at start', design: 'The service does not start without a released drug library, and says which one it loaded.', files: ['src/limits/load-library.ts'], evidence: [{ id: 'EV-LIM-003', since: '2025-02-18', passed: 6 }] },
    ] },
    { id: 'US-001-002', title: 'Warn near the soft limit', since: '2025-02-13', as: 'nurse', want: 'a warning when a dose is above the soft limit', soThat: 'I can check the prescription again', specs: [
      { id: 'SPEC-LIM-002', tier: 'OQ', title: 'Soft limit warning', design: 'Answer the request with a warning that the nurse acknowledges by name.', files: ['src/limits/soft-limit.ts'], evidence: [{ id: 'EV-LIM-002', since: '2025-02-18', passed: 18 }] },
    ] },
  ] },
  { id: 'REQ-002', title: 'Delivery is recorded', risk: 'HIGH', status: 'APPROVED', text: 'Every delivered dose is recorded with time, pump and rate, also while the network is down for up to 72 hours.', before: { on: '2026-11-12', text: 'Every delivered dose is recorded with time, pump and rate.' }, criteria: ['No delivered dose is lost', 'Records are in order per pump'], stories: [
    { id: 'US-002-001', title: 'See what was delivered', as: 'nurse', want: 'the list of doses that a pump delivered', soThat: 'I know what the patient has had before the shift', specs: [
      { id: 'SPEC-REC-001', tier: 'PQ', title: 'Delivery journal', since: '2025-05-06', status: 'VALIDATED', design: 'The pump keeps a journal and sends it again until it is acknowledged.', files: ['src/journal/journal.ts', 'src/journal/replay.ts'], evidence: [{ id: 'EV-REC-001', since: '2025-06-11', passed: 250, note: '10,000 doses, 250 network losses, none lost' }] },
    ] },
    { id: 'US-002-002', title: 'Records in order', since: '2025-05-06', as: 'pharmacist', want: 'deliveries of one second in the order in which they happened', soThat: 'a report adds up', linkReviewed: { on: '2026-11-13', by: 'tomas', note: 'The order of records does not depend on how long the network is away.' }, specs: [
      { id: 'SPEC-REC-002', tier: 'OQ', title: 'Sequence number per pump', design: 'Each record carries the number that the pump gave it; time alone decides nothing.', files: ['src/journal/sequence.ts'], evidence: [{ id: 'EV-REC-002', since: '2025-06-11', passed: 23 }] },
    ] },
  ] },
  { id: 'REQ-003', title: 'Alarms reach the ward', since: '2025-11-04', risk: 'HIGH', status: 'IN_REVIEW', text: 'An alarm of a pump reaches the ward within five seconds.', criteria: ['95 % of alarms within two seconds', 'All alarms within five seconds'], stories: [
    { id: 'US-003-001', title: 'Hear the alarm of a pump', as: 'nurse', want: 'the alarm of a pump on my ward at once', soThat: 'a blocked line is not found an hour later', progress: 'IN_PROGRESS', specs: [
      { id: 'SPEC-ALM-001', tier: 'PQ', title: 'Alarm channel', design: 'Alarms have a connection of their own and are sent again until a person has acknowledged them.', files: ['src/alarms/channel.ts'], evidence: [{ id: 'EV-ALM-001', since: '2026-04-21', passed: 31 }] },
      { id: 'SPEC-ALM-002', tier: 'OQ', title: 'Alarms ordered by severity', since: '2026-04-21', design: 'High priority alarms overtake others in the queue of a ward.', files: ['src/alarms/order.ts'], evidence: [] },
    ] },
    { id: 'US-003-002', title: 'Escalate an alarm', since: '2026-11-19', as: 'nurse', want: 'a second ward to hear an alarm that nobody acknowledged', soThat: 'a busy ward is no danger', progress: 'PLANNED', specs: [] },
  ] },
  { id: 'REQ-004', title: 'Pumps prove who they are', since: '2025-12-09', risk: 'HIGH', status: 'VALIDATED', text: 'A command is accepted from, and sent to, a pump with a valid certificate alone.', criteria: ['A pump without a certificate gets no command', 'A revoked certificate is refused within one minute'], reviewed: { on: '2026-02-02', by: 'petr', from: 'APPROVED', note: 'Validated with release 2.0.0 on four pump models.' }, stories: [
    { id: 'US-004-001', title: 'Enrol a pump', as: 'technician', want: 'to enrol a pump with its certificate', soThat: 'nobody programs a pump that is not ours', specs: [
      { id: 'SPEC-IDT-001', tier: 'IQ', title: 'Enrolment', design: 'The pump makes its key and never shows it; the service signs the request after a technician confirmed the serial number.', files: ['src/identity/enrol.ts'], evidence: [{ id: 'EV-IDT-001', since: '2026-02-03', passed: 19 }] },
      { id: 'SPEC-IDT-002', tier: 'OQ', title: 'Revocation', design: 'The list of revoked certificates is asked for every thirty seconds and kept when the source is away.', files: ['src/identity/revocation.ts'], evidence: [{ id: 'EV-IDT-002', since: '2026-02-03', passed: 14 }] },
    ] },
  ] },
  { id: 'REQ-005', title: 'A dose has a unit', since: '2025-07-24', risk: 'HIGH', status: 'VALIDATED', text: 'A dose without a unit is refused. No unit is ever assumed.', criteria: ['A number alone is refused', 'Milligrams and micrograms are never mixed up'], rationale: 'INC-2025-07: an imported list had no units, and micrograms were shown as milligrams.', stories: [
    { id: 'US-005-001', title: 'Refuse a dose without a unit', as: 'nurse', want: 'to be asked for the unit of a dose', soThat: 'a factor of a thousand is never overlooked', specs: [
      { id: 'SPEC-UNT-001', tier: 'OQ', title: 'Quantities with units', design: 'Amounts are a value and a unit in every interface; conversion happens in one function.', files: ['src/units/quantity.ts', 'src/units/convert.ts'], evidence: [{ id: 'EV-UNT-001', since: '2025-09-16', passed: 164, note: 'All pairs of units in use' }] },
    ] },
  ] },
  { id: 'REQ-006', title: 'Bolus per hour is limited', since: '2026-06-23', risk: 'HIGH', status: 'APPROVED', text: 'The boluses of an hour together stay below the hourly dose limit of the drug.', criteria: ['The last bolus that passes is delivered', 'The next one is refused with the time at which it may be asked for again'], stories: [
    { id: 'US-006-001', title: 'Limit boluses by the hour', as: 'patient', want: 'to ask for a bolus without being able to harm myself', soThat: 'I can treat my pain on my own', specs: [
      { id: 'SPEC-BOL-001', tier: 'OQ', title: 'Sliding hour', design: 'Sum the boluses of the last sixty minutes from the delivery journal, not from a counter.', files: ['src/limits/bolus-hour.ts'], evidence: [{ id: 'EV-BOL-001', since: '2026-09-08', passed: 37, keyId: 'ci-runner-7', note: 'Run at the supplier of the pump simulator' }] },
    ] },
  ] },
  { id: 'REQ-007', title: 'The service survives a failure', since: '2025-02-13', risk: 'MEDIUM', status: 'VALIDATED', text: 'The failure of one server interrupts no infusion, and programs go on within thirty seconds.', criteria: ['Running infusions go on', 'No command is executed twice'], stories: [
    { id: 'US-007-001', title: 'Go on after a failure', as: 'technician', want: 'a second server to take over by itself', soThat: 'a night without me is no risk', specs: [
      { id: 'SPEC-AVL-001', tier: 'PQ', title: 'Take-over', design: 'Commands carry a key by which a pump recognises a repeated one; the standby reads the same journal.', files: ['src/failover/take-over.ts'], evidence: [{ id: 'EV-AVL-001', since: '2025-03-18', passed: 12 }] },
    ] },
  ] },
  { id: 'REQ-008', title: 'Clocks agree', since: '2026-04-21', risk: 'LOW', status: 'DRAFT', text: 'Pumps and service differ by less than one second.', criteria: [], stories: [] },
];
