/** Dead letters put back: their items are tried again with a fresh budget, and their run goes on where it stopped. */
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type WriteTransaction, type Written } from '../../kernel/write/index.js';
import { decideItem } from '../domain/item-decisions.js';
import { itemActions } from '../domain/item-states.js';
import { runActions } from '../domain/run-states.js';
import {
  findElement,
  listRedrivableItems,
  listRunSteps,
  updateElements,
  updateRedriven,
  updateRunBudget,
  updateRunStatus,
  updateRunSteps,
  type RunStepRow,
  type StepChange,
} from '../repository/index.js';
import { changeItems, type ChangedItem } from './change-items.js';
import { exhaustedOf, openRunScopes, type RunScope } from './run-scope.js';
import { onlyItem } from './step-items.js';

export interface RedriveInput {
  readonly deadLetterIds?: readonly string[] | null | undefined;
  readonly runId?: string | null | undefined;
  readonly workOrderId?: string | null | undefined;
  readonly limit: number;
}

export type RedrivePayload = Written<{ redriven: readonly string[]; skippedCount: number }>;

const mostLetters = 500;

/** In one transaction: all that can be redriven are, what can't (its run was cancelled, it is under way again) is counted. */
export function redriveDeadLetters(writer: Writer, input: RedriveInput): Promise<RedrivePayload> {
  return write(writer, { operation: 'deadLettersRedrive' }, async (tx) => {
    const { deadLetterIds = null, runId = null, workOrderId = null, limit } = input;
    if (limit < 1 || limit > mostLetters) throw userError('VALIDATION', 'limit', `limit must be 1 to ${mostLetters}.`);
    if (deadLetterIds === null && runId === null && workOrderId === null)
      throw userError('VALIDATION', null, 'Name the letters, a run or an order.');
    if (deadLetterIds !== null && deadLetterIds.length > limit)
      throw userError('VALIDATION', 'deadLetterIds', `More letters than limit, ${limit}.`);
    const ids = await listRedrivableItems(tx, { ids: deadLetterIds, runId, workOrderId, limit });
    const changed = await changeItems(tx, ids, (item, scope) => {
      const decision = decideItem(item, { kind: 'REDRIVE' });
      return decision === null || scope?.run.status === 'CANCELLED' ? null : { decision, action: itemActions.redriven };
    });
    const runIds = new Set(changed.flatMap(({ item }) => (item.runId === null ? [] : [item.runId])));
    for (const scope of (await openRunScopes(tx, [...runIds])).values()) {
      await reopen(
        tx,
        scope,
        changed.filter(({ item }) => item.runId === scope.run.id),
      );
    }
    const by = writer.auth.subject ?? 'anonymous';
    const letters = await updateRedriven(
      tx,
      changed.map(({ item }) => item.id),
      by,
    );
    tx.record(
      ...letters.map(({ id, redriveCount }) => ({
        type: 'DeadLetter',
        key: id,
        action: 'deadLetterRedriven',
        details: { redriveCount },
        payload: { redriveCount },
      })),
    );
    const asked = deadLetterIds === null ? ids.length : new Set(deadLetterIds).size;
    return { redriven: letters.map(({ id }) => id), skippedCount: asked - letters.length };
  });
}

/** What the failure of these items had ended, in their steps, their elements and their run, is open again. */
async function reopen(tx: WriteTransaction, scope: RunScope, items: readonly ChangedItem[]): Promise<void> {
  const { run } = scope;
  const steps = await listRunSteps(tx, run.id);
  const changes = new Map<string, StepChange>();
  const open = (row: RunStepRow, opened: number): void => {
    const before = changes.get(row.id)?.opened ?? 0;
    changes.set(row.id, { id: row.id, status: 'RUNNING', output: row.output, opened: before + opened });
  };
  for (const { item } of items) {
    const step = scope.byKey.get(item.stepKey ?? '');
    const row = steps.get(item.stepKey ?? '');
    if (step === undefined || row === undefined) continue;
    open(row, 1);
    const fanOut = step.within === null ? undefined : steps.get(step.within);
    if (fanOut === undefined || item.itemKey === null || item.itemKey === onlyItem) continue;
    const element = await findElement(tx, { runId: run.id, fanOutId: fanOut.id, key: item.itemKey });
    if (element.status === 'OPEN') continue;
    await updateElements(tx, fanOut.id, [{ key: item.itemKey, status: 'OPEN', error: null }]);
    open(fanOut, 1);
  }
  for (const step of scope.top) {
    const row = steps.get(step.key);
    // A join that failed on these elements waits for them again.
    if (step.kind === 'JOIN' && row?.status === 'FAILED') changes.set(row.id, { id: row.id, status: 'BLOCKED' });
  }
  await updateRunSteps(tx, [...changes.values()]);
  if (exhaustedOf(scope, { tokens: 0, cost: 0 }) !== null) await updateRunBudget(tx, run.id, scope.spec);
  if (run.status !== 'FAILED') return;
  const version = await updateRunStatus(tx, { id: run.id, status: 'RUNNING' });
  tx.record({
    type: 'Run',
    key: run.id,
    action: runActions.revived,
    details: { status: ['FAILED', 'RUNNING'], version },
    payload: { status: 'RUNNING', version },
  });
}
