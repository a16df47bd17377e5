/** How an attempt ends: with a result, with an error, or by its deadline. */
import { Buffer } from 'node:buffer';
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type WriteTransaction, type Written } from '../../kernel/write/index.js';
import { decideItem, type ItemCommand, type ItemDecision } from '../domain/item-decisions.js';
import { itemActions } from '../domain/item-states.js';
import type { EvaluationStep } from '../domain/template-spec.js';
import {
  hasToolCall,
  insertStepEvaluation,
  listOverdueWorkItems,
  type AttemptEnd,
  type WorkItemFacts,
} from '../repository/index.js';
import { isLastAttemptAlike } from '../repository/attempts.js';
import { changeItems, type PlannedChange } from './change-items.js';
import { assertModel, leaseLost } from './claim-items.js';
import { eachAlone } from './each-alone.js';
import { nextTry } from './give-up.js';
import type { RunScope } from './run-scope.js';
import { largestContent } from './step-items.js';

/** What an attempt has used, as far as the agent says. */
export interface Usage {
  readonly model?: string | null | undefined;
  readonly inputTokens?: number | bigint | null | undefined;
  readonly outputTokens?: number | bigint | null | undefined;
  readonly cost?: number | null | undefined;
}

export interface LeasedItem {
  readonly workItemId: string;
  readonly leaseToken: string;
}

export interface CompleteInput extends LeasedItem, Usage {
  readonly result: unknown;
}

/** What a result makes of a step's content may take more room in the database than the result itself. */
const constraints = {
  work_items_content_check: userError('VALIDATION', 'result', 'What the next step would be given is too large.'),
};

export type ItemPayload = Written<{ workItem: string }>;

/**
 * PROCESSING → COMPLETED; an item that needs an approval waits for it instead. Whoever did not hear the answer may hand in the same
 * again, and is answered what they were answered first.
 */
export async function completeItem(writer: Writer, input: CompleteInput): Promise<ItemPayload> {
  const written = await complete(writer, input);
  const isLate = written.userErrors.some(({ code }) => code === 'LEASE_EXPIRED');
  if (!isLate || !(await isCompletedAlike(writer, input))) return written;
  return { workItem: input.workItemId, userErrors: [] };
}

function isCompletedAlike({ auth, database }: Writer, { workItemId, result }: CompleteInput): Promise<boolean> {
  if (auth.subject === null) return Promise.resolve(false);
  return isLastAttemptAlike(database, { workItemId, agentId: auth.subject, output: result ?? null });
}

function complete(writer: Writer, input: CompleteInput): Promise<ItemPayload> {
  return write(writer, { operation: 'workItemComplete', constraints }, async (tx) => {
    assertUsage(input);
    const bytes = Buffer.byteLength(JSON.stringify(input.result ?? null));
    if (bytes > largestContent)
      throw userError('VALIDATION', 'result', `The result has ${bytes} bytes; ${largestContent} is the limit.`);
    const subject = writer.auth.subject;
    const scored: { step: EvaluationStep; score: number; item: WorkItemFacts }[] = [];
    const [changed] = await changeItems(tx, [input.workItemId], (item, scope) => {
      assertLease(item, input.leaseToken);
      const step = scope?.byKey.get(item.stepKey ?? '');
      if (step?.kind === 'EVALUATION') {
        const score = scoreOf(input.result);
        scored.push({ step, score, item });
        if (score < step.minimumScore) {
          const error = `Its score ${score} is below ${step.minimumScore}.`;
          return failed(item, scope, { kind: 'FAIL', error, usage: input, output: input.result });
        }
      }
      const decision = decided(item, { kind: 'COMPLETE' });
      return {
        decision,
        action: decision.isWaiting ? itemActions.waiting : itemActions.completed,
        result: input.result,
        attempt: toEnd('COMPLETED', input, { output: input.result }),
        requestedBy: subject,
      };
    });
    if (changed === undefined) throw notFound();
    await assertToolCalled(tx, changed.item);
    for (const { step, score, item } of scored) await noteScore(tx, step, score, item, input.result);
    return { workItem: input.workItemId };
  });
}

export interface FailInput extends LeasedItem, Usage {
  readonly error: string;
  /** False: trying again would not help. */
  readonly isRetryable: boolean;
}

/** PROCESSING → QUEUED after a back-off, or FAILED with a dead letter when its retries or its budget are used up. */
export function failItem(
  writer: Writer,
  input: FailInput,
): Promise<Written<{ workItem: string; deadLetter: string | null }>> {
  return write(writer, { operation: 'workItemFail' }, async (tx) => {
    assertUsage(input);
    const error = input.error.trim();
    if (error.length === 0 || error.length > 10_000)
      throw userError('VALIDATION', 'error', 'error must have 1 to 10000 characters.');
    const [changed] = await changeItems(tx, [input.workItemId], (item, scope) => {
      assertLease(item, input.leaseToken);
      return failed(item, scope, { kind: 'FAIL', error, usage: input, isFinal: !input.isRetryable });
    });
    if (changed === undefined) throw notFound();
    return { workItem: input.workItemId, deadLetter: changed.deadLetterId };
  });
}

/**
 * Attempts past their deadline, and those whose agent went silent, end as TIMEOUT. One transaction each; safe to run anywhere
 * at any time. Answers how many this call ended.
 */
export async function timeOutItems(writer: Writer, limit: number): Promise<number> {
  return eachAlone(await listOverdueWorkItems(writer.database, limit), async (id) => {
    const { count = 0 } = await write(writer, { operation: 'workItemsTimeOut' }, async (tx) => {
      const changed = await changeItems(tx, [id], (item, scope) => {
        // Finished or beaten since it was listed.
        if (item.leaseToken === null || (item.hasLiveLease && !item.isOverdue)) return null;
        const error = item.isOverdue
          ? 'The attempt took longer than it may.'
          : 'The agent went silent: its lease ran out.';
        return failed(item, scope, { kind: 'TIME_OUT', error, usage: {} });
      });
      return { count: changed.length };
    });
    return count;
  });
}

interface Failure {
  readonly kind: 'FAIL' | 'TIME_OUT';
  readonly error: string;
  readonly usage: Usage;
  readonly output?: unknown;
  readonly isFinal?: boolean;
}

function failed(item: WorkItemFacts, scope: RunScope | null, failure: Failure): PlannedChange {
  const { kind, error, usage, output = null, isFinal = false } = failure;
  const attempt = toEnd(kind === 'FAIL' ? 'FAILED' : 'TIMEOUT', usage, { output, error });
  const next = nextTry(item, scope, attempt);
  const decision = decided(item, { kind, giveUp: isFinal ? 'notRetryable' : next.giveUp });
  const isRetried = decision.status === 'QUEUED';
  return {
    decision,
    action: isRetried ? itemActions.retried : itemActions.failed,
    error: isRetried || next.because === null ? error : `${error} (${next.because})`,
    delaySeconds: next.delaySeconds,
    attempt: item.attemptId === null ? null : attempt,
    details: { attempt: attempt.status },
  };
}

/** Throws INVALID_TRANSITION when the item's state does not allow the command. */
export function decided(item: WorkItemFacts, command: ItemCommand): ItemDecision {
  const decision = decideItem(item, command);
  if (decision !== null) return decision;
  const state = item.isWaiting ? 'waiting for approval' : item.status;
  throw userError('INVALID_TRANSITION', null, `The item is ${state}: this is not its next step.`);
}

export function assertLease(item: WorkItemFacts, leaseToken: string): void {
  // What is not worked on has no lease, and past its deadline an attempt is over, whether or not a sweeper has said so.
  const isAlive = item.leaseToken === leaseToken.toLowerCase() && item.hasLiveLease && !item.isOverdue;
  if (!isAlive) throw leaseLost();
}

function notFound() {
  return userError('NOT_FOUND', 'workItemId', 'There is no such item.');
}

function toEnd(
  status: AttemptEnd['status'],
  usage: Usage,
  { output = null, error = null }: { readonly output?: unknown; readonly error?: string | null },
): AttemptEnd {
  const { model = null, inputTokens = null, outputTokens = null, cost = null } = usage;
  // The database keeps six decimals.
  return { status, output, error, model, inputTokens, outputTokens, cost: cost === null ? null : cost.toFixed(6) };
}

const mostCost = 10_000_000;
const mostTokens = 1_000_000_000_000;

function assertUsage({ model, inputTokens, outputTokens, cost }: Usage): void {
  assertModel(model);
  for (const [field, value] of Object.entries({ inputTokens, outputTokens })) {
    if (value != null && (value < 0 || value > mostTokens))
      throw userError('VALIDATION', field, `${field} must be 0 to ${mostTokens}.`);
  }
  if (cost != null && !(cost >= 0 && cost <= mostCost))
    throw userError('VALIDATION', 'cost', `cost must be 0 to ${mostCost}.`);
}

function scoreOf(result: unknown): number {
  const score: unknown = typeof result === 'object' && result !== null ? (result as { score?: unknown }).score : null;
  if (typeof score === 'number' && score >= 0 && score <= 1) return score;
  throw userError('VALIDATION', ['result', 'score'], 'An evaluation answers { "score": … } with a number from 0 to 1.');
}

async function noteScore(
  tx: WriteTransaction,
  step: EvaluationStep,
  score: number,
  item: WorkItemFacts,
  details: unknown,
): Promise<void> {
  const { evaluator, metric, minimumScore } = step;
  const key = await insertStepEvaluation(tx, {
    workItemId: item.id,
    ofStepKey: step.of,
    evaluator,
    metric,
    score,
    passed: score >= minimumScore,
    details,
  });
  tx.record({ type: 'EvalResult', key, action: 'evalResultRecorded', details: { evaluator, metric, score } });
}

/** The step is the call of its tool: without one that was allowed and went well there is nothing to complete. */
async function assertToolCalled(tx: WriteTransaction, item: WorkItemFacts): Promise<void> {
  if (item.stepKind !== 'TOOL_CALL' || item.attemptId === null || (await hasToolCall(tx, item.attemptId))) return;
  throw userError(
    'VALIDATION',
    null,
    'The attempt has not called the tool of its step: begin and finish the call first.',
  );
}
