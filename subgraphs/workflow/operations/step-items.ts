/** From a step that is due to the items that it makes. */
import { Buffer } from 'node:buffer';
import type { WriteTransaction } from '../../kernel/write/index.js';
import { itemActions } from '../domain/item-states.js';
import { readPath, type StepState } from '../domain/run-plan.js';
import type { ApprovalStep, Json, StepData, WorkItemStep } from '../domain/template-spec.js';
import {
  insertApprovalRequests,
  insertDeadLetter,
  insertStepItems,
  type ApprovalTerms,
  type NewStepItem,
} from '../repository/index.js';
import { checkStepContent } from './content.js';
import type { RunScope } from './run-scope.js';

/** The key of an item of a step that runs once. */
export const onlyItem = '-';

/** Half of what the database takes, because it writes JSON with more white space. */
export const largestContent = 131_072;

export interface DueItem {
  readonly step: WorkItemStep;
  readonly stepId: string;
  readonly itemKey: string;
  readonly data: StepData;
}

export interface MadeItem extends DueItem {
  /** What the step has come to with it. */
  readonly state: StepState;
  /** Null when the step failed before there was an item. */
  readonly itemId: string | null;
  readonly error: string | null;
}

/** Makes the items of any number of due steps in a few statements. A step whose content can't be made fails without one. */
export async function makeItems(
  tx: WriteTransaction,
  scope: RunScope,
  due: readonly DueItem[],
): Promise<readonly MadeItem[]> {
  const drafts = [];
  for (const item of due) drafts.push({ item, draft: await draftItem(tx, scope, item) });
  const items = drafts.flatMap(({ draft }) => (typeof draft === 'string' ? [] : [draft]));
  const ids = await insertStepItems(tx, scope.run, items);
  await insertApprovalRequests(
    tx,
    items.flatMap((item, index) =>
      item.approvalTerms === null
        ? []
        : [{ ...item.approvalTerms, workItemId: ids[index] ?? '', requestedBy: scope.run.startedBy }],
    ),
  );
  for (const [index, item] of items.entries()) {
    const workItemId = ids[index] ?? '';
    if (item.status === 'FAILED') {
      const error = item.error ?? '';
      const letter = await insertDeadLetter(tx, { workItemId, eventType: 'contentInvalid', error, retryCount: 0 });
      tx.record({ type: 'DeadLetter', key: letter, action: 'deadLetterCreated', details: { workItemId, error } });
    }
    recordMade(tx, scope, workItemId, item);
  }
  let next = 0;
  return drafts.map(({ item, draft }) => {
    if (typeof draft === 'string')
      return { ...item, itemId: null, error: draft, state: { status: 'FAILED', output: null } };
    const itemId = ids[next++] ?? null;
    const isOpen = draft.status === 'QUEUED' || draft.status === 'PROCESSING';
    const state = { status: isOpen ? 'OPEN' : draft.status, output: draft.result } as StepState;
    return { ...item, itemId, error: draft.error, state };
  });
}

function recordMade(tx: WriteTransaction, scope: RunScope, id: string, item: NewStepItem): void {
  const { stepKey: step, itemKey, status } = item;
  const action = item.approvalTerms === null ? itemActions.created : itemActions.waiting;
  tx.record({
    type: 'WorkItem',
    key: id,
    action,
    details: { run: scope.run.id, step, itemKey, status: [null, status] },
    payload: { status, version: 1 },
  });
}

/** The item, or why there can be none. */
async function draftItem(tx: WriteTransaction, scope: RunScope, due: DueItem): Promise<NewStepItem | string> {
  const { step, stepId, itemKey, data } = due;
  const content = await contentOf(step, data);
  const bytes = Buffer.byteLength(JSON.stringify(content));
  if (bytes > largestContent)
    return `the content of its item would have ${bytes} bytes; ${largestContent} is the limit`;
  const { attempts, backoff, budget, attemptSeconds } = step.retry;
  const base = {
    stepKey: step.key,
    stepId,
    itemKey,
    type: step.itemType,
    priority: step.priority ?? scope.run.priority,
    content,
    schemaId: null,
    capabilities: step.capabilities,
    maxRetries: attempts - 1,
    retryPolicy: { backoff, budget },
    attemptSeconds,
    status: 'QUEUED',
    approvalTerms: null,
    result: null,
    error: null,
  } as const;
  if (step.kind === 'APPROVAL') return { ...base, ...approvalOf(step, data) };
  if (step.kind !== 'WORK' || step.schema === null) return base;
  const { schemaId, problem } = await checkStepContent(tx, scope.spec, step.schema, content);
  return problem === null ? { ...base, schemaId } : { ...base, schemaId, status: 'FAILED', error: problem };
}

async function contentOf(step: WorkItemStep, data: StepData): Promise<Json> {
  if (step.input !== null) {
    const { resolveInput } = await import('../domain/template-condition.js');
    return resolveInput(step.input, data);
  }
  if (step.kind === 'EVALUATION') return data.steps[step.of]?.output ?? null;
  return data.item === undefined ? data.input : data.item;
}

/** It waits for a person, unless its amount stays within the limit. */
function approvalOf(step: ApprovalStep, data: StepData): Pick<NewStepItem, 'status' | 'approvalTerms' | 'result'> {
  const { policy, level, limit, escalateAfterSeconds } = step;
  const amount = limit === null ? undefined : readPath(limit.path, data);
  // What is no number can't be within a limit.
  if (limit !== null && typeof amount === 'number' && amount <= limit.above) {
    return { status: 'COMPLETED', approvalTerms: null, result: { approved: true, approvedBy: null, level: null } };
  }
  const terms: ApprovalTerms = {
    policyName: policy.name,
    policyVersion: policy.version,
    level,
    escalateAfterSeconds,
  };
  return { status: 'PROCESSING', approvalTerms: terms, result: null };
}
