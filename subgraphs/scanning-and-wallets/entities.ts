/** The entity maps of this domain: tables, fields, relations, filters, orders, and which rows a caller may see. */
import type { Identity } from '../kernel/auth/index.js';
import { entity, field, match, orderBy, query, type ModelInput, type Visibility } from '../kernel/read/index.js';

const createdAt = orderBy('created_at', 'timestamptz');
const newestFirst = { field: 'CREATED_AT', direction: 'DESC' } as const;

/** Rows of the caller's own account, by the column that names it; every row with `scanning:admin`. */
function ownedBy(column: string): (auth: Identity) => Visibility {
  return (auth) => {
    if (auth.has('scanning:admin')) return 'all';
    const { subject } = auth;
    return subject === null ? 'none' : (table, parameters) => `${table}.${column} = ${parameters.add(subject, 'text')}`;
  };
}

/** Own jobs, and for a worker those that it has claimed: it can't work on what it can't read. */
function visibleJobs(auth: Identity): Visibility {
  const own = ownedBy('user_id')(auth);
  if (typeof own !== 'function' || !auth.has('scanning:work')) return own;
  return (table, parameters) =>
    `${own(table, parameters)} or ${table}.worker = ${parameters.add(auth.subject, 'text')}`;
}

/** Rows that belong to a visible job, or to a visible wallet. */
function through(
  parent: { readonly table: string; readonly key: string; readonly visible: (auth: Identity) => Visibility },
  column: string,
): (auth: Identity) => Visibility {
  return (auth) => {
    const visible = parent.visible(auth);
    if (typeof visible !== 'function') return visible;
    return (table, parameters) =>
      `exists (select from ${parent.table} o where o.${parent.key} = ${table}.${column} and (${visible('o', parameters)}))`;
  };
}

const ofJob = through({ table: 'scanning.scan_jobs', key: 'id', visible: visibleJobs }, 'scan_job_id');
const ofResultJob = through({ table: 'scanning.scan_jobs', key: 'id', visible: visibleJobs }, 'job_id');
const ofWallet = through({ table: 'scanning.wallets', key: 'id', visible: ownedBy('user_id') }, 'wallet_id');

export const account = entity({
  type: 'Account',
  table: 'scanning.users',
  key: { column: 'clerk_user_id', sqlType: 'text' },
  alternateKeys: { clerkUserId: { column: 'clerk_user_id', sqlType: 'text' } },
  fields: {
    id: field.id('Account', 'clerk_user_id', 'text'),
    clerkUserId: field.text('clerk_user_id'),
    githubLogin: field.text('github_login'),
    metadata: field.json('metadata'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: {
    wallet: { kind: 'one', type: 'Wallet', on: [match('user_id', 'clerk_user_id', 'text')] },
    scanJobs: { kind: 'connection', type: 'ScanJob', on: [match('user_id', 'clerk_user_id', 'text')] },
    user: { kind: 'reference', type: 'User', key: { githubLogin: 'github_login' } },
  },
  computed: { usage: ['clerk_user_id'] },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible: ownedBy('clerk_user_id'),
});

export const wallet = entity({
  type: 'Wallet',
  table: 'scanning.wallets',
  key: { column: 'id', sqlType: 'uuid' },
  fields: {
    id: field.id('Wallet', 'id'),
    creditBalance: field.integer('credit_balance'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: {
    account: { kind: 'one', type: 'Account', on: [match('clerk_user_id', 'user_id', 'text')] },
    creditTransactions: {
      kind: 'connection',
      type: 'CreditTransaction',
      on: [match('wallet_id', 'id')],
      defaultOrder: { field: 'POSITION', direction: 'DESC' },
    },
  },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible: ownedBy('user_id'),
});

export const creditTransaction = entity({
  type: 'CreditTransaction',
  table: 'scanning.credit_transactions',
  key: { column: 'id', sqlType: 'uuid' },
  fields: {
    id: field.id('CreditTransaction', 'id'),
    type: field.enum('type'),
    amount: field.integer('amount'),
    balanceAfter: field.integer('balance_after'),
    reason: field.freeText('reason'),
    actor: field.text('actor'),
    reference: field.text('reference'),
    createdAt: field.timestamp('created_at'),
  },
  relations: {
    wallet: { kind: 'one', type: 'Wallet', on: [match('id', 'wallet_id')] },
    scanJob: { kind: 'one', type: 'ScanJob', on: [match('id', 'scan_job_id')] },
  },
  orders: { CREATED_AT: [createdAt], POSITION: [orderBy('position', 'int8')] },
  defaultOrder: newestFirst,
  visible: ofWallet,
});

export const scanJob = entity({
  type: 'ScanJob',
  table: 'scanning.scan_jobs',
  key: { column: 'id', sqlType: 'uuid' },
  fields: {
    id: field.id('ScanJob', 'id'),
    url: field.text('url'),
    state: field.enum('state'),
    version: field.integer('version'),
    price: field.integer('price'),
    clientKey: field.text('client_key'),
    failureReason: field.freeText('failure_reason'),
    worker: field.text('worker'),
    leaseExpiresAt: field.timestamp('lease_expires_at'),
    deadlineAt: field.timestamp('deadline_at'),
    completedAt: field.timestamp('completed_at'),
    refundedAt: field.timestamp('refunded_at'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: {
    account: { kind: 'one', type: 'Account', on: [match('clerk_user_id', 'user_id', 'text')] },
    scanResult: { kind: 'one', type: 'ScanResult', on: [match('job_id', 'id')] },
    scanAuditLogs: {
      kind: 'connection',
      type: 'ScanAuditLog',
      on: [match('scan_job_id', 'id')],
      defaultOrder: { field: 'TIMESTAMP', direction: 'ASC' },
    },
    creditTransactions: {
      kind: 'connection',
      type: 'CreditTransaction',
      on: [match('scan_job_id', 'id')],
      defaultOrder: { field: 'POSITION', direction: 'ASC' },
    },
  },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible: visibleJobs,
});

export const scanResult = entity({
  type: 'ScanResult',
  table: 'scanning.scan_results',
  key: { column: 'job_id', sqlType: 'uuid' },
  fields: {
    id: field.id('ScanResult', 'job_id'),
    riskScore: field.integer('risk_score'),
    categories: field.json('categories'),
    contentHash: field.text('content_hash'),
    httpStatus: field.integer('http_status'),
    httpHeaders: field.json('http_headers'),
    contentType: field.text('content_type'),
    modelUsed: field.text('model_used'),
    analysisMetadata: field.json('analysis_metadata'),
    reasoning: field.longText('reasoning'),
    indicators: field.json('indicators'),
    createdAt: field.timestamp('created_at'),
  },
  relations: { scanJob: { kind: 'one', type: 'ScanJob', on: [match('id', 'job_id')] } },
  customFilters: {
    hasCategory: (value, table, parameters) =>
      value === null ? 'true' : `${table}.categories ? ${parameters.add(value, 'text')}`,
  },
  orders: { CREATED_AT: [createdAt], RISK_SCORE: [orderBy('risk_score', 'int4')] },
  defaultOrder: newestFirst,
  visible: ofResultJob,
});

export const scanAuditLog = entity({
  type: 'ScanAuditLog',
  table: 'scanning.audit_logs',
  key: { column: 'id', sqlType: 'uuid' },
  fields: {
    id: field.id('ScanAuditLog', 'id'),
    urlAccessed: field.text('url_accessed'),
    timestamp: field.timestamp('timestamp'),
    contentHash: field.text('content_hash'),
    httpStatus: field.integer('http_status'),
    httpHeaders: field.json('http_headers'),
    contentType: field.text('content_type'),
    riskAssessmentSummary: field.json('risk_assessment_summary'),
  },
  relations: { scanJob: { kind: 'one', type: 'ScanJob', on: [match('id', 'scan_job_id')] } },
  orders: { TIMESTAMP: [orderBy('timestamp', 'timestamptz')] },
  defaultOrder: { field: 'TIMESTAMP', direction: 'DESC' },
  visible: ofJob,
});

export const model: ModelInput = {
  entities: [account, wallet, creditTransaction, scanJob, scanResult, scanAuditLog],
  queries: {
    account: query.one('Account', 'id', 'clerkUserId'),
    accounts: query.connection('Account'),
    wallet: query.one('Wallet'),
    wallets: query.connection('Wallet'),
    creditTransaction: query.one('CreditTransaction'),
    creditTransactions: query.connection('CreditTransaction'),
    scanJob: query.one('ScanJob'),
    scanJobs: query.connection('ScanJob'),
    scanResult: query.one('ScanResult'),
    scanResults: query.connection('ScanResult'),
    scanAuditLog: query.one('ScanAuditLog'),
    scanAuditLogs: query.connection('ScanAuditLog'),
  },
};
