import type { ContractSection } from './contract.js';

const id = 'id uuid primary key default gen_random_uuid()';

export const evidenceAndFeatures: ContractSection = {
  document: 'Database Schema, PostgreSQL + pgvector',
  schema: 'evidence',
  statesNullability: true,
  tables: {
    documents: {
      columns: [
        id,
        'filename text not null',
        'file_type text not null in (pdf, image, json, csv, yaml, md)',
        'file_path text not null',
        'file_hash text not null unique',
        "status text default 'uploaded' in (uploaded, processing, completed, failed)",
        'uploaded_at timestamptz default now()',
        'processed_at timestamptz',
        'error_message text',
        'metadata jsonb',
      ],
      indexes: [
        'idx_documents_file_hash (file_hash)',
        'idx_documents_file_type (file_type)',
        'idx_documents_status (status)',
        'idx_documents_uploaded_at (uploaded_at desc)',
      ],
    },
    evidence: {
      columns: [
        id,
        'document_id uuid references evidence.documents on delete cascade',
        'type text not null in (ui_element, flow, endpoint, payload, requirement, edge_case, acceptance_criteria, bug, constraint)',
        'content text not null',
        'raw_data jsonb',
        'embedding vector(3072)',
        'extracted_at timestamptz default now()',
      ],
      indexes: [
        'idx_evidence_document (document_id)',
        'idx_evidence_type (type)',
        'idx_evidence_extracted_at (extracted_at desc)',
        // The document has ivfflat over the column: refused beyond 2,000 dimensions. HNSW over an expression, made at boot.
        'idx_evidence_embedding (*) hnsw',
      ],
    },
    features: {
      columns: [
        id,
        'name text not null',
        'description text',
        'confidence_score numeric(3,2)',
        "status text default 'candidate' in (candidate, confirmed, rejected)",
        'inferred_at timestamptz default now()',
        'reviewed_at timestamptz',
        'reviewed_by text',
        'metadata jsonb',
      ],
      indexes: [
        'idx_features_status (status)',
        'idx_features_confidence (confidence_score desc)',
        'idx_features_inferred_at (inferred_at desc)',
      ],
      checks: ['confidence_score >= 0 and confidence_score <= 1'],
    },
    processing_jobs: {
      columns: [
        id,
        'document_id uuid references evidence.documents on delete cascade',
        "job_type text default 'extract' in (extract, embed, infer)",
        "status text default 'pending' in (pending, processing, completed, failed)",
        'started_at timestamptz',
        'completed_at timestamptz',
        'error_message text',
        'retry_count integer default 0',
        'max_retries integer default 3',
        'created_at timestamptz default now()',
      ],
      indexes: [
        'idx_processing_jobs_status (status)',
        'idx_processing_jobs_document (document_id)',
        'idx_processing_jobs_created (created_at desc)',
      ],
    },
    feature_evidence: {
      columns: [
        id,
        'feature_id uuid references evidence.features on delete cascade',
        'evidence_id uuid references evidence.evidence on delete cascade',
        'relationship_type text not null in (implements, supports, constrains, extends)',
        'strength numeric(3,2)',
        'reasoning text',
        'created_at timestamptz default now()',
      ],
      indexes: [
        'unique (feature_id, evidence_id)',
        'idx_feature_evidence_feature (feature_id)',
        'idx_feature_evidence_evidence (evidence_id)',
        'idx_feature_evidence_strength (strength desc)',
      ],
      checks: ['strength >= 0 and strength <= 1'],
    },
    feature_outputs: {
      columns: [
        id,
        'feature_id uuid references evidence.features on delete cascade',
        'output_type text not null in (epic, story, acceptance_criteria, api_contract, requirements)',
        'content jsonb not null',
        'generated_at timestamptz default now()',
        'version integer default 1',
      ],
      indexes: [
        'idx_feature_outputs_feature (feature_id)',
        'idx_feature_outputs_type (output_type)',
        'idx_feature_outputs_generated_at (generated_at desc)',
      ],
    },
    feature_audit: {
      columns: [
        id,
        'feature_id uuid references evidence.features',
        'action text not null in (created, updated, confirmed, rejected, merged)',
        'changed_by text',
        'changed_at timestamptz default now()',
        'old_values jsonb',
        'new_values jsonb',
      ],
      appendOnly: true,
    },
  },
};
