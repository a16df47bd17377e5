import { Buffer } from 'node:buffer';
import { stringify } from 'yaml';
import type { Artifact, ArtifactFile } from '../../subgraphs/traceability/domain/index.js';

/** Writes an artifact as the file its author would have: the inverse of parsing, for tests and generated repositories. */
export function renderArtifact(artifact: Artifact): ArtifactFile {
  if (artifact.kind === 'SIGNED_EVIDENCE') return { path: artifact.path, content: `${artifact.jws}\n` };
  const fields = Object.entries({ ...artifact.attributes, ...frontMatterOf(artifact) }).filter(
    ([name, value]) => name in artifact.attributes || value !== null,
  );
  const yaml = stringify(Object.fromEntries(fields), { lineWidth: 0, aliasDuplicateObjects: false });
  return { path: artifact.path, content: `---\n${yaml}---\n${artifact.markdownContent ?? ''}` };
}

function frontMatterOf(artifact: Exclude<Artifact, { kind: 'SIGNED_EVIDENCE' }>): Record<string, unknown> {
  const base = {
    gxp_id: artifact.gxpId,
    validation_status: artifact.validationStatus,
    assurance_status: artifact.assuranceStatus,
  };
  switch (artifact.kind) {
    case 'SYSTEM_CONTEXT':
      return {
        ...base,
        type: 'system_context',
        project_name: artifact.projectName,
        version: artifact.version,
        gxp_risk_rating: artifact.gxpRiskRating,
        intended_use: artifact.intendedUse,
        regulatory_context: artifact.regulatoryContext,
      };
    case 'REQUIREMENT':
      return {
        ...base,
        title: artifact.title,
        gxp_risk_rating: artifact.gxpRiskRating,
        description: artifact.description,
        acceptance_criteria: artifact.acceptanceCriteria,
      };
    case 'USER_STORY':
      return {
        ...base,
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
        ...base,
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

/** A JWS of the right shape whose signature is noise: for everything that does not judge signatures. */
export function unsignedJws(payload: unknown, signature = 'c2lnbmF0dXJl'): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES256', kid: 'test' })}.${part(payload)}.${signature}`;
}
