/** When an item is tried again, and when it has been tried enough. */
import { createHash } from 'node:crypto';
import type { Backoff, ItemBudget, RunBudget } from './template-spec.js';

/** What work has cost so far. `seconds` counts from the first attempt on. */
export interface Spending {
  readonly tokens: number;
  readonly cost: number;
  readonly seconds: number;
}

/** Of items that no template's step made. */
export const defaultBackoff: Backoff = { baseSeconds: 2, capSeconds: 300, jitter: 0.5 };

export const unlimited: ItemBudget = { tokens: null, cost: null, seconds: null };

/**
 * Seconds before the `retry`-th retry (from 1). The jitter is drawn from `seed`: the same item's same retry waits equally
 * long whoever works it out, and the retries of many items that failed together spread.
 */
export function retryDelaySeconds(backoff: Backoff, retry: number, seed: string): number {
  const { baseSeconds, capSeconds, jitter } = backoff;
  const full = Math.min(capSeconds, baseSeconds * 2 ** (retry - 1));
  return full * (1 - jitter * fractionOf(`${seed}/${retry}`));
}

/** At least 0 and less than 1, evenly spread over seeds. */
function fractionOf(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32;
}

/** What of the budget is used up, for people; null when there is something left of everything. */
export function exhaustedPart(budget: ItemBudget, spent: Spending): string | null {
  if (budget.tokens !== null && spent.tokens >= budget.tokens) return `${budget.tokens} tokens`;
  if (budget.cost !== null && spent.cost >= budget.cost) return `cost of ${budget.cost}`;
  if (budget.seconds !== null && spent.seconds >= budget.seconds) return `${budget.seconds} s`;
  return null;
}

/** As {@link exhaustedPart}, of a whole run. */
export function exhaustedRunPart(budget: RunBudget, spent: Spending & { readonly attempts: number }): string | null {
  if (budget.attempts !== null && spent.attempts >= budget.attempts) return `${budget.attempts} attempts`;
  return exhaustedPart(budget, spent);
}
