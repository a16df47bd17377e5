/** Runs that start by the clock, and what came of each time. */
import { entity, field, match, orderBy } from '../../kernel/read/index.js';
import { createdAt, id, newestFirst, visible } from './shared.js';

export const schedule = entity({
  type: 'Schedule',
  table: 'workflow.schedules',
  key: id,
  fields: {
    id: field.id('Schedule', 'id'),
    name: field.text('name'),
    cron: field.text('cron'),
    timeZone: field.text('time_zone'),
    catchUp: field.enum('catch_up'),
    isActive: field.boolean('is_active'),
    title: field.text('title'),
    priority: field.enum('priority', 'workflow.priority'),
    input: field.json('input'),
    owner: field.text('owner'),
    nextFireAt: field.timestamp('next_fire_at'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: {
    workflowTemplate: { kind: 'one', type: 'WorkflowTemplate', on: [match('id', 'workflow_template_id')] },
    firings: { kind: 'connection', type: 'ScheduleFiring', on: [match('schedule_id', 'id')] },
  },
  orders: { CREATED_AT: [createdAt], NAME: [orderBy('name', 'text')] },
  defaultOrder: newestFirst,
  visible,
});

export const scheduleFiring = entity({
  type: 'ScheduleFiring',
  table: 'workflow.schedule_firings',
  key: id,
  fields: {
    id: field.id('ScheduleFiring', 'id'),
    scheduledFor: field.timestamp('scheduled_for'),
    firedAt: field.timestamp('fired_at'),
    error: field.freeText('error'),
  },
  relations: {
    schedule: { kind: 'one', type: 'Schedule', on: [match('id', 'schedule_id')] },
    run: { kind: 'one', type: 'Run', on: [match('id', 'run_id')] },
  },
  orders: { FIRED_AT: [orderBy('fired_at', 'timestamptz')] },
  defaultOrder: { field: 'FIRED_AT', direction: 'DESC' },
  visible,
});
