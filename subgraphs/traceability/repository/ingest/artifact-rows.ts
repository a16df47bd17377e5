/** Artefacts as rows: which columns of which table a scan writes. */
import { fingerprintOf, type ArtefactKind, type FoundArtifact, type SignatureVerdict } from '../../domain/index.js';

type Row = Readonly<Record<string, unknown>>;

/** Column → PostgreSQL's type. */
type Columns = Readonly<Record<string, 'text' | 'jsonb' | 'boolean' | 'timestamptz' | 'integer'>>;

const ofFile: Columns = {
  gxp_id: 'text',
  validation_status: 'text',
  path: 'text',
  content_hash: 'text',
  is_duplicate: 'boolean',
};
const ofText: Columns = { markdown_content: 'text', attributes: 'jsonb' };
const ofChild: Columns = { title: 'text', parent_id: 'text' };

/** Every column that a scan writes, beside `repository_id`. */
export const writtenColumns: Readonly<Record<ArtefactKind, Columns>> = {
  SYSTEM_CONTEXT: {
    ...ofFile,
    ...ofText,
    project_name: 'text',
    version: 'text',
    gxp_risk_rating: 'text',
    intended_use: 'text',
    regulatory_context: 'text',
  },
  REQUIREMENT: {
    ...ofFile,
    ...ofText,
    fingerprint: 'text',
    title: 'text',
    gxp_risk_rating: 'text',
    description: 'text',
    acceptance_criteria: 'jsonb',
  },
  USER_STORY: {
    ...ofFile,
    ...ofText,
    ...ofChild,
    fingerprint: 'text',
    as_a: 'text',
    i_want: 'text',
    so_that: 'text',
    acceptance_criteria: 'jsonb',
    status: 'text',
  },
  SPECIFICATION: {
    ...ofFile,
    ...ofText,
    ...ofChild,
    fingerprint: 'text',
    verification_tier: 'text',
    design_approach: 'text',
    source_files: 'jsonb',
    test_files: 'jsonb',
    assurance_status: 'text',
    missing_files: 'jsonb',
  },
  SIGNED_EVIDENCE: {
    ...ofFile,
    ...ofChild,
    jws_payload: 'jsonb',
    jws_signature: 'text',
    jws_source: 'text',
    jws_algorithm: 'text',
    jws_key_id: 'text',
    signature_verified: 'boolean',
    verification_reason: 'text',
    verified_at: 'timestamptz',
    signer_count: 'integer',
    result: 'text',
    result_reason: 'text',
    package_fault: 'text',
    git_commit: 'text',
    freshness: 'text',
    freshness_reason: 'text',
  },
};

export interface Verification {
  readonly verdict: SignatureVerdict;
  readonly verifiedAt: Date;
}

/** `verification` is that of evidence, and null for every other kind. */
export function toRow(found: FoundArtifact, verification: Verification | null): Row {
  const { artefact, contentHash, isDuplicate } = found;
  const file = {
    gxp_id: artefact.gxpId,
    validation_status: artefact.validationStatus,
    path: artefact.path,
    content_hash: contentHash,
    is_duplicate: isDuplicate,
  };
  switch (artefact.kind) {
    case 'SYSTEM_CONTEXT':
      return {
        ...file,
        project_name: artefact.projectName,
        version: artefact.version,
        gxp_risk_rating: artefact.gxpRiskRating,
        intended_use: artefact.intendedUse,
        regulatory_context: artefact.regulatoryContext,
        markdown_content: artefact.markdownContent,
        attributes: artefact.attributes,
      };
    case 'REQUIREMENT':
      return {
        ...file,
        fingerprint: fingerprintOf(artefact),
        title: artefact.title,
        gxp_risk_rating: artefact.gxpRiskRating,
        description: artefact.description,
        acceptance_criteria: artefact.acceptanceCriteria,
        markdown_content: artefact.markdownContent,
        attributes: artefact.attributes,
      };
    case 'USER_STORY':
      return {
        ...file,
        fingerprint: fingerprintOf(artefact),
        title: artefact.title,
        parent_id: artefact.parentId,
        as_a: artefact.asA,
        i_want: artefact.iWant,
        so_that: artefact.soThat,
        acceptance_criteria: artefact.acceptanceCriteria,
        status: artefact.status,
        markdown_content: artefact.markdownContent,
        attributes: artefact.attributes,
      };
    case 'SPECIFICATION':
      return {
        ...file,
        fingerprint: fingerprintOf(artefact),
        title: artefact.title,
        parent_id: artefact.parentId,
        verification_tier: artefact.verificationTier,
        design_approach: artefact.designApproach,
        source_files: artefact.sourceFiles,
        test_files: artefact.testFiles,
        assurance_status: artefact.assuranceStatus,
        ...observedColumns(found),
        markdown_content: artefact.markdownContent,
        attributes: artefact.attributes,
      };
    case 'SIGNED_EVIDENCE':
      return {
        ...file,
        title: artefact.title,
        parent_id: artefact.parentId,
        jws_payload: artefact.jwsPayload,
        jws_signature: artefact.jwsSignature,
        jws_source: artefact.jws,
        result: artefact.result.result,
        result_reason: artefact.result.reason,
        package_fault: artefact.packageFault,
        git_commit: artefact.subject.gitCommit,
        ...observedColumns(found),
        ...(verification !== null && verificationColumns(verification)),
      };
    default:
      return artefact satisfies never;
  }
}

/** What may change although the artefact's own file doesn't. */
export function observedColumns({ artefact, freshness, missingFiles }: FoundArtifact): Row {
  if (artefact.kind === 'SPECIFICATION') return { missing_files: missingFiles };
  if (artefact.kind !== 'SIGNED_EVIDENCE') return {};
  return { freshness: freshness?.freshness ?? null, freshness_reason: freshness?.reason ?? null };
}

export function verificationColumns({ verdict, verifiedAt }: Verification): Row {
  return {
    jws_algorithm: verdict.algorithm,
    jws_key_id: verdict.keyId,
    signature_verified: verdict.verified,
    verification_reason: verdict.reason,
    verified_at: verifiedAt.toISOString(),
    signer_count: verdict.signerCount,
  };
}
