/** A run with a step of every kind, a process that brings it to its end, and that process's death at any of its transactions. */
import { countStatements, type Database } from '../../kernel/db/index.js';
import { decideApproval, sweep } from '../operations/index.js';
import type { Handlers } from '../operations/handlers.js';
import { defaultWorkflowSettings } from '../operations/settings.js';
import { WorkflowWorker } from '../worker.js';
import { done, newRun, noRetryDelay, step, writerOf } from './engine-fixture.js';

const retry = { ...noRetryDelay, attempts: 100 };
const by = (scope: string) => ({ capabilities: [scope], retry });

const steps = [
  step.fanOut('invoices', 'input.invoices'),
  step.work('extract', { after: ['invoices'], within: 'invoices', ...by('test:extract') }),
  step.approval('approve', {
    after: ['extract'],
    within: 'invoices',
    limit: { path: 'steps.extract.output.amount', above: 1_000 },
  }),
  step.tool('post', 'ledger.post', {
    after: ['approve'],
    within: 'invoices',
    capabilities: ['test:post', 'ledger:post'],
    input: { amount: { var: 'steps.extract.output.amount' } },
    retry,
  }),
  step.join('all', 'invoices'),
  step.work('report', {
    after: ['all'],
    when: { '>': [{ var: 'steps.all.output.completed' }, 0] },
    ...by('test:report'),
  }),
  step.evaluation('check', 'report', { after: ['report'], ...by('test:check') }),
];

const handlers: Handlers = {
  'test:extract': ({ content }) => ({ result: { amount: (content as { amount: number }).amount }, inputTokens: 10 }),
  'test:post': async ({ content }, { callTool }) => ({
    result: await callTool('ledger.post', content, () => Promise.resolve({ posted: true })),
  }),
  'test:report': ({ content }) => ({ result: content }),
  'test:check': () => ({ result: { score: 1 } }),
};

export async function prepareScene(database: Database): Promise<void> {
  await database.script(`
    with tool as (insert into workflow.tools (name) values ('ledger.post') returning id),
      capability as (insert into workflow.capabilities (name, scope) values ('Post to the ledger', 'ledger:post') returning id)
    insert into workflow.tool_capabilities (tool_id, capability_id) select tool.id, capability.id from tool, capability`);
}

export async function startScene(database: Database): Promise<string> {
  const { run } = await newRun(writerOf(database, 'clerk'), steps, { invoices: [{ amount: 100 }, { amount: 5_000 }] });
  return run;
}

/** Works, and signs, until nothing of the run is left to do. */
export async function orchestrate(database: Database, run: string): Promise<void> {
  const settings = { ...defaultWorkflowSettings, concurrency: 1 };
  const log = { warn: () => undefined };
  const worker = new WorkflowWorker({ database, settings, log, handlers, scopes: ['ledger:post'] });
  for (;;) {
    await worker.drain();
    const open = await database.query<{ id: string; version: number }>(
      `select q.id, q.version from workflow.approval_requests q join workflow.work_items i on i.id = q.work_item_id
       where i.run_id = $1 and q.status = 'OPEN'`,
      [run],
    );
    if (open.length === 0) return;
    for (const request of open) {
      done(
        await decideApproval(writerOf(database, 'judge', 'workflow:approve'), {
          approvalRequestId: request.id,
          expectedVersion: request.version,
          decision: 'APPROVED',
          policyVersion: 1,
          meaning: 'I have checked the amount.',
          printedName: 'J. Judge',
        }),
      );
    }
  }
}

/** What a process that died has left is free again, as it will be once its leases are over. */
export async function afterCrash(database: Database): Promise<void> {
  await database.query(`update workflow.work_items set lease_expires_at = now() where lease_token is not null`);
  await sweep(writerOf(database, 'sweep'));
}

/**
 * The same database, with `die` called at the `boundary`-th of its boundaries: each transaction has one when its work is done
 * and not committed, and one right after its commit.
 */
export function mortal(database: Database, boundary: number, die: () => void): Database {
  const view = countStatements(database).db;
  let passed = 0;
  const pass = (): void => {
    passed += 1;
    if (passed === boundary) die();
  };
  view.transaction = async (run, options) => {
    const result = await database.transaction(async (tx) => {
      const answer = await run(tx);
      pass();
      return answer;
    }, options);
    pass();
    return result;
  };
  return view;
}

/** All that must be the same however often it died; a tool may have been called once more by an attempt that was lost. */
export async function outcomeOf(database: Database, run: string): Promise<unknown> {
  const [row] = await database.query<{ outcome: unknown }>(
    `select jsonb_build_object('run', r.status, 'output', r.output, 'order', o.status,
       'steps', (select jsonb_object_agg(s.step_key, s.status || ' ' || s.open_items) from workflow.run_steps s where s.run_id = r.id),
       'elements', (select jsonb_object_agg(e.item_key, e.status) from workflow.run_elements e
         join workflow.run_steps s on s.id = e.run_step_id where s.run_id = r.id),
       'items', (select jsonb_object_agg(s.step_key || ' ' || i.item_key, jsonb_build_object('status', i.status,
           'approval', i.approval_status, 'result', i.result, 'lease', i.lease_token,
           'succeeded', (select count(*) from workflow.attempts a where a.work_item_id = i.id and a.status = 'COMPLETED'),
           'underWay', (select count(*) from workflow.attempts a where a.work_item_id = i.id and a.status = 'STARTED'),
           'signatures', (select count(*) from workflow.approval_events e where e.work_item_id = i.id),
           'scores', (select count(*) from workflow.eval_results e where e.work_item_id = i.id),
           'calls', (select count(*) from workflow.tool_calls c join workflow.attempts a on a.id = c.attempt_id
             where a.work_item_id = i.id and a.status = 'COMPLETED' and c.finished_at is not null),
           'deadLetters', (select count(*) from workflow.dead_letters d where d.work_item_id = i.id)))
         from workflow.work_items i join workflow.run_steps s on s.id = i.run_step_id where i.run_id = r.id),
       'events', (select count(*) from platform.events v where v.entity_id = 'Run:' || r.id)) as outcome
     from workflow.runs r join workflow.work_orders o on o.id = r.work_order_id where r.id = $1`,
    [run],
  );
  return row?.outcome;
}
