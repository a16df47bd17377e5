/** One scan for each push: what it found, and what was new, changed and refused. */
import type { ArtifactKind } from '../../../subgraphs/traceability/domain/index.js';
import { later } from '../calendar.js';
import type { RepositoryStory } from '../chapter.js';
import { idOf, pick } from '../ids.js';
import type { RowSet } from '../row-set.js';
import { pipeline } from '../story/company.js';
import { artifactId, artifactTypes, hashOf } from './artifact-names.js';
import type { Told } from './artifacts.js';
import { pushAt, type Push } from './pushes.js';

export function tellScans(story: RepositoryStory, pushes: readonly Push[], told: readonly Told[], rows: RowSet): void {
  const created = groupByPush(pushes, told, ({ since }) => since);
  const changed = groupByPush(pushes, told, ({ before }) => before?.on);
  let known = 0;
  const found: Partial<Record<ArtifactKind, number>> = {};
  for (const push of pushes) {
    const isNew = created.get(push) ?? [];
    const isChanged = changed.get(push) ?? [];
    for (const { artifact } of isNew) found[artifact.kind] = (found[artifact.kind] ?? 0) + 1;
    const counts = {
      createdCount: isNew.length,
      changedCount: isChanged.length,
      removedCount: 0,
      unchangedCount: known - isChanged.length,
      rejectedCount: push.commit.rejected?.length ?? 0,
    };
    known += isNew.length;
    for (const each of isNew) noteArtifact(story, push, each, 'Created', rows);
    for (const each of isChanged) noteArtifact(story, push, each, 'Changed', rows);
    tellScan(story, push, { ...found }, counts, rows);
  }
}

function groupByPush(
  pushes: readonly Push[],
  told: readonly Told[],
  dayOf: (each: Told) => string | undefined,
): Map<Push, Told[]> {
  const groups = new Map<Push, Told[]>();
  for (const each of told) {
    const day = dayOf(each);
    if (day === undefined) continue;
    const push = pushAt(pushes, day);
    const group = groups.get(push);
    if (group === undefined) groups.set(push, [each]);
    else group.push(each);
  }
  return groups;
}

interface Counts {
  readonly createdCount: number;
  readonly changedCount: number;
  readonly removedCount: number;
  readonly unchangedCount: number;
  readonly rejectedCount: number;
}

function tellScan(
  { fullName }: RepositoryStory,
  { commit, sha, at, scanId }: Push,
  found: Partial<Record<ArtifactKind, number>>,
  counts: Counts,
  rows: RowSet,
): void {
  const durationMs = 420 + pick(`scan ${sha}`, 900);
  rows.add('traceability.scans', {
    id: scanId,
    repository_id: idOf(fullName),
    status: 'completed',
    commit_sha: sha,
    branch: 'main',
    requested_by: pipeline,
    started_at: at,
    completed_at: new Date(Date.parse(at) + durationMs).toISOString(),
    duration_ms: durationMs,
    artifacts_found: found,
    created_count: counts.createdCount,
    changed_count: counts.changedCount,
    removed_count: counts.removedCount,
    unchanged_count: counts.unchangedCount,
    rejected_count: counts.rejectedCount,
  });
  for (const [path, line, code, reason] of commit.rejected ?? []) {
    rows.add('traceability.scan_rejections', {
      id: idOf(`rejection ${scanId} ${path}`),
      scan_id: scanId,
      path,
      line,
      code,
      reason,
      severity: 'REJECTED',
    });
  }
  rows.note({
    at: later(at, 1),
    user: pipeline,
    type: 'Scan',
    key: scanId,
    repository: fullName,
    action: 'repositoryScanned',
    details: { commitSha: sha, branch: 'main', ...counts },
  });
}

function noteArtifact(
  { fullName }: RepositoryStory,
  push: Push,
  { artifact, before }: Told,
  happening: 'Created' | 'Changed',
  rows: RowSet,
): void {
  const { type } = artifactTypes[artifact.kind];
  const isFirst = happening === 'Created';
  const contentHash = hashOf(isFirst ? (before?.artifact ?? artifact) : artifact);
  rows.note({
    at: push.at,
    user: pipeline,
    type,
    key: artifactId(fullName, artifact.gxpId),
    repository: fullName,
    action: `${type.charAt(0).toLowerCase()}${type.slice(1)}${happening}`,
    details: isFirst
      ? { gxpId: artifact.gxpId, contentHash, validationStatus: artifact.validationStatus }
      : { gxpId: artifact.gxpId, contentHash: [before && hashOf(before.artifact), contentHash] },
    event: false,
  });
}
