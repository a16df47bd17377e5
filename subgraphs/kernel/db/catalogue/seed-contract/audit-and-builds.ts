import type { ContractSection } from './contract.js';

const id = 'id uuid primary key default gen_random_uuid()';
const created = 'created_at timestamptz not null default now()';
const updated = 'updated_at timestamptz not null default now()';

export const auditAndBuilds: ContractSection = {
  document: 'Canonical database schema, version 0.1',
  schema: 'builds',
  statesNullability: true,
  tables: {
    users: {
      columns: [
        id,
        'github_id bigint not null unique',
        'github_login varchar(255) not null',
        'avatar_url text',
        'access_token text not null',
        created,
        updated,
      ],
      indexes: ['unique idx_users_github_id (github_id)'],
      touched: true,
    },
    repos: {
      columns: [
        id,
        'user_id uuid not null references builds.users on delete cascade',
        'github_repo_id bigint not null',
        'full_name varchar(500) not null',
        "default_branch varchar(255) not null default 'main'",
        'webhook_id bigint',
        'webhook_active boolean not null default false',
        created,
        updated,
      ],
      indexes: ['unique idx_repos_github_repo_id (github_repo_id)', 'idx_repos_user_id (user_id)'],
      touched: true,
    },
    audit_runs: {
      columns: [
        id,
        'repo_id uuid not null references builds.repos on delete cascade',
        'commit_sha varchar(40) not null',
        'commit_message text',
        'commit_author varchar(255)',
        'branch varchar(255)',
        "status varchar(20) not null default 'pending' in (pending, running, completed, error)",
        'overall_result varchar(10) in (PASS, FAIL, ERROR)',
        'started_at timestamptz not null default now()',
        'completed_at timestamptz',
        'files_checked integer default 0',
        created,
      ],
      indexes: [
        'idx_audit_runs_repo_id (repo_id)',
        'idx_audit_runs_repo_id_created (repo_id, created_at desc)',
        'idx_audit_runs_commit_sha (commit_sha)',
      ],
    },
    audit_checks: {
      columns: [
        id,
        'audit_run_id uuid not null references builds.audit_runs on delete cascade',
        // The document has A4, A9 and W1, "MVP checks only"; the others came later.
        'check_code varchar(10) not null in (A0, A4, A9, P1, T1, W1, PROJECT)',
        'check_name varchar(100) not null',
        'result varchar(10) not null in (PASS, FAIL, WARN, ERROR)',
        'detail text',
        created,
      ],
      indexes: ['idx_audit_checks_audit_run_id (audit_run_id)'],
    },
    projects: {
      columns: [
        id,
        'user_id uuid not null references builds.users on delete cascade',
        'name varchar(255) not null',
        'description text',
        "status varchar(20) not null default 'draft' in (draft, questionnaire, contracts_ready, building, completed)",
        'repo_id uuid references builds.repos on delete set null',
        "questionnaire_state jsonb not null default '{}'",
        created,
        updated,
      ],
      indexes: ['idx_projects_user_id (user_id)'],
      touched: true,
    },
    project_contracts: {
      columns: [
        id,
        'project_id uuid not null references builds.projects on delete cascade',
        'contract_type varchar(50) not null in (blueprint, manifesto, stack, schema, physics, boundaries, phases, ui, builder_contract, builder_directive)',
        'content text not null',
        'version integer not null default 1',
        created,
        updated,
      ],
      indexes: [
        'unique idx_project_contracts_project_type (project_id, contract_type)',
        'idx_project_contracts_project_id (project_id)',
      ],
      touched: true,
    },
    builds: {
      columns: [
        id,
        'project_id uuid not null references builds.projects on delete cascade',
        "phase varchar(100) not null default 'Phase 0'",
        "status varchar(20) not null default 'pending' in (pending, running, completed, failed, cancelled)",
        'started_at timestamptz',
        'completed_at timestamptz',
        'loop_count integer not null default 0',
        'error_detail text',
        created,
      ],
      indexes: ['idx_builds_project_id (project_id)', 'idx_builds_project_id_created (project_id, created_at desc)'],
    },
    build_logs: {
      columns: [
        id,
        'build_id uuid not null references builds.builds on delete cascade',
        'timestamp timestamptz not null default now()',
        "source varchar(50) not null default 'builder' in (builder, audit, system)",
        "level varchar(20) not null default 'info' in (info, warn, error, debug)",
        'message text not null',
        created,
      ],
      indexes: ['idx_build_logs_build_id (build_id)', 'idx_build_logs_build_id_timestamp (build_id, timestamp)'],
    },
  },
};
