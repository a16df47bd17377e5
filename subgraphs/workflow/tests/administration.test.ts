import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import type { Database } from '../../kernel/db/index.js';
import { Keyring } from '../../kernel/encryption/index.js';
import { settleSealing } from '../../kernel/write/index.js';
import { rotateSecrets } from '../index.js';
import { TestSubgraph } from './subgraph-fixture.js';

const keys = { current: '11'.repeat(32) };
const plantedSecret = 'planted-secret-hunter2';

let opened: TestDatabase;
let database: Database;
let subgraph: TestSubgraph;
const answered: string[] = [];

beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  subgraph = new TestSubgraph(database, { keys });
  await database.query(`insert into workflow.approval_policies (name, version, max_level) values ('policy', 1, 2)`);
});
afterAll(async () => {
  await settleSealing(database);
  await opened.close();
});

const work = (key: string, more: Record<string, unknown> = {}) => ({ key, kind: 'WORK', itemType: 'INVOICE', ...more });
const saveTemplate = (spec: unknown, more: Record<string, unknown> = {}) =>
  subgraph.mutate(
    'admin',
    'workflowTemplateSave',
    { name: 'invoices', spec, ...more },
    'workflowTemplate { id version spec hasRun }',
  );

describe.each([
  ['workflowTemplateSave', { name: 'x', spec: { steps: [work('a')] } }, ['writer', 'agent']],
  [
    'workflowTemplateActiveSet',
    { workflowTemplateId: `WorkflowTemplate:${crypto.randomUUID()}`, isActive: true },
    ['writer'],
  ],
  ['documentSchemaSave', { name: 'x', definition: true }, ['writer', 'agent']],
  [
    'documentSchemaActiveSet',
    { documentSchemaId: `DocumentSchema:${crypto.randomUUID()}`, isActive: true },
    ['writer'],
  ],
  ['connectorSave', { name: 'x', type: 'API' }, ['writer', 'agent']],
  ['toolSave', { name: 'x', inputSchema: true }, ['writer', 'agent']],
  ['capabilitySave', { name: 'x', scope: 'x' }, ['writer', 'agent']],
] as const)('%s', (field, input, refused) => {
  test('is for workflow:admin, and for no one else', async () => {
    for (const caller of refused)
      await expect(subgraph.mutate(caller, field, input)).rejects.toMatchObject({ codes: ['FORBIDDEN'] });
    await expect(subgraph.mutate('anonymous', field, input)).rejects.toMatchObject({ codes: ['UNAUTHENTICATED'] });
    const { userErrors } = await subgraph.mutate('admin', field, input);
    expect(userErrors.map(({ code }: { code: string }) => code)).toEqual(
      field.endsWith('ActiveSet') ? ['NOT_FOUND'] : [],
    );
  });
});

describe('workflow templates', () => {
  test('each save of something new is a version of its own, the same again is not, and a stale one is a conflict', async () => {
    const first = await saveTemplate({ steps: [work('a')] });
    expect(first).toMatchObject({ workflowTemplate: { version: 1, hasRun: false }, userErrors: [] });
    expect(first.workflowTemplate.spec.steps[0].retry.attempts).toBe(3);
    expect(await saveTemplate({ steps: [work('a', { title: null, capabilities: [] })] })).toEqual(first);
    const second = await saveTemplate(
      { steps: [work('b', { capabilities: ['builtin:pass-on'] })] },
      { expectedVersion: 1 },
    );
    expect(second.workflowTemplate).toMatchObject({ version: 2 });
    expect(
      await subgraph.refusals('admin', 'workflowTemplateSave', {
        name: 'invoices',
        spec: { steps: [work('c')] },
        expectedVersion: 1,
      }),
    ).toEqual(['CONFLICT expectedVersion']);
    const { data } = await subgraph.ask(
      'reader',
      `{ workflowTemplates(filter: { name: { eq: "invoices" } }) { nodes { version spec } } }`,
    );
    expect(
      data.workflowTemplates.nodes.map((node: { version: number; spec: { start: string[] } }) => [
        node.version,
        node.spec.start,
      ]),
    ).toEqual([
      [2, ['b']],
      [1, ['a']],
    ]);
  });

  test('saved by several at once, each is a version and none is lost', async () => {
    const saved = await Promise.all(
      ['a', 'b', 'c', 'd'].map((key) => saveTemplate({ steps: [work(key)] }, { name: 'parallel' })),
    );
    expect(saved.map((each) => each.workflowTemplate.version).sort()).toEqual([1, 2, 3, 4]);
  });

  test('what it refers to is looked up with one statement, and every problem is answered at its path in the input', async () => {
    const steps = [
      { key: 'a', kind: 'TOOL_CALL', itemType: 'INVOICE', tool: 'nothing' },
      {
        key: 'b',
        kind: 'APPROVAL',
        itemType: 'INVOICE',
        after: ['a', 'z'],
        policy: { name: 'policy', version: 1 },
        level: 3,
      },
      work('c', { after: ['b', 'd'], schema: { name: 'invoice', version: 99 }, capabilities: ['none'] }),
      work('d', { after: ['c'] }),
    ];
    const source = `mutation ($input: WorkflowTemplateSaveInput!) { workflowTemplateSave(input: $input) { userErrors { field message } } }`;
    const { data, statements } = await subgraph.ask('admin', source, { input: { name: 'bad', spec: { steps } } });
    expect(
      data.workflowTemplateSave.userErrors.map(
        (error: { field: string[]; message: string }) =>
          `${error.message.split(':')[0] ?? ''} ${error.field.join('.')}`,
      ),
    ).toEqual([
      'UNKNOWN_STEP spec.steps.1.after.1',
      'UNKNOWN_TOOL spec.steps.0.tool',
      'LEVEL_TOO_HIGH spec.steps.1.level',
      'UNKNOWN_CAPABILITY spec.steps.2.capabilities.0',
      'UNKNOWN_SCHEMA spec.steps.2.schema',
      'CYCLE spec.steps.2.after',
    ]);
    expect(statements).toHaveLength(1);
  });

  test('runs may be forbidden and allowed again', async () => {
    const { workflowTemplate } = await saveTemplate({ steps: [work('a')] }, { name: 'retired' });
    const set = (isActive: boolean) =>
      subgraph.mutate(
        'admin',
        'workflowTemplateActiveSet',
        { workflowTemplateId: workflowTemplate.id, isActive },
        'workflowTemplate { isActive }',
      );
    expect(await set(false)).toMatchObject({ workflowTemplate: { isActive: false } });
    expect(await set(true)).toMatchObject({ workflowTemplate: { isActive: true } });
  });
});

describe('document schemas', () => {
  const save = (definition: unknown, more: Record<string, unknown> = {}) =>
    subgraph.mutate(
      'admin',
      'documentSchemaSave',
      { name: 'invoice', documentType: 'INVOICE', definition, ...more },
      'documentSchema { version definition } breakingChanges { path }',
    );
  const object = (properties: object, required: string[] = []) => ({ type: 'object', properties, required });

  test('what breaks documents is refused at its path, and listed when it is allowed', async () => {
    expect((await save(object({ amount: { type: 'number' } }))).documentSchema).toMatchObject({ version: 1 });
    expect((await save(object({ amount: { type: ['number', 'null'] } }))).documentSchema).toMatchObject({ version: 2 });
    const breaking = object({ amount: { type: 'number' } }, ['amount']);
    const refused = await save(breaking);
    expect(refused).toMatchObject({ documentSchema: null, breakingChanges: null });
    expect(
      refused.userErrors.map(({ code, field }: { code: string; field: string[] }) => `${code} ${field.join('.')}`),
    ).toEqual(['CONFLICT definition.required', 'CONFLICT definition.properties.amount.type']);
    expect(await save(breaking, { allowBreaking: true })).toMatchObject({
      documentSchema: { version: 3 },
      breakingChanges: [{ path: '/required' }, { path: '/properties/amount/type' }],
    });
    expect(await save(breaking)).toMatchObject({ documentSchema: { version: 3 }, breakingChanges: [] });
  });

  test('a definition that is none is refused at its path', async () => {
    expect(
      await subgraph.refusals('admin', 'documentSchemaSave', {
        name: 'bad',
        definition: { properties: { a: { type: 'money' } } },
      }),
    ).toContain('VALIDATION definition.properties.a.type');
    expect(await subgraph.refusals('admin', 'documentSchemaSave', { name: 'a@b', definition: true })).toEqual([
      'VALIDATION name',
    ]);
  });
});

describe('connectors', () => {
  const save = (input: Record<string, unknown>) =>
    subgraph.mutate(
      'admin',
      'connectorSave',
      { name: 'ledger', type: 'API', ...input },
      'connector { id status config hasSecrets }',
    );
  const check = (connectorId: string, error?: string) =>
    subgraph.mutate(
      'agent',
      'connectorCheckRecord',
      { connectorId, error },
      'connector { status lastError consecutiveFailures lastCheckedAt }',
    );

  test('what is not given stays, secrets are not answered, and are removed when none are given', async () => {
    expect(await save({ config: { url: 'https://x.example' } })).toMatchObject({
      connector: { status: 'INACTIVE', hasSecrets: false },
    });
    answered.push(JSON.stringify(await save({ isActive: true, secrets: { apiKey: plantedSecret } })));
    expect(await save({})).toMatchObject({
      connector: { status: 'ACTIVE', hasSecrets: true, config: { url: 'https://x.example' } },
    });
    expect((await save({ name: 'other', secrets: { a: 'b' } })).connector.hasSecrets).toBe(true);
    expect((await save({ name: 'other', secrets: {} })).connector.hasSecrets).toBe(false);
  });

  test('its health follows from its checks: three failures in a row, one good check', async () => {
    const { connector } = await save({});
    const states = [];
    for (const error of ['down', 'down', `refused ${plantedSecret}`, undefined, 'down']) {
      const { connector: after } = await check(connector.id, error);
      answered.push(JSON.stringify(after));
      states.push(`${after.status} ${after.consecutiveFailures} ${after.lastError ?? ''}`);
    }
    expect(states).toEqual([
      'ACTIVE 1 down',
      'ACTIVE 2 down',
      'ERROR 3 refused [redacted]',
      'ACTIVE 0 ',
      'ACTIVE 1 down',
    ]);
    await save({ isActive: false });
    expect((await check(connector.id)).connector.status).toBe('INACTIVE');
    await expect(
      subgraph.mutate('reader', 'connectorCheckRecord', { connectorId: connector.id }),
    ).rejects.toMatchObject({ codes: ['FORBIDDEN'] });
    expect(
      await subgraph.refusals('agent', 'connectorCheckRecord', { connectorId: `Connector:${crypto.randomUUID()}` }),
    ).toEqual(['NOT_FOUND connectorId']);
  });

  test('secrets among its settings are refused where they stand', async () => {
    const refused = (input: Record<string, unknown>) =>
      subgraph.refusals('admin', 'connectorSave', { name: 'careless', type: 'API', ...input });
    expect(await refused({ config: { auth: { api_key: 'x' } } })).toEqual(['VALIDATION config.auth.api_key']);
    expect(await refused({ config: { tokens: [['x']] } })).toEqual(['VALIDATION config.tokens.0.0']);
    expect(await refused({ config: { urls: ['https://user:pass@x.example'] } })).toEqual(['VALIDATION config.urls.0']);
    expect(await refused({ secrets: { pin: 7 } })).toEqual(['VALIDATION secrets.pin']);
    expect(await refused({ name: 'ledger', type: 'EMAIL' })).toEqual(['CONFLICT type']);
    expect(
      await new TestSubgraph(database).refusals('admin', 'connectorSave', {
        name: 'n',
        type: 'API',
        secrets: { a: 'b' },
      }),
    ).toEqual(['VALIDATION secrets']);
  });

  test('rotation seals every secret anew, names what no key opens, and can be run again', async () => {
    const next = { current: '22'.repeat(32), previous: keys.current };
    await save({ name: 'lost', secrets: { a: 'b' } });
    await database.query(`update workflow.connectors set secrets_key_id = 'gone' where name = 'lost'`);
    expect(await rotateSecrets(database, new Keyring(next))).toEqual({ rotated: 1, unreadable: ['lost'] });
    expect(await rotateSecrets(database, new Keyring(next))).toEqual({ rotated: 0, unreadable: ['lost'] });
    const { connector } = await save({});
    const { data } = await new TestSubgraph(database, { keys: next }).ask(
      'agent',
      `mutation ($id: ID!) { connectorCheckRecord(input: { connectorId: $id, error: "${plantedSecret}" }) { connector { lastError } } }`,
      { id: connector.id },
    );
    expect(data.connectorCheckRecord.connector.lastError).toBe('[redacted]');
  });

  test('a secret is in no answer, no table, no event and no audit entry', async () => {
    await settleSealing(database);
    const tables = await database.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    for (const { name } of tables) {
      const rows = await database.query<{ row: string }>(`select t::text as row from ${name} t`);
      answered.push(...rows.map(({ row }) => row));
    }
    expect(answered.length).toBeGreaterThan(30);
    expect(answered.filter((text) => text.includes(plantedSecret))).toEqual([]);
  });
});

describe('tools and capabilities', () => {
  test('a tool asks for exactly the capabilities that it was last given', async () => {
    const capability = async (scope: string) =>
      (await subgraph.mutate('admin', 'capabilitySave', { name: `May ${scope}`, scope }, 'capability { id }'))
        .capability.id;
    const [post, read] = [await capability('ledger:post'), await capability('ledger:read')];
    const save = (input: Record<string, unknown>) =>
      subgraph.mutate(
        'admin',
        'toolSave',
        { name: 'ledger.post', inputSchema: { type: 'object' }, ...input },
        'tool { capabilities { nodes { scope tools { nodes { name } } } } connector { name } }',
      );
    const { data } = await subgraph.ask(
      'reader',
      '{ connectors(filter: { name: { eq: "ledger" } }) { nodes { id } } }',
    );
    const scopes = (saved: { tool: { capabilities: { nodes: { scope: string }[] } } }) =>
      saved.tool.capabilities.nodes.map(({ scope }) => scope);
    const saved = await save({ capabilityIds: [post, read, post], connectorId: data.connectors.nodes[0].id });
    expect(scopes(saved)).toEqual(['ledger:post', 'ledger:read']);
    expect(saved.tool.connector.name).toBe('ledger');
    expect(scopes(await save({}))).toEqual(['ledger:post', 'ledger:read']);
    expect(scopes(await save({ capabilityIds: [post] }))).toEqual(['ledger:post']);
    const missing = `Capability:${crypto.randomUUID()}`;
    expect(
      await subgraph.refusals('admin', 'toolSave', { name: 't', inputSchema: true, capabilityIds: [missing] }),
    ).toEqual(['NOT_FOUND capabilityIds']);
    expect(
      await subgraph.refusals('admin', 'toolSave', {
        name: 't',
        inputSchema: true,
        connectorId: `Connector:${crypto.randomUUID()}`,
      }),
    ).toEqual(['NOT_FOUND connectorId']);
    expect(await subgraph.refusals('admin', 'toolSave', { name: 't', inputSchema: { type: 'x' } })).toContain(
      'VALIDATION inputSchema.type',
    );
    expect(await subgraph.refusals('admin', 'capabilitySave', { name: 'bad', scope: 'with space' })).toEqual([
      'VALIDATION scope',
    ]);
    expect(
      await subgraph.refusals('admin', 'workflowTemplateSave', {
        name: 'posts',
        spec: { steps: [{ key: 'p', kind: 'TOOL_CALL', itemType: 'INVOICE', tool: 'ledger.post' }] },
      }),
    ).toEqual(['VALIDATION spec.steps.0.capabilities']);
    expect(
      await subgraph.refusals('admin', 'workflowTemplateSave', {
        name: 'posts',
        spec: {
          steps: [
            { key: 'p', kind: 'TOOL_CALL', itemType: 'INVOICE', tool: 'ledger.post', capabilities: ['ledger:post'] },
          ],
        },
      }),
    ).toEqual([]);
  });
});
