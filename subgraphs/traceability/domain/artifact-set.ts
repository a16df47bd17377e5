import type { Artifact, LinkedArtifact } from './artifact-types.js';
import { kindNames, kindOfId, type ArtifactKind } from './artifact-kinds.js';
import { linkRuleOfChild } from './link-rules.js';
import { findCycleMembers } from './parent-cycles.js';
import { quoted, type Problem } from './problems.js';

export interface CheckedSet {
  /** In order of path. Ids are unique. */
  readonly artifacts: readonly Artifact[];
  /** Ids that more than one file declares; the first file by path stands, links to and from such an id are DUPLICATE. */
  readonly duplicateIds: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** Looks at the artifacts of one commit together: ids that clash, parents of the wrong level, parents in a circle. */
export function checkArtifactSet(parsed: readonly Artifact[]): CheckedSet {
  const byId = new Map<string, Artifact>();
  const duplicateIds = new Set<string>();
  const problems: Problem[] = [];
  for (const artifact of [...parsed].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    const first = byId.get(artifact.gxpId);
    if (first === undefined) {
      byId.set(artifact.gxpId, artifact);
      continue;
    }
    duplicateIds.add(artifact.gxpId);
    const reason = `${quoted(artifact.gxpId)} is declared in ${quoted(first.path)} already; the first file by path stands.`;
    problems.push(problemOf(artifact, artifact.idLine, 'DUPLICATE_ID', 'REJECTED', reason));
  }
  const artifacts = [...byId.values()];
  const cycleIds = findCycleMembers(parentsOf(artifacts));
  for (const artifact of artifacts) {
    if (!isLinked(artifact) || artifact.parentId === null) continue;
    const problem = checkParent(artifact, artifact.parentId, byId, cycleIds);
    if (problem !== null) problems.push(problem);
  }
  return { artifacts, duplicateIds, problems };
}

function parentsOf(artifacts: readonly Artifact[]): ReadonlyMap<string, string> {
  const pairs = artifacts.flatMap((artifact): [string, string][] =>
    isLinked(artifact) && artifact.parentId !== null ? [[artifact.gxpId, artifact.parentId]] : [],
  );
  return new Map(pairs);
}

function checkParent(
  child: LinkedArtifact,
  parentId: string,
  byId: ReadonlyMap<string, Artifact>,
  cycleIds: ReadonlySet<string>,
): Problem | null {
  if (cycleIds.has(child.gxpId)) {
    const reason =
      parentId === child.gxpId
        ? `${quoted(child.gxpId)} names itself as its parent.`
        : `The parents of ${quoted(child.gxpId)} lead back to it.`;
    return problemOf(child, child.parentLine, 'PARENT_CYCLE', 'FLAGGED', reason);
  }
  const expected = linkRuleOfChild[child.kind].parent;
  const actual = byId.get(parentId)?.kind ?? kindOfId(parentId);
  if (actual === null || actual === expected) return null;
  const reason = `The parent of a ${kindNames[child.kind]} is a ${kindNames[expected]}; ${quoted(parentId)} is a ${kindNames[actual]}.`;
  return problemOf(child, child.parentLine, 'WRONG_PARENT_LEVEL', 'FLAGGED', reason);
}

export function isLinked(artifact: Artifact): artifact is LinkedArtifact {
  return 'parentId' in artifact;
}

function problemOf(
  artifact: { readonly path: string; readonly kind: ArtifactKind },
  line: number,
  code: Problem['code'],
  severity: Problem['severity'],
  reason: string,
): Problem {
  return { path: artifact.path, line, code, severity, reason };
}
