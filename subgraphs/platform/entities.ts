/** The audit log and webhooks as entities: tables, fields, filters, who sees what. */
import { entity, everyone, field, match, orderBy, query, type ModelInput } from '../kernel/read/index.js';
import { webhookAttempt, webhookEndpoint, webhookMessage } from './entities/webhooks.js';

/** The entries of any entity, by its global id. The parent is the bare entity that the platform knows, or an entry, which has none. */
export const auditTrailOfNode = {
  kind: 'connection',
  type: 'AuditEntry',
  on: [match('entity_id', 'id', 'text')],
} as const;

export const auditEntry = entity({
  type: 'AuditEntry',
  table: 'traceability.audit_log',
  key: { column: 'id', sqlType: 'uuid' },
  fields: {
    id: field.id('AuditEntry', 'id'),
    timestamp: field.timestamp('timestamp'),
    user: field.text((table) => `${table}."user"`),
    action: field.text('action'),
    resourceType: field.text('resource_type'),
    resourceId: field.uuid('resource_id'),
    payloadHash: field.text('payload_hash'),
    payload: field.json((table) => `${table}.payload::jsonb`),
    requestId: field.text('request_id'),
  },
  relations: {
    seal: { kind: 'one', type: 'AuditSeal', on: [match('audit_id', 'id')] },
    auditTrail: auditTrailOfNode,
  },
  computed: { entity: ['entity_id'] },
  filterFields: { entityId: field.text('entity_id') },
  orders: {
    POSITION: [orderBy('position', 'int8')],
    TIMESTAMP: [orderBy('timestamp', 'timestamptz')],
  },
  defaultOrder: { field: 'POSITION', direction: 'DESC' },
  visible: (auth) => {
    if (auth.has('audit:read')) return 'all';
    const { subject } = auth;
    return subject === null ? 'none' : (table, parameters) => `${table}."user" = ${parameters.add(subject)}`;
  },
});

/** Reached through its entry alone, which decides who sees it. */
export const auditSeal = entity({
  type: 'AuditSeal',
  table: 'traceability.audit_seals',
  key: { column: 'sequence', sqlType: 'int8' },
  fields: {
    sequence: field.bigint('sequence'),
    previousHash: field.text('previous_hash'),
    entryHash: field.text('entry_hash'),
    sealedAt: field.timestamp('sealed_at'),
  },
  visible: everyone,
});

export const auditCheckpoint = entity({
  type: 'AuditCheckpoint',
  table: 'traceability.audit_checkpoints',
  key: { column: 'size', sqlType: 'int8' },
  fields: {
    size: field.bigint('size'),
    root: field.text((table) => `encode(${table}.root, 'base64')`),
    note: field.text('note'),
    createdAt: field.timestamp('created_at'),
  },
  orders: { SIZE: [orderBy('size', 'int8')] },
  defaultOrder: { field: 'SIZE', direction: 'DESC' },
  visible: (auth) => (auth.has('audit:read') || auth.has('audit:checkpoint') ? 'all' : 'none'),
});

export const model: ModelInput = {
  entities: [auditEntry, auditSeal, auditCheckpoint, webhookEndpoint, webhookMessage, webhookAttempt],
  queries: {
    auditTrail: query.connection('AuditEntry'),
    auditCheckpoints: query.connection('AuditCheckpoint'),
    auditEntry: query.one('AuditEntry'),
    webhookEndpoints: query.connection('WebhookEndpoint'),
    webhookEndpoint: query.one('WebhookEndpoint'),
    webhookMessages: query.connection('WebhookMessage'),
    webhookMessage: query.one('WebhookMessage'),
    webhookAttempt: query.one('WebhookAttempt'),
  },
};
