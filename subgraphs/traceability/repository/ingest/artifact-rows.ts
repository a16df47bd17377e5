/** Artifacts as rows: which columns of which table a scan writes. */
import { fingerprintOf, type ArtifactKind, type FoundArtifact, type SignatureVerdict } from '../../domain/index.js';

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
const ofGraph: Columns = { edges: 'jsonb' };
const ofText: Columns = { markdown_content: 'text', attributes: 'jsonb' };
const ofChild: Columns = { title: 'text', parent_id: 'text', ...ofGraph };

/** Every column that a scan writes, beside `repository_id`. */
export const writtenColumns: Readonly<Record<ArtifactKind, Columns>> = {
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
    ...ofGraph,
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
  const { artifact, contentHash, isDuplicate } = found;
  const file = {
    gxp_id: artifact.gxpId,
    validation_status: artifact.validationStatus,
    path: artifact.path,
    content_hash: contentHash,
    is_duplicate: isDuplicate,
  };
  switch (artifact.kind) {
    case 'SYSTEM_CONTEXT':
      return {
        ...file,
        project_name: artifact.projectName,
        version: artifact.version,
        gxp_risk_rating: artifact.gxpRiskRating,
        intended_use: artifact.intendedUse,
        regulatory_context: artifact.regulatoryContext,
        markdown_content: artifact.markdownContent,
        attributes: artifact.attributes,
      };
    case 'REQUIREMENT':
      return {
        ...file,
        fingerprint: fingerprintOf(artifact),
        title: artifact.title,
        gxp_risk_rating: artifact.gxpRiskRating,
        ...observedColumns(found),
        description: artifact.description,
        acceptance_criteria: artifact.acceptanceCriteria,
        markdown_content: artifact.markdownContent,
        attributes: artifact.attributes,
      };
    case 'USER_STORY':
      return {
        ...file,
        fingerprint: fingerprintOf(artifact),
        title: artifact.title,
        ...observedColumns(found),
        parent_id: artifact.parentId,
        as_a: artifact.asA,
        i_want: artifact.iWant,
        so_that: artifact.soThat,
        acceptance_criteria: artifact.acceptanceCriteria,
        status: artifact.status,
        markdown_content: artifact.markdownContent,
        attributes: artifact.attributes,
      };
    case 'SPECIFICATION':
      return {
        ...file,
        fingerprint: fingerprintOf(artifact),
        title: artifact.title,
        parent_id: artifact.parentId,
        verification_tier: artifact.verificationTier,
        design_approach: artifact.designApproach,
        source_files: artifact.sourceFiles,
        test_files: artifact.testFiles,
        assurance_status: artifact.assuranceStatus,
        ...observedColumns(found),
        markdown_content: artifact.markdownContent,
        attributes: artifact.attributes,
      };
    case 'SIGNED_EVIDENCE':
      return {
        ...file,
        title: artifact.title,
        parent_id: artifact.parentId,
        jws_payload: artifact.jwsPayload,
        jws_signature: artifact.jwsSignature,
        jws_source: artifact.jws,
        result: artifact.result.result,
        result_reason: artifact.result.reason,
        package_fault: artifact.packageFault,
        git_commit: artifact.subject.gitCommit,
        ...observedColumns(found),
        ...(verification !== null && verificationColumns(verification)),
      };
    default:
      return artifact satisfies never;
  }
}

/** What may change although the artifact's own file doesn't. */
export function observedColumns({ artifact, freshness, missingFiles }: FoundArtifact): Row {
  // Of a list, what is no artifact's id is named by chance: which that is depends on the other files.
  const edges = artifact.edges?.map(({ parentId, relation }) => ({ parentId, relation })) ?? null;
  if (artifact.kind === 'SYSTEM_CONTEXT') return {};
  if (artifact.kind === 'SPECIFICATION') return { edges, missing_files: missingFiles };
  if (artifact.kind !== 'SIGNED_EVIDENCE') return { edges };
  return { edges, freshness: freshness?.freshness ?? null, freshness_reason: freshness?.reason ?? null };
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
