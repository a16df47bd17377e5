/** Artefacts as the files that a checkout would hold: what a scan hashes and reads. */
import type { Artefact } from '../../../subgraphs/traceability/domain/index.js';

export function pathOf(kind: Artefact['kind'], gxpId: string): string {
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

export function contentOf(artefact: Artefact): string {
  if (artefact.kind === 'SIGNED_EVIDENCE') return artefact.jws;
  const { gxpId, validationStatus, assuranceStatus, markdownContent } = artefact;
  const fields = { gxp_id: gxpId, ...ownFields(artefact), validation_status: validationStatus };
  const lines = Object.entries({ ...fields, assurance_status: assuranceStatus }).flatMap(([name, value]) =>
    toYaml(name, value),
  );
  return `---\n${lines.join('\n')}\n---\n${markdownContent === null ? '' : `\n${markdownContent}`}`;
}

type MarkdownArtefact = Exclude<Artefact, { kind: 'SIGNED_EVIDENCE' }>;

function ownFields(artefact: MarkdownArtefact): Readonly<Record<string, unknown>> {
  switch (artefact.kind) {
    case 'SYSTEM_CONTEXT':
      return {
        project_name: artefact.projectName,
        version: artefact.version,
        gxp_risk_rating: artefact.gxpRiskRating,
        intended_use: artefact.intendedUse,
        regulatory_context: artefact.regulatoryContext,
      };
    case 'REQUIREMENT':
      return {
        title: artefact.title,
        gxp_risk_rating: artefact.gxpRiskRating,
        description: artefact.description,
        acceptance_criteria: artefact.acceptanceCriteria,
      };
    case 'USER_STORY':
      return {
        title: artefact.title,
        parent_id: artefact.parentId,
        as_a: artefact.asA,
        i_want: artefact.iWant,
        so_that: artefact.soThat,
        acceptance_criteria: artefact.acceptanceCriteria,
        status: artefact.status,
      };
    case 'SPECIFICATION':
      return {
        title: artefact.title,
        parent_id: artefact.parentId,
        verification_tier: artefact.verificationTier,
        design_approach: artefact.designApproach,
        source_files: artefact.sourceFiles,
        test_files: artefact.testFiles,
      };
    default:
      return artefact satisfies never;
  }
}

/** JSON's texts are YAML's double-quoted ones. */
function toYaml(name: string, value: unknown): string[] {
  if (value === null || (Array.isArray(value) && value.length === 0)) return [];
  if (Array.isArray(value)) return [`${name}:`, ...value.map((item) => `  - ${JSON.stringify(item)}`)];
  return [`${name}: ${JSON.stringify(value)}`];
}
