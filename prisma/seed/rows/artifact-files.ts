/** Artifacts as the files that a checkout would hold: what a scan hashes and reads. */
import type { Artifact } from '../../../subgraphs/traceability/domain/index.js';

export function pathOf(kind: Artifact['kind'], gxpId: string): string {
  switch (kind) {
    case 'SYSTEM_CONTEXT':
      return '.gxp/system_context.md';
    case 'REQUIREMENT':
      return `.gxp/requirements/${gxpId}.md`;
    case 'USER_STORY':
      return `.gxp/user_stories/${gxpId}.md`;
    case 'SPECIFICATION':
      return `.gxp/specs/${gxpId}.md`;
    case 'SIGNED_EVIDENCE':
      return `.gxp/evidence/${gxpId}.jws`;
    default:
      return kind satisfies never;
  }
}

export function contentOf(artifact: Artifact): string {
  if (artifact.kind === 'SIGNED_EVIDENCE') return artifact.jws;
  const { gxpId, validationStatus, assuranceStatus, markdownContent } = artifact;
  const fields = { gxp_id: gxpId, ...ownFields(artifact), validation_status: validationStatus };
  const lines = Object.entries({ ...fields, assurance_status: assuranceStatus }).flatMap(([name, value]) =>
    toYaml(name, value),
  );
  return `---\n${lines.join('\n')}\n---\n${markdownContent === null ? '' : `\n${markdownContent}`}`;
}

type MarkdownArtifact = Exclude<Artifact, { kind: 'SIGNED_EVIDENCE' }>;

function ownFields(artifact: MarkdownArtifact): Readonly<Record<string, unknown>> {
  switch (artifact.kind) {
    case 'SYSTEM_CONTEXT':
      return {
        project_name: artifact.projectName,
        version: artifact.version,
        gxp_risk_rating: artifact.gxpRiskRating,
        intended_use: artifact.intendedUse,
        regulatory_context: artifact.regulatoryContext,
      };
    case 'REQUIREMENT':
      return {
        title: artifact.title,
        gxp_risk_rating: artifact.gxpRiskRating,
        description: artifact.description,
        acceptance_criteria: artifact.acceptanceCriteria,
      };
    case 'USER_STORY':
      return {
        title: artifact.title,
        parent_id: artifact.parentId,
        as_a: artifact.asA,
        i_want: artifact.iWant,
        so_that: artifact.soThat,
        acceptance_criteria: artifact.acceptanceCriteria,
        status: artifact.status,
      };
    case 'SPECIFICATION':
      return {
        title: artifact.title,
        parent_id: artifact.parentId,
        verification_tier: artifact.verificationTier,
        design_approach: artifact.designApproach,
        source_files: artifact.sourceFiles,
        test_files: artifact.testFiles,
      };
    default:
      return artifact satisfies never;
  }
}

/** JSON's texts are YAML's double-quoted ones. */
function toYaml(name: string, value: unknown): string[] {
  if (value === null || (Array.isArray(value) && value.length === 0)) return [];
  if (Array.isArray(value)) return [`${name}:`, ...value.map((item) => `  - ${JSON.stringify(item)}`)];
  return [`${name}: ${JSON.stringify(value)}`];
}
