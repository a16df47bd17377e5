/** Releases: what each rests on is collected, and quality says yes or no. */
import type { ApprovalStory, WorkOrderStory } from '../../chapter.js';
import { commitShaOf } from '../../ids.js';
import { subjects } from '../../subjects.js';
import { dosePortal, drugLibrary, pumpApi } from '../company.js';
import { summaryOf } from './attempts.js';

interface Release {
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  readonly on: string;
  /** Day and number of the commit that is to be released. */
  readonly pushedOn: string;
  readonly commit: number;
  readonly summary: string;
  /** None: it waits. */
  readonly decision?: ApprovalStory;
}

function release({ repository, name, version, on, pushedOn, commit, summary, decision }: Release): WorkOrderStory {
  const title = `${name} ${version}`;
  const content = { title, summary, release: version, commit: commitShaOf(`${repository} ${commit}`) };
  return {
    key: `release ${title} ${on}`,
    title: `Release ${title}`,
    on,
    by: 'jana',
    priority: 'HIGH',
    metadata: { release: title, repository },
    isRelease: true,
    items: [
      {
        key: 'collect',
        type: 'STATUS_REPORT',
        subject: subjects.auditRun(repository, pushedOn),
        content,
        attempts: [summaryOf(on)],
        result: { summary },
        evaluation: ['report-completeness', 'overall', 0.95, true],
      },
      {
        key: 'approve',
        type: 'STATUS_REPORT',
        subject: subjects.repository(repository),
        content,
        attempts: [{ by: 'report-agent', on, time: '11:00', minutes: 1 }],
        ...(decision === undefined ? { awaitsApproval: true } : { approvals: [decision], result: { approved: true } }),
      },
    ],
  };
}

function approved(on: string): ApprovalStory {
  const meaning = 'I have reviewed requirements, evidence and audits, and approve the release.';
  return { on, by: 'petr', decision: 'APPROVED', meaning };
}

// prettier-ignore
export const releases: readonly WorkOrderStory[] = [
  release({ repository: pumpApi, name: 'Infusion pump API', version: '1.0.0', on: '2025-03-18', pushedOn: '2025-03-18', commit: 6, summary: 'Limits and take-over are covered by signed evidence; delivery records follow in 1.4.', decision: approved('2025-03-20') }),
  release({ repository: drugLibrary, name: 'Drug library', version: '1.0.0', on: '2025-05-13', pushedOn: '2025-05-13', commit: 4, summary: 'Import is covered.', decision: approved('2025-05-15') }),
  release({ repository: dosePortal, name: 'Dose portal', version: '1.0.0', on: '2025-06-17', pushedOn: '2025-06-17', commit: 5, summary: 'Prescription, review and access are covered.', decision: approved('2025-06-19') }),
  release({ repository: drugLibrary, name: 'Drug library', version: '1.1.0', on: '2025-07-22', pushedOn: '2025-07-22', commit: 7, summary: 'Closes actions 1 and 2 of CAPA-2025-01.', decision: approved('2025-07-23') }),
  release({ repository: pumpApi, name: 'Infusion pump API', version: '2.0.0', on: '2026-02-03', pushedOn: '2026-02-03', commit: 14, summary: 'Pumps prove who they are; units are required everywhere.', decision: approved('2026-02-05') }),
  release({ repository: dosePortal, name: 'Dose portal', version: '2.0.0', on: '2026-03-12', pushedOn: '2026-03-12', commit: 9, summary: 'Electronic signatures. The audit of the commit fails on A4 and T1.', decision: { on: '2026-03-13', by: 'petr', decision: 'REJECTED', meaning: 'I do not approve the release.', reason: 'The audit failed: CAPA-2026-02.' } }),
  release({ repository: dosePortal, name: 'Dose portal', version: '2.0.0', on: '2026-04-02', pushedOn: '2026-04-02', commit: 12, summary: 'Electronic signatures, after CAPA-2026-02. The audit passes; 81 cases are signed.', decision: approved('2026-04-03') }),
  release({ repository: pumpApi, name: 'Infusion pump API', version: '2.1.0', on: '2026-09-08', pushedOn: '2026-09-08', commit: 17, summary: 'Bolus limits by the hour. Evidence of SPEC-BOL-001 is signed by a supplier and was repeated by hand.', decision: approved('2026-09-10') }),
  release({ repository: dosePortal, name: 'Dose portal', version: '2.1.0', on: '2026-10-06', pushedOn: '2026-10-06', commit: 15, summary: 'Sign-in with passkeys; closes SEC-2026-05.', decision: approved('2026-10-07') }),
  release({ repository: pumpApi, name: 'Infusion pump API', version: '2.2.0', on: '2026-11-19', pushedOn: '2026-11-19', commit: 19, summary: 'Alarms on the ward. SPEC-ALM-002 has no evidence yet, and REQ-002 has changed.' }),
];
