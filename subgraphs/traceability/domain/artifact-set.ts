import type { Artifact, DeclaredEdge } from './artifact-types.js';
import { kindNames, kindOfId, type ArtifactKind } from './artifact-kinds.js';
import { findCircles } from './circles.js';
import { edgesOf, isChildKind, parentKinds, type ChildKind } from './link-rules.js';
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
  const artifacts = [...byId.values()].map((artifact) => withoutForeignWords(artifact, byId));
  const circles = [false, true].map((ofDependencies) => findCircles(parentsOf(artifacts, ofDependencies)));
  for (const artifact of artifacts) {
    if (!isChildKind(artifact.kind)) continue;
    for (const edge of declaredEdgesOf(artifact)) {
      const circle = circles[edge.relation === 'DEPENDS_ON' ? 1 : 0] ?? new Map<string, number>();
      const problem = checkEdge(artifact, artifact.kind, edge, byId, circle);
      if (problem !== null) problems.push(problem);
    }
  }
  return { artifacts, duplicateIds, problems };
}

/** Lists name standards and files beside artifacts: what neither looks like an artifact's id nor is one here is no edge. */
function withoutForeignWords(artifact: Artifact, byId: ReadonlyMap<string, Artifact>): Artifact {
  if (artifact.edges === undefined) return artifact;
  const edges = artifact.edges.filter(
    ({ parentId, relation }) => relation === 'PARENT' || kindOfId(parentId) !== null || byId.has(parentId),
  );
  if (!('parentId' in artifact) || artifact.parentId !== null) return { ...artifact, edges };
  return { ...artifact, edges, parentId: edges.find(({ relation }) => relation !== 'DEPENDS_ON')?.parentId ?? null };
}

function declaredEdgesOf(artifact: Artifact): readonly DeclaredEdge[] {
  const line = 'parentLine' in artifact ? artifact.parentLine : artifact.idLine;
  return artifact.edges ?? edgesOf(artifact).map((edge) => ({ ...edge, line }));
}

function parentsOf(artifacts: readonly Artifact[], ofDependencies: boolean): ReadonlyMap<string, readonly string[]> {
  const named = (artifact: Artifact) =>
    edgesOf(artifact).filter(({ relation }) => (relation === 'DEPENDS_ON') === ofDependencies);
  return new Map(artifacts.map((artifact) => [artifact.gxpId, named(artifact).map(({ parentId }) => parentId)]));
}

function checkEdge(
  child: Artifact,
  kind: ChildKind,
  { parentId, relation, line }: DeclaredEdge,
  byId: ReadonlyMap<string, Artifact>,
  circles: ReadonlyMap<string, number>,
): Problem | null {
  const circle = circles.get(child.gxpId);
  const named = relation === 'DEPENDS_ON' ? 'dependencies' : 'parents';
  if (circle !== undefined && circles.get(parentId) === circle) {
    const reason =
      parentId === child.gxpId
        ? `${quoted(child.gxpId)} names itself as ${relation === 'DEPENDS_ON' ? 'a dependency' : 'its parent'}.`
        : `The ${named} of ${quoted(child.gxpId)} lead back to it.`;
    return problemOf(child, line, 'PARENT_CYCLE', 'FLAGGED', reason);
  }
  const expected = parentKinds(kind, relation);
  const actual = byId.get(parentId)?.kind ?? kindOfId(parentId);
  if (actual === null || expected.includes(actual)) return null;
  const names = expected.map((each) => kindNames[each]).join(' or a ');
  const reason = `The parent of a ${kindNames[kind]} is a ${names}; ${quoted(parentId)} is a ${kindNames[actual]}.`;
  return problemOf(child, line, 'WRONG_PARENT_LEVEL', 'FLAGGED', reason);
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
