import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  describeOn,
  openTestDatabase,
  operationCount,
  startProgram,
  type ChildProgram,
  type TestDatabase,
} from '../../../tests/testkit/index.js';
import type { Database } from '../../kernel/db/index.js';
import { currentCursor, followEvents } from '../../kernel/events/index.js';
import { redriveDeadLetters, sweep } from '../operations/index.js';
import { defaultWorkflowSettings } from '../operations/settings.js';
import { WorkflowWorker } from '../worker.js';
import { done, passTime, runStatus, savePolicies, valueOf, writerOf } from './engine-fixture.js';
import { agentHandlers, agentScopes, brokenLaws, signOpenApprovals, startInvoices } from './invoice-scene.js';

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  await savePolicies(database);
});
afterAll(() => opened.close());

const redrive = (run: string) => redriveDeadLetters(writerOf(database, 'clerk'), { runId: run, limit: 500 });

describeOn('pglite', 'an order of invoices, with agents that fail', () => {
  test('comes to its end, and every dead letter to success', async () => {
    const { run } = await startInvoices(database, 12);
    const log = { warn: () => undefined };
    const handlers = agentHandlers({ die: null, hangs: false });
    const settings = { ...defaultWorkflowSettings, concurrency: 8 };
    const worker = new WorkflowWorker({ database, settings, log, handlers, scopes: agentScopes });
    let letters = 0;
    for (let busy = 1; busy > 0;) {
      busy = (await worker.drain()) + (await signOpenApprovals(database));
      expect(await brokenLaws(database, run, false)).toEqual({});
      // Retries wait for their back-off, and dead letters for somebody.
      const waiting = await valueOf<number>(
        database,
        `select count(*) from workflow.work_items where status = 'QUEUED'`,
      );
      if (busy === 0 && waiting > 0) await passTime(database, 10);
      else if (busy === 0) letters += done(await redrive(run)).redriven?.length ?? 0;
      busy +=
        waiting + (await valueOf<number>(database, `select count(*) from workflow.work_items where status = 'QUEUED'`));
      await sweep(writerOf(database, 'sweep'));
    }
    expect(letters).toBeGreaterThan(0);
    expect(await runStatus(database, run)).toBe('COMPLETED');
    expect(await brokenLaws(database, run, true)).toEqual({});
  });
});

describeOn('postgres', 'an order of 500 invoices, with agents that fail, hang and die', () => {
  test('comes to its end, and every dead letter to success', async () => {
    const count = operationCount(500);
    const stop = new AbortController();
    const before = await currentCursor(database);
    const { run, order } = await startInvoices(database, count);
    let deaths = 0;
    const programs = new Map<string, ChildProgram>();
    const keepAlive = (name: string): void => {
      const program = startProgram(
        ['subgraphs', 'workflow', 'tests', 'invoice-agent.fixture.ts'],
        [opened.url ?? '', name],
      );
      programs.set(name, program);
      void program.ended.then(() => {
        if (stop.signal.aborted) return;
        deaths += 1;
        keepAlive(name);
      });
    };
    keepAlive('agent-1');
    keepAlive('agent-2');
    const isOver = (): Promise<boolean> =>
      valueOf(
        database,
        `select not exists (select from workflow.work_items where run_id = $1 and status in ('QUEUED', 'PROCESSING'))`,
        [run],
      );
    let letters = 0;
    let seen = 0;
    const follow = async (action: string): Promise<boolean> => {
      seen += 1;
      if (seen % 200 === 0) expect(await brokenLaws(database, run, false)).toEqual({});
      if (action === 'workItemApprovalRequested') await signOpenApprovals(database);
      const isFinal = ['workItemCompleted', 'workItemApproved', 'workItemRejected', 'workItemFailed'].includes(action);
      if (!isFinal || !(await isOver())) return false;
      const redriven = done(await redrive(run)).redriven?.length ?? 0;
      letters += redriven;
      return redriven === 0;
    };
    for await (const { action } of followEvents(database, { types: ['WorkItem'], after: before })) {
      if (await follow(action)) break;
    }
    stop.abort();
    await Promise.all([...programs.values()].map((program) => program.kill()));
    expect(await brokenLaws(database, run, true)).toEqual({});
    const ended = await database.query<{ status: string; n: number }>(
      `select a.status, count(*) as n from workflow.attempts a join workflow.work_items i on i.id = a.work_item_id
       where i.run_id = $1 group by 1 order by 1`,
      [run],
    );
    const orderStatus = await valueOf(database, 'select status from workflow.work_orders where id = $1', [order]);
    expect(await runStatus(database, run)).toBe('COMPLETED');
    expect({ orderStatus, letters: letters > 0, deaths: deaths > 0, kinds: ended.map((each) => each.status) }).toEqual({
      // Some were rejected.
      orderStatus: 'FAILED',
      letters: true,
      deaths: true,
      kinds: ['COMPLETED', 'FAILED', 'TIMEOUT'],
    });
  }, 300_000);
});
