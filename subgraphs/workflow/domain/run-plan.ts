/** What is due next in a run: a pure function of the template and of what has happened, so that a crash forgets nothing. */
import type { Condition, JoinStep, Json, Step, StepData } from './template-spec.js';

/** OPEN: released and not final. A step that is not known yet has not been released. */
export interface StepState {
  readonly status: 'OPEN' | 'COMPLETED' | 'SKIPPED' | 'FAILED';
  readonly output: Json;
}

export interface StepPlan {
  readonly release: readonly Step[];
  readonly skip: readonly Step[];
  /** Steps whose condition could not be evaluated, with the reason. */
  readonly fail: ReadonlyMap<Step, string>;
}

/**
 * A step may be taken when all before it are final and none of them failed. A join waits for the elements of its fan-out,
 * failed or not; what it names within the fan-out is part of that.
 */
function isDue(step: Step, states: ReadonlyMap<string, StepState>, scope: ReadonlySet<string>): boolean {
  const waited = step.kind === 'JOIN' ? states.get(step.of)?.status : 'COMPLETED';
  if (waited === undefined || waited === 'OPEN') return false;
  return step.after.every((key) => {
    if (step.kind === 'JOIN' && (key === step.of || !scope.has(key))) return true;
    const status = states.get(key)?.status;
    return status === 'COMPLETED' || status === 'SKIPPED';
  });
}

export interface PlanInput {
  /** Steps of one scope: those of the run itself, or those of one fan-out for one of its elements. */
  readonly steps: readonly Step[];
  /** By step key; a scope inside of a fan-out sees the steps around it too. */
  readonly states: ReadonlyMap<string, StepState>;
  readonly data: Omit<StepData, 'steps'>;
  readonly evaluate: (condition: Condition, data: StepData) => boolean;
}

/** What can be taken now. Steps that are skipped make way for those behind them at once. */
export function planSteps({ steps, states, data, evaluate }: PlanInput): StepPlan {
  const known = new Map(states);
  const scope = new Set(steps.map((step) => step.key));
  const release: Step[] = [];
  const skip: Step[] = [];
  const fail = new Map<Step, string>();
  for (let changed = true; changed;) {
    changed = false;
    for (const step of steps) {
      if (known.has(step.key) || !isDue(step, known, scope)) continue;
      changed = true;
      const verdict = taken(step, { ...data, steps: Object.fromEntries(known) }, evaluate);
      if (verdict === true) release.push(step);
      else if (verdict === false) skip.push(step);
      else fail.set(step, verdict);
      const status = verdict === true ? 'OPEN' : verdict === false ? 'SKIPPED' : 'FAILED';
      known.set(step.key, { status, output: null });
    }
  }
  return { release, skip, fail };
}

/** Whether the step's condition holds; what is wrong with it when that can't be said. */
function taken(step: Step, data: StepData, evaluate: PlanInput['evaluate']): boolean | string {
  if (step.when === null) return true;
  try {
    return evaluate(step.when, data);
  } catch (error) {
    return `its condition could not be evaluated: ${error instanceof Error ? error.message : 'unknown'}`;
  }
}

export type ScopeStatus = 'OPEN' | 'COMPLETED' | 'FAILED';

/** What a scope has come to, once nothing more of it can be released. What waits behind a failed step waits for its redrive. */
export function scopeStatus(steps: readonly Step[], states: ReadonlyMap<string, StepState>): ScopeStatus {
  const statusOf = (key: string): StepState['status'] | undefined => states.get(key)?.status;
  if (steps.some((step) => statusOf(step.key) === 'OPEN')) return 'OPEN';
  const tolerated = new Set(
    steps.flatMap((step) => (step.kind === 'JOIN' && statusOf(step.key) === 'COMPLETED' ? [step.of] : [])),
  );
  const isFine = ({ key }: Step): boolean => {
    const status = statusOf(key);
    return status === 'COMPLETED' || status === 'SKIPPED' || (status === 'FAILED' && tolerated.has(key));
  };
  return steps.every(isFine) ? 'COMPLETED' : 'FAILED';
}

/** How many elements of a fan-out came to what. */
export interface ElementCounts {
  readonly elements: number;
  readonly completed: number;
  readonly failed: number;
}

export function joinStatus(step: JoinStep, counts: ElementCounts): 'COMPLETED' | 'FAILED' {
  return step.require === 'ALL' && counts.failed > 0 ? 'FAILED' : 'COMPLETED';
}

/** The value at `input.invoices` and the like; undefined where the path leads nowhere. */
export function readPath(path: string, data: StepData): Json | undefined {
  let value: unknown = data;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value as Json;
}
