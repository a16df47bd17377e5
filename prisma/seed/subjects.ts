/** Global ids of what work is about. */
import { toGlobalId } from '../../subgraphs/kernel/ids/index.js';
import { artifactId } from './rows/artifact-names.js';
import { buildId } from './rows/builds.js';
import { documentId } from './rows/documents.js';
import { featureId } from './rows/features.js';
import { auditRunId, shaOfPush } from './rows/pushes.js';
import { scanJobId } from './rows/scanning.js';

export const subjects = {
  repository: (fullName: string) => toGlobalId('Repository', fullName),
  requirement: (repository: string, gxpId: string) => toGlobalId('Requirement', artifactId(repository, gxpId)),
  specification: (repository: string, gxpId: string) => toGlobalId('Specification', artifactId(repository, gxpId)),
  /** `number`: the first push to the repository is 1. */
  commit: (repository: string, number: number) =>
    toGlobalId('Commit', `${repository}@${shaOfPush(repository, number)}`),
  auditRun: (repository: string, on: string) => toGlobalId('AuditRun', auditRunId(repository, on)),
  build: (repository: string, phase: string) => toGlobalId('Build', buildId(repository, phase)),
  document: (repository: string, filename: string) => toGlobalId('Document', documentId(repository, filename)),
  feature: (name: string) => toGlobalId('Feature', featureId(name)),
  scanJob: (account: string, scan: Parameters<typeof scanJobId>[1]) => toGlobalId('ScanJob', scanJobId(account, scan)),
} as const;
