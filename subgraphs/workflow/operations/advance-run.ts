/** Lets a run go on after something in it became final: in the same transaction, from nothing but the database. */
import type { WriteTransaction } from '../../kernel/write/index.js';
import { joinStatus, planSteps, readPath, scopeStatus, type StepState } from '../domain/run-plan.js';
import { isStepSettled, runActions } from '../domain/run-states.js';
import {
  isItemStep,
  type FanOutStep,
  type JoinStep,
  type Json,
  type Step,
  type StepData,
} from '../domain/template-spec.js';
import {
  countElements,
  findElement,
  insertElements,
  listRunSteps,
  settleInnerSteps,
  updateOpenItems,
  updateRunStatus,
  updateRunSteps,
  type RunStepRow,
  type StepChange,
} from '../repository/index.js';
import { advanceElements, type Element } from './advance-elements.js';
import { goesOn, innerSteps, type RunScope } from './run-scope.js';
import { makeItems, onlyItem } from './step-items.js';

/** An item of the run that has just become final. */
export interface SettledItem {
  readonly stepKey: string;
  readonly stepId: string;
  readonly itemKey: string;
  readonly status: 'COMPLETED' | 'FAILED';
  readonly result: Json;
  readonly error: string | null;
}

type Steps = ReadonlyMap<string, RunStepRow>;

/** Steps of the run itself, by key: what has not been released is not there. */
function statesOf(scope: RunScope, steps: Steps): Map<string, StepState> {
  const states = new Map<string, StepState>();
  for (const { key, status, output } of steps.values()) {
    if (status === 'BLOCKED' || scope.byKey.get(key)?.within !== null) continue;
    const isOpen = !isStepSettled(status);
    states.set(key, { status: isOpen ? 'OPEN' : status === 'CANCELLED' ? 'FAILED' : status, output } as StepState);
  }
  return states;
}

/** Notes what became final, releases what was waiting for it, and ends the run when nothing is left. */
export async function settleItems(
  tx: WriteTransaction,
  scope: RunScope,
  settled: readonly SettledItem[],
): Promise<void> {
  const ofRun = settled.filter((item) => item.itemKey === onlyItem);
  const ofElements = settled.filter((item) => item.itemKey !== onlyItem);
  await updateRunSteps(
    tx,
    ofRun.map(({ stepId, status, result, error }) => ({ id: stepId, status, output: result, error, opened: -1 })),
  );
  for (const stepId of new Set(ofElements.map((item) => item.stepId))) {
    await updateOpenItems(tx, stepId, -ofElements.filter((item) => item.stepId === stepId).length);
  }
  let topChanged = ofRun.length > 0;
  if (ofElements.length > 0 && goesOn(scope)) topChanged = (await passElements(tx, scope, ofElements)) || topChanged;
  if (topChanged) await advanceRun(tx, scope);
}

/** Whether a fan-out became final. */
async function passElements(tx: WriteTransaction, scope: RunScope, items: readonly SettledItem[]): Promise<boolean> {
  const steps = await listRunSteps(tx, scope.run.id);
  let changed = false;
  for (const fanOutKey of new Set(items.map((item) => scope.byKey.get(item.stepKey)?.within ?? ''))) {
    const fanOut = scope.byKey.get(fanOutKey);
    const row = steps.get(fanOutKey);
    if (fanOut?.kind !== 'FAN_OUT' || row === undefined) continue;
    const keys = new Set(
      items.filter((item) => scope.byKey.get(item.stepKey)?.within === fanOutKey).map((item) => item.itemKey),
    );
    const elements: Element[] = [];
    for (const key of keys) {
      const { content, states } = await findElement(tx, { runId: scope.run.id, fanOutId: row.id, key });
      elements.push({ key, content, states });
    }
    const closed = await advanceElements(tx, scope, { fanOut, elements, steps, outer: statesOf(scope, steps) });
    if (closed > 0 && (await updateOpenItems(tx, row.id, -closed)) === 0) {
      await settleFanOut(tx, scope, fanOut, row);
      changed = true;
    }
  }
  return changed;
}

async function settleFanOut(tx: WriteTransaction, scope: RunScope, fanOut: FanOutStep, row: RunStepRow): Promise<void> {
  const counts = await countElements(tx, row.id);
  const status = counts.failed > 0 ? 'FAILED' : 'COMPLETED';
  const error = counts.failed > 0 ? `${counts.failed} of ${counts.elements} elements failed` : null;
  await updateRunSteps(tx, [{ id: row.id, status, output: { ...counts }, error }]);
  await settleInnerSteps(
    tx,
    scope.run.id,
    innerSteps(scope, fanOut).map((step) => step.key),
  );
}

/** Takes the steps of the run that are due, one after the other until none is, and ends the run when nothing is open. */
export async function advanceRun(tx: WriteTransaction, scope: RunScope): Promise<void> {
  if (!goesOn(scope)) return;
  const { evaluateCondition } = await import('../domain/template-condition.js');
  const { run, top } = scope;
  for (;;) {
    const steps = await listRunSteps(tx, run.id);
    const states = statesOf(scope, steps);
    const plan = planSteps({ steps: top, states, data: { input: scope.input }, evaluate: evaluateCondition });
    if (plan.release.length + plan.skip.length + plan.fail.size === 0) {
      await endRun(tx, scope, steps, states);
      return;
    }
    await skipSteps(tx, scope, steps, plan.skip);
    const failed = [...plan.fail].map(([step, error]) => changeOf(steps, step, { status: 'FAILED', error }));
    await updateRunSteps(tx, failed);
    const data: StepData = { input: scope.input, steps: Object.fromEntries(states) };
    for (const step of plan.release) await releaseStep(tx, scope, { step, steps, states, data });
  }
}

function changeOf(steps: Steps, step: Step, change: Omit<StepChange, 'id'>): StepChange {
  return { id: steps.get(step.key)?.id ?? '', ...change };
}

async function skipSteps(tx: WriteTransaction, scope: RunScope, steps: Steps, skipped: readonly Step[]): Promise<void> {
  const all = skipped.flatMap((step) => (step.kind === 'FAN_OUT' ? [step, ...innerSteps(scope, step)] : [step]));
  await updateRunSteps(
    tx,
    all.map((step) => changeOf(steps, step, { status: 'SKIPPED' })),
  );
}

interface Released {
  readonly step: Step;
  readonly steps: Steps;
  readonly states: ReadonlyMap<string, StepState>;
  readonly data: StepData;
}

async function releaseStep(tx: WriteTransaction, scope: RunScope, released: Released): Promise<void> {
  const { step, steps, data } = released;
  if (step.kind === 'FAN_OUT') return expand(tx, scope, step, released);
  if (step.kind === 'JOIN') {
    await updateRunSteps(tx, [changeOf(steps, step, await joined(tx, step, steps))]);
    return;
  }
  if (!isItemStep(step)) return;
  const stepId = steps.get(step.key)?.id ?? '';
  const [made] = await makeItems(tx, scope, [{ step, stepId, itemKey: onlyItem, data }]);
  if (made === undefined) return;
  const { status, output } = made.state;
  const isOpen = status === 'OPEN';
  const change = isOpen ? { status: 'RUNNING' as const, opened: 1 } : { status, output, error: made.error };
  await updateRunSteps(tx, [changeOf(steps, step, change)]);
}

async function joined(tx: WriteTransaction, join: JoinStep, steps: Steps): Promise<Omit<StepChange, 'id'>> {
  const fanOut = steps.get(join.of);
  // Without output it never had elements: its list could not be read.
  if (fanOut === undefined || (fanOut.status === 'FAILED' && fanOut.output === null)) {
    return { status: 'FAILED', error: `${join.of} failed` };
  }
  const counts = await countElements(tx, fanOut.id);
  const status = joinStatus(join, counts);
  const error = status === 'FAILED' ? `${counts.failed} of ${counts.elements} elements failed` : null;
  return { status, output: { ...counts }, error };
}

async function expand(tx: WriteTransaction, scope: RunScope, fanOut: FanOutStep, released: Released): Promise<void> {
  const { steps, states, data } = released;
  const row = steps.get(fanOut.key);
  if (row === undefined) return;
  const list = readPath(fanOut.over, data);
  if (!Array.isArray(list) || list.length > fanOut.maxElements) {
    const error = Array.isArray(list)
      ? `${fanOut.over} has ${list.length} elements; ${fanOut.maxElements} is the limit`
      : `${fanOut.over} is no list`;
    await updateRunSteps(tx, [{ id: row.id, status: 'FAILED', error }]);
    return;
  }
  const elements = (list as readonly Json[]).map((content, index) => ({
    key: `${fanOut.key}/${index}`,
    content,
    states: new Map<string, StepState>(),
  }));
  await insertElements(tx, row.id, elements);
  await updateRunSteps(tx, [
    { id: row.id, status: 'RUNNING', output: { elements: elements.length }, opened: elements.length },
  ]);
  const closed = await advanceElements(tx, scope, { fanOut, elements, steps, outer: states });
  if ((await updateOpenItems(tx, row.id, -closed)) === 0) await settleFanOut(tx, scope, fanOut, row);
}

/** Ends the run once nothing of it is open. A paused run ends when it is resumed. */
async function endRun(
  tx: WriteTransaction,
  scope: RunScope,
  steps: Steps,
  states: ReadonlyMap<string, StepState>,
): Promise<void> {
  const { run, top } = scope;
  const status = scopeStatus(top, states);
  if (run.status !== 'RUNNING' || status === 'OPEN') return;
  const awaited = new Set(top.flatMap((step) => (step.kind === 'JOIN' ? [...step.after, step.of] : step.after)));
  const last = top.filter((step) => !awaited.has(step.key));
  const output = Object.fromEntries(last.map((step) => [step.key, steps.get(step.key)?.output ?? null]));
  const failed = top.filter((step) => states.get(step.key)?.status === 'FAILED').map((step) => step.key);
  const error = status === 'FAILED' ? `Failed: ${failed.join(', ')}.` : null;
  const version = await updateRunStatus(tx, { id: run.id, status, output: status === 'FAILED' ? null : output, error });
  tx.record({
    type: 'Run',
    key: run.id,
    action: status === 'FAILED' ? runActions.failed : runActions.completed,
    details: { status: [run.status, status], error },
    payload: { status, version },
  });
}
