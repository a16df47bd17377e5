/** What the two repositories of the demo contain. */

export interface DemoRepository {
  readonly owner: string;
  readonly repo: string;
  readonly name: string;
  readonly intendedUse: string;
  readonly commitSha: string;
  /** Day of the story on which it was registered. */
  readonly day: number;
}

export interface DemoArtefact {
  readonly kind: 'REQ' | 'US' | 'SPEC' | 'EV';
  readonly repository: string;
  readonly gxpId: string;
  readonly parent: string | null;
  readonly title: string;
  readonly text: string;
  readonly status: 'DRAFT' | 'IN_REVIEW' | 'APPROVED' | 'VALIDATED';
  readonly risk?: 'HIGH' | 'MEDIUM' | 'LOW';
  readonly criteria?: readonly string[];
  readonly asA?: string;
  readonly soThat?: string;
  readonly tier?: 'IQ' | 'OQ' | 'PQ';
  readonly sources?: readonly string[];
  /** Signed with a key that nobody has registered. */
  readonly keyId?: string;
  /** The parent changed after the child was written. */
  readonly suspect?: boolean;
}

export const pumpApi = 'meridian/infusion-pump-api';
export const dosePortal = 'meridian/dose-portal';

export const repositories: readonly DemoRepository[] = [
  {
    owner: 'meridian',
    repo: 'infusion-pump-api',
    name: 'Infusion pump API',
    intendedUse: 'Programs infusion pumps with prescribed doses and reports what they delivered.',
    commitSha: '3f8a1c5e9b7d2046f1e3a8c5d7b9024e6f8a1c3d',
    day: 0,
  },
  {
    owner: 'meridian',
    repo: 'dose-portal',
    name: 'Dose portal',
    intendedUse: 'Lets pharmacists prescribe doses and review what was delivered.',
    commitSha: 'b2d4f6081a3c5e7092b4d6f8103a5c7e9f1b3d50',
    day: 7,
  },
];

const pump = { repository: pumpApi } as const;
const portal = { repository: dosePortal } as const;

export const artefacts: readonly DemoArtefact[] = [
  // prettier-ignore
  { ...pump, kind: 'REQ', gxpId: 'REQ-001', parent: null, status: 'VALIDATED', risk: 'HIGH', title: 'Dose limits are enforced', text: 'The system refuses every dose above the hard limit of the drug, whoever asks for it.', criteria: ['A dose above the hard limit is refused', 'The refusal names the limit', 'The refusal is in the audit trail'] },
  // prettier-ignore
  { ...pump, kind: 'US', gxpId: 'US-001-001', parent: 'REQ-001', status: 'VALIDATED', title: 'Refuse a dose above the hard limit', text: 'to be stopped when I program a dose above the hard limit' },
  // prettier-ignore
  { ...pump, kind: 'US', gxpId: 'US-001-002', parent: 'REQ-001', status: 'APPROVED', title: 'Warn near the soft limit', text: 'a warning when a dose is above the soft limit', soThat: 'I can check the prescription again' },
  // prettier-ignore
  { ...pump, kind: 'SPEC', gxpId: 'SPEC-LIM-001', parent: 'US-001-001', status: 'VALIDATED', tier: 'OQ', title: 'Hard limit check', text: 'Compare the requested rate with the drug library in one place, before the command reaches the pump.', sources: ['src/limits/hard-limit.ts'] },
  // prettier-ignore
  { ...pump, kind: 'SPEC', gxpId: 'SPEC-LIM-002', parent: 'US-001-002', status: 'APPROVED', tier: 'OQ', title: 'Soft limit warning', text: 'Answer the request with a warning that the nurse acknowledges by name.', sources: ['src/limits/soft-limit.ts'] },
  // prettier-ignore
  { ...pump, kind: 'EV', gxpId: 'EV-LIM-001', parent: 'SPEC-LIM-001', status: 'VALIDATED', title: 'Hard limit test run', text: '42 of 42 cases passed' },
  // prettier-ignore
  { ...pump, kind: 'EV', gxpId: 'EV-LIM-002', parent: 'SPEC-LIM-002', status: 'IN_REVIEW', title: 'Soft limit test run', text: '18 of 18 cases passed', keyId: 'ci-runner-7' },
  // prettier-ignore
  { ...pump, kind: 'REQ', gxpId: 'REQ-002', parent: null, status: 'APPROVED', risk: 'HIGH', title: 'Delivery is recorded', text: 'Every delivered dose is recorded with time, pump and rate, also while the network is down.', criteria: ['No delivered dose is lost', 'Records are in order per pump'] },
  // prettier-ignore
  { ...pump, kind: 'US', gxpId: 'US-002-001', parent: 'REQ-002', status: 'APPROVED', title: 'See what was delivered', text: 'the list of doses that a pump delivered', suspect: true },
  // prettier-ignore
  { ...pump, kind: 'SPEC', gxpId: 'SPEC-REC-001', parent: 'US-002-001', status: 'APPROVED', tier: 'PQ', title: 'Delivery journal', text: 'The pump keeps a journal and sends it again until it is acknowledged.', sources: ['src/journal/journal.ts', 'src/journal/replay.ts'] },
  // prettier-ignore
  { ...pump, kind: 'EV', gxpId: 'EV-REC-001', parent: 'SPEC-REC-001', status: 'VALIDATED', title: 'Network loss test run', text: '10,000 doses, 250 network losses, none lost' },
  // prettier-ignore
  { ...pump, kind: 'REQ', gxpId: 'REQ-003', parent: null, status: 'DRAFT', risk: 'MEDIUM', title: 'Alarms reach the ward', text: 'An alarm of a pump reaches the ward within five seconds.', criteria: ['95 % of alarms within two seconds', 'All alarms within five seconds'] },
  // prettier-ignore
  { ...portal, kind: 'REQ', gxpId: 'REQ-001', parent: null, status: 'APPROVED', risk: 'HIGH', title: 'Prescriptions are signed', text: 'A prescription takes effect only when a pharmacist has signed it.', criteria: ['An unsigned prescription is never sent to a pump', 'The signature names the person and the meaning'] },
  // prettier-ignore
  { ...portal, kind: 'US', gxpId: 'US-001-001', parent: 'REQ-001', status: 'APPROVED', title: 'Sign a prescription', text: 'to sign a prescription with my name and its meaning', asA: 'pharmacist', soThat: 'the ward knows who is responsible' },
  // prettier-ignore
  { ...portal, kind: 'SPEC', gxpId: 'SPEC-SIG-001', parent: 'US-001-001', status: 'IN_REVIEW', tier: 'OQ', title: 'Electronic signature', text: 'Signatures follow 21 CFR Part 11: printed name, time and meaning, bound to the record.', sources: ['src/signature/sign.ts'] },
  // prettier-ignore
  { ...portal, kind: 'REQ', gxpId: 'REQ-002', parent: null, status: 'DRAFT', risk: 'LOW', title: 'Reports by month', text: 'A pharmacist gets the delivered doses of a month as a report.' },
  // prettier-ignore
  { ...portal, kind: 'US', gxpId: 'US-009-001', parent: 'REQ-009', status: 'DRAFT', title: 'Export to the hospital system', text: 'deliveries in the hospital system', asA: 'pharmacist', soThat: 'nobody types them again' },
];
