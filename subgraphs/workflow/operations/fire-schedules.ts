/** Schedules that are due start their runs: the time, its order and its run are one transaction. */
import { write, type Writer, type WriteTransaction } from '../../kernel/write/index.js';
import { dueTimes } from '../domain/schedule-times.js';
import {
  insertFiring,
  listDueSchedules,
  lockDueSchedule,
  moveSchedule,
  storeFiringRun,
  type Schedule,
} from '../repository/schedules.js';
import { eachAlone } from './each-alone.js';
import { createOrderIn } from './orders.js';
import { startRunIn } from './runs.js';

/** Safe to run anywhere at any time. Answers how many runs this call started. */
export async function fireSchedules(writer: Writer, limit: number): Promise<number> {
  return eachAlone(await listDueSchedules(writer.database, limit), async (id) => {
    const { started = 0, userErrors } = await write(writer, { operation: 'scheduleFire' }, (tx) => fire(tx, id, null));
    const [refused] = userErrors;
    if (refused === undefined) return started;
    // A template that was switched off meanwhile, for instance: that is what came of this time, and the next may go well.
    await write(writer, { operation: 'scheduleFire' }, (tx) => fire(tx, id, refused.message));
    return 0;
  });
}

async function fire(tx: WriteTransaction, id: string, error: string | null): Promise<{ started: number }> {
  const schedule = await lockDueSchedule(tx, id);
  if (schedule?.nextFireAt == null) return { started: 0 };
  const times = { due: new Date(schedule.nextFireAt), now: new Date(schedule.now) };
  const { fire: due, next } = dueTimes(schedule, schedule.catchUp, times);
  let started = 0;
  for (const scheduledFor of due) {
    const firing = await insertFiring(tx, { scheduleId: id, scheduledFor, runId: null, error });
    if (firing === null) continue;
    const run = error === null ? await start(tx, schedule, scheduledFor) : null;
    if (run !== null) {
      await storeFiringRun(tx, firing, run);
      started += 1;
    }
    const details = { scheduledFor: scheduledFor.toISOString(), run, error };
    tx.record({ type: 'Schedule', key: id, action: run === null ? 'scheduleFailed' : 'scheduleFired', details });
  }
  await moveSchedule(tx, id, next);
  return { started };
}

async function start(tx: WriteTransaction, schedule: Schedule, scheduledFor: Date): Promise<string> {
  const { id, name, title, priority, workflowTemplateId, owner } = schedule;
  const at = scheduledFor.toISOString();
  const metadata = { scheduleId: `Schedule:${id}`, scheduledFor: at };
  const workOrderId = await createOrderIn(tx, owner, { title: title ?? name, priority, metadata, items: [] });
  return startRunIn(tx, owner, { workOrderId, workflowTemplateId, input: { ...schedule.input, scheduledFor: at } });
}
