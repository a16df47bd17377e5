/** Signatures: asked of people, given once, by somebody who had no part in the work (21 CFR Part 11). */
import { userError } from '../../kernel/errors/index.js';
import { assertVersion, write, type Writer, type WriteTransaction, type Written } from '../../kernel/write/index.js';
import { approvalLevelOf, assertLevel, nextLevel, type ApprovalDecision } from '../domain/approval-rules.js';
import { itemActions } from '../domain/item-states.js';
import {
  findApprovalRequest,
  findPolicy,
  findRequestItem,
  insertApprovalEvent,
  listDueApprovals,
  lockWorkItems,
  mayDecide,
  updateApprovalRequest,
  type LockedRequest,
  type Signature,
} from '../repository/index.js';
import { changeItems, type PlannedChange } from './change-items.js';
import { eachAlone } from './each-alone.js';
import { decided } from './finish-items.js';

export interface DecideInput {
  readonly approvalRequestId: string;
  /** Of the request: it was read at this version. */
  readonly expectedVersion: number;
  readonly decision: ApprovalDecision;
  /** Version of the policy under which the decider decides. */
  readonly policyVersion: number;
  /** What the signature means, in words. */
  readonly meaning: string;
  readonly reason?: string | null | undefined;
  /** As it is to stand under the decision; taken from the token when that has a name. */
  readonly printedName?: string | null | undefined;
}

export type DecidePayload = Written<{ approvalRequest: string; approvalEvent: string; workItem: string }>;

/**
 * Approves, rejects or escalates. Everything is checked with the item locked: of two deciders at once the second finds the
 * decision of the first. The database refuses a second decision and one of somebody who took part all the same.
 */
export function decideApproval(writer: Writer, input: DecideInput): Promise<DecidePayload> {
  return write(writer, { operation: 'approvalDecide' }, async (tx) => {
    const { auth } = writer;
    const { subject: approver } = auth.require();
    const signature = toSignature(input, approver, auth.name);
    const request = await lockRequest(tx, input.approvalRequestId);
    if (request === null) throw userError('NOT_FOUND', 'approvalRequestId', 'There is no such approval request.');
    if (request.status !== 'OPEN')
      throw userError('INVALID_TRANSITION', null, `The request is ${request.status} already: it is decided once.`);
    assertVersion({ expected: input.expectedVersion, current: request.version });
    await assertPolicy(tx, request, input.policyVersion);
    if (!(await mayDecide(tx, request, approver)))
      throw userError('NOT_PERMITTED', null, 'Who asked for this item or worked on it cannot decide on it.');
    const { decision } = input;
    assertLevel({ held: approvalLevelOf(auth.scopes), required: request.requiredLevel, decision });
    const approvalEvent = await sign(tx, request, signature);
    if (decision !== 'ESCALATED') await endItem(tx, request, signature);
    return { approvalRequest: request.id, approvalEvent, workItem: request.workItemId };
  });
}

/** Requests that nobody has decided in time go up one level. Answers how many this call escalated. */
export async function escalateDue(writer: Writer, limit: number): Promise<number> {
  return eachAlone(await listDueApprovals(writer.database, limit), async (id) => {
    const { count = 0 } = await write(writer, { operation: 'approvalsEscalate' }, async (tx) => {
      const request = await lockRequest(tx, id);
      // Decided or escalated since it was listed.
      if (request === null || request.status !== 'OPEN' || !request.isDue) return { count: 0 };
      await sign(tx, request, {
        approverId: writer.auth.subject ?? 'anonymous',
        printedName: 'Workflow engine',
        decision: 'ESCALATED',
        meaning: 'No decision was taken in time.',
        reason: null,
      });
      return { count: 1 };
    });
    return count;
  });
}

/** Whoever changes a request has its item locked. */
async function lockRequest(tx: WriteTransaction, requestId: string): Promise<LockedRequest | null> {
  const workItemId = await findRequestItem(tx, requestId);
  if (workItemId === null) return null;
  await lockWorkItems(tx, [workItemId]);
  return findApprovalRequest(tx, requestId);
}

/** The signature and what it makes of its request. Throws INVALID_TRANSITION for an escalation past the top. */
async function sign(tx: WriteTransaction, request: LockedRequest, signature: Signature): Promise<string> {
  const { decision, approverId } = signature;
  const isEscalated = decision === 'ESCALATED';
  const level = isEscalated
    ? nextLevel({ level: request.requiredLevel, top: request.maxLevel })
    : request.requiredLevel;
  const key = await insertApprovalEvent(tx, request, signature);
  const status = isEscalated ? 'OPEN' : decision;
  const version = await updateApprovalRequest(tx, { id: request.id, status, level });
  tx.record(
    {
      type: 'ApprovalEvent',
      key,
      action: 'approvalSigned',
      details: {
        request: request.id,
        workItem: request.workItemId,
        approver: approverId,
        decision,
        meaning: signature.meaning,
      },
    },
    {
      type: 'ApprovalRequest',
      key: request.id,
      action: isEscalated ? 'approvalRequestEscalated' : 'approvalRequestDecided',
      details: { status: ['OPEN', status], level: [request.requiredLevel, level], version },
      payload: { status, level, version },
    },
  );
  return key;
}

async function endItem(tx: WriteTransaction, request: LockedRequest, signature: Signature): Promise<void> {
  const { approverId, printedName, reason, meaning } = signature;
  const isApproved = signature.decision === 'APPROVED';
  await changeItems(tx, [request.workItemId], (item): PlannedChange => {
    const decision = decided(item, { kind: isApproved ? 'APPROVE' : 'REJECT' });
    if (!isApproved)
      return { decision, action: itemActions.rejected, error: `Rejected by ${printedName}: ${reason ?? meaning}` };
    const approval = { approved: true, approvedBy: approverId, level: request.requiredLevel };
    // The result of work that was handed in stays; a step that is nothing but an approval has the approval for a result.
    return { decision, action: itemActions.approved, result: item.isUntried ? approval : null };
  });
}

async function assertPolicy(tx: WriteTransaction, request: LockedRequest, version: number): Promise<void> {
  if (version === request.policyVersion) return;
  const { policyName } = request;
  if ((await findPolicy(tx, policyName, version)) === null)
    throw userError('NOT_FOUND', 'policyVersion', `There is no version ${version} of the policy ${policyName}.`);
  throw userError(
    'CONFLICT',
    'policyVersion',
    `The request stands under version ${request.policyVersion} of ${policyName}, not under version ${version}.`,
  );
}

function toSignature(input: DecideInput, approverId: string, tokenName: string | null): Signature {
  const given = input.printedName?.trim() ?? null;
  if (tokenName !== null && given !== null && given !== tokenName)
    throw userError('VALIDATION', 'printedName', `The caller signs as ${tokenName}: leave printedName out.`);
  const printedName = tokenName ?? given;
  if (printedName === null || printedName.length === 0 || printedName.length > 200)
    throw userError('VALIDATION', 'printedName', 'A signature needs a printed name of 1 to 200 characters.');
  const meaning = input.meaning.trim();
  if (meaning.length === 0 || meaning.length > 2_000)
    throw userError('VALIDATION', 'meaning', 'meaning must have 1 to 2000 characters.');
  const reason = input.reason?.trim() ?? null;
  if (reason !== null && reason.length > 10_000)
    throw userError('VALIDATION', 'reason', 'reason may have 10000 characters.');
  return { approverId, printedName, decision: input.decision, meaning, reason };
}
