/** Endpoints of webhooks, their messages and attempts: an owner sees their own, `webhooks:admin` sees all. */
import type { Identity } from '../../kernel/auth/index.js';
import { entity, field, match, orderBy, type FieldMap, type Visibility } from '../../kernel/read/index.js';

const createdAt = orderBy('created_at', 'timestamptz');
const newestFirst = { field: 'CREATED_AT', direction: 'DESC' } as const;

const textList = (column: string): FieldMap => ({ kind: 'text', source: column, sqlType: 'text[]' });

const seenBy =
  (endpointOf: (table: string) => string) =>
  (auth: Identity): Visibility => {
    const { subject } = auth;
    if (auth.has('webhooks:admin')) return 'all';
    if (subject === null) return 'none';
    return (table, parameters) =>
      `exists (select 1 from platform.webhook_endpoints own where own.id = ${endpointOf(table)} and own.owner = ${parameters.add(subject)})`;
  };

export const webhookEndpoint = entity({
  type: 'WebhookEndpoint',
  table: `(select *, 'WebhookEndpoint:' || id as global_id from platform.webhook_endpoints)`,
  key: { column: 'id', sqlType: 'uuid' },
  fields: {
    id: field.id('WebhookEndpoint', 'id'),
    name: field.text('name'),
    url: field.text('url'),
    status: field.enum('status'),
    types: textList('types'),
    actions: textList('actions'),
    repository: field.text('repository'),
    documentId: field.text('document_id'),
    owner: field.text('owner'),
    scopes: textList('scopes'),
    consecutiveFailures: field.integer('consecutive_failures'),
    circuitOpenUntil: field.timestamp('circuit_open_until'),
    previousSecretUntil: field.timestamp('previous_secret_until'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: {
    messages: { kind: 'connection', type: 'WebhookMessage', on: [match('endpoint_id', 'id')] },
    auditTrail: { kind: 'connection', type: 'AuditEntry', on: [match('entity_id', 'global_id', 'text')] },
  },
  computed: { cursor: ['position'] },
  orders: { CREATED_AT: [createdAt], NAME: [orderBy('name', 'text')] },
  defaultOrder: newestFirst,
  visible: seenBy((table) => `${table}.id`),
});

export const webhookMessage = entity({
  type: 'WebhookMessage',
  table: `(select *, 'WebhookMessage:' || id as global_id from platform.webhook_messages)`,
  key: { column: 'id', sqlType: 'uuid' },
  fields: {
    id: field.id('WebhookMessage', 'id'),
    type: field.text('entity_type'),
    entityId: field.text('entity_id'),
    action: field.text('action'),
    repository: field.text('repository'),
    occurredAt: field.timestamp('occurred_at'),
    status: field.enum('status'),
    attempts: field.integer('attempts'),
    nextAttemptAt: field.timestamp(
      (table) => `(case when ${table}.status = 'PENDING' then ${table}.next_attempt_at end)`,
    ),
    lastError: field.freeText('last_error'),
    finishedAt: field.timestamp('finished_at'),
    createdAt: field.timestamp('created_at'),
  },
  relations: {
    endpoint: { kind: 'one', type: 'WebhookEndpoint', on: [match('id', 'endpoint_id')] },
    history: {
      kind: 'connection',
      type: 'WebhookAttempt',
      on: [match('message_id', 'id')],
      defaultOrder: { field: 'STARTED_AT', direction: 'ASC' },
    },
    auditTrail: { kind: 'connection', type: 'AuditEntry', on: [match('entity_id', 'global_id', 'text')] },
  },
  computed: { cursor: ['position'], entity: ['entity_id'] },
  orders: { CREATED_AT: [createdAt], POSITION: [orderBy('position', 'int8')] },
  defaultOrder: newestFirst,
  visible: seenBy((table) => `${table}.endpoint_id`),
});

export const webhookAttempt = entity({
  type: 'WebhookAttempt',
  table: `(select *, 'WebhookAttempt:' || id as global_id from platform.webhook_attempts)`,
  key: { column: 'id', sqlType: 'uuid' },
  fields: {
    id: field.id('WebhookAttempt', 'id'),
    number: field.integer('number'),
    startedAt: field.timestamp('started_at'),
    durationMs: field.integer('duration_ms'),
    httpStatus: field.integer('http_status'),
    answer: field.freeText('answer'),
    error: field.freeText('error'),
  },
  relations: {
    message: { kind: 'one', type: 'WebhookMessage', on: [match('id', 'message_id')] },
    auditTrail: { kind: 'connection', type: 'AuditEntry', on: [match('entity_id', 'global_id', 'text')] },
  },
  orders: { STARTED_AT: [orderBy('started_at', 'timestamptz')] },
  defaultOrder: { field: 'STARTED_AT', direction: 'DESC' },
  visible: seenBy(
    (table) => `(select m.endpoint_id from platform.webhook_messages m where m.id = ${table}.message_id)`,
  ),
});
