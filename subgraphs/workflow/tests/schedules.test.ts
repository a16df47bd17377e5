import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  describeOn,
  openTestDatabase,
  operationCount,
  startProgram,
  type TestDatabase,
} from '../../../tests/testkit/index.js';
import { fireSchedules, saveSchedule, sweep } from '../operations/index.js';
import { done, saveTemplate, step, valueOf, writerOf } from './engine-fixture.js';
import { TestSubgraph } from './subgraph-fixture.js';

let opened: TestDatabase;
let subgraph: TestSubgraph;
let template: string;
const engine = () => writerOf(opened.database, 'workflow-engine');

beforeAll(async () => {
  opened = await openTestDatabase();
  subgraph = new TestSubgraph(opened.database);
  template = await saveTemplate(opened.database, [step.work('report')]);
});
afterAll(() => opened.close());
beforeEach(async () => {
  await opened.database.query('delete from workflow.schedules');
  await opened.database.query('update workflow.workflow_templates set is_active = true');
});

const save = (name: string, input: Record<string, unknown> = {}, caller: 'writer' | 'reader' = 'writer') =>
  subgraph.mutate(
    caller,
    'scheduleSave',
    { name, cron: '0 6 * * *', workflowTemplateId: `WorkflowTemplate:${template}`, ...input },
    'schedule { id nextFireAt }',
  );
/** As if its time were `minutes` ago. */
const dueSince = (minutes: number) =>
  opened.database.query(
    `update workflow.schedules set next_fire_at = date_trunc('minute', now()) - make_interval(mins => $1::int4)`,
    [minutes],
  );
const firings = async (): Promise<any[]> =>
  (
    await subgraph.ask(
      'reader',
      `{ schedules { nodes { nextFireAt firings(orderBy: { field: FIRED_AT, direction: ASC }) { nodes { scheduledFor error
        run { status input startedBy workOrder { title requestedBy metadata priority } } } } } } }`,
    )
  ).data.schedules.nodes;

test('a schedule that is due starts one run, for an order of whoever saved it', async () => {
  await save('daily report', { priority: 'HIGH', input: { depth: 3 } });
  await dueSince(0);
  expect((await sweep(engine())).started).toBe(1);
  expect((await sweep(engine())).started).toBe(0);
  const [schedule] = await firings();
  const [{ scheduledFor, error, run }] = schedule.firings.nodes;
  expect({ error, run }).toMatchObject({
    error: null,
    run: {
      status: 'RUNNING',
      input: { depth: 3, scheduledFor: expect.any(String) },
      startedBy: 'petr',
      workOrder: { title: 'daily report', requestedBy: 'petr', priority: 'HIGH' },
    },
  });
  expect(new Date(run.input.scheduledFor as string)).toEqual(new Date(scheduledFor as string));
  expect(new Date(schedule.nextFireAt as string).getTime()).toBeGreaterThan(Date.now());
});

test.each([
  ['NONE', 0],
  ['LATEST', 1],
  ['ALL', 4],
])('of three hours that were missed, %s starts %s', async (catchUp, expected) => {
  await save('hourly', { cron: '*/60 * * * *', catchUp });
  await opened.database.query(
    `update workflow.schedules set next_fire_at = date_trunc('hour', now() - interval '2 minutes') - interval '3 hours'`,
  );
  // In the first minute of an hour its time is not missed.
  const onTime = await valueOf<boolean>(opened.database, `select extract(minute from now()) < 2`);
  let started = 0;
  for (let round = 1; round > 0; started += round) round = (await sweep(engine())).started;
  if (!onTime) expect(started).toBe(expected);
});

test('a template that was switched off is what came of that time, and the next goes well', async () => {
  await save('switched');
  await dueSince(0);
  await opened.database.query('update workflow.workflow_templates set is_active = false');
  expect((await sweep(engine())).started).toBe(0);
  const [{ firings: list }] = await firings();
  expect(list.nodes).toMatchObject([{ run: null, error: 'The template is not active any more.' }]);
  await opened.database.query('update workflow.workflow_templates set is_active = true');
  await opened.database.query(`update workflow.schedules set next_fire_at = now()`);
  expect((await sweep(engine())).started).toBe(1);
});

test('a clock that is put back starts no time again', async () => {
  await save('again');
  await dueSince(1);
  expect((await sweep(engine())).started).toBe(1);
  await dueSince(1);
  expect((await sweep(engine())).started).toBe(0);
});

test('only who may steer runs saves and removes; what can not be is refused at its place', async () => {
  await expect(save('refused', {}, 'reader')).rejects.toMatchObject({ codes: ['FORBIDDEN'] });
  const refusals = (input: Record<string, unknown>) =>
    subgraph.refusals('writer', 'scheduleSave', {
      name: 'x',
      cron: '* * * * *',
      workflowTemplateId: `WorkflowTemplate:${template}`,
      ...input,
    });
  expect(await refusals({ cron: '* * * * * *' })).toEqual(['VALIDATION cron']);
  expect(await refusals({ timeZone: 'Mars/Olympus' })).toEqual(['VALIDATION timeZone']);
  expect(await refusals({ workflowTemplateId: 'WorkflowTemplate:00000000-0000-4000-8000-000000000009' })).toEqual([
    'NOT_FOUND workflowTemplateId',
  ]);
  const { schedule } = await save('kept');
  expect(await subgraph.refusals('writer', 'scheduleRemove', { scheduleId: schedule.id })).toEqual([]);
  expect(await subgraph.refusals('writer', 'scheduleRemove', { scheduleId: schedule.id })).toEqual([
    'NOT_FOUND scheduleId',
  ]);
});

async function dueAtOnce(count: number): Promise<void> {
  const writer = writerOf(opened.database, 'petr');
  done(await saveSchedule(writer, { name: 'one', cron: '0 6 * * *', workflowTemplateId: template }));
  await opened.database.query(
    `insert into workflow.schedules (name, cron, workflow_template_id, owner)
     select 'schedule ' || n, '0 6 * * *', $1::uuid, 'petr' from generate_series(2, $2::int4) n`,
    [template, count],
  );
  await dueSince(0);
}
const outcome = () =>
  opened.database.query(
    `select count(*)::int4 as firings, count(distinct schedule_id)::int4 as schedules, count(distinct run_id)::int4 as runs,
       (select count(*)::int4 from workflow.work_orders where metadata ? 'scheduleId' and created_at >= $1) as orders
     from workflow.schedule_firings`,
    [begun],
  );
let begun = '';

test('schedules that are due together are started once each by three that look at the same time', async () => {
  const count = operationCount(200);
  begun = await valueOf(opened.database, 'select clock_timestamp()');
  await dueAtOnce(count);
  const look = async (): Promise<void> => {
    while ((await fireSchedules(engine(), 100)) > 0);
  };
  await Promise.all([look(), look(), look()]);
  await look();
  expect(await outcome()).toEqual([{ firings: count, schedules: count, runs: count, orders: count }]);
}, 120_000);

describeOn('postgres', 'processes', () => {
  test('a thousand schedules on three processes are started once each, also when one of them is killed', async () => {
    begun = await valueOf(opened.database, 'select clock_timestamp()');
    await dueAtOnce(1_000);
    const start = () => startProgram(['subgraphs', 'workflow', 'tests', 'scheduling.fixture.ts'], [opened.url ?? '']);
    const processes = [start(), start(), start()];
    const fired = () => valueOf<number>(opened.database, 'select count(*)::int4 from workflow.schedule_firings');
    while ((await fired()) < 200);
    await processes[0]?.kill();
    while ((await fired()) < 1_000);
    await Promise.all(processes.map((each) => each.kill()));
    expect(await outcome()).toEqual([{ firings: 1_000, schedules: 1_000, runs: 1_000, orders: 1_000 }]);
  }, 240_000);
});
