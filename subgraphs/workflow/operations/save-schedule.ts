/** Schedules: saved by their name, and removed. */
import { randomUUID } from 'node:crypto';
import { userError } from '../../kernel/errors/index.js';
import { toGlobalId } from '../../kernel/ids/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { assertTimetable, nextTime, type CatchUp } from '../domain/schedule-times.js';
import type { Json, Priority } from '../domain/template-spec.js';
import { assertJson, assertName, assertText } from '../domain/text-limits.js';
import { lockTemplate } from '../repository/index.js';
import { deleteSchedule, lockScheduleByName, storeSchedule } from '../repository/schedules.js';

/** Null leaves what is there. */
export interface ScheduleInput {
  readonly name: string;
  readonly cron?: string | null;
  readonly timeZone?: string | null;
  readonly catchUp?: CatchUp | null;
  readonly isActive?: boolean | null;
  readonly workflowTemplateId?: string | null;
  readonly title?: string | null;
  readonly priority?: Priority | null;
  readonly input?: Readonly<Record<string, Json>> | null;
}

export function saveSchedule(writer: Writer, input: ScheduleInput): Promise<Written<{ schedule: string }>> {
  return write(writer, { operation: 'scheduleSave' }, async (tx) => {
    const { name } = input;
    assertName('name', name);
    if (input.title != null) assertText('title', input.title, { min: 0, max: 500 });
    if (input.input != null) assertJson('input', input.input, 100_000);
    const before = await lockScheduleByName(tx, name);
    const cron = input.cron ?? before?.cron;
    const workflowTemplateId = input.workflowTemplateId ?? before?.workflowTemplateId;
    if (cron === undefined) throw userError('VALIDATION', 'cron', 'A new schedule needs a cron expression.');
    if (workflowTemplateId === undefined)
      throw userError('VALIDATION', 'workflowTemplateId', 'A new schedule needs a template.');
    const timeZone = input.timeZone ?? before?.timeZone ?? 'UTC';
    assertTimetable({ cron, timeZone });
    const template = await lockTemplate(tx, workflowTemplateId);
    if (template === null) throw userError('NOT_FOUND', 'workflowTemplateId', 'There is no such template.');
    const isActive = input.isActive ?? before?.isActive ?? true;
    // What it was waiting for stays due unless its times are others now, or it was off meanwhile.
    const isSame = before !== null && before.isActive && before.cron === cron && before.timeZone === timeZone;
    const next = isSame ? before.nextFireAt : (nextTime({ cron, timeZone }, new Date())?.toISOString() ?? null);
    const schedule = {
      id: before?.id ?? randomUUID(),
      name,
      cron,
      timeZone,
      catchUp: input.catchUp ?? before?.catchUp ?? ('LATEST' as const),
      isActive,
      workflowTemplateId,
      title: input.title ?? before?.title ?? null,
      priority: input.priority ?? before?.priority ?? ('MEDIUM' as const),
      input: input.input ?? before?.input ?? {},
      owner: writer.auth.subject ?? 'anonymous',
      nextFireAt: next,
    };
    // Whoever saved it last asks for what it starts.
    await storeSchedule(tx, schedule);
    const { id: key, catchUp, nextFireAt } = schedule;
    const details = { name, cron, timeZone, catchUp, isActive, workflowTemplateId, nextFireAt };
    tx.record({ type: 'Schedule', key, action: before === null ? 'scheduleCreated' : 'scheduleChanged', details });
    return { schedule: key };
  });
}

/** What it has started goes on. */
export function removeSchedule(writer: Writer, scheduleId: string): Promise<Written<{ removedId: string }>> {
  return write(writer, { operation: 'scheduleRemove' }, async (tx) => {
    const name = await deleteSchedule(tx, scheduleId);
    if (name === null) throw userError('NOT_FOUND', 'scheduleId', 'There is no such schedule.');
    tx.record({ type: 'Schedule', key: scheduleId, action: 'scheduleRemoved', details: { name } });
    return { removedId: toGlobalId('Schedule', scheduleId) };
  });
}
