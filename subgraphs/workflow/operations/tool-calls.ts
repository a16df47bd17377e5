/** Calls of tools during an attempt: allowed or refused at the moment of use, and kept with what went in and came out. */
import { Buffer } from 'node:buffer';
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type WriteTransaction, type Written } from '../../kernel/write/index.js';
import { assertMayUse } from '../domain/capability.js';
import { assertContent } from '../domain/schema-content.js';
import {
  findToolCall,
  insertToolCall,
  listWorkItemFacts,
  lockWorkItems,
  updateToolCall,
  type WorkItemFacts,
} from '../repository/index.js';
import { lockToolByName } from '../repository/tools.js';
import { assertLease, type LeasedItem } from './finish-items.js';
import { openRunScopes } from './run-scope.js';
import { largestContent } from './step-items.js';

export interface BeginCallInput extends LeasedItem {
  /** Name of the tool. */
  readonly tool: string;
  readonly input: unknown;
}

export type ToolCallPayload = Written<{ toolCall: string }>;

/** Notes the call before it is made. Refused without every scope that the tool asks for now. */
export function beginToolCall(writer: Writer, call: BeginCallInput): Promise<ToolCallPayload> {
  return write(writer, { operation: 'toolCallBegin' }, async (tx) => {
    const { item, attemptId } = await lockAttempt(tx, call);
    const tool = await lockToolByName(tx, call.tool);
    if (tool === null) throw userError('NOT_FOUND', 'tool', `There is no tool ${call.tool.slice(0, 200)}.`);
    assertMayUse(tool, writer.auth, 'tool');
    await assertStepTool(tx, item, tool.name);
    assertSize('input', call.input);
    await assertContent(['input'], tool.inputSchema, call.input);
    const calledBy = writer.auth.subject ?? 'anonymous';
    const key = await insertToolCall(tx, { attemptId, toolId: tool.id, calledBy, input: call.input });
    tx.record({ type: 'ToolCall', key, action: 'toolCallBegun', details: { tool: tool.name, workItem: item.id } });
    return { toolCall: key };
  });
}

export interface FinishCallInput {
  readonly toolCallId: string;
  readonly leaseToken: string;
  /** What came out; not looked at beside an error. */
  readonly output?: unknown;
  /** Why the call failed; null when it did not. */
  readonly error?: string | null | undefined;
}

export function finishToolCall(writer: Writer, call: FinishCallInput): Promise<ToolCallPayload> {
  return write(writer, { operation: 'toolCallFinish' }, async (tx) => {
    const { toolCallId, output = null, error = null } = call;
    const begun = await findToolCall(tx, toolCallId);
    if (begun === null) throw userError('NOT_FOUND', 'toolCallId', 'There is no such call.');
    const { attemptId } = await lockAttempt(tx, { workItemId: begun.workItemId, leaseToken: call.leaseToken });
    if (attemptId !== begun.attemptId || begun.isFinished)
      throw userError('INVALID_TRANSITION', null, 'The call is over: it has been finished, or its attempt has.');
    if (error !== null && (error.trim().length === 0 || error.length > 10_000))
      throw userError('VALIDATION', 'error', 'error must have 1 to 10000 characters.');
    assertSize('output', output);
    if (error === null && begun.outputSchema !== null) await assertContent(['output'], begun.outputSchema, output);
    if (!(await updateToolCall(tx, { id: toolCallId, output: error === null ? output : null, error })))
      throw userError('INVALID_TRANSITION', null, 'The call has been finished already.');
    tx.record({ type: 'ToolCall', key: toolCallId, action: 'toolCallFinished', details: { error } });
    return { toolCall: toolCallId };
  });
}

async function lockAttempt(
  tx: WriteTransaction,
  { workItemId, leaseToken }: LeasedItem,
): Promise<{ readonly item: WorkItemFacts; readonly attemptId: string }> {
  await lockWorkItems(tx, [workItemId]);
  const [item] = await listWorkItemFacts(tx, [workItemId]);
  if (item === undefined) throw userError('NOT_FOUND', 'workItemId', 'There is no such item.');
  assertLease(item, leaseToken);
  if (item.attemptId === null) throw userError('INVALID_TRANSITION', null, 'No attempt is under way.');
  return { item, attemptId: item.attemptId };
}

/** A step that is the call of a tool calls that one and no other. */
async function assertStepTool(tx: WriteTransaction, item: WorkItemFacts, name: string): Promise<void> {
  if (item.stepKind !== 'TOOL_CALL' || item.runId === null) return;
  const [scope] = (await openRunScopes(tx, [item.runId])).values();
  const step = scope?.byKey.get(item.stepKey ?? '');
  if (step?.kind === 'TOOL_CALL' && step.tool !== name)
    throw userError('VALIDATION', 'tool', `The step is a call of ${step.tool}.`);
}

function assertSize(field: string, value: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(value ?? null));
  if (bytes > largestContent)
    throw userError('VALIDATION', field, `${field} has ${bytes} bytes; ${largestContent} is the limit.`);
}
