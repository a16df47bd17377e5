import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { untilFollowing } from '../../../tests/testkit/feed.js';
import type { Database } from '../../kernel/db/index.js';
import { saveTemplate, step } from './engine-fixture.js';
import { callers, TestSubgraph, type Caller } from './subgraph-fixture.js';

let opened: TestDatabase;
let database: Database;
let graph: TestSubgraph;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  graph = new TestSubgraph(database);
});
afterAll(() => opened.close());

const idOf = (type: string): string => `${type}:${randomUUID()}`;
const lease = { workItemId: idOf('WorkItem'), leaseToken: randomUUID() };

/** Each mutation with the one caller who may, and an input that comes as far as the permission. */
const mutations: readonly (readonly [string, Caller, Record<string, unknown>])[] = [
  ['workOrderCreate', 'writer', {}],
  ['workOrderCancel', 'writer', { workOrderId: idOf('WorkOrder') }],
  ['runStart', 'writer', { workOrderId: idOf('WorkOrder'), workflowTemplateId: idOf('WorkflowTemplate') }],
  ['runPause', 'writer', { runId: idOf('Run') }],
  ['runResume', 'writer', { runId: idOf('Run') }],
  ['runCancel', 'writer', { runId: idOf('Run') }],
  ['deadLettersRedrive', 'writer', { runId: idOf('Run') }],
  ['workItemsClaim', 'agent', { capabilities: ['nobody:asks'] }],
  ['workItemHeartbeat', 'agent', lease],
  ['workItemComplete', 'agent', lease],
  ['workItemFail', 'agent', { ...lease, error: 'no' }],
  ['toolCallBegin', 'agent', { ...lease, tool: 'none', input: {} }],
  ['toolCallFinish', 'agent', { toolCallId: idOf('ToolCall'), leaseToken: randomUUID() }],
  [
    'approvalDecide',
    'approver',
    {
      approvalRequestId: idOf('ApprovalRequest'),
      expectedVersion: 1,
      decision: 'APPROVED',
      policyVersion: 1,
      meaning: 'I approve.',
      printedName: 'Olga',
    },
  ],
  ['approvalPolicySave', 'admin', { name: 'by permission' }],
];

describe.each(mutations)('%s', (field, allowed, input) => {
  test(`is for ${allowed} alone`, async () => {
    for (const caller of Object.keys(callers) as Caller[]) {
      const outcome = graph.mutate(caller, field, input).then(
        () => 'done',
        (error: unknown) => (error as { codes?: unknown[] }).codes?.[0],
      );
      expect([caller, await outcome]).toEqual([
        caller,
        caller === allowed ? 'done' : caller === 'anonymous' ? 'UNAUTHENTICATED' : 'FORBIDDEN',
      ]);
    }
  });
});

test.each([
  ['workOrderCancel', 'writer', { workOrderId: idOf('WorkOrder') }, 'NOT_FOUND workOrderId'],
  ['runPause', 'writer', { runId: idOf('Run') }, 'NOT_FOUND runId'],
  ['runCancel', 'writer', { runId: idOf('Run') }, 'NOT_FOUND runId'],
  ['workItemHeartbeat', 'agent', lease, 'LEASE_EXPIRED leaseToken'],
  ['workItemHeartbeat', 'agent', { ...lease, leaseSeconds: 1 }, 'VALIDATION leaseSeconds'],
  ['workItemComplete', 'agent', lease, 'NOT_FOUND workItemId'],
  ['workItemComplete', 'agent', { ...lease, inputTokens: -1 }, 'VALIDATION inputTokens'],
  ['workItemComplete', 'agent', { ...lease, cost: -0.5 }, 'VALIDATION cost'],
  ['workItemComplete', 'agent', { ...lease, result: 'x'.repeat(131_072) }, 'VALIDATION result'],
  ['workItemComplete', 'agent', { ...lease, model: 'x'.repeat(201) }, 'VALIDATION model'],
  ['workItemFail', 'agent', { ...lease, error: ' ' }, 'VALIDATION error'],
  ['toolCallBegin', 'agent', { ...lease, tool: 'none', input: {} }, 'NOT_FOUND workItemId'],
  ['toolCallFinish', 'agent', { toolCallId: idOf('ToolCall'), leaseToken: randomUUID() }, 'NOT_FOUND toolCallId'],
  ['workItemsClaim', 'agent', { limit: 101 }, 'VALIDATION limit'],
  ['workItemsClaim', 'agent', { leaseSeconds: 4 }, 'VALIDATION leaseSeconds'],
  ['workItemsClaim', 'agent', { model: ' ' }, 'VALIDATION model'],
  ['deadLettersRedrive', 'writer', {}, 'VALIDATION -'],
  ['deadLettersRedrive', 'writer', { runId: idOf('Run'), limit: 501 }, 'VALIDATION limit'],
  ['approvalPolicySave', 'admin', { name: 'a@b' }, 'VALIDATION name'],
  ['approvalPolicySave', 'admin', { name: 'a', maxLevel: 11 }, 'VALIDATION maxLevel'],
  ['approvalPolicySave', 'admin', { name: 'a', escalateAfterSeconds: 0 }, 'VALIDATION escalateAfterSeconds'],
] as const)('%s by %s of %j is refused with its reason', async (field, caller, input, refusal) => {
  expect(await graph.refusals(caller, field, input)).toEqual([refusal]);
});

test('every mistake in the items of an order is named at its path', async () => {
  const { documentSchema } = await graph.mutate(
    'admin',
    'documentSchemaSave',
    { name: 'ticket', definition: { type: 'object', properties: { n: { type: 'integer' } } } },
    'documentSchema { id }',
  );
  const item = { type: 'TICKET', content: {} };
  const items = [
    { ...item, documentSchemaId: documentSchema.id, content: { n: 'one' } },
    { ...item, documentSchemaId: idOf('DocumentSchema') },
    { ...item, subjectId: 'Wallet:1' },
    { ...item, approval: { policy: { name: 'none', version: 1 } } },
    { ...item, retry: { attempts: 0, jitter: 2 } },
    { ...item, capabilities: [''] },
  ];
  expect(await graph.refusals('writer', 'workOrderCreate', { items })).toEqual([
    'VALIDATION items.0.content.n',
    'NOT_FOUND items.1.documentSchemaId',
    'VALIDATION items.2.subjectId',
    'NOT_FOUND items.3.approval.policy',
    'VALIDATION items.4.retry.attempts',
    'VALIDATION items.4.retry.jitter',
    'VALIDATION items.5.capabilities',
  ]);
});

test('the same client key answers the same order and the same run, another input is refused', async () => {
  const input = { title: 'Once', items: [{ type: 'TICKET', content: 1 }], clientKey: 'once' };
  const first = await graph.mutate('writer', 'workOrderCreate', input, 'workOrder { id }');
  expect(await graph.mutate('writer', 'workOrderCreate', input, 'workOrder { id }')).toEqual(first);
  expect(await graph.refusals('writer', 'workOrderCreate', { ...input, title: 'Twice' })).toEqual([
    'IDEMPOTENCY_MISMATCH clientKey',
  ]);
  const workflowTemplateId = `WorkflowTemplate:${await saveTemplate(database, [step.work('a', { capabilities: ['x'] })])}`;
  const start = { workOrderId: first.workOrder.id, workflowTemplateId, clientKey: 'run' };
  const run = await graph.mutate('writer', 'runStart', start, 'run { id status }');
  expect(run).toMatchObject({ run: { status: 'RUNNING' }, userErrors: [] });
  expect(await graph.mutate('writer', 'runStart', start, 'run { id status }')).toEqual(run);
});

test('an order asks for a policy once, however many of its items need it', async () => {
  const approval = { policy: { name: 'nobody’s', version: 1 }, level: 1 };
  const items = Array.from({ length: 20 }, () => ({ type: 'INVOICE', content: {}, approval }));
  const source = 'mutation ($input: WorkOrderCreateInput!) { workOrderCreate(input: $input) { userErrors { code } } }';
  const { data, statements } = await graph.ask('writer', source, { input: { items } });
  expect(data.workOrderCreate.userErrors).toHaveLength(20);
  expect(statements.filter((name) => name.startsWith('workflow.findPolicy'))).toHaveLength(1);
});

test('an item goes from its order through a claim, a tool, and a signature to its end, and subscribers are told', async () => {
  const { approvalPolicy } = await graph.mutate(
    'admin',
    'approvalPolicySave',
    { name: 'p' },
    'approvalPolicy { id version }',
  );
  expect(approvalPolicy).toEqual({ id: 'ApprovalPolicy:p@1', version: 1 });
  for (const [name, scope] of [
    ['Look up', 'crm:read'],
    ['Post', 'crm:write'],
  ])
    await graph.mutate('admin', 'capabilitySave', { name, scope });
  const rows = await database.query<{ id: string }>(`select id from workflow.capabilities where scope = 'crm:write'`);
  const capabilityIds = rows.map((row) => `Capability:${row.id}`);
  const inputSchema = { type: 'object', required: ['q'] };
  await graph.mutate('admin', 'toolSave', { name: 'crm.search', inputSchema, capabilityIds: [] });
  await graph.mutate('admin', 'toolSave', { name: 'crm.post', inputSchema, capabilityIds });
  const stop = new AbortController();
  const source = 'subscription { workItemChanged { action workItem { status } } }';
  const stream = await graph.follow('reader', source, stop.signal);
  const first = stream.next();
  await untilFollowing(database);
  const item = {
    type: 'INVOICE',
    priority: 'URGENT',
    content: { n: 1 },
    approval: { policy: { name: 'p', version: 1 } },
  };
  await graph.mutate('writer', 'workOrderCreate', { items: [item] });
  const claim = await graph.mutate(
    'agent',
    'workItemsClaim',
    { types: ['INVOICE'], priorities: ['URGENT'], model: 'small' },
    'claims { leaseToken workItem { id status } attempt { number model status } }',
  );
  const [{ leaseToken, workItem, attempt }] = claim.claims;
  expect({ workItem, attempt }).toMatchObject({
    workItem: { status: 'PROCESSING' },
    attempt: { number: 1, model: 'small', status: 'STARTED' },
  });
  const held = { workItemId: workItem.id, leaseToken };
  expect((await graph.mutate('agent', 'workItemHeartbeat', held, 'leaseExpiresAt')).leaseExpiresAt).not.toBeNull();
  expect(await graph.refusals('agent', 'toolCallBegin', { ...held, tool: 'crm.post', input: { q: 1 } })).toEqual([
    'NOT_PERMITTED tool',
  ]);
  expect(await graph.refusals('agent', 'toolCallBegin', { ...held, tool: 'crm.search', input: {} })).toHaveLength(1);
  const begun = await graph.mutate(
    'agent',
    'toolCallBegin',
    { ...held, tool: 'crm.search', input: { q: 1 } },
    'toolCall { id }',
  );
  const call = { toolCallId: begun.toolCall.id, leaseToken, output: { hits: 0 } };
  expect(await graph.mutate('agent', 'toolCallFinish', call, 'toolCall { output }')).toMatchObject({
    toolCall: { output: { hits: 0 } },
  });
  expect(await graph.refusals('agent', 'toolCallFinish', call)).toEqual(['INVALID_TRANSITION -']);
  const usage = { result: { ok: true }, inputTokens: 812, outputTokens: 64, cost: 0.0031 };
  await graph.mutate('agent', 'workItemComplete', { ...held, ...usage });
  const { data } = await graph.ask(
    'approver',
    `query ($id: ID!) { workItem(id: $id) { status approvalStatus attempts { nodes { status inputTokens cost toolCalls { nodes { output } } } }
      approvalRequests { nodes { id version status policy { version } } } } }`,
    { id: workItem.id },
  );
  expect(data.workItem).toMatchObject({ status: 'PROCESSING', approvalStatus: 'PENDING' });
  expect(data.workItem.attempts.nodes).toEqual([
    { status: 'COMPLETED', inputTokens: 812, cost: 0.0031, toolCalls: { nodes: [{ output: { hits: 0 } }] } },
  ]);
  const [request] = data.workItem.approvalRequests.nodes;
  const decision = { decision: 'APPROVED', policyVersion: 1, meaning: 'I approve.', printedName: 'Olga Nova' };
  const decided = await graph.mutate(
    'approver',
    'approvalDecide',
    { approvalRequestId: request.id, expectedVersion: request.version, ...decision },
    'workItem { status workOrder { status } } approvalRequest { status version } approvalEvent { printedName approverId }',
  );
  expect(decided).toEqual({
    workItem: { status: 'COMPLETED', workOrder: { status: 'COMPLETED' } },
    approvalRequest: { status: 'APPROVED', version: 2 },
    approvalEvent: { printedName: 'Olga Nova', approverId: 'olga' },
    userErrors: [],
  });
  const told: string[] = [];
  for (let next = first; told.length < 4; next = stream.next()) {
    const change: any = (await next).value?.data?.['workItemChanged'];
    told.push(change.action);
  }
  stop.abort();
  expect(told).toEqual(['workItemCreated', 'workItemClaimed', 'workItemApprovalRequested', 'workItemApproved']);
});

test('a claim of many items is read in as many statements as a claim of one', async () => {
  const items = (count: number) => Array.from({ length: count }, () => ({ type: 'STATUS_REPORT', content: {} }));
  const source = `mutation ($limit: Int!) { workItemsClaim(input: { types: [STATUS_REPORT], limit: $limit }) {
    claims { workItem { id content workOrder { title } } attempt { number } } userErrors { code } } }`;
  const counts: number[] = [];
  for (const limit of [1, 20]) {
    await graph.mutate('writer', 'workOrderCreate', { items: items(limit) });
    const { data, statements } = await graph.ask('agent', source, { limit });
    expect(data.workItemsClaim.claims).toHaveLength(limit);
    counts.push(statements.length);
  }
  expect(counts[1]).toBe(counts[0]);
});
