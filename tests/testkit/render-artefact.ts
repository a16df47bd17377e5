import { Buffer } from 'node:buffer';
import { stringify } from 'yaml';
import type { Artefact, ArtefactFile } from '../../subgraphs/traceability/domain/index.js';

/** Writes an artefact as the file its author would have: the inverse of parsing, for tests and generated repositories. */
export function renderArtefact(artefact: Artefact): ArtefactFile {
  if (artefact.kind === 'SIGNED_EVIDENCE') return { path: artefact.path, content: `${artefact.jws}\n` };
  const fields = Object.entries({ ...artefact.attributes, ...frontMatterOf(artefact) }).filter(
    ([name, value]) => name in artefact.attributes || value !== null,
  );
  const yaml = stringify(Object.fromEntries(fields), { lineWidth: 0, aliasDuplicateObjects: false });
  return { path: artefact.path, content: `---\n${yaml}---\n${artefact.markdownContent ?? ''}` };
}

function frontMatterOf(artefact: Exclude<Artefact, { kind: 'SIGNED_EVIDENCE' }>): Record<string, unknown> {
  const base = {
    gxp_id: artefact.gxpId,
    validation_status: artefact.validationStatus,
    assurance_status: artefact.assuranceStatus,
  };
  switch (artefact.kind) {
    case 'SYSTEM_CONTEXT':
      return {
        ...base,
        type: 'system_context',
        project_name: artefact.projectName,
        version: artefact.version,
        gxp_risk_rating: artefact.gxpRiskRating,
        intended_use: artefact.intendedUse,
        regulatory_context: artefact.regulatoryContext,
      };
    case 'REQUIREMENT':
      return {
        ...base,
        title: artefact.title,
        gxp_risk_rating: artefact.gxpRiskRating,
        description: artefact.description,
        acceptance_criteria: artefact.acceptanceCriteria,
      };
    case 'USER_STORY':
      return {
        ...base,
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
        ...base,
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

/** A JWS of the right shape whose signature is noise: for everything that does not judge signatures. */
export function unsignedJws(payload: unknown, signature = 'c2lnbmF0dXJl'): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES256', kid: 'test' })}.${part(payload)}.${signature}`;
}
