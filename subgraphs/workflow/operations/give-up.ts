/** Whether an item that failed is tried again, and when. */
import type { DeadLetterReason } from '../domain/item-decisions.js';
import { defaultBackoff, exhaustedPart, retryDelaySeconds, unlimited } from '../domain/retry-policy.js';
import type { Backoff, ItemBudget } from '../domain/template-spec.js';
import type { AttemptEnd, WorkItemFacts } from '../repository/index.js';
import { spentBy } from './change-items.js';
import { exhaustedOf, type RunScope } from './run-scope.js';

export interface NextTry {
  readonly delaySeconds: number;
  readonly giveUp: DeadLetterReason | null;
  /** What there is to say about giving up, for people; null when the error says it all. */
  readonly because: string | null;
}

/** Stored with the item, as its step or its order said. */
export function policyOf({ retryPolicy }: WorkItemFacts): { readonly backoff: Backoff; readonly budget: ItemBudget } {
  const { backoff, budget } = (retryPolicy ?? {}) as { backoff?: Backoff; budget?: ItemBudget };
  return { backoff: backoff ?? defaultBackoff, budget: budget ?? unlimited };
}

/** The wait before the next attempt counts against the time that the item has: a retry that would come too late is none. */
export function nextTry(item: WorkItemFacts, scope: RunScope | null, attempt: AttemptEnd | null): NextTry {
  const { backoff, budget } = policyOf(item);
  const delaySeconds = retryDelaySeconds(backoff, item.retryCount + 1, item.id);
  const plus = spentBy(attempt);
  const spent = {
    tokens: item.tokens + plus.tokens,
    cost: item.cost + plus.cost,
    seconds: item.seconds + delaySeconds,
  };
  const part = exhaustedPart(budget, spent);
  if (part !== null) return { delaySeconds, giveUp: 'budgetExhausted', because: `its budget is used up: ${part}` };
  const ofRun = scope === null ? null : exhaustedOf(scope, plus);
  if (ofRun === null) return { delaySeconds, giveUp: null, because: null };
  return { delaySeconds, giveUp: 'budgetExhausted', because: `the budget of its run is used up: ${ofRun}` };
}
