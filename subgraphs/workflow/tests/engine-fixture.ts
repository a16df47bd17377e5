/** Orders, templates and agents for tests of the engine. */
import { randomUUID } from 'node:crypto';
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import type { Writer } from '../../kernel/write/index.js';
import type { ClaimedItem } from '../repository/index.js';
import {
  claimItems,
  completeItem,
  createOrder,
  startRun,
  type ClaimInput,
  type OrderInput,
} from '../operations/index.js';
import type { Json, RetryPolicy, Step, TemplateSpec } from '../domain/template-spec.js';

export function writerOf(database: Database, subject: string, ...scopes: readonly string[]): Writer {
  return { auth: Identity.of({ subject, scopes, name: null }), requestId: 'test', database };
}

export const noRetryDelay: RetryPolicy = {
  attempts: 3,
  backoff: { baseSeconds: 0, capSeconds: 0, jitter: 0 },
  attemptSeconds: 300,
  budget: { tokens: null, cost: null, seconds: null },
};

const itemStep = {
  title: null,
  when: null,
  within: null,
  itemType: 'INVOICE',
  priority: null,
  capabilities: [],
  input: null,
  retry: noRetryDelay,
} as const;

type StepInput = Partial<Omit<Step, 'kind' | 'key'>> & Record<string, unknown>;

/** Steps with everything filled in that a test does not say. */
export const step = {
  work: (key: string, more: StepInput = {}) =>
    ({ ...itemStep, kind: 'WORK', key, after: [], schema: null, ...more }) as Step,
  tool: (key: string, tool: string, more: StepInput = {}) =>
    ({ ...itemStep, kind: 'TOOL_CALL', key, after: [], tool, ...more }) as Step,
  approval: (key: string, more: StepInput = {}) =>
    ({
      ...itemStep,
      kind: 'APPROVAL',
      key,
      after: [],
      policy: { name: 'policy', version: 1 },
      level: 1,
      limit: null,
      escalateAfterSeconds: null,
      ...more,
    }) as Step,
  evaluation: (key: string, of: string, more: StepInput = {}) =>
    ({
      ...itemStep,
      kind: 'EVALUATION',
      key,
      after: [of],
      evaluator: 'test',
      metric: 'overall',
      minimumScore: 0.5,
      of,
      ...more,
    }) as Step,
  fanOut: (key: string, over: string, more: StepInput = {}) =>
    ({
      kind: 'FAN_OUT',
      key,
      title: null,
      after: [],
      when: null,
      within: null,
      over,
      maxElements: 10_000,
      ...more,
    }) as Step,
  join: (key: string, of: string, more: StepInput = {}) =>
    ({ kind: 'JOIN', key, title: null, after: [of], when: null, within: null, of, require: 'ALL', ...more }) as Step,
};

export async function savePolicies(database: Database): Promise<void> {
  await database.query(
    `insert into workflow.approval_policies (name, version, max_level, escalate_after_seconds) values ('policy', 1, 2, 3600), ('policy', 2, 2, null)`,
  );
}

export async function saveTemplate(
  database: Database,
  steps: readonly Step[],
  budget: Partial<TemplateSpec['budget']> = {},
): Promise<string> {
  const spec = { steps, budget: { attempts: null, tokens: null, cost: null, seconds: null, ...budget } };
  const [row] = await database.query<{ id: string }>(
    `insert into workflow.workflow_templates (name, spec) values ($1, $2) returning id`,
    [`template ${randomUUID()}`, spec],
  );
  return row?.id ?? '';
}

/** What a mutation answered, without its user errors; a test that expects some asks for them itself. */
export function done<T extends { readonly userErrors: readonly unknown[] }>(written: T): Required<T> {
  if (written.userErrors.length > 0) throw new Error(JSON.stringify(written.userErrors));
  return written as Required<T>;
}

export async function newOrder(
  writer: Writer,
  items: OrderInput['items'] = [],
  priority = 'MEDIUM' as const,
): Promise<string> {
  return done(await createOrder(writer, { priority, items })).workOrder ?? '';
}

export async function newRun(
  writer: Writer,
  steps: readonly Step[],
  input: Json = {},
  budget: Partial<TemplateSpec['budget']> = {},
): Promise<{ readonly run: string; readonly order: string }> {
  const workflowTemplateId = await saveTemplate(writer.database, steps, budget);
  const order = await newOrder(writer);
  const { run } = done(await startRun(writer, { workOrderId: order, workflowTemplateId, input }));
  return { run: run ?? '', order };
}

export async function claim(writer: Writer, input: Partial<ClaimInput> = {}): Promise<readonly ClaimedItem[]> {
  return done(await claimItems(writer, { limit: 100, leaseSeconds: 60, ...input })).claims ?? [];
}

/** Claims until nothing is left, and hands in what `work` makes of each. Answers the step keys in order. */
export async function workOff(writer: Writer, work: (item: ClaimedItem) => unknown = () => ({})): Promise<string[]> {
  const steps: string[] = [];
  for (;;) {
    const claims = await claim(writer);
    if (claims.length === 0) return steps;
    for (const item of claims) {
      steps.push(item.stepKey ?? '');
      done(await completeItem(writer, { workItemId: item.id, leaseToken: item.leaseToken, result: work(item) }));
    }
  }
}

export async function valueOf<T>(database: Database, statement: string, values: readonly unknown[] = []): Promise<T> {
  const [row] = await database.query(statement, values);
  return Object.values(row ?? {})[0] as T;
}

export function runStatus(database: Database, run: string): Promise<string> {
  return valueOf(database, 'select status from workflow.runs where id = $1', [run]);
}

export async function stepStatuses(database: Database, run: string): Promise<Record<string, string>> {
  const rows = await database.query<{ step_key: string; status: string }>(
    'select step_key, status from workflow.run_steps where run_id = $1 order by step_key',
    [run],
  );
  return Object.fromEntries(rows.map((row) => [row.step_key, row.status]));
}

/** Puts time forward for everything that waits, is leased or has a deadline. */
export async function passTime(database: Database, seconds: number): Promise<void> {
  await database.query(
    `with by as (select make_interval(secs => $1::float8) as t), queued as (
       update workflow.work_items set next_attempt_at = next_attempt_at - t from by where status = 'QUEUED'
     ), leased as (
       update workflow.work_items set lease_expires_at = lease_expires_at - t from by where lease_token is not null
     ), tried as (
       update workflow.attempts set deadline_at = deadline_at - t, started_at = started_at - t from by where status = 'STARTED'
     ), asked as (
       update workflow.approval_requests set escalates_at = escalates_at - t from by where status = 'OPEN'
     )
     update workflow.runs set deadline_at = deadline_at - t,
       next_check_at = case when next_check_at = 'infinity' then next_check_at else next_check_at - t end from by`,
    [seconds],
  );
}
