/** What was covered after each push, by the domain's own rules. */
import {
  coveredNodes,
  nodeKey,
  riskRatings,
  resolveLinks,
  type Link,
} from '../../../subgraphs/traceability/domain/index.js';
import type { RepositoryStory } from '../chapter.js';
import { idOf } from '../ids.js';
import type { RowSet } from '../row-set.js';
import type { Told } from './artifacts.js';
import { linkNodesOf, seenFingerprints, type Verdicts } from './links.js';
import type { Push } from './pushes.js';

const childKinds = ['USER_STORY', 'SPECIFICATION', 'SIGNED_EVIDENCE'] as const;
const kinds = [
  ...riskRatings.map((riskRating) => ({ kind: 'REQUIREMENT' as const, riskRating })),
  ...childKinds.map((kind) => ({ kind, riskRating: null })),
];

export function tellCoverage(
  { fullName }: RepositoryStory,
  pushes: readonly Push[],
  told: readonly Told[],
  verdicts: Verdicts,
  rows: RowSet,
): void {
  const ratings = new Map(
    told.flatMap(({ artifact }) => (artifact.kind === 'REQUIREMENT' ? [[artifact.gxpId, artifact.gxpRiskRating]] : [])),
  );
  for (const push of pushes) {
    const known = toldOn(told, push.commit.on);
    const nodes = linkNodesOf(fullName, known, verdicts);
    const links = resolveLinks(nodes, seenFingerprints(fullName, known));
    const deeply = coveredNodes(nodes, links);
    const covered = coveredByLinks(links);
    for (const { kind, riskRating } of kinds) {
      const own = nodes.filter(
        (node) => node.kind === kind && (riskRating === null || ratings.get(node.gxpId) === riskRating),
      );
      const count = (keys: ReadonlySet<string>) =>
        own.filter((node) => keys.has(nodeKey(node.repositoryId, node.gxpId))).length;
      rows.add('traceability.coverage_snapshots', {
        id: idOf(`coverage ${push.scanId} ${kind} ${riskRating ?? ''}`),
        repository_id: idOf(fullName),
        scan_id: push.scanId,
        taken_at: push.at,
        artifact_kind: kind,
        risk_rating: riskRating,
        total: own.length,
        covered: count(covered),
        deeply_covered: count(deeply),
      });
    }
  }
}

/** As the files said on that day, and as far as links had been reviewed. */
function toldOn(told: readonly Told[], day: string): Told[] {
  return told.flatMap((each) => {
    if (each.since > day) return [];
    const { before, linkReviewed, ...rest } = each;
    const isChanged = before !== undefined && before.on <= day;
    return {
      ...rest,
      artifact: before === undefined || isChanged ? each.artifact : before.artifact,
      ...(isChanged && { before }),
      ...(linkReviewed !== undefined && linkReviewed.on <= day && { linkReviewed }),
    };
  });
}

/** Of evidence those that have their specification, of all else those that have a valid child. */
function coveredByLinks(links: readonly Link[]): ReadonlySet<string> {
  const valid = links.filter(({ isValid }) => isValid);
  return new Set(
    valid.flatMap(({ repositoryId, sourceRepositoryId, sourceId, targetId, type }) => [
      ...(sourceRepositoryId === null ? [] : [nodeKey(sourceRepositoryId, sourceId)]),
      ...(type === 'SPEC_TO_EVIDENCE' ? [nodeKey(repositoryId, targetId)] : []),
    ]),
  );
}
