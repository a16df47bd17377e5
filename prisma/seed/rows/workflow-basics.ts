/** What work is done with: connectors, tools, document schemas, approval policies and the template of a release. */
import type { TemplateSpec } from '../../../subgraphs/workflow/domain/template-spec.js';
import { at } from '../calendar.js';
import { idOf } from '../ids.js';
import type { RowSet } from '../row-set.js';
import { people } from '../story/company.js';

const text = { type: 'string', minLength: 1 } as const;

export const schemas = {
  INVOICE: {
    name: 'invoice',
    required: ['number', 'supplier', 'amount', 'currency'],
    properties: {
      number: text,
      supplier: text,
      amount: { type: 'number', exclusiveMinimum: 0 },
      currency: { enum: ['EUR', 'USD'] },
      order: text,
    },
  },
  TICKET: {
    name: 'ticket',
    required: ['title'],
    properties: { title: text, cause: text, action: text, due: { type: 'string', format: 'date' } },
  },
  STATUS_REPORT: {
    name: 'status-report',
    required: ['title', 'summary'],
    properties: { title: text, summary: text, release: text, commit: { type: 'string', pattern: '^[0-9a-f]{40}$' } },
  },
} as const;

export const policies = {
  INVOICE: { name: 'invoice-approval', description: 'Above 10,000 a second person approves the payment.', levels: 2 },
  TICKET: { name: 'capa-closure', description: 'A corrective action is closed by quality.', levels: 2 },
  STATUS_REPORT: { name: 'release-approval', description: 'A release is approved by quality.', levels: 2 },
} as const;

export const releaseTemplateId = idOf('template release-approval');

export function tellBasics(on: string, rows: RowSet): void {
  const createdAt = at(on, '12:00');
  const lead = people.jana.subject;
  tellTools(createdAt, rows);
  for (const [documentType, { name, required, properties }] of Object.entries(schemas)) {
    rows.add('workflow.schemas', {
      id: idOf(`schema ${name}`),
      name,
      document_type: documentType,
      definition: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        required,
        properties,
      },
      created_by: lead,
      created_at: createdAt,
    });
  }
  for (const { name, description, levels } of Object.values(policies)) {
    rows.add('workflow.approval_policies', { name, version: 1, description, max_level: levels, created_at: createdAt });
  }
  rows.add('workflow.workflow_templates', {
    id: releaseTemplateId,
    name: 'release-approval',
    description: 'Collects what a release rests on, and asks quality for approval.',
    spec: releaseSpec,
    created_by: people.petr.subject,
    created_at: createdAt,
    updated_at: createdAt,
  });
}

const retry = {
  attempts: 3,
  backoff: { baseSeconds: 30, capSeconds: 900, jitter: 0.2 },
  attemptSeconds: 900,
  budget: { tokens: null, cost: null, seconds: null },
} as const;
const step = { when: null, within: null, priority: null, capabilities: [], input: null, retry } as const;

const releaseSpec: TemplateSpec = {
  start: ['collect'],
  steps: [
    {
      ...step,
      kind: 'WORK',
      key: 'collect',
      title: 'Collect what the release rests on',
      after: [],
      itemType: 'STATUS_REPORT',
      schema: { name: 'status-report', version: 1 },
    },
    {
      ...step,
      kind: 'APPROVAL',
      key: 'approve',
      title: 'Approve the release',
      after: ['collect'],
      itemType: 'STATUS_REPORT',
      policy: { name: 'release-approval', version: 1 },
      level: 1,
      limit: null,
      escalateAfterSeconds: null,
    },
  ],
  budget: { attempts: 10, tokens: 100_000, cost: null, seconds: null },
};

const connectors = [
  { name: 'ledger', type: 'API', config: { base_url: 'https://ledger.example.com' }, error: null },
  { name: 'quality-mail', type: 'EMAIL', config: { from: 'quality@meridian.example' }, error: null },
  { name: 'team-chat', type: 'SLACK', config: { channel: '#releases' }, error: 'The token was revoked.' },
] as const;

const tools = [
  {
    name: 'ledger.post',
    connector: 'ledger',
    description: 'Posts an approved invoice.',
    required: ['number', 'amount'],
    scope: 'ledger:post',
  },
  {
    name: 'mail.send',
    connector: 'quality-mail',
    description: 'Sends a message to a group.',
    required: ['to', 'subject'],
    scope: 'mail:send',
  },
  {
    name: 'chat.post',
    connector: 'team-chat',
    description: 'Posts to a channel.',
    required: ['text'],
    scope: 'chat:post',
  },
] as const;

export function toolId(name: string): string {
  return idOf(`tool ${name}`);
}

function tellTools(createdAt: string, rows: RowSet): void {
  for (const { name, type, config, error } of connectors) {
    rows.add('workflow.connectors', {
      id: idOf(`connector ${name}`),
      name,
      type,
      status: error === null ? 'ACTIVE' : 'ERROR',
      config,
      last_checked_at: createdAt,
      last_error: error,
      consecutive_failures: error === null ? 0 : 4,
      created_at: createdAt,
    });
  }
  for (const { name, connector, description, required, scope } of tools) {
    rows.add('workflow.tools', {
      id: toolId(name),
      connector_id: idOf(`connector ${connector}`),
      name,
      description,
      input_schema: { type: 'object', required },
      created_at: createdAt,
    });
    const capability = idOf(`capability ${scope}`);
    rows.add('workflow.capabilities', { id: capability, name: description.slice(0, -1), scope, created_at: createdAt });
    rows.add('workflow.tool_capabilities', { tool_id: toolId(name), capability_id: capability, created_at: createdAt });
  }
}
