/** What artifacts are called in the graph, in the tables and by their hash. */
import { contentHashOf, type Artifact } from '../../../subgraphs/traceability/domain/index.js';
import { idOf } from '../ids.js';
import type { Table } from '../row-set.js';
import { contentOf } from './artifact-files.js';

export const artifactTypes = {
  SYSTEM_CONTEXT: { type: 'SystemContext', table: 'traceability.system_contexts' },
  REQUIREMENT: { type: 'Requirement', table: 'traceability.requirements' },
  USER_STORY: { type: 'UserStory', table: 'traceability.user_stories' },
  SPECIFICATION: { type: 'Specification', table: 'traceability.specs' },
  SIGNED_EVIDENCE: { type: 'SignedEvidence', table: 'traceability.evidence' },
} as const satisfies Readonly<Record<Artifact['kind'], { type: string; table: Table }>>;

export function artifactId(repository: string, gxpId: string): string {
  return idOf(`${repository} ${gxpId}`);
}

export function hashOf(artifact: Artifact): string {
  return contentHashOf({ path: artifact.path, content: contentOf(artifact) });
}
