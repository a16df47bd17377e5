import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { engine, openTestDatabase, operationCount, type TestDatabase } from '../../../tests/testkit/index.js';
import type { Database } from '../../kernel/db/index.js';
import { requestTransitions } from '../domain/approval-rules.js';
import { attemptTransitions } from '../domain/attempt-states.js';
import { itemTransitions } from '../domain/item-states.js';
import { runTransitions } from '../domain/run-states.js';
import {
  cancelOrder,
  claimItems,
  completeItem,
  createOrder,
  decideApproval,
  failItem,
  redriveDeadLetters,
  timeOutItems,
} from '../operations/index.js';
import { done, savePolicies, valueOf, writerOf } from './engine-fixture.js';
import { apply, orderOf, shown, type ModelCommand, type ModelItem } from './item-model.js';

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  await savePolicies(database);
});
afterAll(() => opened.close());

const sequences = operationCount(engine === 'postgres' ? 200 : 15);
const newItem = fc.record({ needsApproval: fc.boolean(), attempts: fc.integer({ min: 1, max: 2 }) });
const command = fc.constantFrom<ModelCommand>(
  ...(['claim', 'claim', 'complete', 'fail', 'refuse', 'timeOut', 'approve', 'reject', 'redrive'] as const),
);

/** Items in the database, driven one by one: each asks for a scope of its own, so that a claim can name it. */
class RealItems {
  readonly ids: string[] = [];
  readonly leases = new Map<number, string>();
  order = '';
  readonly #scope = randomUUID();

  async create(models: readonly ModelItem[]): Promise<void> {
    const backoff = { backoffBaseSeconds: 0, backoffCapSeconds: 0, jitter: 0, attemptSeconds: 300 };
    const items = models.map(({ needsApproval, attempts }, index) => ({
      type: 'TICKET' as const,
      content: { index },
      capabilities: [this.#scopeOf(index)],
      approval: needsApproval ? { policy: { name: 'policy', version: 1 }, level: 1 } : null,
      retry: { attempts, ...backoff },
    }));
    this.order = done(await createOrder(writerOf(database, 'clerk'), { priority: 'LOW', items })).workOrder ?? '';
    const rows = await database.query<{ id: string }>(
      `select id from workflow.work_items where work_order_id = $1 order by content -> 'index'`,
      [this.order],
    );
    this.ids.push(...rows.map((row) => row.id));
  }

  #scopeOf(index: number): string {
    return `${this.#scope}/${index}`;
  }

  /** Whether the engine took the command. */
  async apply(index: number, command: ModelCommand): Promise<boolean> {
    const agent = writerOf(database, 'agent', this.#scopeOf(index));
    const lease = { workItemId: this.ids[index] ?? '', leaseToken: this.leases.get(index) ?? randomUUID() };
    switch (command) {
      case 'claim': {
        const { claims = [] } = await claimItems(agent, {
          capabilities: [this.#scopeOf(index)],
          limit: 1,
          leaseSeconds: 60,
        });
        for (const claim of claims) this.leases.set(index, claim.leaseToken);
        return claims.length > 0;
      }
      case 'complete':
        return isTaken(await completeItem(agent, { ...lease, result: { index } }));
      case 'fail':
        return isTaken(await failItem(agent, { ...lease, error: 'failed', isRetryable: true }));
      case 'refuse':
        return isTaken(await failItem(agent, { ...lease, error: 'refused', isRetryable: false }));
      case 'timeOut':
        await database.query(
          `update workflow.work_items set lease_expires_at = now() - interval '1 s' where id = $1 and lease_token is not null`,
          [this.ids[index]],
        );
        return (await timeOutItems(writerOf(database, 'sweep'), 10)) === 1;
      case 'approve':
      case 'reject': {
        const [request] = await database.query<{ id: string; version: number }>(
          'select id, version from workflow.approval_requests where work_item_id = $1 order by requested_at desc limit 1',
          [this.ids[index]],
        );
        const decision = command === 'approve' ? 'APPROVED' : 'REJECTED';
        return isTaken(
          await decideApproval(writerOf(database, 'judge', 'workflow:approve'), {
            approvalRequestId: request?.id ?? randomUUID(),
            expectedVersion: request?.version ?? 1,
            decision,
            policyVersion: 1,
            meaning: 'I have looked at it.',
            printedName: 'J. Judge',
          }),
        );
      }
      case 'redrive': {
        const deadLetterIds = await database.query<{ id: string }>(
          'select id from workflow.dead_letters where work_item_id = $1 and resolved_at is null',
          [this.ids[index]],
        );
        if (deadLetterIds.length === 0) return false;
        const input = { deadLetterIds: deadLetterIds.map((row) => row.id), limit: 10 };
        return done(await redriveDeadLetters(writerOf(database, 'clerk'), input)).redriven?.length === 1;
      }
      case 'cancel':
        return isTaken(await cancelOrder(writerOf(database, 'clerk'), this.order));
    }
  }

  async shown(): Promise<string[]> {
    const rows = await database.query<{ shown: string }>(
      `select status || ' ' || approval_status || ' ' || case when exists (select from workflow.approval_requests q
         where q.work_item_id = i.id and q.status = 'OPEN') then 'waits' else 'waits not' end as shown
       from workflow.work_items i where work_order_id = $1 order by content -> 'index'`,
      [this.order],
    );
    return rows.map((row) => row.shown);
  }
}

function isTaken(written: { readonly userErrors: readonly unknown[] }): boolean {
  return written.userErrors.length === 0;
}

test(`the database and the model agree after every command of ${sequences} sequences`, async () => {
  const property = fc.asyncProperty(
    fc.array(newItem, { minLength: 1, maxLength: 3 }),
    fc.array(fc.tuple(fc.nat(2), command), { minLength: 5, maxLength: 25 }),
    fc.boolean(),
    async (drafts, steps, isCancelled) => {
      const models: ModelItem[] = drafts.map((draft) => ({ ...draft, status: 'queued', failures: 0 }));
      const handedIn = new Set<ModelItem>();
      const real = new RealItems();
      await real.create(models);
      const agree = async (): Promise<void> => {
        expect(await real.shown()).toEqual(models.map(shown));
        expect(await valueOf(database, 'select status from workflow.work_orders where id = $1', [real.order])).toBe(
          orderOf(models),
        );
      };
      for (const [place, each] of steps) {
        const index = place % models.length;
        const model = models[index];
        if (model === undefined) continue;
        const isTakenByModel = apply(model, each);
        if (isTakenByModel && each === 'claim') handedIn.delete(model);
        // The same result again is answered as it was the first time, and changes nothing.
        const isRepeated = each === 'complete' && handedIn.has(model);
        if (isTakenByModel && each === 'complete') handedIn.add(model);
        expect(await real.apply(index, each)).toBe(isTakenByModel || isRepeated);
        await agree();
      }
      if (!isCancelled) return;
      const ended = models.map((model) => apply(model, 'cancel'));
      expect(await real.apply(0, 'cancel')).toBe(ended.includes(true));
      await agree();
    },
  );
  await fc.assert(property, { seed: 8, numRuns: sequences });
}, 120_000);

test('what was redriven and then cancelled stays cancelled', async () => {
  const model: ModelItem = { status: 'queued', needsApproval: false, attempts: 1, failures: 0 };
  const real = new RealItems();
  await real.create([model]);
  for (const each of ['claim', 'fail', 'redrive', 'cancel', 'redrive'] as const) {
    expect(await real.apply(0, each)).toBe(apply(model, each));
  }
  expect(await real.shown()).toEqual([shown(model)]);
});

test.each([
  ['work_items', itemTransitions],
  ['attempts', attemptTransitions],
  ['runs', runTransitions],
  ['approval_requests', requestTransitions],
])('the database allows %s the transitions that the rules do, and no others', async (table, transitions) => {
  const [row] = await database.query<{ definition: string }>(
    `select pg_get_triggerdef(oid) as definition from pg_trigger where tgname = 'check_transition' and tgrelid = $1::regclass`,
    [`workflow.${table}`],
  );
  const inDatabase: unknown = JSON.parse(/\{.*\}/.exec(row?.definition ?? '')?.[0] ?? '{}');
  // A state that leads nowhere is no key there.
  const inRules = Object.entries(transitions).filter(([, next]) => next.length > 0);
  expect(inDatabase).toEqual(Object.fromEntries(inRules));
});
