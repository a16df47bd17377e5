/** Connectors, the tools that use them, and what callers of those need. */
import { entity, field, match, orderBy } from '../../kernel/read/index.js';
import { byName, createdAt, id, keyOf, newestFirst, visible } from './shared.js';

const name = orderBy('name', 'text');

export const connector = entity({
  type: 'Connector',
  table: 'workflow.connectors',
  key: id,
  fields: {
    id: field.id('Connector', 'id'),
    name: field.text('name'),
    type: field.enum('type', 'workflow.connector_type'),
    status: field.enum('status', 'workflow.connector_status'),
    config: field.json('config'),
    hasSecrets: field.boolean((table) => `(${table}.secrets_key_id is not null)`),
    lastCheckedAt: field.timestamp('last_checked_at'),
    lastError: field.freeText('last_error'),
    consecutiveFailures: field.integer('consecutive_failures'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: {
    tools: { kind: 'connection', type: 'Tool', on: [match('connector_id', 'id')], defaultOrder: byName },
  },
  orders: { CREATED_AT: [createdAt], NAME: [name] },
  defaultOrder: newestFirst,
  visible,
});

export const tool = entity({
  type: 'Tool',
  table: 'workflow.tools',
  key: id,
  fields: {
    id: field.id('Tool', 'id'),
    name: field.text('name'),
    description: field.longText('description'),
    inputSchema: field.json('input_schema'),
    outputSchema: field.json('output_schema'),
    isActive: field.boolean('is_active'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: {
    connector: { kind: 'one', type: 'Connector', on: [match('id', 'connector_id')] },
    capabilities: {
      kind: 'connection',
      type: 'Capability',
      on: [],
      through: {
        table: 'workflow.tool_capabilities',
        parent: [match('tool_id', 'id')],
        child: [match('id', 'capability_id')],
      },
    },
    toolCalls: { kind: 'connection', type: 'ToolCall', on: [match('tool_id', 'id')] },
  },
  filterFields: { connectorId: keyOf('Connector', 'connector_id') },
  orders: { CREATED_AT: [createdAt], NAME: [name] },
  defaultOrder: newestFirst,
  visible,
});

export const capability = entity({
  type: 'Capability',
  table: 'workflow.capabilities',
  key: id,
  fields: {
    id: field.id('Capability', 'id'),
    name: field.text('name'),
    scope: field.text('scope'),
    description: field.longText('description'),
    createdAt: field.timestamp('created_at'),
  },
  relations: {
    tools: {
      kind: 'connection',
      type: 'Tool',
      on: [],
      through: {
        table: 'workflow.tool_capabilities',
        parent: [match('capability_id', 'id')],
        child: [match('id', 'tool_id')],
      },
      defaultOrder: byName,
    },
  },
  orders: { NAME: [name] },
  defaultOrder: byName,
  visible,
});
