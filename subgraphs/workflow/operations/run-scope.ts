/** A locked run with what its template says: what every step of its way is decided from. */
import type { Transaction } from '../../kernel/db/index.js';
import { exhaustedRunPart } from '../domain/retry-policy.js';
import type { FanOutStep, Json, Step, TemplateSpec } from '../domain/template-spec.js';
import { findRunInput, findTemplateSpec, lockRuns, type LockedRun } from '../repository/index.js';

export interface RunScope {
  readonly run: LockedRun;
  readonly input: Json;
  readonly spec: TemplateSpec;
  /** Steps of the run itself, those within fan-outs left out. */
  readonly top: readonly Step[];
  readonly byKey: ReadonlyMap<string, Step>;
}

/** Locks the runs. Items are locked before, orders and steps after. */
export async function openRunScopes(tx: Transaction, runIds: readonly string[]): Promise<Map<string, RunScope>> {
  const scopes = new Map<string, RunScope>();
  for (const run of (await lockRuns(tx, runIds)).values()) {
    scopes.set(run.id, toRunScope(run, await findTemplateSpec(tx, run.templateId), await findRunInput(tx, run.id)));
  }
  return scopes;
}

export function toRunScope(run: LockedRun, spec: TemplateSpec, input: Json): RunScope {
  return {
    run,
    input,
    spec,
    top: spec.steps.filter((step) => step.within === null),
    byKey: new Map(spec.steps.map((step) => [step.key, step])),
  };
}

/** Steps that each element of the fan-out passes. */
export function innerSteps(scope: RunScope, fanOut: FanOutStep): readonly Step[] {
  return scope.spec.steps.filter((step) => step.within === fanOut.key);
}

/** The part of its budget that the run has used up; null when something is left of everything. `plus` is being spent now. */
export function exhaustedOf(
  { run }: RunScope,
  plus: { readonly tokens: number; readonly cost: number },
): string | null {
  if (run.isOverdue) return 'its time';
  return exhaustedRunPart(
    { attempts: run.maxAttempts, tokens: run.maxTokens, cost: run.maxCost, seconds: null },
    { attempts: run.attemptsUsed, tokens: run.tokensUsed + plus.tokens, cost: run.costUsed + plus.cost, seconds: 0 },
  );
}

/** A run in these states makes new items; in the others what is under way ends, and nothing follows. */
export function goesOn({ run }: RunScope): boolean {
  return run.status === 'RUNNING' || run.status === 'PAUSED' || run.status === 'COMPLETED';
}
