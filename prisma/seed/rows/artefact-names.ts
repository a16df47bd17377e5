/** What artefacts are called in the graph, in the tables and by their hash. */
import { contentHashOf, type Artefact } from '../../../subgraphs/traceability/domain/index.js';
import { idOf } from '../ids.js';
import type { Table } from '../row-set.js';
import { contentOf } from './artefact-files.js';

export const artefactTypes = {
  SYSTEM_CONTEXT: { type: 'SystemContext', table: 'traceability.system_contexts' },
  REQUIREMENT: { type: 'Requirement', table: 'traceability.requirements' },
  USER_STORY: { type: 'UserStory', table: 'traceability.user_stories' },
  SPECIFICATION: { type: 'Specification', table: 'traceability.specs' },
  SIGNED_EVIDENCE: { type: 'SignedEvidence', table: 'traceability.evidence' },
} as const satisfies Readonly<Record<Artefact['kind'], { type: string; table: Table }>>;

export function artefactId(repository: string, gxpId: string): string {
  return idOf(`${repository} ${gxpId}`);
}

export function hashOf(artefact: Artefact): string {
  return contentHashOf({ path: artefact.path, content: contentOf(artefact) });
}
