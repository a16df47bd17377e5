/** Invoices on their way through extract, validate, approve and post, with agents that fail, hang and die as a seed says. */
import { createHash } from 'node:crypto';
import type { Database } from '../../kernel/db/index.js';
import type { Handler, Handlers } from '../operations/handlers.js';
import { decideApproval } from '../operations/index.js';
import { done, newRun, noRetryDelay, step, writerOf } from './engine-fixture.js';
import type { ClaimedItem } from '../repository/index.js';

const retry = {
  attempts: 3,
  backoff: { baseSeconds: 0.05, capSeconds: 0.2, jitter: 0.5 },
  // Long enough for a busy machine; what hangs costs one of many places for this long.
  attemptSeconds: 5,
  budget: { tokens: 1_000, cost: 10, seconds: null },
};
const inside = (after: string, scope: string) => ({ after: [after], within: 'invoices', capabilities: [scope], retry });

const steps = [
  step.fanOut('invoices', 'input.invoices'),
  step.work('extract', inside('invoices', 'demo:extract')),
  step.work('validate', {
    ...inside('extract', 'demo:validate'),
    schema: { name: 'invoice', version: 1 },
    input: {
      number: { var: 'steps.extract.output.number' },
      amount: { var: 'steps.extract.output.amount' },
    },
  }),
  step.approval('approve', {
    after: ['validate'],
    within: 'invoices',
    retry: noRetryDelay,
    input: { amount: { var: 'steps.extract.output.amount' } },
    limit: { path: 'steps.extract.output.amount', above: 1_000 },
  }),
  step.tool('post', 'ledger.post', {
    ...inside('approve', 'demo:post'),
    capabilities: ['demo:post', 'ledger:post'],
    input: { number: { var: 'steps.extract.output.number' } },
  }),
  step.join('all', 'invoices', { require: 'SETTLED' }),
];

export const agentScopes = ['ledger:post'];

export async function startInvoices(database: Database, count: number): Promise<{ run: string; order: string }> {
  await database.script(`
    with tool as (insert into workflow.tools (name) values ('ledger.post') returning id),
      capability as (insert into workflow.capabilities (name, scope) values ('Post to the ledger', 'ledger:post') returning id)
    insert into workflow.tool_capabilities (tool_id, capability_id) select tool.id, capability.id from tool, capability;
    insert into workflow.schemas (name, definition) values ('invoice', '{"type": "object", "required": ["number", "amount"],
      "properties": {"number": {"type": "integer"}, "amount": {"type": "number", "exclusiveMinimum": 0}}}');
  `);
  // Every fifth is above the limit.
  const invoices = Array.from({ length: count }, (_, number) => ({
    text: `Number: ${number}\nAmount: ${number % 5 === 0 ? 5_000 + number : 100 + number}`,
  }));
  return newRun(writerOf(database, 'clerk'), steps, { invoices }, { attempts: count * 30, tokens: count * 1_000 });
}

/** Evenly spread over 0 to 1, and always the same for the same text. */
function chance(text: string): number {
  return createHash('sha256').update(`invoices/${text}`).digest().readUInt32BE(0) / 2 ** 32;
}

export interface Fates {
  /** What dying is to the process at hand. */
  readonly die: (() => never) | null;
  readonly hangs: boolean;
}

/** Some items fail until they are redriven; of the attempts at the others some fail, some hang, and some kill their process. */
function withFate(handler: Handler, { die, hangs }: Fates): Handler {
  return async (item: ClaimedItem, context) => {
    const place = `${item.stepKey ?? ''}/${item.itemKey ?? ''}`;
    if (item.attemptNumber <= retry.attempts && chance(place) < 0.03) throw new Error('this document can not be read');
    const luck = chance(`${place}/${item.attemptNumber}`);
    if (luck < 0.08) throw new Error('the model did not answer');
    if (hangs && luck < 0.09) {
      await new Promise((_, reject) => {
        context.signal.addEventListener('abort', () => reject(new Error('too late')), { once: true });
      });
    }
    if (die !== null && luck >= 0.995) die();
    return handler(item, context);
  };
}

export function agentHandlers(fates: Fates): Handlers {
  const usage = { inputTokens: 20, outputTokens: 5, cost: 0.01 };
  const handlers: Handlers = {
    'demo:extract': ({ content }) => {
      const [, number, amount] = /Number: (\d+)\nAmount: (\d+)/.exec((content as { text: string }).text) ?? [];
      return { result: { number: Number(number), amount: Number(amount) }, ...usage };
    },
    'demo:validate': ({ content }) => ({ result: content, ...usage }),
    'demo:post': async ({ content }, { callTool }) => ({
      result: await callTool('ledger.post', content, () => Promise.resolve({ posted: true })),
    }),
  };
  return Object.fromEntries(Object.entries(handlers).map(([scope, handler]) => [scope, withFate(handler, fates)]));
}

/** One person signs what is open; amounts that end in 50 are rejected. Answers how many decisions that were. */
export async function signOpenApprovals(database: Database): Promise<number> {
  const open = await database.query<{ id: string; version: number; amount: number }>(
    `select q.id, q.version, (i.content ->> 'amount')::int4 as amount from workflow.approval_requests q
     join workflow.work_items i on i.id = q.work_item_id where q.status = 'OPEN'`,
  );
  for (const { id: approvalRequestId, version: expectedVersion, amount } of open) {
    done(
      await decideApproval(writerOf(database, 'judge', 'workflow:approve'), {
        approvalRequestId,
        expectedVersion,
        policyVersion: 1,
        decision: isRejected(amount) ? 'REJECTED' : 'APPROVED',
        meaning: 'I have compared the invoice with the order.',
        printedName: 'J. Judge',
      }),
    );
  }
  return open.length;
}

export function isRejected(amount: number): boolean {
  return amount % 100 === 50;
}

/** Law → how many rows break it; what holds at every moment of a run, and what holds once nothing is open. */
export async function brokenLaws(database: Database, run: string, isOver: boolean): Promise<Record<string, number>> {
  const [row] = await database.query<{ laws: Record<string, number> }>(
    `with items as (
       select i.*, s.step_key from workflow.work_items i join workflow.run_steps s on s.id = i.run_step_id where i.run_id = $1
     ), tries as (
       select a.* from workflow.attempts a join items i on i.id = a.work_item_id
     )
     select jsonb_build_object(
    'the order is what its items say', (select count(*) from workflow.work_orders o where o.id = r.work_order_id
      and o.status <> workflow.work_order_status_of(o.id)),
    'no run is past its budget', (select count(*) from workflow.runs b where b.id = r.id and b.attempts_used > b.max_attempts),
    'every attempt is counted', (select abs(r.attempts_used - count(*)) from tries),
    'every token is counted', (select abs(r.tokens_used - coalesce(sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)), 0)) from tries),
    'no item is tried more often than it may', (select count(*) from items i where
      (select count(*) from tries t where t.work_item_id = i.id) > (i.max_retries + 1) * (1 +
        coalesce((select max(d.redrive_count) from workflow.dead_letters d where d.work_item_id = i.id), 0))),
    'an attempt that ended after its deadline is a time-out', (select count(*) from tries where finished_at > deadline_at and status <> 'TIMEOUT'),
    'one attempt succeeds', (select count(*) from items i where i.step_key <> 'approve' and
      (select count(*) from tries t where t.work_item_id = i.id and t.status = 'COMPLETED') <> (i.status = 'COMPLETED')::int),
    'no two attempts of an item are under way', (select count(*) from (select from tries where status = 'STARTED' group by work_item_id having count(*) > 1) x),
    'what is given up has its letter', (select count(*) from items i where i.status = 'FAILED' and i.approval_status <> 'REJECTED'
      and not exists (select from workflow.dead_letters d where d.work_item_id = i.id and d.resolved_at is null)),
    'steps know what is open', (select count(*) from workflow.run_steps s where s.run_id = r.id and s.kind not in ('FAN_OUT', 'JOIN')
      and s.open_items <> (select count(*) from items i where i.run_step_id = s.id and i.status in ('QUEUED', 'PROCESSING')))) || case when $2 then jsonb_build_object(
    'nothing is open', (select count(*) from items where status in ('QUEUED', 'PROCESSING')) + (select count(*) from tries where status = 'STARTED'),
    'rejected are those that were to be, and nothing else failed', (select count(*) from items where
      (status = 'FAILED') <> (step_key = 'approve' and (content ->> 'amount')::int % 100 = 50)),
    'every element came to its end', (select count(*) from workflow.run_elements e join workflow.run_steps s on s.id = e.run_step_id
      where s.run_id = r.id and (e.status = 'COMPLETED') <> exists (select from items i where i.step_key = 'post'
        and i.item_key = e.item_key and i.status = 'COMPLETED')),
    'every letter led to success', (select count(*) from workflow.dead_letters d join items i on i.id = d.work_item_id where d.resolved_at is null)) else '{}' end as laws
     from workflow.runs r where r.id = $1`,
    [run, isOver],
  );
  return Object.fromEntries(Object.entries(row?.laws ?? { 'the run was read': 1 }).filter(([, broken]) => broken > 0));
}
