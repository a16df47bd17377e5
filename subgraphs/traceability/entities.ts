/** The entity maps of traceability: types, tables, fields, relations, filters, orders and visibility, as data. */
import { entity, field, match, orderBy, query, type ModelInput } from '../kernel/read/index.js';
import {
  artifactFields,
  artifactOrders,
  byCreation,
  byGxpId,
  children,
  id,
  isCoveredByChildren,
  isCoveredByEvidence,
  link,
  linkTable,
  ofRepository,
  parent,
  repository,
  text,
  textList,
  visible,
} from './repository/artifact-maps.js';
import { criterionResult, proves } from './repository/evidence-proof.js';
import { gaps } from './repository/gaps.js';
import { matrixRows } from './repository/matrix.js';

const criteriaOfRequirement = {
  kind: 'connection',
  type: 'AcceptanceCriterion',
  on: [match('requirement_id', 'id')],
} as const;
const criteriaOfUserStory = { ...criteriaOfRequirement, on: [match('user_story_id', 'id')] } as const;

const byFullName = { column: 'full_name', sqlType: 'text', lowerCase: true } as const;

export const repositories = entity({
  type: 'Repository',
  table: 'traceability.repositories',
  key: byFullName,
  alternateKeys: { fullName: byFullName },
  resolvesWithoutRow: true,
  fields: {
    id: field.id('Repository', 'full_name', 'text'),
    fullName: text('full_name'),
    name: text('name'),
    gitUrl: text('git_url'),
    owner: text('owner'),
    repo: text('repo'),
    defaultBranch: text('default_branch'),
    highRiskSignatures: field.integer('high_risk_signatures'),
    isActive: field.boolean('is_active'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
    lastScannedAt: field.timestamp('last_scanned_at'),
  },
  relations: {
    systemContexts: {
      kind: 'list',
      type: 'SystemContext',
      on: [match('repository_id', 'id')],
      order: [orderBy('gxp_id', 'text')],
      limit: 20,
    },
    requirements: ofRepository('Requirement'),
    userStories: ofRepository('UserStory'),
    specifications: ofRepository('Specification'),
    evidence: ofRepository('SignedEvidence'),
    links: ofRepository('TraceabilityLink'),
    scans: ofRepository('Scan'),
    trustedKeys: ofRepository('TrustedKey'),
    gaps: ofRepository('Gap'),
    traceabilityMatrix: ofRepository('TraceabilityMatrixRow'),
  },
  computed: { coverage: ['id'] },
  orders: { FULL_NAME: [orderBy('full_name', 'text')], CREATED_AT: byCreation },
  defaultOrder: { field: 'FULL_NAME', direction: 'ASC' },
  visible,
});

export const scans = entity({
  type: 'Scan',
  table: `(select s.*, r.full_name from traceability.scans s join traceability.repositories r on r.id = s.repository_id)`,
  key: id,
  fields: {
    id: field.id('Scan', 'id'),
    commitSha: text('commit_sha'),
    branch: text('branch'),
    status: field.enum('status'),
    requestedBy: text('requested_by'),
    startedAt: field.timestamp('started_at'),
    completedAt: field.timestamp('completed_at'),
    durationMs: field.integer('duration_ms'),
    createdCount: field.integer('created_count'),
    changedCount: field.integer('changed_count'),
    removedCount: field.integer('removed_count'),
    unchangedCount: field.integer('unchanged_count'),
    rejectedCount: field.integer('rejected_count'),
    errorMessage: field.freeText('error_message'),
  },
  relations: {
    repository,
    rejections: { kind: 'connection', type: 'ScanRejection', on: [match('scan_id', 'id')] },
  },
  computed: { commit: ['full_name', 'commit_sha'], artifactsFound: ['artifacts_found'] },
  orders: { STARTED_AT: [orderBy('started_at', 'timestamptz')] },
  defaultOrder: { field: 'STARTED_AT', direction: 'DESC' },
  visible,
});

const scanRejections = entity({
  type: 'ScanRejection',
  table: 'traceability.scan_rejections',
  key: id,
  fields: {
    id: field.id('ScanRejection', 'id'),
    path: text('path'),
    line: field.integer('line'),
    code: field.enum('code'),
    reason: field.freeText('reason'),
    severity: field.enum('severity'),
  },
  relations: { scan: { kind: 'one', type: 'Scan', on: [match('id', 'scan_id')] } },
  orders: { PATH: [orderBy('path', 'text')] },
  defaultOrder: { field: 'PATH', direction: 'ASC' },
  visible,
});

const systemContexts = entity({
  type: 'SystemContext',
  table: 'traceability.system_contexts',
  key: id,
  fields: {
    ...artifactFields('SystemContext'),
    title: text('project_name'),
    projectName: text('project_name'),
    version: text('version'),
    gxpRiskRating: field.enum('gxp_risk_rating'),
    intendedUse: field.freeText('intended_use'),
    regulatoryContext: field.longText('regulatory_context'),
    markdownContent: field.longText('markdown_content'),
  },
  relations: { repository },
  orders: { GXP_ID: [orderBy('gxp_id', 'text')] },
  defaultOrder: byGxpId,
  visible,
});

const requirements = entity({
  type: 'Requirement',
  table: 'traceability.requirements',
  key: id,
  fields: {
    ...artifactFields('Requirement'),
    gxpRiskRating: field.enum('gxp_risk_rating'),
    description: field.longText('description'),
    acceptanceCriteria: textList('acceptance_criteria'),
    markdownContent: field.longText('markdown_content'),
    fingerprint: text('fingerprint'),
    isCovered: isCoveredByChildren,
  },
  relations: { repository, userStories: children('UserStory'), criteria: criteriaOfRequirement },
  orders: artifactOrders,
  defaultOrder: byGxpId,
  visible,
});

const userStories = entity({
  type: 'UserStory',
  table: 'traceability.user_stories',
  key: id,
  fields: {
    ...artifactFields('UserStory'),
    parentId: text('parent_id'),
    asA: text('as_a'),
    iWant: text('i_want'),
    soThat: text('so_that'),
    acceptanceCriteria: textList('acceptance_criteria'),
    status: field.enum('status'),
    markdownContent: field.longText('markdown_content'),
    fingerprint: text('fingerprint'),
    isCovered: isCoveredByChildren,
  },
  relations: {
    repository,
    link,
    requirement: parent('Requirement'),
    specifications: children('Specification'),
    criteria: criteriaOfUserStory,
  },
  orders: artifactOrders,
  defaultOrder: byGxpId,
  visible,
});

const specifications = entity({
  type: 'Specification',
  table: 'traceability.specs',
  key: id,
  fields: {
    ...artifactFields('Specification'),
    parentId: text('parent_id'),
    verificationTier: field.enum('verification_tier'),
    designApproach: field.longText('design_approach'),
    sourceFiles: textList('source_files'),
    testFiles: textList('test_files'),
    missingFiles: field.json('missing_files'),
    assuranceStatus: field.enum('assurance_status'),
    markdownContent: field.longText('markdown_content'),
    fingerprint: text('fingerprint'),
    isCovered: isCoveredByEvidence,
  },
  relations: { repository, link, userStory: parent('UserStory'), evidence: children('SignedEvidence') },
  orders: artifactOrders,
  defaultOrder: byGxpId,
  visible,
});

const signedEvidence = entity({
  type: 'SignedEvidence',
  table: 'traceability.evidence',
  key: id,
  fields: {
    ...artifactFields('SignedEvidence'),
    parentId: text('parent_id'),
    signatureVerified: field.boolean('signature_verified'),
    verificationReason: field.freeText('verification_reason'),
    verifiedAt: field.timestamp('verified_at'),
    algorithm: text('jws_algorithm'),
    keyId: text('jws_key_id'),
    payload: field.json('jws_payload'),
    signature: field.freeText('jws_signature'),
    jws: field.freeText('jws_source'),
    result: field.enum('result'),
    resultReason: field.freeText('result_reason'),
    packageFault: field.freeText('package_fault'),
    gitCommit: text('git_commit'),
    freshness: field.enum('freshness'),
    freshnessReason: field.freeText('freshness_reason'),
    signerCount: field.integer('signer_count'),
    signaturesRequired: field.integer('signatures_required'),
    isCovered: field.boolean(proves),
  },
  relations: {
    repository,
    link,
    specification: parent('Specification'),
    files: { kind: 'connection', type: 'EvidenceFile', on: [match('evidence_id', 'id')] },
    criterionStatements: { kind: 'connection', type: 'CriterionStatement', on: [match('evidence_id', 'id')] },
  },
  computed: { verifySignature: ['repository_id', 'jws_source', 'package_fault'] },
  orders: artifactOrders,
  defaultOrder: byGxpId,
  visible,
});

const evidenceFiles = entity({
  type: 'EvidenceFile',
  table: 'traceability.evidence_files',
  key: id,
  fields: {
    id: field.id('EvidenceFile', 'id'),
    path: text('path'),
    sha256: text('sha256'),
    sizeBytes: field.bigint('size_bytes'),
  },
  relations: { evidence: { kind: 'one', type: 'SignedEvidence', on: [match('id', 'evidence_id')] } },
  orders: { PATH: [orderBy('path', 'text')] },
  defaultOrder: { field: 'PATH', direction: 'ASC' },
  visible,
});

const acceptanceCriteria = entity({
  type: 'AcceptanceCriterion',
  table: 'traceability.acceptance_criteria',
  key: id,
  fields: {
    id: field.id('AcceptanceCriterion', 'id'),
    label: text('label'),
    position: field.integer('position'),
    text: field.freeText('text'),
    result: field.enum((table) => criterionResult(table)),
    createdAt: field.timestamp('created_at'),
  },
  relations: {
    repository,
    requirement: { kind: 'one', type: 'Requirement', on: [match('id', 'requirement_id')] },
    userStory: { kind: 'one', type: 'UserStory', on: [match('id', 'user_story_id')] },
    statements: { kind: 'connection', type: 'CriterionStatement', on: [match('criterion_id', 'id')] },
  },
  orders: { POSITION: [orderBy('position', 'int4')], CREATED_AT: byCreation },
  defaultOrder: { field: 'POSITION', direction: 'ASC' },
  visible,
});

const criterionStatements = entity({
  type: 'CriterionStatement',
  table: 'traceability.criterion_statements',
  key: id,
  fields: {
    id: field.id('CriterionStatement', 'id'),
    label: text('label'),
    text: field.freeText('text'),
    result: field.enum('result'),
  },
  relations: {
    evidence: { kind: 'one', type: 'SignedEvidence', on: [match('id', 'evidence_id')] },
    criterion: { kind: 'one', type: 'AcceptanceCriterion', on: [match('id', 'criterion_id')] },
  },
  orders: { POSITION: [orderBy('position', 'int4')] },
  defaultOrder: { field: 'POSITION', direction: 'ASC' },
  visible,
});

const traceabilityLinks = entity({
  type: 'TraceabilityLink',
  table: linkTable,
  key: id,
  fields: {
    id: field.id('TraceabilityLink', 'id'),
    sourceId: text('source_id'),
    targetId: text('target_id'),
    linkType: field.enum('link_type'),
    status: field.enum('status'),
    isValid: field.boolean('is_valid'),
    parentFingerprint: text('parent_fingerprint'),
    suspectSince: field.timestamp('suspect_since'),
    reviewedBy: text('reviewed_by'),
    reviewedAt: field.timestamp('reviewed_at'),
    reviewNote: field.freeText('review_note'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: { repository },
  computed: {
    source: ['link_type', 'source_repository_id', 'source_id'],
    target: ['link_type', 'repository_id', 'target_id'],
  },
  orders: { CREATED_AT: byCreation },
  defaultOrder: { field: 'CREATED_AT', direction: 'ASC' },
  visible,
});

const trustedKeys = entity({
  type: 'TrustedKey',
  table: 'traceability.trusted_keys',
  key: id,
  fields: {
    id: field.id('TrustedKey', 'id'),
    keyId: text('kid'),
    algorithm: field.enum('algorithm'),
    jwk: field.json('jwk'),
    isActive: field.boolean('is_active'),
    addedBy: text('added_by'),
    createdAt: field.timestamp('created_at'),
    revokedAt: field.timestamp('revoked_at'),
  },
  relations: { repository },
  orders: { CREATED_AT: byCreation },
  defaultOrder: { field: 'CREATED_AT', direction: 'ASC' },
  visible,
});

export const artifactMaps = [systemContexts, requirements, userStories, specifications, signedEvidence];

export const model: ModelInput = {
  entities: [
    repositories,
    scans,
    scanRejections,
    systemContexts,
    requirements,
    userStories,
    specifications,
    signedEvidence,
    evidenceFiles,
    acceptanceCriteria,
    criterionStatements,
    traceabilityLinks,
    trustedKeys,
    gaps,
    matrixRows,
  ],
  queries: {
    repository: query.one('Repository', 'id', 'fullName'),
    repositories: query.connection('Repository'),
    scan: query.one('Scan'),
    scans: query.connection('Scan'),
    systemContext: query.one('SystemContext'),
    systemContexts: query.connection('SystemContext'),
    requirement: query.one('Requirement'),
    requirements: query.connection('Requirement'),
    userStory: query.one('UserStory'),
    userStories: query.connection('UserStory'),
    specification: query.one('Specification'),
    specifications: query.connection('Specification'),
    signedEvidence: query.one('SignedEvidence'),
    signedEvidences: query.connection('SignedEvidence'),
    acceptanceCriterion: query.one('AcceptanceCriterion'),
    acceptanceCriteria: query.connection('AcceptanceCriterion'),
    traceabilityLink: query.one('TraceabilityLink'),
    traceabilityLinks: query.connection('TraceabilityLink'),
    trustedKey: query.one('TrustedKey'),
    trustedKeys: query.connection('TrustedKey'),
  },
};
