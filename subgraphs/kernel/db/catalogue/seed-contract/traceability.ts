import type { ContractSection } from './contract.js';

const repository = 'repository_id uuid not null references traceability.repositories on delete cascade';
const id = 'id uuid primary key default gen_random_uuid()';

/** Its `timestamp` columns are timestamptz, as everywhere. */
export const traceability: ContractSection = {
  document: 'Database Schema Definition (SPEC-INF-001)',
  schema: 'traceability',
  statesNullability: true,
  tables: {
    repositories: {
      columns: [
        id,
        'name text not null',
        'git_url text not null unique',
        'owner text not null',
        'repo text not null',
        "default_branch text default 'main'",
        'is_active boolean default true',
        'created_at timestamptz not null default now()',
        'updated_at timestamptz not null default now()',
        'last_scanned_at timestamptz',
      ],
      touched: true,
    },
    scans: {
      columns: [
        id,
        repository,
        'status text not null in (pending, in_progress, completed, failed)',
        'commit_sha text not null',
        'started_at timestamptz not null',
        'completed_at timestamptz',
        'duration_ms integer',
        'artifacts_found jsonb',
        'error_message text',
      ],
    },
    system_contexts: {
      columns: [
        id,
        repository,
        'gxp_id text not null',
        'project_name text not null',
        'version text not null',
        'gxp_risk_rating text not null',
        'validation_status text not null',
        'intended_use text',
        'regulatory_context text',
        'markdown_content text',
      ],
      // Decided here, not in the document.
      indexes: ['unique (repository_id, gxp_id)'],
    },
    requirements: {
      columns: [
        id,
        repository,
        'gxp_id text not null',
        'title text not null',
        'gxp_risk_rating text not null',
        'description text',
        'acceptance_criteria jsonb',
        "validation_status text default 'DRAFT'",
        'markdown_content text',
      ],
      indexes: ['unique (repository_id, gxp_id)', '(gxp_risk_rating)'],
    },
    user_stories: {
      columns: [
        id,
        repository,
        'gxp_id text not null',
        'title text not null',
        'parent_id text',
        'as_a text',
        'i_want text',
        'so_that text',
        'acceptance_criteria jsonb',
        "status text default 'IMPLEMENTED'",
        "validation_status text default 'DRAFT'",
        'markdown_content text',
      ],
      indexes: ['unique (repository_id, gxp_id)', '(parent_id)'],
    },
    specs: {
      columns: [
        id,
        repository,
        'gxp_id text not null',
        'title text not null',
        'parent_id text',
        'verification_tier text not null in (IQ, OQ, PQ)',
        'design_approach text',
        'source_files jsonb',
        'test_files jsonb',
        "validation_status text default 'DRAFT'",
        'markdown_content text',
      ],
      indexes: ['unique (repository_id, gxp_id)', '(parent_id)', '(verification_tier)'],
    },
    evidence: {
      columns: [
        id,
        repository,
        'gxp_id text not null',
        'title text not null',
        'parent_id text',
        'jws_payload jsonb',
        'jws_signature text',
        'signature_verified boolean',
        "validation_status text default 'DRAFT'",
      ],
      // Decided here, not in the document.
      indexes: ['unique (repository_id, gxp_id)'],
    },
    traceability_links: {
      columns: [
        id,
        repository,
        'source_id text not null',
        'target_id text not null',
        'link_type text not null in (REQ_TO_US, US_TO_SPEC, SPEC_TO_EVIDENCE)',
        'is_valid boolean default true',
      ],
      // The document has (source_id, target_id) unique: only one repository in the world could own REQ-001 -> US-001.
      indexes: ['unique (repository_id, source_id, target_id)', '(source_id)', '(target_id)'],
    },
    audit_log: {
      columns: [
        id,
        'timestamp timestamptz not null default now()',
        'user text not null',
        'action text not null',
        'resource_type text not null',
        'resource_id uuid not null',
        'payload_hash text not null',
      ],
      indexes: ['(timestamp)', '(resource_type, resource_id)'],
      appendOnly: true,
    },
  },
};
