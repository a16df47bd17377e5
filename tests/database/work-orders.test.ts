import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { describeOn, openTestDatabase, type TestDatabase } from '../testkit/index.js';
import { kindOf, valueOf } from './seeded-database.js';

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  await database.query(`insert into workflow.approval_policies (name, version) values ('policy', 1)`);
});
afterAll(() => opened.close());

function createOrder(): Promise<string> {
  return valueOf(database, 'insert into workflow.work_orders default values returning id');
}

async function createItems(order: string, count: number): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `insert into workflow.work_items (work_order_id, type, content, priority)
     select $1, 'TICKET', '{}', 'LOW' from generate_series(1, $2::int) returning id`,
    [order, count],
  );
  return rows.map((row) => row.id);
}

function statusOf(order: string): Promise<string> {
  return valueOf(database, 'select status from workflow.work_orders where id = $1', [order]);
}

function move(items: readonly string[], status: string): Promise<unknown> {
  return database.query('update workflow.work_items set status = $2 where id = any($1)', [items, status]);
}

describe('a work order', () => {
  test('is at every moment what its items say', async () => {
    const order = await createOrder();
    const seen = [await statusOf(order)];
    const step = async (doing: Promise<unknown>): Promise<void> => {
      await doing;
      seen.push(await statusOf(order));
    };
    const [a, b] = (await createItems(order, 2)) as [string, string];
    await step(move([a], 'PROCESSING'));
    await step(move([a], 'COMPLETED'));
    await step(move([b], 'PROCESSING'));
    await step(move([b], 'FAILED'));
    await step(move([b], 'QUEUED'));
    await step(move([b], 'PROCESSING'));
    await step(move([b], 'COMPLETED'));
    await step(createItems(order, 1));
    await step(
      database.query(`delete from workflow.work_items where work_order_id = $1 and status = 'QUEUED'`, [order]),
    );
    expect(seen).toEqual([
      ...['PENDING', 'PROCESSING', 'PROCESSING', 'PROCESSING', 'FAILED', 'PROCESSING', 'PROCESSING', 'COMPLETED'],
      ...['PROCESSING', 'COMPLETED'],
    ]);
  });

  test('refuses a status set by hand, at birth too', async () => {
    const order = await createOrder();
    expect(
      await kindOf(database.query(`update workflow.work_orders set status = 'COMPLETED' where id = $1`, [order])),
    ).toBe('contradiction');
    expect(await kindOf(database.query(`insert into workflow.work_orders (status) values ('FAILED')`))).toBe(
      'contradiction',
    );
  });
});

describeOn('postgres', 'a work order under concurrency', () => {
  test('the last of many items that finish at once completes it, in every round', async () => {
    for (let round = 0; round < 30; round++) {
      const order = await createOrder();
      const items = await createItems(order, 8);
      await move(items, 'PROCESSING');
      await Promise.all(items.map((item) => move([item], 'COMPLETED')));
      expect(await statusOf(order)).toBe('COMPLETED');
    }
  });
});

describe('approvals', () => {
  async function requestFor(item: string): Promise<string> {
    return valueOf(
      database,
      `insert into workflow.approval_requests (work_item_id, policy_name, policy_version) values ($1, 'policy', 1) returning id`,
      [item],
    );
  }

  function decide(item: string, request: string, approver: string, decision: string, version = 1): Promise<unknown> {
    return database.query(
      `insert into workflow.approval_events
         (work_item_id, approval_request_id, approver_id, printed_name, decision, meaning, policy_name, policy_version)
       values ($1, $2, $3, 'A Person', $4, 'I approve', 'policy', $5)`,
      [item, request, approver, decision, version],
    );
  }

  test('the claimant of an item cannot decide on it, nor whoever tried it before', async () => {
    const [item] = (await createItems(await createOrder(), 1)) as [string];
    const request = await requestFor(item);
    await database.query(`update workflow.work_items set claimed_by = 'agent-now' where id = $1`, [item]);
    await database.query(`insert into workflow.attempts (work_item_id, agent_id) values ($1, 'agent-before')`, [item]);
    for (const agent of ['agent-now', 'agent-before']) {
      expect(await kindOf(decide(item, request, agent, 'APPROVED'))).toBe('separation_of_duties');
    }
    await decide(item, request, 'jana', 'APPROVED');
  });

  test('a request is escalated as often as needed and decided once', async () => {
    const [item] = (await createItems(await createOrder(), 1)) as [string];
    const request = await requestFor(item);
    await decide(item, request, 'jana', 'ESCALATED');
    await decide(item, request, 'petr', 'ESCALATED');
    await decide(item, request, 'eva', 'REJECTED');
    expect(await kindOf(decide(item, request, 'jana', 'APPROVED'))).toBe('unique');
  });

  test('an unknown policy version is refused', async () => {
    const [item] = (await createItems(await createOrder(), 1)) as [string];
    expect(await kindOf(decide(item, await requestFor(item), 'jana', 'APPROVED', 2))).toBe('foreign_key');
  });

  test('an item that needs approval cannot complete without it', async () => {
    const [item] = (await createItems(await createOrder(), 1)) as [string];
    await database.query(
      `update workflow.work_items set status = 'PROCESSING', requires_approval = true, approval_status = 'PENDING' where id = $1`,
      [item],
    );
    expect(await kindOf(move([item], 'COMPLETED'))).toBe('check');
    await database.query(
      `update workflow.work_items set status = 'COMPLETED', approval_status = 'APPROVED' where id = $1`,
      [item],
    );
  });
});

test('LOW waits a bounded time: fifteen minutes put it before any URGENT item', async () => {
  const order = await createOrder();
  await database.query(
    `insert into workflow.work_items (work_order_id, type, content, priority, next_attempt_at)
     select $1, 'INVOICE', '{}', p::workflow.priority, now() - make_interval(mins => m)
     from (values ('URGENT', 0), ('LOW', 14), ('LOW', 16), ('HIGH', 6)) v (p, m)`,
    [order],
  );
  const claimed = await database.query<{ priority: string }>(
    `select priority from workflow.work_items where type = 'INVOICE' and status = 'QUEUED' order by claim_order`,
  );
  expect(claimed.map((item) => item.priority)).toEqual(['LOW', 'URGENT', 'LOW', 'HIGH']);
});
