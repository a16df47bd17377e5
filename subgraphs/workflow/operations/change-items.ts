/** Every change of work items: the locks in their order, the decision written, and the run let go on, in one transaction. */
import type { WriteTransaction } from '../../kernel/write/index.js';
import type { ItemDecision } from '../domain/item-decisions.js';
import type { Json } from '../domain/template-spec.js';
import {
  insertApprovalRequests,
  insertDeadLetter,
  listWorkItemFacts,
  lockWorkItems,
  requestRunCheck,
  resolveDeadLetters,
  updateWorkItem,
  type AttemptEnd,
  type WorkItemFacts,
} from '../repository/index.js';
import { settleItems, type SettledItem } from './advance-run.js';
import { exhaustedOf, openRunScopes, type RunScope } from './run-scope.js';

/** What is to be written of one item. */
export interface PlannedChange {
  readonly decision: ItemDecision;
  /** Past tense, for audit trail and events. */
  readonly action: string;
  /** Null keeps the result that there is. */
  readonly result?: unknown;
  /** Why it did not succeed, for people. */
  readonly error?: string | null;
  /** Before the next attempt. */
  readonly delaySeconds?: number;
  readonly attempt?: AttemptEnd | null;
  /** Who asked for the approval that it waits for now. */
  readonly requestedBy?: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface ChangedItem {
  readonly item: WorkItemFacts;
  readonly decision: ItemDecision;
  readonly version: number;
  /** Null when nothing was given up. */
  readonly deadLetterId: string | null;
}

/** Null leaves the item alone; a thrown user error undoes everything. */
export type Decide = (item: WorkItemFacts, scope: RunScope | null) => PlannedChange | null;

/** Items are locked first, then their runs, then steps and orders: every change of an item comes this way. */
export async function changeItems(
  tx: WriteTransaction,
  ids: readonly string[],
  decide: Decide,
): Promise<ChangedItem[]> {
  const locked = await lockWorkItems(tx, ids);
  const runIds = new Set(locked.flatMap(({ runId }) => (runId === null ? [] : [runId])));
  const scopes = await openRunScopes(tx, [...runIds]);
  const changed: ChangedItem[] = [];
  const settled = new Map<RunScope, SettledItem[]>();
  const spent = new Map<RunScope, { tokens: number; cost: number }>();
  for (const item of await listWorkItemFacts(tx, ids)) {
    const scope = item.runId === null ? null : (scopes.get(item.runId) ?? null);
    const plan = decide(item, scope);
    if (plan === null) continue;
    changed.push(await writeChange(tx, item, plan));
    if (scope === null) continue;
    const { status } = plan.decision;
    if (status === 'COMPLETED' || status === 'FAILED') {
      settled.set(scope, [...(settled.get(scope) ?? []), toSettled(item, status, plan)]);
    }
    const total = spent.get(scope) ?? { tokens: 0, cost: 0 };
    const { tokens, cost } = spentBy(plan.attempt ?? null);
    spent.set(scope, { tokens: total.tokens + tokens, cost: total.cost + cost });
  }
  for (const [scope, items] of settled) await settleItems(tx, scope, items);
  for (const [scope, total] of spent) {
    // What was released a moment ago can't be claimed any more: the sweeper gives it up, with its reason.
    if (scope.run.status === 'RUNNING' && exhaustedOf(scope, total) !== null) await requestRunCheck(tx, scope.run.id);
  }
  return changed;
}

/** What one attempt adds to what its item and its run have spent. */
export function spentBy(attempt: AttemptEnd | null): { readonly tokens: number; readonly cost: number } {
  return {
    tokens: Number(attempt?.inputTokens ?? 0) + Number(attempt?.outputTokens ?? 0),
    cost: Number(attempt?.cost ?? 0),
  };
}

async function writeChange(tx: WriteTransaction, item: WorkItemFacts, plan: PlannedChange): Promise<ChangedItem> {
  const { decision, action, result = null, error = null, delaySeconds = 0, attempt = null } = plan;
  const version = await updateWorkItem(tx, { item, decision, result, error, delaySeconds, attempt });
  tx.record({
    type: 'WorkItem',
    key: item.id,
    action,
    details: { status: [item.status, decision.status], version, ...(error !== null && { error }), ...plan.details },
    payload: { status: decision.status, version },
  });
  if (decision.isWaiting && item.approvalTerms !== null) {
    const { requestedBy = null } = plan;
    await insertApprovalRequests(tx, [{ ...item.approvalTerms, workItemId: item.id, requestedBy }]);
  }
  const isOver = decision.status === 'COMPLETED' || (decision.status === 'FAILED' && decision.deadLetter === null);
  if (item.hasDeadLetter && isOver) await resolveDeadLetters(tx, [item.id]);
  const deadLetterId = decision.deadLetter === null ? null : await giveUp(tx, item, decision.deadLetter, error ?? '');
  return { item, decision, version, deadLetterId };
}

async function giveUp(tx: WriteTransaction, item: WorkItemFacts, eventType: string, error: string): Promise<string> {
  const { id: workItemId, retryCount } = item;
  const letter = await insertDeadLetter(tx, { workItemId, eventType, error, retryCount });
  tx.record({
    type: 'DeadLetter',
    key: letter,
    action: 'deadLetterCreated',
    details: { workItemId, eventType, error, retryCount },
  });
  return letter;
}

function toSettled(item: WorkItemFacts, status: 'COMPLETED' | 'FAILED', plan: PlannedChange): SettledItem {
  return {
    stepKey: item.stepKey ?? '',
    stepId: item.runStepId ?? '',
    itemKey: item.itemKey ?? '',
    status,
    result: (plan.result ?? null) as Json,
    error: plan.error ?? null,
  };
}
