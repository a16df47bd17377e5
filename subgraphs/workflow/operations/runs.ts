/** Runs by hand: started, paused, resumed, cancelled; and by themselves: given up when their budget is used up. */
import { userError } from '../../kernel/errors/index.js';
import {
  assertTransition,
  assertVersion,
  write,
  type Writer,
  type WriteTransaction,
  type Written,
} from '../../kernel/write/index.js';
import { itemActions } from '../domain/item-states.js';
import { runActions, runTransitions, type RunStatus } from '../domain/run-states.js';
import type { Json } from '../domain/template-spec.js';
import {
  findWorkOrder,
  insertRun,
  listQueuedWorkItems,
  listRunsToCheck,
  lockOpenWorkItems,
  lockRuns,
  lockTemplate,
  requestRunCheck,
  updateRunChecked,
  updateRunStatus,
} from '../repository/index.js';
import { advanceRun } from './advance-run.js';
import { cancelLockedItems } from './cancel-items.js';
import { changeItems } from './change-items.js';
import { eachAlone } from './each-alone.js';
import { decided } from './finish-items.js';
import { exhaustedOf, openRunScopes, toRunScope } from './run-scope.js';

export interface StartInput {
  readonly workOrderId: string;
  readonly workflowTemplateId: string;
  readonly input?: Json | undefined;
  readonly clientKey?: string | null | undefined;
}

export type RunPayload = Written<{ run: string }>;

/** Starts the template's version for the order, and takes its first steps, in one transaction. */
export function startRun(writer: Writer, input: StartInput): Promise<RunPayload> {
  const { clientKey, ...rest } = input;
  return write(writer, { operation: 'runStart', clientKey, input: rest }, async (tx) => {
    return { run: await startRunIn(tx, writer.auth.subject ?? 'anonymous', input) };
  });
}

/** Within a transaction that has more to do. Answers the run's key. */
export async function startRunIn(tx: WriteTransaction, startedBy: string, input: StartInput): Promise<string> {
  const order = await findWorkOrder(tx, input.workOrderId);
  if (order === null) throw userError('NOT_FOUND', 'workOrderId', 'There is no such order.');
  const template = await lockTemplate(tx, input.workflowTemplateId);
  if (template === null) throw userError('NOT_FOUND', 'workflowTemplateId', 'There is no such template.');
  if (!template.isActive)
    throw userError('INVALID_TRANSITION', 'workflowTemplateId', 'The template is not active any more.');
  const { spec } = template;
  const given = input.input ?? {};
  const id = await insertRun(tx, {
    workOrderId: order.id,
    templateId: input.workflowTemplateId,
    input: given,
    startedBy,
    spec,
  });
  tx.record({
    type: 'Run',
    key: id,
    action: runActions.started,
    details: { workOrder: order.id, template: input.workflowTemplateId, status: [null, 'RUNNING'] },
    payload: { status: 'RUNNING', version: 1 },
  });
  const run = (await lockRuns(tx, [id])).get(id);
  if (run !== undefined) await advanceRun(tx, toRunScope(run, spec, given));
  return id;
}

export interface RunChange {
  readonly runId: string;
  /** Null: whatever its version is. */
  readonly expectedVersion?: number | null | undefined;
}

/** Nothing more of it can be claimed; what is being worked on may be handed in. */
export function pauseRun(writer: Writer, change: RunChange): Promise<RunPayload> {
  return write(writer, { operation: 'runPause' }, async (tx) => {
    await moveRun(tx, change, 'PAUSED', runActions.paused);
    return { run: change.runId };
  });
}

/** What became final during the pause is followed up at once. */
export function resumeRun(writer: Writer, change: RunChange): Promise<RunPayload> {
  return write(writer, { operation: 'runResume' }, async (tx) => {
    const from = await moveRun(tx, change, 'RUNNING', runActions.resumed);
    if (from === 'FAILED')
      throw userError('INVALID_TRANSITION', null, 'It is FAILED: redrive its dead letters, and it goes on by itself.');
    const [scope] = (await openRunScopes(tx, [change.runId])).values();
    if (scope !== undefined) await advanceRun(tx, scope);
    await requestRunCheck(tx, change.runId);
    return { run: change.runId };
  });
}

/** Ends it and everything of it that is not final. */
export function cancelRun(writer: Writer, change: RunChange): Promise<RunPayload> {
  return write(writer, { operation: 'runCancel' }, async (tx) => {
    const scope = { workOrderId: null, runId: change.runId };
    const first = await lockOpenWorkItems(tx, scope);
    await moveRun(tx, change, 'CANCELLED', runActions.cancelled);
    // With what the run had released until it was locked.
    const items = [...new Set([...first, ...(await lockOpenWorkItems(tx, scope))])];
    await cancelLockedItems(tx, { items, runIds: [change.runId], reason: 'The run was cancelled.' });
    return { run: change.runId };
  });
}

/** Locks and changes a run's status. Answers what it was. */
async function moveRun(tx: WriteTransaction, change: RunChange, to: RunStatus, action: string): Promise<RunStatus> {
  const run = (await lockRuns(tx, [change.runId])).get(change.runId);
  if (run === undefined) throw userError('NOT_FOUND', 'runId', 'There is no such run.');
  if (change.expectedVersion != null) assertVersion({ expected: change.expectedVersion, current: run.version });
  assertTransition({ transitions: runTransitions, from: run.status, to });
  const version = await updateRunStatus(tx, { id: run.id, status: to });
  tx.record({
    type: 'Run',
    key: run.id,
    action,
    details: { status: [run.status, to], version },
    payload: { status: to, version },
  });
  return run.status;
}

/** Items given up at a time when their run has nothing left for them. */
const batch = 100;

/**
 * Runs whose budget or time is used up give up what waits to be claimed; each run then ends by itself. Safe to run anywhere
 * at any time. Answers how many items this call gave up.
 */
export async function giveUpExhaustedRuns(writer: Writer, limit: number): Promise<number> {
  return eachAlone(await listRunsToCheck(writer.database, limit), async (id) => {
    let given = 0;
    for (let count = batch; count === batch;) {
      ({ count = 0 } = await write(writer, { operation: 'runsCheck' }, (tx) => checkRun(tx, id)));
      given += count;
    }
    return given;
  });
}

async function checkRun(tx: WriteTransaction, id: string): Promise<{ count: number }> {
  const queued = await listQueuedWorkItems(tx, id, batch);
  const changed = await changeItems(tx, queued, (item, scope) => {
    const part = scope === null || scope.run.status !== 'RUNNING' ? null : exhaustedOf(scope, { tokens: 0, cost: 0 });
    if (part === null || item.status !== 'QUEUED') return null;
    return {
      decision: decided(item, { kind: 'ABANDON', giveUp: 'budgetExhausted' }),
      action: itemActions.failed,
      error: `The budget of the run is used up: ${part}.`,
    };
  });
  if (changed.length > 0) return { count: changed.length };
  // With the run locked nothing is put back to the queue meanwhile.
  const [scope] = (await openRunScopes(tx, [id])).values();
  const isIdle = scope === undefined || exhaustedOf(scope, { tokens: 0, cost: 0 }) === null;
  if (isIdle || (await listQueuedWorkItems(tx, id, 1)).length === 0) await updateRunChecked(tx, id);
  return { count: 0 };
}
