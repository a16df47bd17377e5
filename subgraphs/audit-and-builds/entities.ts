/** The entity maps of audits and builds: types, tables, fields, relations, filters, orders and visibility, as data. */
import { badInput } from '../kernel/errors/index.js';
import { entity, field, match, orderBy, query, storedLowerCase, type ModelInput } from '../kernel/read/index.js';
import { contractTypes } from './domain/project-states.js';
import { githubTasks, webhookDeliveries } from './github-entities.js';
import { visible } from './visibility.js';

const id = { column: 'id', sqlType: 'uuid' } as const;
const createdAt = orderBy('created_at', 'timestamptz');
const newestFirst = { field: 'CREATED_AT', direction: 'DESC' } as const;
const byFullName = { field: 'FULL_NAME', direction: 'ASC' } as const;

const loginKey = { column: 'login', sqlType: 'text', lowerCase: true } as const;
const fullNameKey = { column: 'repository_full_name', sqlType: 'text', lowerCase: true } as const;

const durationMs = field.bigint(
  (table) => `(extract(epoch from ${table}.completed_at - ${table}.started_at) * 1000)::int8`,
);

const users = entity({
  type: 'User',
  table: 'builds.users',
  key: loginKey,
  alternateKeys: { githubLogin: loginKey },
  resolvesWithoutRow: true,
  fields: {
    id: field.id('User', 'login', 'text'),
    githubLogin: field.text('login'),
    displayLogin: field.text('github_login'),
    githubId: field.bigint('github_id'),
    avatarUrl: field.text('avatar_url'),
    hasAccessToken: field.boolean((table) => `(${table}.access_token_key_id is not null)`),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: {
    connectedRepositories: { kind: 'connection', type: 'Repository', on: [match('user_id', 'id')] },
    projects: { kind: 'connection', type: 'Project', on: [match('user_id', 'id')] },
  },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});

export const repositories = entity({
  type: 'Repository',
  connectionName: 'ConnectedRepository',
  table: 'builds.repos',
  key: fullNameKey,
  alternateKeys: { fullName: fullNameKey },
  resolvesWithoutRow: true,
  fields: {
    id: field.id('Repository', 'repository_full_name', 'text'),
    fullName: field.text('repository_full_name'),
    githubRepoId: field.bigint('github_repo_id'),
    githubDefaultBranch: field.text('default_branch'),
    webhookId: field.bigint('webhook_id'),
    webhookActive: field.boolean('webhook_active'),
    remoteUrl: field.text('remote_url'),
    connectedAt: field.timestamp('created_at'),
  },
  relations: {
    connectedBy: { kind: 'one', type: 'User', on: [match('id', 'user_id')] },
    auditRuns: { kind: 'connection', type: 'AuditRun', on: [match('repo_id', 'id')] },
    auditFindings: { kind: 'connection', type: 'AuditFinding', on: [match('repo_id', 'id')] },
    lastAuditRun: {
      kind: 'one',
      type: 'AuditRun',
      on: [],
      through: {
        table: `(select distinct on (a.repo_id) a.repo_id, a.id as audit_run_id from builds.audit_runs a
          where a.status = 'completed' order by a.repo_id, a.created_at desc, a.id desc)`,
        parent: [match('repo_id', 'id')],
        child: [match('id', 'audit_run_id')],
      },
    },
    projects: { kind: 'connection', type: 'Project', on: [match('repo_id', 'id')] },
    builds: {
      kind: 'connection',
      type: 'Build',
      on: [],
      through: {
        table: 'builds.projects',
        parent: [match('repo_id', 'id')],
        child: [match('project_id', 'id')],
      },
    },
    githubTasks: { kind: 'connection', type: 'GithubTask', on: [match('repo_id', 'id')] },
    webhookDeliveries: {
      kind: 'connection',
      type: 'WebhookDelivery',
      on: [match('repository_full_name', 'repository_full_name', 'text')],
    },
  },
  orders: { FULL_NAME: [orderBy('repository_full_name', 'text')], CONNECTED_AT: [createdAt] },
  defaultOrder: byFullName,
  visible,
});

const repository = {
  kind: 'one',
  type: 'Repository',
  on: [match('repository_full_name', 'repository_full_name', 'text')],
} as const;

export const auditRuns = entity({
  type: 'AuditRun',
  table: '(select a.*, r.repository_full_name from builds.audit_runs a join builds.repos r on r.id = a.repo_id)',
  key: id,
  fields: {
    id: field.id('AuditRun', 'id'),
    commitSha: field.text('commit_sha'),
    commitMessage: field.freeText('commit_message'),
    commitAuthor: field.text('commit_author'),
    branch: field.text('branch'),
    baseSha: field.text('base_sha'),
    pullRequest: field.integer('pull_request'),
    attempts: field.integer('attempts'),
    status: field.enum('status'),
    overallResult: field.enum('overall_result'),
    startedAt: field.timestamp('started_at'),
    completedAt: field.timestamp('completed_at'),
    durationMs,
    filesChecked: field.integer('files_checked'),
    errorDetail: field.freeText('error_detail'),
    worker: field.text('worker'),
    leaseExpiresAt: field.timestamp('lease_expires_at'),
    createdAt: field.timestamp('created_at'),
  },
  relations: {
    repository,
    checks: {
      kind: 'list',
      type: 'AuditCheck',
      on: [match('audit_run_id', 'id')],
      order: [orderBy('check_code', 'text'), orderBy('id', 'uuid')],
      limit: 50,
    },
    findings: {
      kind: 'connection',
      type: 'AuditFinding',
      on: [],
      through: {
        table: 'builds.audit_run_findings',
        parent: [match('audit_run_id', 'id')],
        child: [match('id', 'finding_id')],
      },
    },
    report: { kind: 'one', type: 'GithubTask', on: [match('audit_run_id', 'id')] },
  },
  computed: { commit: ['repository_full_name', 'commit_sha'] },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});

const auditChecks = entity({
  type: 'AuditCheck',
  table: 'builds.audit_checks',
  key: id,
  fields: {
    id: field.id('AuditCheck', 'id'),
    code: field.enum('check_code'),
    name: field.text('check_name'),
    result: field.enum('result'),
    detail: field.freeText('detail'),
    createdAt: field.timestamp('created_at'),
  },
  relations: { auditRun: { kind: 'one', type: 'AuditRun', on: [match('id', 'audit_run_id')] } },
  visible,
});

/** Accepted is a finding by its fingerprint, on whatever branch it is. */
const auditFindings = entity({
  type: 'AuditFinding',
  table: `(select f.*, nullif(f.branch, '') as known_branch, r.repository_full_name, b.accepted_at, b.accepted_by, b.reason as accepted_reason
    from builds.audit_findings f join builds.repos r on r.id = f.repo_id
    left join builds.accepted_findings b on b.repo_id = f.repo_id and b.fingerprint = f.fingerprint)`,
  key: id,
  fields: {
    id: field.id('AuditFinding', 'id'),
    code: field.enum('check_code'),
    rule: field.text('rule'),
    severity: field.enum('severity'),
    path: field.text('file_path'),
    line: field.integer('line'),
    message: field.text('message'),
    fingerprint: field.text('fingerprint'),
    branch: field.text('known_branch'),
    firstSeenAt: field.timestamp('first_seen_at'),
    lastSeenAt: field.timestamp('last_seen_at'),
    resolvedAt: field.timestamp('resolved_at'),
    acceptedAt: field.timestamp('accepted_at'),
    acceptedBy: field.text('accepted_by'),
    acceptedReason: field.freeText('accepted_reason'),
  },
  relations: {
    repository,
    firstRun: { kind: 'one', type: 'AuditRun', on: [match('id', 'first_run_id')] },
    lastRun: { kind: 'one', type: 'AuditRun', on: [match('id', 'last_run_id')] },
  },
  orders: { FIRST_SEEN_AT: [orderBy('first_seen_at', 'timestamptz')] },
  defaultOrder: { field: 'FIRST_SEEN_AT', direction: 'DESC' },
  visible,
});

const projects = entity({
  type: 'Project',
  table: 'builds.projects',
  key: id,
  fields: {
    id: field.id('Project', 'id'),
    name: field.text('name'),
    description: field.longText('description'),
    status: field.enum('status'),
    questionnaireState: field.json('questionnaire_state'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: {
    user: { kind: 'one', type: 'User', on: [match('id', 'user_id')] },
    repository: { kind: 'one', type: 'Repository', on: [match('id', 'repo_id')] },
    contracts: {
      kind: 'list',
      type: 'ProjectContract',
      on: [match('project_id', 'id')],
      order: [orderBy('contract_type', 'text')],
      limit: 10,
    },
    builds: { kind: 'connection', type: 'Build', on: [match('project_id', 'id')] },
  },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});

const projectContracts = entity({
  type: 'ProjectContract',
  table: 'builds.project_contracts',
  key: id,
  fields: {
    id: field.id('ProjectContract', 'id'),
    type: field.enum('contract_type'),
    content: field.longText('content'),
    version: field.integer('version'),
    savedBy: field.text('saved_by'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: {
    project: { kind: 'one', type: 'Project', on: [match('id', 'project_id')] },
    versions: { kind: 'connection', type: 'ContractVersion', on: [match('contract_id', 'id')] },
  },
  visible,
});

const contractVersions = entity({
  type: 'ContractVersion',
  table: `(select v.*, v.contract_id::text || '@' || v.version as version_key from builds.contract_versions v)`,
  key: { column: 'version_key', sqlType: 'text' },
  fields: {
    version: field.integer('version'),
    contentHash: field.text('content_hash'),
    savedBy: field.text('saved_by'),
    savedAt: field.timestamp('saved_at'),
  },
  orders: { VERSION: [orderBy('version', 'int4')] },
  defaultOrder: { field: 'VERSION', direction: 'DESC' },
  visible,
});

export const builds = entity({
  type: 'Build',
  table: `(select b.*, r.repository_full_name from builds.builds b
    left join builds.projects p on p.id = b.project_id left join builds.repos r on r.id = p.repo_id)`,
  key: id,
  fields: {
    id: field.id('Build', 'id'),
    phase: field.text('phase'),
    status: field.enum('status'),
    startedAt: field.timestamp('started_at'),
    completedAt: field.timestamp('completed_at'),
    durationMs,
    loopCount: field.integer('loop_count'),
    errorDetail: field.freeText('error_detail'),
    heartbeatAt: field.timestamp('heartbeat_at'),
    deadlineAt: field.timestamp('deadline_at'),
    lastLogSequence: field.bigint('last_log_sequence'),
    commitSha: field.text('commit_sha'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: {
    project: { kind: 'one', type: 'Project', on: [match('id', 'project_id')] },
    logs: { kind: 'connection', type: 'BuildLog', on: [match('build_id', 'id')] },
  },
  computed: { commit: ['repository_full_name', 'commit_sha'] },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});

const buildLogs = entity({
  type: 'BuildLog',
  table: 'builds.build_logs',
  key: id,
  fields: {
    id: field.id('BuildLog', 'id'),
    sequence: field.bigint('sequence'),
    timestamp: field.timestamp('timestamp'),
    source: field.enum('source'),
    level: field.enum('level'),
    message: field.freeText('message'),
    createdAt: field.timestamp('created_at'),
  },
  relations: { build: { kind: 'one', type: 'Build', on: [match('id', 'build_id')] } },
  customFilters: {
    search: (value, table, parameters) => {
      const words = String(value);
      if (words.trim() === '' || words.length > 500) throw badInput('filter.search must have 1 to 500 characters.');
      // The expression of the index, word for word.
      return `to_tsvector('english', left(${table}.message, 200000)) @@ websearch_to_tsquery('english', ${parameters.add(words)})`;
    },
  },
  orders: { SEQUENCE: [orderBy('sequence', 'int8')], TIMESTAMP: [orderBy('timestamp', 'timestamptz')] },
  defaultOrder: { field: 'SEQUENCE', direction: 'ASC' },
  visible,
});

export const model: ModelInput = {
  entities: [
    users,
    repositories,
    webhookDeliveries,
    githubTasks,
    auditRuns,
    auditChecks,
    auditFindings,
    projects,
    projectContracts,
    contractVersions,
    builds,
    buildLogs,
  ],
  enums: {
    AuditRunStatus: storedLowerCase(['PENDING', 'RUNNING', 'COMPLETED', 'ERROR']),
    BuildLogLevel: storedLowerCase(['DEBUG', 'INFO', 'WARN', 'ERROR']),
    BuildLogSource: storedLowerCase(['BUILDER', 'AUDIT', 'SYSTEM']),
    BuildStatus: storedLowerCase(['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED']),
    ContractType: storedLowerCase(contractTypes),
    GithubTaskKind: storedLowerCase(['REPORT', 'WEBHOOK']),
    GithubTaskStatus: storedLowerCase(['PENDING', 'DONE', 'SKIPPED', 'FAILED']),
    ProjectStatus: storedLowerCase(['DRAFT', 'QUESTIONNAIRE', 'CONTRACTS_READY', 'BUILDING', 'COMPLETED']),
  },
  queries: {
    user: query.one('User', 'id', 'githubLogin'),
    users: query.connection('User'),
    connectedRepositories: query.connection('Repository'),
    auditRun: query.one('AuditRun'),
    auditRuns: query.connection('AuditRun'),
    auditFinding: query.one('AuditFinding'),
    auditChecks: query.connection('AuditCheck'),
    auditFindings: query.connection('AuditFinding'),
    project: query.one('Project'),
    projects: query.connection('Project'),
    projectContract: query.one('ProjectContract'),
    build: query.one('Build'),
    builds: query.connection('Build'),
  },
};
