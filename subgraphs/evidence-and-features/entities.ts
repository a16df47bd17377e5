/** The entity maps of evidence and features: types, tables, fields, relations, filters, orders and visibility, as data. */
import type { Identity } from '../kernel/auth/index.js';
import {
  entity,
  field,
  match,
  orderBy,
  query,
  storedLowerCase,
  type ConnectionRelation,
  type ModelInput,
  type Visibility,
} from '../kernel/read/index.js';
import { evidenceTypes } from './domain/evidence-types.js';
import { featureChangeActions, featureStatuses, relationshipTypes } from './domain/feature-rules.js';
import { outputTypes } from './domain/output-content.js';

/** Evidence and features are the whole organisation's: every known caller reads them, scopes say who changes them. */
const visible = (auth: Identity): Visibility => (auth.isAuthenticated ? 'all' : 'none');

const id = { column: 'id', sqlType: 'uuid' } as const;
const fullNameKey = { column: 'repository_full_name', sqlType: 'text', lowerCase: true } as const;
const strongestFirst = { field: 'STRENGTH', direction: 'DESC' } as const;
const byName = { field: 'NAME', direction: 'ASC' } as const;

const repositories = entity({
  type: 'Repository',
  connectionName: 'DocumentRepository',
  table: '(select distinct d.repository_full_name from evidence.documents d where d.repository_full_name is not null)',
  key: fullNameKey,
  alternateKeys: { fullName: fullNameKey },
  resolvesWithoutRow: true,
  fields: {
    id: field.id('Repository', 'repository_full_name', 'text'),
    fullName: field.text('repository_full_name'),
  },
  relations: {
    documents: {
      kind: 'connection',
      type: 'Document',
      on: [match('repository_full_name', 'repository_full_name', 'text')],
    },
  },
  visible,
});

export const documents = entity({
  type: 'Document',
  table: 'evidence.documents',
  key: id,
  fields: {
    id: field.id('Document', 'id'),
    filename: field.text('filename'),
    fileType: field.enum('file_type'),
    filePath: field.text('file_path'),
    fileHash: field.text('file_hash'),
    status: field.enum('status'),
    uploadedAt: field.timestamp('uploaded_at'),
    processedAt: field.timestamp('processed_at'),
    errorMessage: field.freeText('error_message'),
    metadata: field.json('metadata'),
    sizeBytes: field.bigint('size_bytes'),
  },
  relations: {
    repository: {
      kind: 'one',
      type: 'Repository',
      on: [match('repository_full_name', 'repository_full_name', 'text')],
    },
    evidence: {
      kind: 'connection',
      type: 'Evidence',
      on: [match('document_id', 'id')],
      defaultOrder: { field: 'ORDINAL', direction: 'ASC' },
    },
    features: {
      kind: 'connection',
      type: 'Feature',
      on: [],
      through: {
        // Once for each feature, however much of the document's evidence it rests on.
        table: `(select distinct e.document_id, l.feature_id
          from evidence.feature_evidence l join evidence.evidence e on e.id = l.evidence_id)`,
        parent: [match('document_id', 'id')],
        child: [match('id', 'feature_id')],
      },
    },
    processingJobs: {
      kind: 'connection',
      type: 'ProcessingJob',
      on: [match('document_id', 'id')],
      defaultOrder: { field: 'CREATED_AT', direction: 'ASC' },
    },
  },
  computed: { reading: ['metadata'] },
  filterFields: { repositoryId: field.id('Repository', 'repository_full_name', 'text') },
  orders: { UPLOADED_AT: [orderBy('uploaded_at', 'timestamptz')] },
  defaultOrder: { field: 'UPLOADED_AT', direction: 'DESC' },
  visible,
});

export const processingJobs = entity({
  type: 'ProcessingJob',
  table: 'evidence.processing_jobs',
  key: id,
  fields: {
    id: field.id('ProcessingJob', 'id'),
    jobType: field.enum('job_type'),
    status: field.enum('status'),
    startedAt: field.timestamp('started_at'),
    completedAt: field.timestamp('completed_at'),
    errorMessage: field.freeText('error_message'),
    retryCount: field.integer('retry_count'),
    maxRetries: field.integer('max_retries'),
    createdAt: field.timestamp('created_at'),
    nextAttemptAt: field.timestamp('next_attempt_at'),
    worker: field.text('worker'),
    leaseExpiresAt: field.timestamp('lease_expires_at'),
    heartbeatAt: field.timestamp('heartbeat_at'),
    handler: field.enum('handler'),
  },
  relations: { document: { kind: 'one', type: 'Document', on: [match('id', 'document_id')] } },
  filterFields: { documentId: field.id('Document', 'document_id') },
  orders: { CREATED_AT: [orderBy('created_at', 'timestamptz')] },
  defaultOrder: { field: 'CREATED_AT', direction: 'DESC' },
  visible,
});

/** What a link says, on the edge between a feature and its evidence. */
const linkFields = {
  featureEvidenceId: field.id('FeatureEvidence', 'id'),
  relationshipType: field.enum('relationship_type'),
  strength: field.numeric('strength'),
  reasoning: field.longText('reasoning'),
};
const byStrength = { STRENGTH: [orderBy('j.strength', 'numeric', { nullable: true })] };

export const evidence = entity({
  type: 'Evidence',
  table: 'evidence.evidence',
  key: id,
  fields: {
    id: field.id('Evidence', 'id'),
    type: field.enum('type'),
    content: field.longText('content'),
    rawData: field.json('raw_data'),
    extractedAt: field.timestamp('extracted_at'),
    ordinal: field.integer('ordinal'),
    hasEmbedding: field.boolean((table) => `(${table}.embedding is not null)`),
  },
  relations: {
    document: { kind: 'one', type: 'Document', on: [match('id', 'document_id')] },
    features: {
      kind: 'connection',
      type: 'Feature',
      on: [],
      through: {
        table: 'evidence.feature_evidence',
        parent: [match('evidence_id', 'id')],
        child: [match('id', 'feature_id')],
        edgeFields: linkFields,
      },
      orders: byStrength,
      defaultOrder: strongestFirst,
    },
  },
  computed: { similar: ['id'] },
  filters: ['content'],
  filterFields: { documentId: field.id('Document', 'document_id') },
  orders: {
    EXTRACTED_AT: [orderBy('extracted_at', 'timestamptz')],
    ORDINAL: [orderBy('ordinal', 'int4', { nullable: true })],
  },
  defaultOrder: { field: 'EXTRACTED_AT', direction: 'DESC' },
  visible,
});

const featuresBy = (column: string): ConnectionRelation => ({
  kind: 'connection',
  type: 'Feature',
  on: [match(column, 'id')],
  defaultOrder: byName,
});

export const features = entity({
  type: 'Feature',
  table: 'evidence.features',
  key: id,
  fields: {
    id: field.id('Feature', 'id'),
    name: field.text('name'),
    description: field.longText('description'),
    confidenceScore: field.numeric('confidence_score'),
    status: field.enum('status'),
    inferredAt: field.timestamp('inferred_at'),
    reviewedAt: field.timestamp('reviewed_at'),
    reviewedBy: field.text('reviewed_by'),
    version: field.integer('version'),
    isInferred: field.boolean((table) => `(${table}.inference_key is not null)`),
    reasoning: field.longText((table) => `(${table}.metadata -> 'inference' ->> 'reasoning')`),
    tags: field.json((table) => `coalesce(${table}.metadata -> 'tags', '[]')`),
    notes: field.longText((table) => `(${table}.metadata ->> 'notes')`),
    metadata: field.json('metadata'),
  },
  relations: {
    parentFeature: { kind: 'one', type: 'Feature', on: [match('id', 'parent_feature_id')] },
    childFeatures: featuresBy('parent_feature_id'),
    mergedInto: { kind: 'one', type: 'Feature', on: [match('id', 'merged_into_id')] },
    mergedFrom: featuresBy('merged_into_id'),
    evidence: {
      kind: 'connection',
      type: 'Evidence',
      on: [],
      through: {
        table: 'evidence.feature_evidence',
        parent: [match('feature_id', 'id')],
        child: [match('id', 'evidence_id')],
        edgeFields: linkFields,
      },
      orders: byStrength,
      defaultOrder: strongestFirst,
    },
    links: { kind: 'connection', type: 'FeatureEvidence', on: [match('feature_id', 'id')] },
    outputs: { kind: 'connection', type: 'FeatureOutput', on: [match('feature_id', 'id')] },
    changes: { kind: 'connection', type: 'FeatureChange', on: [match('feature_id', 'id')] },
  },
  filterFields: {
    parentFeatureId: field.id('Feature', 'parent_feature_id'),
    mergedIntoId: field.id('Feature', 'merged_into_id'),
  },
  customFilters: {
    hasTag: (value, table, parameters) => `${table}.metadata -> 'tags' ? ${parameters.add(value, 'text')}`,
  },
  orders: {
    CONFIDENCE: [orderBy('confidence_score', 'numeric', { nullable: true })],
    INFERRED_AT: [orderBy('inferred_at', 'timestamptz')],
    NAME: [orderBy('name', 'text')],
  },
  defaultOrder: { field: 'CONFIDENCE', direction: 'DESC' },
  visible,
});

export const featureEvidence = entity({
  type: 'FeatureEvidence',
  table: 'evidence.feature_evidence',
  key: id,
  fields: {
    id: field.id('FeatureEvidence', 'id'),
    relationshipType: field.enum('relationship_type'),
    strength: field.numeric('strength'),
    reasoning: field.longText('reasoning'),
    createdAt: field.timestamp('created_at'),
  },
  relations: {
    feature: { kind: 'one', type: 'Feature', on: [match('id', 'feature_id')] },
    evidence: { kind: 'one', type: 'Evidence', on: [match('id', 'evidence_id')] },
  },
  orders: {
    STRENGTH: [orderBy('strength', 'numeric', { nullable: true })],
    CREATED_AT: [orderBy('created_at', 'timestamptz')],
  },
  defaultOrder: strongestFirst,
  visible,
});

export const featureOutputs = entity({
  type: 'FeatureOutput',
  table: 'evidence.feature_outputs',
  key: id,
  fields: {
    id: field.id('FeatureOutput', 'id'),
    type: field.enum('output_type'),
    content: field.json('content'),
    version: field.integer('version'),
    isLatest: field.boolean(
      (table) => `(not exists (select from evidence.feature_outputs later where later.feature_id = ${table}.feature_id
        and later.output_type = ${table}.output_type and later.version > ${table}.version))`,
    ),
    generatedAt: field.timestamp('generated_at'),
  },
  relations: { feature: { kind: 'one', type: 'Feature', on: [match('id', 'feature_id')] } },
  computed: { markdown: ['output_type', 'content'] },
  orders: { GENERATED_AT: [orderBy('generated_at', 'timestamptz')], VERSION: [orderBy('version', 'int4')] },
  defaultOrder: { field: 'GENERATED_AT', direction: 'DESC' },
  visible,
});

export const featureChanges = entity({
  type: 'FeatureChange',
  table: 'evidence.feature_audit',
  key: id,
  fields: {
    id: field.id('FeatureChange', 'id'),
    action: field.enum('action'),
    changedBy: field.text('changed_by'),
    changedAt: field.timestamp('changed_at'),
    oldValues: field.json('old_values'),
    newValues: field.json('new_values'),
  },
  relations: { feature: { kind: 'one', type: 'Feature', on: [match('id', 'feature_id')] } },
  orders: { CHANGED_AT: [orderBy('changed_at', 'timestamptz')] },
  defaultOrder: { field: 'CHANGED_AT', direction: 'DESC' },
  visible,
});

export const model: ModelInput = {
  entities: [
    repositories,
    documents,
    processingJobs,
    evidence,
    features,
    featureEvidence,
    featureOutputs,
    featureChanges,
  ],
  enums: {
    DocumentFileType: storedLowerCase(['PDF', 'IMAGE', 'JSON', 'CSV', 'YAML', 'MD']),
    DocumentStatus: storedLowerCase(['UPLOADED', 'PROCESSING', 'COMPLETED', 'FAILED']),
    EvidenceType: storedLowerCase(evidenceTypes),
    FeatureChangeAction: storedLowerCase(featureChangeActions),
    FeatureEvidenceRelationship: storedLowerCase(relationshipTypes),
    FeatureOutputType: storedLowerCase(outputTypes),
    FeatureStatus: storedLowerCase(featureStatuses),
    ProcessingJobHandler: storedLowerCase(['BUILT_IN', 'OUTSIDE']),
    ProcessingJobStatus: storedLowerCase(['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED']),
    ProcessingJobType: storedLowerCase(['EXTRACT', 'EMBED', 'INFER']),
  },
  queries: {
    document: query.one('Document'),
    documents: query.connection('Document'),
    processingJob: query.one('ProcessingJob'),
    processingJobs: query.connection('ProcessingJob'),
    evidence: query.one('Evidence'),
    evidences: query.connection('Evidence'),
    feature: query.one('Feature'),
    features: query.connection('Feature'),
    featureEvidence: query.one('FeatureEvidence'),
    featureOutput: query.one('FeatureOutput'),
    featureOutputs: query.connection('FeatureOutput'),
    featureChange: query.one('FeatureChange'),
    featureChanges: query.connection('FeatureChange'),
  },
};
