import type { ContractSection } from './contract.js';

/** The document says String, Timestamp and JSON: text, timestamptz and jsonb. It gives no ON DELETE: none cascades. */
export const scanningAndWallets: ContractSection = {
  document: 'Phase 3: Database Schema & Migrations',
  schema: 'scanning',
  statesNullability: false,
  tables: {
    users: {
      columns: [
        'clerk_user_id text primary key',
        'created_at timestamptz default now()',
        'updated_at timestamptz',
        'metadata jsonb',
      ],
      touched: true,
    },
    wallets: {
      columns: [
        'id uuid primary key',
        'user_id text unique references scanning.users',
        'credit_balance integer default 0',
        'created_at timestamptz default now()',
        'updated_at timestamptz',
      ],
      checks: ['credit_balance >= 0'],
      touched: true,
    },
    scan_jobs: {
      columns: [
        'id uuid primary key',
        'user_id text references scanning.users',
        'url text',
        'state text in (QUEUED, FETCHING, ANALYZING, COMPLETED, FAILED, TIMED_OUT)',
        'created_at timestamptz default now()',
        'updated_at timestamptz',
        'version integer default 1',
      ],
      indexes: ['(url)', '(user_id)', '(state)', '(created_at)', '(user_id, created_at)'],
      touched: true,
    },
    scan_results: {
      columns: [
        'job_id uuid unique references scanning.scan_jobs',
        'risk_score integer',
        'categories jsonb',
        'content_hash text',
        'http_status integer',
        'http_headers jsonb',
        'content_type text',
        'model_used text',
        'analysis_metadata jsonb',
        'reasoning text',
        'indicators jsonb',
        'created_at timestamptz default now()',
      ],
      checks: ['risk_score >= 0 and risk_score <= 100', "content_hash ~ '^[0-9a-f]{64}$'"],
    },
    audit_logs: {
      columns: [
        'id uuid primary key',
        'scan_job_id uuid references scanning.scan_jobs',
        'url_accessed text',
        'timestamp timestamptz default now()',
        'content_hash text',
        'http_status integer',
        'http_headers jsonb',
        'content_type text',
        'risk_assessment_summary jsonb',
      ],
      indexes: ['(scan_job_id)', '(timestamp)', '(url_accessed)', '(scan_job_id, timestamp)'],
      checks: ["content_hash ~ '^[0-9a-f]{64}$'"],
      appendOnly: true,
    },
    // Named in the document as a future relation of wallets.
    credit_transactions: {
      columns: ['id uuid primary key', 'wallet_id uuid references scanning.wallets', 'amount integer not null'],
      appendOnly: true,
    },
  },
};
