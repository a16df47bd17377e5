/** Elements of a fan-out: each passes the steps within it on its own, in the transaction that lets it go on. */
import type { WriteTransaction } from '../../kernel/write/index.js';
import { planSteps, scopeStatus, type StepState } from '../domain/run-plan.js';
import { isItemStep, type FanOutStep, type Json, type StepData } from '../domain/template-spec.js';
import { updateElements, updateRunSteps, type RunStepRow } from '../repository/index.js';
import { innerSteps, type RunScope } from './run-scope.js';
import { makeItems, type DueItem } from './step-items.js';

export interface Element {
  readonly key: string;
  readonly content: Json;
  /** What its steps have come to so far. */
  readonly states: Map<string, StepState>;
}

export interface ElementsInput {
  readonly fanOut: FanOutStep;
  readonly elements: readonly Element[];
  /** Steps of the run, as they stand. */
  readonly steps: ReadonlyMap<string, RunStepRow>;
  readonly outer: ReadonlyMap<string, StepState>;
}

/** Releases what is due for these elements. Answers how many of them are final now. */
export async function advanceElements(tx: WriteTransaction, scope: RunScope, input: ElementsInput): Promise<number> {
  const { evaluateCondition } = await import('../domain/template-condition.js');
  const { fanOut, steps, outer } = input;
  const inner = innerSteps(scope, fanOut);
  // Seen from within, the fan-out is done once there is an element.
  const around = new Map(outer).set(fanOut.key, { status: 'COMPLETED', output: null });
  const errors = new Map<Element, string>();
  const opened = new Map<string, number>();
  for (let moving = input.elements; moving.length > 0;) {
    const due: (DueItem & { readonly element: Element })[] = [];
    for (const element of moving) {
      const states = new Map([...around, ...element.states]);
      const data = { input: scope.input, item: element.content };
      const plan = planSteps({ steps: inner, states, data, evaluate: evaluateCondition });
      for (const step of plan.skip) element.states.set(step.key, { status: 'SKIPPED', output: null });
      for (const [step, reason] of plan.fail) {
        element.states.set(step.key, { status: 'FAILED', output: null });
        errors.set(element, `${step.key}: ${reason}`);
      }
      const seen: StepData = { ...data, steps: Object.fromEntries([...around, ...element.states]) };
      for (const step of plan.release.filter(isItemStep)) {
        due.push({ step, stepId: steps.get(step.key)?.id ?? '', itemKey: element.key, data: seen, element });
      }
    }
    const made = await makeItems(tx, scope, due);
    const moved = new Set<Element>();
    for (const [index, { step, state, error }] of made.entries()) {
      const element = due[index]?.element;
      if (element === undefined) continue;
      element.states.set(step.key, state);
      if (state.status === 'OPEN') opened.set(step.key, (opened.get(step.key) ?? 0) + 1);
      else moved.add(element);
      if (error !== null) errors.set(element, `${step.key}: ${error}`);
    }
    // What was final at once, an amount within its limit, lets its element go on at once.
    moving = [...moved];
  }
  await updateRunSteps(
    tx,
    [...opened].flatMap(([key, count]) => {
      const row = steps.get(key);
      return row === undefined ? [] : [{ id: row.id, status: 'RUNNING' as const, opened: count }];
    }),
  );
  const closed = input.elements.flatMap((element) => {
    const status = scopeStatus(inner, element.states);
    return status === 'OPEN' ? [] : [{ key: element.key, status, error: errors.get(element) ?? null }];
  });
  await updateElements(tx, steps.get(fanOut.key)?.id ?? '', closed);
  return closed.length;
}
