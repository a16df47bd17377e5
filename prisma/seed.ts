/** The demo: a small maker of infusion pumps, the same on every machine, telling one story across the five domains. */
import { sql, type Database } from '../subgraphs/kernel/db/index.js';
import { appendRecords, type Change } from '../subgraphs/kernel/write/records.js';
import { artefacts, pumpApi, dosePortal, type DemoArtefact } from './seed/artefacts.js';
import { seedBuilds } from './seed/builds.js';
import { seedEvidence } from './seed/evidence.js';
import { idOf } from './seed/rows.js';
import { account, seedScanning } from './seed/scanning.js';
import { artefactId, seedTraceability } from './seed/traceability.js';
import { seedWorkflow } from './seed/workflow.js';

export interface SeedOptions {
  /** Who the audit trail says did it. */
  readonly user?: string;
}

/** Fills an empty database in one transaction, audit trail and events included. Does nothing when there is any repository. */
export async function seed(database: Database, { user = 'demo' }: SeedOptions = {}): Promise<{ seeded: boolean }> {
  return database.transaction(async (tx) => {
    // Processes that start at once on an empty server take turns; the second finds the first one's repositories.
    await tx.query(sql`/* seed.lock */ select pg_advisory_xact_lock(hashtextextended('weft.seed', 0))`);
    const [found] = await tx.query(sql`/* seed.isEmpty */ select 1 from traceability.repositories limit 1`);
    if (found !== undefined) return { seeded: false };
    await seedTraceability(tx);
    await seedEvidence(tx);
    await seedBuilds(tx);
    await seedScanning(tx);
    await seedWorkflow(tx);
    await appendRecords(tx, { user, requestId: null }, changes());
    return { seeded: true };
  });
}

const typeNames: Readonly<Record<DemoArtefact['kind'], string>> = {
  REQ: 'Requirement',
  US: 'UserStory',
  SPEC: 'Specification',
  EV: 'SignedEvidence',
};

function changes(): Change[] {
  return [
    ...[pumpApi, dosePortal].map((repository) => ({
      type: 'Repository',
      key: repository,
      action: 'repositoryRegistered',
      repository,
    })),
    ...artefacts.map(({ kind, repository, gxpId }) => ({
      type: typeNames[kind],
      key: artefactId(repository, gxpId),
      action: 'artefactCreated',
      details: { gxpId },
      repository,
      event: false,
    })),
    { type: 'Feature', key: idOf('feature Program a pump'), action: 'featureConfirmed', repository: pumpApi },
    { type: 'Build', key: idOf('build Phase 1'), action: 'buildStarted', repository: dosePortal },
    { type: 'ScanJob', key: idOf('scan job slow.example.org'), action: 'scanTimedOut', account },
    { type: 'WorkItem', key: idOf('work item M-1003'), action: 'approvalRequested' },
  ];
}
