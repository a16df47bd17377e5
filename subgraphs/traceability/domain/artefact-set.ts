import type { Artefact, LinkedArtefact } from './artefact-types.js';
import { kindNames, kindOfId, type ArtefactKind } from './artefact-kinds.js';
import { linkRuleOfChild } from './link-rules.js';
import { findCycleMembers } from './parent-cycles.js';
import { quoted, type Problem } from './problems.js';

export interface CheckedSet {
  /** In order of path. Ids are unique. */
  readonly artefacts: readonly Artefact[];
  /** Ids that more than one file declares; the first file by path stands, links to and from such an id are DUPLICATE. */
  readonly duplicateIds: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** Looks at the artefacts of one commit together: ids that clash, parents of the wrong level, parents in a circle. */
export function checkArtefactSet(parsed: readonly Artefact[]): CheckedSet {
  const byId = new Map<string, Artefact>();
  const duplicateIds = new Set<string>();
  const problems: Problem[] = [];
  for (const artefact of [...parsed].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    const first = byId.get(artefact.gxpId);
    if (first === undefined) {
      byId.set(artefact.gxpId, artefact);
      continue;
    }
    duplicateIds.add(artefact.gxpId);
    const reason = `${quoted(artefact.gxpId)} is declared in ${quoted(first.path)} already; the first file by path stands.`;
    problems.push(problemOf(artefact, artefact.idLine, 'DUPLICATE_ID', 'REJECTED', reason));
  }
  const artefacts = [...byId.values()];
  const cycleIds = findCycleMembers(parentsOf(artefacts));
  for (const artefact of artefacts) {
    if (!isLinked(artefact) || artefact.parentId === null) continue;
    const problem = checkParent(artefact, artefact.parentId, byId, cycleIds);
    if (problem !== null) problems.push(problem);
  }
  return { artefacts, duplicateIds, problems };
}

function parentsOf(artefacts: readonly Artefact[]): ReadonlyMap<string, string> {
  const pairs = artefacts.flatMap((artefact): [string, string][] =>
    isLinked(artefact) && artefact.parentId !== null ? [[artefact.gxpId, artefact.parentId]] : [],
  );
  return new Map(pairs);
}

function checkParent(
  child: LinkedArtefact,
  parentId: string,
  byId: ReadonlyMap<string, Artefact>,
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

export function isLinked(artefact: Artefact): artefact is LinkedArtefact {
  return 'parentId' in artefact;
}

function problemOf(
  artefact: { readonly path: string; readonly kind: ArtefactKind },
  line: number,
  code: Problem['code'],
  severity: Problem['severity'],
  reason: string,
): Problem {
  return { path: artefact.path, line, code, severity, reason };
}
