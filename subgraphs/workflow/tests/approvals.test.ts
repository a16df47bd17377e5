import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { Identity } from '../../kernel/auth/index.js';
import { countStatements, openDatabase, type Database } from '../../kernel/db/index.js';
import type { Writer } from '../../kernel/write/index.js';
import {
  cancelOrder,
  completeItem,
  createOrder,
  decideApproval,
  sweep,
  type DecideInput,
} from '../operations/index.js';
import {
  claim,
  done,
  newRun,
  passTime,
  runStatus,
  savePolicies,
  step,
  stepStatuses,
  valueOf,
  workOff,
  writerOf,
} from './engine-fixture.js';

let opened: TestDatabase;
let database: Database;
let clerk: Writer;
let agent: Writer;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  clerk = writerOf(database, 'clerk', 'workflow:write', 'workflow:approve');
  agent = writerOf(database, 'agent', 'workflow:work', 'workflow:approve');
  await savePolicies(database);
});
afterAll(() => opened.close());

const judge = (name = 'judge', ...scopes: readonly string[]): Writer =>
  writerOf(database, name, 'workflow:approve', ...scopes);

interface Waiting {
  readonly order: string;
  readonly item: string;
  readonly request: string;
}

/** An item that the agent has handed in, and that waits for a signature. */
async function waiting(level = 1): Promise<Waiting> {
  const approval = { policy: { name: 'policy', version: 1 }, level };
  const items = [{ type: 'INVOICE' as const, content: {}, approval }];
  const order = done(await createOrder(clerk, { priority: 'URGENT', items })).workOrder ?? '';
  const [claimed] = await claim(agent);
  if (claimed === undefined) throw new Error('nothing to claim');
  done(await completeItem(agent, { workItemId: claimed.id, leaseToken: claimed.leaseToken, result: { posted: true } }));
  const request = await requestOf(claimed.id);
  return { order, item: claimed.id, request };
}

function requestOf(item: string): Promise<string> {
  return valueOf(database, `select id from workflow.approval_requests where work_item_id = $1 and status = 'OPEN'`, [
    item,
  ]);
}

function decide(by: Writer, request: string, more: Partial<DecideInput> = {}) {
  return decideApproval(by, {
    approvalRequestId: request,
    expectedVersion: 1,
    decision: 'APPROVED',
    policyVersion: 1,
    meaning: 'I have checked the amount and approve the payment.',
    printedName: 'Jana Novak',
    ...more,
  });
}

async function refusal(by: Writer, request: string, more: Partial<DecideInput> = {}): Promise<unknown> {
  const before = await valueOf(database, 'select count(*) from workflow.approval_events');
  const { userErrors } = await decide(by, request, more);
  expect(await valueOf(database, 'select count(*) from workflow.approval_events')).toBe(before);
  return userErrors.map(({ code, field }) => [code, field?.join('.') ?? null]);
}

describe('a signature', () => {
  test('completes the item, and records who, what, under which rules, and when by the database', async () => {
    const { item, request } = await waiting();
    const before = await valueOf<string>(database, 'select now()');
    const { approvalEvent } = done(await decide(judge(), request, { reason: 'matches the order' }));
    const [event] = await database.query(
      'select *, created_at >= $2 as "isNow" from workflow.approval_events where id = $1',
      [approvalEvent, before],
    );
    expect(event).toMatchObject({
      approver_id: 'judge',
      printed_name: 'Jana Novak',
      decision: 'APPROVED',
      meaning: 'I have checked the amount and approve the payment.',
      reason: 'matches the order',
      policy_name: 'policy',
      policy_version: 1,
      level: 1,
      isNow: true,
    });
    const [row] = await database.query(
      'select status, approval_status, result from workflow.work_items where id = $1',
      [item],
    );
    expect(row).toEqual({ status: 'COMPLETED', approval_status: 'APPROVED', result: { posted: true } });
  });

  test('against it fails the item, without a dead letter', async () => {
    const { item, request } = await waiting();
    done(await decide(judge(), request, { decision: 'REJECTED', reason: 'no such supplier' }));
    const [row] = await database.query(
      `select status, approval_status, error, (select count(*) from workflow.dead_letters d where d.work_item_id = i.id) as letters
       from workflow.work_items i where id = $1`,
      [item],
    );
    expect(row).toEqual({
      status: 'FAILED',
      approval_status: 'REJECTED',
      error: 'Rejected by Jana Novak: no such supplier',
      letters: 0,
    });
  });

  test('carries the name of the token, and no other', async () => {
    const { request } = await waiting();
    const auth = Identity.of({ subject: 'eva', scopes: ['workflow:approve'], name: 'Eva Dvorak' });
    const eva = { ...judge(), auth };
    expect(await refusal(eva, request)).toEqual([['VALIDATION', 'printedName']]);
    const { approvalEvent } = done(await decide(eva, request, { printedName: null }));
    expect(
      await valueOf(database, 'select printed_name from workflow.approval_events where id = $1', [approvalEvent]),
    ).toBe('Eva Dvorak');
  });

  test.each<[string, Partial<DecideInput>, string]>([
    ['no meaning', { meaning: ' ' }, 'meaning'],
    ['no name', { printedName: null }, 'printedName'],
    ['a name that is too long', { printedName: 'x'.repeat(201) }, 'printedName'],
  ])('with %s is refused', async (_, input, field) => {
    const { request } = await waiting();
    expect(await refusal(judge(), request, input)).toEqual([['VALIDATION', field]]);
  });
});

describe('an attack on an approval', () => {
  test('the claimant, and whoever asked for the work, cannot decide', async () => {
    const { request } = await waiting();
    expect(await refusal(agent, request)).toEqual([['NOT_PERMITTED', null]]);
    expect(await refusal(clerk, request)).toEqual([['NOT_PERMITTED', null]]);
    expect(await refusal(agent, request, { decision: 'ESCALATED' })).toEqual([['NOT_PERMITTED', null]]);
  });

  test('whoever worked on an earlier step for the same element cannot decide, on another element they can', async () => {
    const { run } = await newRun(
      clerk,
      [
        step.fanOut('f', 'input.list'),
        step.work('extract', { after: ['f'], within: 'f', priority: 'URGENT' }),
        step.approval('approve', { after: ['extract'], within: 'f' }),
      ],
      { list: [1, 2] },
    );
    const other = writerOf(database, 'other', 'workflow:work', 'workflow:approve');
    for (const by of [agent, other]) {
      const [item] = await claim(by, { limit: 1 });
      done(await completeItem(by, { workItemId: item!.id, leaseToken: item!.leaseToken, result: {} }));
    }
    const requests = await database.query<{ id: string; worker: string }>(
      `select q.id, a.agent_id as worker from workflow.approval_requests q join workflow.work_items i on i.id = q.work_item_id
       join workflow.work_items e on e.run_id = i.run_id and e.item_key = i.item_key
       join workflow.attempts a on a.work_item_id = e.id where i.run_id = $1 order by worker`,
      [run],
    );
    const [ofAgent, ofOther] = requests.map((row) => row.id) as [string, string];
    expect(await refusal(agent, ofAgent)).toEqual([['NOT_PERMITTED', null]]);
    expect(await refusal(clerk, ofAgent)).toEqual([['NOT_PERMITTED', null]]);
    done(await decide(agent, ofOther));
    done(await decide(other, ofAgent));
    expect(await runStatus(database, run)).toBe('COMPLETED');
  });

  test('a stale decision is a conflict', async () => {
    const { request } = await waiting();
    done(await decide(judge(), request, { decision: 'ESCALATED' }));
    expect(await refusal(judge('eva', 'workflow:approve:2'), request)).toEqual([['CONFLICT', 'expectedVersion']]);
  });

  test('an unknown version of the policy is not found, another one is a conflict', async () => {
    const { request } = await waiting();
    expect(await refusal(judge(), request, { policyVersion: 7 })).toEqual([['NOT_FOUND', 'policyVersion']]);
    expect(await refusal(judge(), request, { policyVersion: 2 })).toEqual([['CONFLICT', 'policyVersion']]);
  });

  test('a request that does not exist is not found', async () => {
    expect(await refusal(judge(), randomUUID())).toEqual([['NOT_FOUND', 'approvalRequestId']]);
  });

  test('an item that is final is not decided again', async () => {
    const { request } = await waiting();
    done(await decide(judge(), request));
    for (const expectedVersion of [1, 2]) {
      expect(await refusal(judge('eva'), request, { decision: 'REJECTED', expectedVersion })).toEqual([
        ['INVALID_TRANSITION', null],
      ]);
    }
  });

  test('an item that was cancelled is not decided any more', async () => {
    const { order, request } = await waiting();
    done(await cancelOrder(clerk, order));
    expect(await refusal(judge(), request, { expectedVersion: 2 })).toEqual([['INVALID_TRANSITION', null]]);
  });

  test('an escalation past the top is refused, and the level above must decide', async () => {
    const { request } = await waiting();
    done(await decide(judge(), request, { decision: 'ESCALATED' }));
    const second = { expectedVersion: 2 };
    expect(await refusal(judge('eva'), request, { ...second, decision: 'ESCALATED' })).toEqual([
      ['INVALID_TRANSITION', 'decision'],
    ]);
    expect(await refusal(judge('eva'), request, second)).toEqual([['NOT_PERMITTED', null]]);
    done(await decide(judge('eva', 'workflow:approve:2'), request, second));
  });

  test('of two deciders at once one decides, the other is told so', async () => {
    const connections =
      opened.url === null
        ? [database, database]
        : await Promise.all(
            [1, 2].map(() => openDatabase({ url: opened.url ?? '', poolSize: 1, log: { warn: () => undefined } })),
          );
    for (let round = 0; round < 10; round += 1) {
      const { item, request } = await waiting();
      const outcomes = await Promise.all(
        connections.map((connection, index) =>
          decide(writerOf(connection, `judge-${index}`, 'workflow:approve'), request, {
            decision: index === 0 ? 'APPROVED' : 'REJECTED',
          }),
        ),
      );
      expect(outcomes.map(({ userErrors }) => userErrors.map(({ code }) => code).join()).sort()).toEqual([
        '',
        'INVALID_TRANSITION',
      ]);
      expect(
        await valueOf(database, 'select count(*) from workflow.approval_events where work_item_id = $1', [item]),
      ).toBe(1);
    }
    if (opened.url !== null) await Promise.all(connections.map((connection) => connection.close()));
  });
});

describe('a step that is an approval', () => {
  const steps = [
    step.approval('approve', { limit: { path: 'input.amount', above: 1_000 } }),
    step.work('post', { after: ['approve'], input: { by: { var: 'steps.approve.output.approvedBy' } } }),
  ];

  test('asks for amounts above its limit alone', async () => {
    const small = await newRun(clerk, steps, { amount: 1_000 });
    expect(await stepStatuses(database, small.run)).toEqual({ approve: 'COMPLETED', post: 'RUNNING' });
    const large = await newRun(clerk, steps, { amount: 1_000.01 });
    expect(await stepStatuses(database, large.run)).toEqual({ approve: 'RUNNING', post: 'BLOCKED' });
    const none = await newRun(clerk, steps, {});
    expect(await stepStatuses(database, none.run)).toEqual({ approve: 'RUNNING', post: 'BLOCKED' });
    const item = await valueOf<string>(database, 'select id from workflow.work_items where run_id = $1', [large.run]);
    done(await decide(judge(), await requestOf(item)));
    const posted: unknown[] = [];
    await workOff(agent, ({ content }) => posted.push(content));
    expect(posted).toEqual(expect.arrayContaining([{ by: null }, { by: 'judge' }]));
    expect(await runStatus(database, large.run)).toBe('COMPLETED');
  });

  test('rejected fails its run', async () => {
    const { run } = await newRun(clerk, steps, { amount: 5_000 });
    const item = await valueOf<string>(database, 'select id from workflow.work_items where run_id = $1', [run]);
    done(await decide(judge(), await requestOf(item), { decision: 'REJECTED' }));
    expect(await runStatus(database, run)).toBe('FAILED');
  });

  test('goes up by itself also while other things that are due can not be looked for', async () => {
    const { run } = await newRun(clerk, steps, { amount: 5_000 });
    await passTime(database, 3_700);
    const query: Database['query'] = (statement, values) =>
      (typeof statement === 'string' ? statement : statement.name).includes('workflow.listOverdueWorkItems')
        ? Promise.reject(new Error('it takes too long'))
        : database.query(statement, values);
    const broken = { ...countStatements(database).db, query };
    await expect(sweep(writerOf(broken, 'sweep'))).rejects.toThrow('1 of 4 could not be moved');
    const item = await valueOf<string>(database, 'select id from workflow.work_items where run_id = $1', [run]);
    expect(
      await valueOf(database, 'select required_level from workflow.approval_requests where work_item_id = $1', [item]),
    ).toBe(2);
  });

  test('goes up by itself when nobody decides in time, and stops at the top', async () => {
    const { run } = await newRun(clerk, steps, { amount: 5_000 });
    const state = () =>
      database.query(
        `select required_level, escalates_at is null as "isLast", q.version, (select count(*) from workflow.approval_events e
           where e.approval_request_id = q.id and decision = 'ESCALATED') as escalated
         from workflow.approval_requests q join workflow.work_items i on i.id = q.work_item_id where i.run_id = $1`,
        [run],
      );
    expect(await state()).toEqual([{ required_level: 1, isLast: false, version: 1, escalated: 0 }]);
    await passTime(database, 3_700);
    await sweep(writerOf(database, 'sweep'));
    const top = [{ required_level: 2, isLast: true, version: 2, escalated: 1 }];
    expect(await state()).toEqual(top);
    await passTime(database, 100_000);
    await sweep(writerOf(database, 'sweep'));
    expect(await state()).toEqual(top);
  });
});
