/** Schedules and what came of their times. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import type { CatchUp } from '../domain/schedule-times.js';
import type { Json, Priority } from '../domain/template-spec.js';

export interface Schedule {
  readonly id: string;
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly catchUp: CatchUp;
  readonly isActive: boolean;
  readonly workflowTemplateId: string;
  readonly title: string | null;
  readonly priority: Priority;
  readonly input: Readonly<Record<string, Json>>;
  readonly owner: string;
  /** RFC 3339; null: its times are over. */
  readonly nextFireAt: string | null;
}

const columns = sql`id, name, cron, time_zone as "timeZone", catch_up as "catchUp", is_active as "isActive",
  workflow_template_id as "workflowTemplateId", title, priority, input, owner, next_fire_at as "nextFireAt"`;

/** Two that save the same name at once take turns; a lock of its row alone would find none to take. */
export async function lockScheduleByName(tx: Transaction, name: string): Promise<Schedule | null> {
  await tx.query(sql`/* workflow.lockScheduleName */
    select pg_advisory_xact_lock(hashtextextended('workflow.schedule/' || ${name}::text, 0))`);
  const [row] = await tx.query<Schedule>(sql`/* workflow.lockScheduleByName */
    select ${columns} from workflow.schedules where name = ${name} for no key update`);
  return row ?? null;
}

export async function storeSchedule(tx: Transaction, schedule: Schedule): Promise<void> {
  await tx.query(sql`/* workflow.storeSchedule */
    insert into workflow.schedules (id, name, cron, time_zone, catch_up, is_active, workflow_template_id, title, priority, input,
      owner, next_fire_at)
    values (${schedule.id}::uuid, ${schedule.name}, ${schedule.cron}, ${schedule.timeZone}, ${schedule.catchUp},
      ${schedule.isActive}, ${schedule.workflowTemplateId}::uuid, ${schedule.title}, ${schedule.priority}::workflow.priority,
      ${sql.json(schedule.input)}::jsonb, ${schedule.owner}, ${schedule.nextFireAt}::timestamptz)
    on conflict (id) do update set cron = excluded.cron, time_zone = excluded.time_zone, catch_up = excluded.catch_up,
      is_active = excluded.is_active, workflow_template_id = excluded.workflow_template_id, title = excluded.title,
      priority = excluded.priority, input = excluded.input, owner = excluded.owner, next_fire_at = excluded.next_fire_at, updated_at = now()`);
}

/** Its name; null when there is no such schedule. */
export async function deleteSchedule(tx: Transaction, id: string): Promise<string | null> {
  const [row] = await tx.query<{ name: string }>(sql`/* workflow.deleteSchedule */
    delete from workflow.schedules where id = ${id}::uuid returning name`);
  return row?.name ?? null;
}

/** In no order: processes that look at the same time take different ones first. */
export async function listDueSchedules(db: Queryable, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`/* workflow.listDueSchedules */
    select id from (select id from workflow.schedules where is_active and next_fire_at <= now() order by next_fire_at limit ${limit})
      as due order by random()`);
  return rows.map(({ id }) => id);
}

/** With the database's clock, which is one for all processes. Null when it is not due any more, or another process has it. */
export async function lockDueSchedule(tx: Transaction, id: string): Promise<(Schedule & { now: string }) | null> {
  const [row] = await tx.query<Schedule & { now: string }>(sql`/* workflow.lockDueSchedule */
    select ${columns}, now() as now from workflow.schedules
    where id = ${id}::uuid and is_active and next_fire_at <= now() for no key update skip locked`);
  return row ?? null;
}

export async function moveSchedule(tx: Transaction, id: string, next: Date | null): Promise<void> {
  await tx.query(sql`/* workflow.moveSchedule */
    update workflow.schedules set next_fire_at = ${next}::timestamptz where id = ${id}::uuid`);
}

export interface NewFiring {
  readonly scheduleId: string;
  readonly scheduledFor: Date;
  readonly runId: string | null;
  readonly error: string | null;
}

/** Its key; null when this time has been fired before. */
export async function insertFiring(tx: Transaction, firing: NewFiring): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertFiring */
    insert into workflow.schedule_firings (schedule_id, scheduled_for, run_id, error)
    values (${firing.scheduleId}::uuid, ${firing.scheduledFor}::timestamptz, ${firing.runId}::uuid, ${firing.error}::text)
    on conflict (schedule_id, scheduled_for) do nothing returning id`);
  return row?.id ?? null;
}

export async function storeFiringRun(tx: Transaction, id: string, runId: string): Promise<void> {
  await tx.query(sql`/* workflow.storeFiringRun */
    update workflow.schedule_firings set run_id = ${runId}::uuid where id = ${id}::uuid`);
}
