/** What a scan leaves in the audit trail and the feed: one entry for itself, and one for each artifact it touched. */
import type { Change } from '../../../kernel/write/index.js';
import { artifactTableOfKind } from '../../repository/artifact-tables.js';
import type { Comparison } from './compare.js';

export function artifactChanges(
  comparison: Comparison,
  ids: ReadonlyMap<string, string>,
  repository: string,
): Change[] {
  const idOf = (gxpId: string): string => {
    const id = ids.get(gxpId);
    if (id === undefined) throw new Error(`the artifact ${gxpId} was not stored`);
    return id;
  };
  // Subscribers are told of the scan; ten thousand events beside it would tell them nothing more.
  const silent = { repository, event: false } as const;
  return [
    ...comparison.created.map(({ artifact, contentHash }) => ({
      ...silent,
      ...named(artifactTableOfKind(artifact.kind).type, 'Created'),
      key: idOf(artifact.gxpId),
      details: { gxpId: artifact.gxpId, contentHash, validationStatus: artifact.validationStatus },
    })),
    ...comparison.changed.map(({ found: { artifact, contentHash, freshness }, stored }) => ({
      ...silent,
      ...named(artifactTableOfKind(artifact.kind).type, 'Changed'),
      key: stored.id,
      details: {
        gxpId: artifact.gxpId,
        contentHash: [stored.contentHash, contentHash],
        ...(freshness !== null && {
          freshness: [stored.observed.freshness ?? null, freshness.freshness],
        }),
        ...(stored.path !== artifact.path && { path: [stored.path, artifact.path] }),
        ...(contentHash !== stored.contentHash &&
          stored.validationStatus !== artifact.validationStatus && {
            validationStatus: [stored.validationStatus, artifact.validationStatus],
          }),
      },
    })),
    ...comparison.removed.map((stored) => ({
      ...silent,
      ...named(artifactTableOfKind(stored.kind).type, 'Removed'),
      key: stored.id,
      details: { gxpId: stored.gxpId, contentHash: stored.contentHash, validationStatus: stored.validationStatus },
    })),
  ];
}

function named(type: string, happening: 'Created' | 'Changed' | 'Removed'): { type: string; action: string } {
  return { type, action: `${type.charAt(0).toLowerCase()}${type.slice(1)}${happening}` };
}
