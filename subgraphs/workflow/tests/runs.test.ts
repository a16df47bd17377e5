import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import type { Database } from '../../kernel/db/index.js';
import type { Writer } from '../../kernel/write/index.js';
import {
  cancelRun,
  completeItem,
  failItem,
  pauseRun,
  redriveDeadLetters,
  resumeRun,
  sweep,
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
  clerk = writerOf(database, 'clerk', 'workflow:write');
  agent = writerOf(database, 'agent', 'workflow:work');
  await savePolicies(database);
});
afterAll(() => opened.close());

const orderStatus = (order: string): Promise<string> =>
  valueOf(database, 'select status from workflow.work_orders where id = $1', [order]);

describe('a run', () => {
  test('releases each step when all before it are done, and ends with the last', async () => {
    const { run, order } = await newRun(clerk, [
      step.work('a'),
      step.work('b', { after: ['a'] }),
      step.work('c', { after: ['a'] }),
      step.work('d', { after: ['b', 'c'], input: { b: { var: 'steps.b.output.from' } } }),
    ]);
    const contents: unknown[] = [];
    const steps = await workOff(agent, (item) => {
      contents.push(item.content);
      return { from: item.stepKey };
    });
    expect([steps[0], steps.slice(1, 3).sort(), steps[3]]).toEqual(['a', ['b', 'c'], 'd']);
    expect(contents[3]).toEqual({ b: 'b' });
    expect(await runStatus(database, run)).toBe('COMPLETED');
    expect(await orderStatus(order)).toBe('COMPLETED');
    expect(await valueOf(database, 'select output from workflow.runs where id = $1', [run])).toEqual({
      d: { from: 'd' },
    });
  });

  test('skips steps whose condition does not hold, and goes on behind them', async () => {
    const { run } = await newRun(
      clerk,
      [
        step.work('a', { when: { '>': [{ var: 'input.amount' }, 10] } }),
        step.work('b', { after: ['a'] }),
        step.work('c', { after: ['b'], when: { '==': [{ var: 'steps.a.status' }, 'COMPLETED'] } }),
      ],
      { amount: 5 },
    );
    expect(await workOff(agent)).toEqual(['b']);
    expect(await stepStatuses(database, run)).toEqual({ a: 'SKIPPED', b: 'COMPLETED', c: 'SKIPPED' });
    expect(await runStatus(database, run)).toBe('COMPLETED');
  });

  const invoices = [
    step.fanOut('invoices', 'input.invoices'),
    step.work('extract', { after: ['invoices'], within: 'invoices' }),
    step.work('validate', {
      after: ['extract'],
      within: 'invoices',
      input: { amount: { var: 'steps.extract.output.amount' } },
    }),
    step.join('all', 'invoices'),
    step.work('report', { after: ['all'], input: { done: { var: 'steps.all.output.completed' } } }),
  ];

  test('takes each element through the steps of a fan-out on its own, and joins them', async () => {
    const { run } = await newRun(clerk, invoices, { invoices: [{ amount: 1 }, { amount: 2 }, { amount: 3 }] });
    const [first] = await claim(agent, { limit: 1 });
    expect(first?.itemKey).toBe(`invoices/${(first?.content as { amount: number }).amount - 1}`);
    await passTime(database, 600);
    await sweep(writerOf(database, 'sweep'));
    const steps = await workOff(agent, (item) => (item.stepKey === 'report' ? item.content : { amount: 7 }));
    expect(steps.filter((key) => key === 'extract')).toHaveLength(3);
    expect(steps.at(-1)).toBe('report');
    expect(await valueOf(database, 'select output from workflow.runs where id = $1', [run])).toEqual({
      report: { done: 3 },
    });
    expect(await stepStatuses(database, run)).toEqual({
      all: 'COMPLETED',
      extract: 'COMPLETED',
      invoices: 'COMPLETED',
      report: 'COMPLETED',
      validate: 'COMPLETED',
    });
  });

  test('of an empty list has nothing to wait for', async () => {
    const { run } = await newRun(clerk, invoices, { invoices: [] });
    expect(await workOff(agent)).toEqual(['report']);
    expect(await runStatus(database, run)).toBe('COMPLETED');
  });

  test.each([
    [{ invoices: 'none' }, 'input.invoices is no list'],
    [{ invoices: [1, 2, 3] }, 'input.invoices has 3 elements; 2 is the limit'],
  ])('fails when a fan-out has no list of the right length: %j', async (input, error) => {
    const steps = [step.fanOut('invoices', 'input.invoices', { maxElements: 2 }), ...invoices.slice(1)];
    const { run } = await newRun(clerk, steps, input);
    expect(await runStatus(database, run)).toBe('FAILED');
    expect(
      await valueOf(database, `select error from workflow.run_steps where run_id = $1 and step_key = 'invoices'`, [
        run,
      ]),
    ).toBe(error);
  });

  test('fails when an element is given up, and goes on to success when it is redriven', async () => {
    const { run, order } = await newRun(clerk, invoices, { invoices: [{ amount: 1 }, { amount: 2 }] });
    const [bad] = await claim(agent, { limit: 1 });
    const { deadLetter } = done(
      await failItem(agent, {
        workItemId: bad!.id,
        leaseToken: bad!.leaseToken,
        error: 'unreadable',
        isRetryable: false,
      }),
    );
    expect(await workOff(agent)).toEqual(['extract', 'validate']);
    expect([await runStatus(database, run), await orderStatus(order)]).toEqual(['FAILED', 'FAILED']);
    expect(await stepStatuses(database, run)).toMatchObject({ all: 'FAILED', invoices: 'FAILED', report: 'BLOCKED' });
    const redriven = done(await redriveDeadLetters(clerk, { runId: run, limit: 10 }));
    expect(redriven).toMatchObject({ redriven: [deadLetter], skippedCount: 0 });
    expect(await runStatus(database, run)).toBe('RUNNING');
    expect(await workOff(agent)).toEqual(['extract', 'validate', 'report']);
    expect([await runStatus(database, run), await orderStatus(order)]).toEqual(['COMPLETED', 'COMPLETED']);
    expect(
      await valueOf(
        database,
        'select resolved_at is not null and redrive_count = 1 from workflow.dead_letters where id = $1',
        [deadLetter],
      ),
    ).toBe(true);
  });

  test('with a join that settles goes on past failed elements', async () => {
    const steps = invoices.map((each) => (each.kind === 'JOIN' ? { ...each, require: 'SETTLED' as const } : each));
    const { run } = await newRun(clerk, steps, { invoices: [{ amount: 1 }, { amount: 2 }] });
    const [bad] = await claim(agent, { limit: 1 });
    done(
      await failItem(agent, {
        workItemId: bad!.id,
        leaseToken: bad!.leaseToken,
        error: 'unreadable',
        isRetryable: false,
      }),
    );
    expect(await workOff(agent)).toEqual(['extract', 'validate', 'report']);
    expect(await runStatus(database, run)).toBe('COMPLETED');
    done(await redriveDeadLetters(clerk, { runId: run, limit: 10 }));
    expect(await workOff(agent)).toEqual(['extract', 'validate']);
    expect(await stepStatuses(database, run)).toMatchObject({ invoices: 'COMPLETED' });
  });

  test('that is paused gives out nothing, takes in what was under way, and goes on when it is resumed', async () => {
    const { run } = await newRun(clerk, [step.work('a'), step.work('b', { after: ['a'] })]);
    const [item] = await claim(agent);
    done(await pauseRun(clerk, { runId: run }));
    done(
      await import('../operations/index.js').then(({ completeItem }) =>
        completeItem(agent, { workItemId: item!.id, leaseToken: item!.leaseToken, result: {} }),
      ),
    );
    expect(await claim(agent)).toEqual([]);
    done(await resumeRun(clerk, { runId: run }));
    expect(await workOff(agent)).toEqual(['b']);
    expect(await runStatus(database, run)).toBe('COMPLETED');
  });

  test('that is cancelled ends all of it, and what was under way is refused', async () => {
    const { run, order } = await newRun(clerk, [step.work('a'), step.approval('b'), step.work('c', { after: ['a'] })]);
    const [item] = await claim(agent);
    done(await cancelRun(clerk, { runId: run }));
    const { userErrors } = await failItem(agent, {
      workItemId: item!.id,
      leaseToken: item!.leaseToken,
      error: 'late',
      isRetryable: true,
    });
    expect(userErrors).toMatchObject([{ code: 'LEASE_EXPIRED' }]);
    expect(await stepStatuses(database, run)).toEqual({ a: 'CANCELLED', b: 'CANCELLED', c: 'CANCELLED' });
    expect([await runStatus(database, run), await orderStatus(order)]).toEqual(['CANCELLED', 'FAILED']);
    const again = await cancelRun(clerk, { runId: run });
    expect(again.userErrors).toMatchObject([{ code: 'INVALID_TRANSITION' }]);
  });
});

describe('a budget', () => {
  test('of attempts is never passed, and what is left over is given up and can be redriven', async () => {
    const steps = [step.fanOut('f', 'input.list'), step.work('w', { after: ['f'], within: 'f' })];
    const { run } = await newRun(clerk, steps, { list: [1, 2, 3, 4, 5] }, { attempts: 3 });
    const claims = [...(await claim(agent, { limit: 2 })), ...(await claim(agent, { limit: 2 }))];
    expect(claims).toHaveLength(3);
    expect(await claim(agent)).toEqual([]);
    expect(await sweep(writerOf(database, 'sweep'))).toMatchObject({ givenUp: 2 });
    for (const item of claims)
      await failItem(agent, { workItemId: item.id, leaseToken: item.leaseToken, error: 'no', isRetryable: true });
    expect(await runStatus(database, run)).toBe('FAILED');
    expect(
      await valueOf(
        database,
        `select array_agg(distinct event_type) from workflow.dead_letters d
        join workflow.work_items i on i.id = d.work_item_id where i.run_id = $1`,
        [run],
      ),
    ).toEqual(['budgetExhausted']);
    for (let round = 0; round < 2; round += 1) {
      done(await redriveDeadLetters(clerk, { runId: run, limit: 100 }));
      await workOff(agent);
      await sweep(writerOf(database, 'sweep'));
    }
    expect(await runStatus(database, run)).toBe('COMPLETED');
    expect(
      await valueOf(database, 'select attempts_used <= max_attempts from workflow.runs where id = $1', [run]),
    ).toBe(true);
  });

  test('of time ends a run whose deadline has passed', async () => {
    const { run } = await newRun(clerk, [step.work('a'), step.work('b')], {}, { seconds: 100 });
    await claim(agent, { limit: 1 });
    await passTime(database, 200);
    expect(await claim(agent)).toEqual([]);
    const swept = await sweep(writerOf(database, 'sweep'));
    expect(swept).toMatchObject({ timedOut: 1, givenUp: 1 });
    expect(await runStatus(database, run)).toBe('FAILED');
  });
});

test('a completion that is repeated answers what the first did, and nothing else is taken for one', async () => {
  await newRun(clerk, [step.work('a')]);
  const [item] = await claim(agent);
  const lease = { workItemId: item!.id, leaseToken: item!.leaseToken };
  const first = await completeItem(agent, { ...lease, result: { total: 12, lines: [1, 2] } });
  const version = await valueOf(database, 'select version from workflow.work_items where id = $1', [item!.id]);
  expect(await completeItem(agent, { ...lease, result: { lines: [1, 2], total: 12 } })).toEqual(first);
  expect(await valueOf(database, 'select version from workflow.work_items where id = $1', [item!.id])).toBe(version);
  const refused = [{ code: 'LEASE_EXPIRED' }];
  expect((await completeItem(agent, { ...lease, result: { total: 13 } })).userErrors).toMatchObject(refused);
  const other = writerOf(database, 'somebody else', 'workflow:work');
  expect((await completeItem(other, { ...lease, result: { total: 12, lines: [1, 2] } })).userErrors).toMatchObject(
    refused,
  );
});
