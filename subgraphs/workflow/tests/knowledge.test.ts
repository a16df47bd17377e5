import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import type { Database } from '../../kernel/db/index.js';
import type { Embedder } from '../../kernel/embeddings/index.js';
import { RequestError } from '../../kernel/errors/index.js';
import { settleSealing } from '../../kernel/write/index.js';
import { model } from '../entities.js';
import { sweepMemory } from '../index.js';
import { attempt, insertRows, item, order, run, template, uuid } from './rows-fixture.js';
import { TestSubgraph } from './subgraph-fixture.js';

let opened: TestDatabase;
let database: Database;
let subgraph: TestSubgraph;

beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  subgraph = new TestSubgraph(database);
  await insertRows(database);
});
afterAll(async () => {
  await settleSealing(database);
  await opened.close();
});

const remember = (input: Record<string, unknown>) =>
  subgraph.mutate(
    'agent',
    'memDocSave',
    { type: 'KNOWLEDGE', ...input },
    'memDoc { id title content hasEmbedding metadata }',
  );

describe('evaluations', () => {
  const score = (n: number, more: Record<string, unknown> = {}) =>
    subgraph.mutate(
      'agent',
      'evalResultRecord',
      { workItemId: `WorkItem:${item(n)}`, evaluator: 'totals', score: 0.5, passed: true, ...more },
      'evalResult { id metric score details workItem { id } attempt { id } }',
    );

  test('a score is recorded once for a client key, of the item or of an attempt at it', async () => {
    const first = await score(1, { score: 0.93754, clientKey: 'k', attemptId: `Attempt:${attempt(1)}` });
    expect(first.evalResult).toMatchObject({
      metric: 'overall',
      score: 0.9375,
      details: {},
      attempt: { id: `Attempt:${attempt(1)}` },
    });
    expect(await score(1, { score: 0.93754, clientKey: 'k', attemptId: `Attempt:${attempt(1)}` })).toEqual(first);
    await database.query(`update workflow.eval_results set created_at = '2026-03-02 12:00'`);
  });

  test('what is no score, no item and another item’s attempt are refused', async () => {
    const refused = (input: Record<string, unknown>) =>
      subgraph.refusals('agent', 'evalResultRecord', {
        workItemId: `WorkItem:${item(1)}`,
        evaluator: 'e',
        score: 1,
        passed: true,
        ...input,
      });
    expect(await refused({ score: 1.01 })).toEqual(['VALIDATION score']);
    expect(await refused({ evaluator: ' ' })).toEqual(['VALIDATION evaluator']);
    expect(await refused({ workItemId: `WorkItem:${uuid(99, 1)}` })).toEqual(['NOT_FOUND workItemId']);
    expect(await refused({ attemptId: `Attempt:${attempt(2)}` })).toEqual(['NOT_FOUND attemptId']);
    await expect(score(1, { clientKey: 'k' })).resolves.toMatchObject({
      userErrors: [{ code: 'IDEMPOTENCY_MISMATCH' }],
    });
    await expect(
      subgraph.mutate('writer', 'evalResultRecord', {
        workItemId: `WorkItem:${item(1)}`,
        evaluator: 'e',
        score: 1,
        passed: true,
      }),
    ).rejects.toMatchObject({ codes: ['FORBIDDEN'] });
  });

  test('each report is one statement: by template version and day, by kind of item, by model', async () => {
    await database.query(
      `insert into workflow.eval_results (work_item_id, evaluator, metric, score, passed, created_at) values
        ($1, 'totals', 'overall', 0.5, false, '2026-03-02 13:00'), ($2, 'totals', 'overall', 1, true, '2026-03-03 23:59:59.999'),
        ($2, 'totals', 'speed', 0.2, false, '2026-03-04'), ($2, 'other', 'overall', 0, false, '2026-03-04'), ($2, 'totals', 'overall', 0, false, '2026-04-01')`,
      [item(1), item(2)],
    );
    const march = 'from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z"';
    const asked = async (query: string) => {
      const { data, errors, statements } = await subgraph.ask('reader', `{ ${query} }`);
      expect(errors).toEqual([]);
      expect(statements).toHaveLength(1);
      return data;
    };
    const { templateScores } = await asked(
      `templateScores(${march}, evaluator: "totals", metric: "overall") { period templateName templateVersion evaluations averageScore passRate }`,
    );
    expect(templateScores).toEqual([
      {
        period: '2026-03-02T00:00:00.000000Z',
        templateName: 'invoices',
        templateVersion: 1,
        evaluations: 2,
        averageScore: expect.closeTo(0.71875, 6),
        passRate: 0.5,
      },
      {
        period: '2026-03-03T00:00:00.000000Z',
        templateName: 'invoices',
        templateVersion: 2,
        evaluations: 1,
        averageScore: 1,
        passRate: 1,
      },
    ]);
    const monthly = await asked(
      `templateScores(${march}, interval: MONTH, templateName: "invoices") { period evaluations metric templateVersion }`,
    );
    expect(monthly.templateScores.map((each: { evaluations: number }) => each.evaluations)).toEqual([2, 2, 1]);
    const { passRates } = await asked(
      `passRates(${march}, evaluator: "totals") { itemType metric evaluations passed passRate averageScore }`,
    );
    expect(passRates).toEqual([
      {
        itemType: 'INVOICE',
        metric: 'overall',
        evaluations: 2,
        passed: 1,
        passRate: 0.5,
        averageScore: expect.closeTo(0.71875, 6),
      },
      { itemType: 'TICKET', metric: 'overall', evaluations: 1, passed: 1, passRate: 1, averageScore: 1 },
      {
        itemType: 'TICKET',
        metric: 'speed',
        evaluations: 1,
        passed: 0,
        passRate: 0,
        averageScore: expect.closeTo(0.2, 6),
      },
    ]);
    const { modelUsage } = await asked(
      `modelUsage(${march}) { model attempts completed failed timedOut inputTokens outputTokens cost averageSeconds }`,
    );
    expect(
      modelUsage.map((each: { model: string; cost: number }) => [each.model, Number(each.cost.toFixed(4))]),
    ).toEqual([
      ['large', 0.5],
      ['small', 0.25],
      [null, 0.1667],
    ]);
    expect(modelUsage[1]).toMatchObject({
      attempts: 1,
      completed: 0,
      failed: 1,
      timedOut: 0,
      inputTokens: 200,
      outputTokens: 20,
      averageSeconds: 10,
    });
  });

  test('a time that is no period is refused', async () => {
    const codes = async (args: string) => (await subgraph.ask('reader', `{ modelUsage(${args}) { model } }`)).codes;
    expect(await codes('to: "0001-01-02T00:00:00Z"')).toEqual([]);
    expect(await codes('to: "0001-01-01T00:00:00Z"')).toEqual(['BAD_USER_INPUT']);
    expect(await codes('from: "2026-03-02T00:00:00Z", to: "2026-03-01T00:00:00Z"')).toEqual(['BAD_USER_INPUT']);
    expect(await codes('from: "2020-01-01T00:00:00Z", to: "2026-03-01T00:00:00Z"')).toEqual(['BAD_USER_INPUT']);
    expect(await codes('to: "2026-03-31T00:00:00Z"')).toEqual([]);
    expect((await subgraph.ask('anonymous', '{ modelUsage { model } }')).codes).toEqual(['UNAUTHENTICATED']);
  });
});

describe('memory', () => {
  const found = async (args: string, caller: 'agent' | 'anonymous' = 'agent') => {
    const answer = await subgraph.ask(
      caller,
      `{ searchMemory(${args}) { nodes { memDoc { title } similarity snippet } pageInfo { endCursor hasNextPage } } }`,
    );
    return {
      ...answer,
      titles: answer.data?.searchMemory?.nodes.map(({ memDoc }: { memDoc: { title: string } | null }) => memDoc?.title),
    };
  };
  const ids = new Map<string, string>();

  beforeAll(async () => {
    const texts: readonly [title: string, content: string, more?: object][] = [
      ['Proforma', 'Helix Sensors sends a proforma invoice first. Only the second invoice is to be paid.'],
      ['Discounts', 'A discount for early payment is taken when the invoice is paid within ten days.'],
      [
        'Passwords',
        'Passwords of customers are reset by support after their identity was checked.',
        { type: 'CONTEXT', runId: `Run:${run(1)}` },
      ],
    ];
    for (const [title, content, more] of texts) ids.set(title, (await remember({ title, content, ...more })).memDoc.id);
  });

  test('is found by words, by meaning, and by both, within a kind and a run', async () => {
    expect((await found('text: "paid invoices", mode: TEXT')).titles).toEqual(['Proforma', 'Discounts']);
    expect((await found('text: "resetting a customer password"')).titles[0]).toBe('Passwords');
    expect((await found('text: "resetting a customer password", mode: VECTOR, minSimilarity: 0.2')).titles).toEqual([
      'Passwords',
    ]);
    expect((await found(`memDocId: "${ids.get('Proforma') ?? ''}", minSimilarity: 0.1`)).titles).toEqual(['Discounts']);
    expect((await found(`text: "invoice password", runId: "Run:${run(1)}"`)).titles).toEqual(['Passwords']);
    expect((await found('text: "invoice password", types: [KNOWLEDGE], mode: TEXT')).titles.sort()).toEqual([
      'Discounts',
      'Proforma',
    ]);
    expect((await found('text: "invoice", mode: TEXT')).data.searchMemory.nodes[0].snippet).toContain('«invoice»');
  });

  test('takes one statement, and one more for the documents of a page; pages continue each other', async () => {
    const whole = await found('text: "invoice password", first: 3');
    expect(whole.statements).toHaveLength(2);
    const first = await found('text: "invoice password", first: 2');
    const { endCursor, hasNextPage } = first.data.searchMemory.pageInfo;
    expect(hasNextPage).toBe(true);
    const rest = await found(`text: "invoice password", first: 2, after: "${endCursor}"`);
    expect([...first.titles, ...rest.titles]).toEqual(whole.titles);
  });

  test('a question that lacks what its mode looks for is refused', async () => {
    for (const args of [
      'mode: TEXT',
      'text: ""',
      'text: "a", vector: [1]',
      'vector: [1]',
      'mode: HYBRID, vector: [1]',
      'text: "a", minSimilarity: 2',
      'text: "a", first: 0',
      'text: "a", after: "x"',
      'memDocId: "Run:1"',
    ])
      expect((await found(args)).codes).toEqual([expect.stringMatching(/^(BAD_USER_INPUT|CURSOR_INVALID)$/)]);
    expect((await found('text: "a"', 'anonymous')).codes).toEqual(['UNAUTHENTICATED']);
  });

  test('what has expired is gone for every reader at once, and its row is swept', async () => {
    const { memDoc } = await remember({
      title: 'Harbour',
      content: 'The harbour closes at noon.',
      expiresAt: '2999-01-01T00:00:00Z',
    });
    expect((await found('text: "harbour", mode: TEXT')).titles).toEqual(['Harbour']);
    await database.query(`update workflow.mem_docs set expires_at = now() where title = 'Harbour'`);
    expect((await found('text: "harbour", mode: TEXT')).titles).toEqual([]);
    expect((await found('text: "harbour closes", mode: VECTOR, minSimilarity: -1')).titles).not.toContain('Harbour');
    expect((await found(`memDocId: "${memDoc.id}", minSimilarity: -1`)).titles).toEqual([]);
    const { data } = await subgraph.ask(
      'agent',
      `{ memDoc(id: "${memDoc.id}") { id } memDocs(filter: { search: "harbour" }) { totalCount } run(id: "Run:${run(1)}") { memDocs { totalCount } } }`,
    );
    expect(data).toEqual({ memDoc: null, memDocs: { totalCount: 0 }, run: { memDocs: { totalCount: 1 } } });
    expect(
      await subgraph.refusals('agent', 'memDocSave', { memDocId: memDoc.id, type: 'CONTEXT', content: 'x' }),
    ).toEqual(['NOT_FOUND memDocId']);
    expect(await subgraph.refusals('agent', 'memDocRemove', { memDocId: memDoc.id })).toEqual(['NOT_FOUND memDocId']);
    expect(await sweepMemory(database)).toBe(1);
    expect(await sweepMemory(database)).toBe(0);
  });

  test('is replaced with a new vector, written once for a client key, and forgotten', async () => {
    const { memDoc } = await remember({ content: 'Ships arrive at dawn', metadata: { a: 1 }, clientKey: 'ships' });
    expect(
      (await remember({ content: 'Ships arrive at dawn', metadata: { a: 1 }, clientKey: 'ships' })).memDoc.id,
    ).toBe(memDoc.id);
    await remember({ memDocId: memDoc.id, title: 'Bakery', content: 'Bread is baked at night' });
    expect((await found('text: "bread baking", mode: VECTOR, minSimilarity: 0.2')).titles).toEqual(['Bakery']);
    expect(await subgraph.mutate('writer', 'memDocRemove', { memDocId: memDoc.id }, 'memDocId')).toEqual({
      memDocId: memDoc.id,
      userErrors: [],
    });
    await expect(subgraph.mutate('reader', 'memDocRemove', { memDocId: memDoc.id })).rejects.toMatchObject({
      codes: ['FORBIDDEN'],
    });
    await expect(subgraph.mutate('reader', 'memDocSave', { type: 'CONTEXT', content: 'x' })).rejects.toMatchObject({
      codes: ['FORBIDDEN'],
    });
  });

  test('what can’t be remembered is refused, and a vector of the wrong length by a typed error', async () => {
    const refused = (input: Record<string, unknown>) =>
      subgraph.refusals('agent', 'memDocSave', { type: 'CONTEXT', content: 'x', ...input });
    expect(await refused({ content: ' ' })).toEqual(['VALIDATION content']);
    expect(await refused({ content: 'x'.repeat(150_001) })).toEqual(['VALIDATION content']);
    expect(await refused({ expiresAt: '2020-01-01T00:00:00Z' })).toEqual(['VALIDATION expiresAt']);
    expect(await refused({ runId: `Run:${uuid(99, 1)}` })).toEqual(['NOT_FOUND runId']);
    await expect(refused({ embedding: [1, 2] })).rejects.toMatchObject({ codes: ['BAD_USER_INPUT'] });
  });

  test('nothing is written while the endpoint that makes vectors is down', async () => {
    const down: Embedder = {
      model: 'down',
      embed: () => Promise.reject(new RequestError('EMBEDDINGS_UNAVAILABLE', 'Try again later.')),
    };
    const broken = new TestSubgraph(database, { embedder: down });
    await expect(broken.mutate('agent', 'memDocSave', { type: 'CONTEXT', content: 'unseen' })).rejects.toMatchObject({
      codes: ['EMBEDDINGS_UNAVAILABLE'],
    });
    expect((await found('text: "unseen", mode: TEXT')).titles).toEqual([]);
  });
});

describe('reads', () => {
  // The demo company starts nothing by the clock.
  beforeAll(() =>
    database.query(`with schedule as (
        insert into workflow.schedules (name, cron, workflow_template_id, owner)
        select 'nightly', '0 2 * * *', id, 'clerk' from workflow.workflow_templates limit 1 returning id
      ) insert into workflow.schedule_firings (schedule_id, scheduled_for) select id, now() from schedule`),
  );

  const roots = Object.entries(model.queries).flatMap(([name, { kind, type }]) =>
    kind === 'connection' ? [{ name, type }] : [],
  );
  const selections = {
    connection: '{ nodes { id } totalCount }',
    union: '{ __typename }',
    one: '{ id }',
    list: '{ id }',
  };
  const lists = roots.flatMap(({ name, type }) =>
    Object.entries(model.entities.find((map) => map.type === type)?.relations ?? {}).flatMap(([relation, { kind }]) =>
      kind === 'reference' ? [] : [{ root: name, relation, selection: selections[kind] }],
    ),
  );

  test.each(lists)(
    '$relation of $root takes one statement for all of a page',
    async ({ root, relation, selection }) => {
      const { errors, statements, data } = await subgraph.ask(
        'reader',
        `{ ${root}(first: 3) { nodes { id ${relation} ${selection} } } }`,
      );
      expect(errors).toEqual([]);
      expect(data[root].nodes.length).toBeGreaterThan(0);
      expect(statements.length).toBeLessThanOrEqual(2);
    },
  );

  test('nobody reads without signing in', async () => {
    const { codes, statements } = await subgraph.ask(
      'anonymous',
      `{ ${roots.map(({ name }) => `${name} { totalCount }`).join(' ')} }`,
    );
    expect(codes).toEqual(roots.map(() => 'UNAUTHENTICATED'));
    expect(statements).toEqual([]);
  });

  test('items are found by words of their content, by what they are about, and by what they ask for', async () => {
    const numbers = async (filter: string) =>
      (
        await subgraph.ask(
          'reader',
          `{ workItems(filter: ${filter}, orderBy: { field: CREATED_AT, direction: ASC }) { nodes { content } } }`,
        )
      ).data.workItems.nodes.map(({ content }: { content: { invoice_number: string } }) => content.invoice_number);
    expect((await numbers('{ search: "pay bakery" }')).sort()).toEqual(['M-1002', 'M-1003']);
    expect(await numbers('{ search: "M-1001" }')).toEqual(['M-1001']);
    expect(await numbers('{ search: "invoice_number" }')).toEqual([]);
    expect(await numbers('{ requiresCapability: "scope-2", type: { eq: TICKET } }')).toEqual(['M-1002']);
    expect(await numbers(`{ workOrderId: { eq: "WorkOrder:${order(3)}" }, runId: { eq: "Run:${run(3)}" } }`)).toEqual([
      'M-1003',
    ]);
    expect((await subgraph.ask('reader', '{ workItems(filter: { search: " " }) { nodes { id } } }')).codes).toEqual([
      'BAD_USER_INPUT',
    ]);
  });

  test('an item leads to what it is about, to its run’s template and back, in two statements', async () => {
    const { data, statements } = await subgraph.ask(
      'reader',
      `{ workItem(id: "WorkItem:${item(2)}") { subjectId subject { __typename ... on Build { id } } requiredCapabilities
          run { workflowTemplate { name version hasRun } steps { key workItems { nodes { id } } } } } }`,
    );
    expect(data.workItem).toEqual({
      subjectId: `Build:${uuid(9, 2)}`,
      subject: { __typename: 'Build', id: `Build:${uuid(9, 2)}` },
      requiredCapabilities: ['scope-2'],
      run: {
        workflowTemplate: { name: 'invoices', version: 2, hasRun: true },
        steps: [{ key: 'step-2', workItems: { nodes: [{ id: `WorkItem:${item(2)}` }] } }],
      },
    });
    expect(statements).toHaveLength(2);
  });

  test('a template version that a run has used can’t be changed in the database either', async () => {
    await expect(
      database.query(`update workflow.workflow_templates set spec = '{"a": 1}' where id = $1`, [template(1)]),
    ).rejects.toThrow(/immutable/);
  });
});
