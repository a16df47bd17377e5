/** The entity maps of what GitHub delivers and is told. */
import { entity, field, match, orderBy } from '../kernel/read/index.js';
import { visible } from './visibility.js';

export const webhookDeliveries = entity({
  type: 'WebhookDelivery',
  table: 'builds.webhook_deliveries',
  key: { column: 'delivery_id', sqlType: 'text' },
  fields: {
    id: field.id('WebhookDelivery', 'delivery_id', 'text'),
    event: field.text('event'),
    action: field.text('action'),
    outcome: field.enum('outcome'),
    detail: field.freeText('detail'),
    receivedAt: field.timestamp('received_at'),
  },
  orders: { RECEIVED_AT: [orderBy('received_at', 'timestamptz')] },
  defaultOrder: { field: 'RECEIVED_AT', direction: 'DESC' },
  visible,
});

export const githubTasks = entity({
  type: 'GithubTask',
  table: 'builds.github_tasks',
  key: { column: 'id', sqlType: 'uuid' },
  fields: {
    id: field.id('GithubTask', 'id'),
    kind: field.enum('kind'),
    status: field.enum('status'),
    attempts: field.integer('attempts'),
    detail: field.freeText('detail'),
    url: field.text('url'),
    createdAt: field.timestamp('created_at'),
    completedAt: field.timestamp('completed_at'),
  },
  relations: {
    repository: { kind: 'one', type: 'Repository', on: [match('id', 'repo_id')] },
    auditRun: { kind: 'one', type: 'AuditRun', on: [match('id', 'audit_run_id')] },
  },
  orders: { CREATED_AT: [orderBy('created_at', 'timestamptz')] },
  defaultOrder: { field: 'CREATED_AT', direction: 'DESC' },
  visible,
});
