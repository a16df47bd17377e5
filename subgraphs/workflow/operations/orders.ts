/** Work orders: requested with their items, and cancelled. */
import { Buffer } from 'node:buffer';
import { userError, UserErrors } from '../../kernel/errors/index.js';
import { write, type Writer, type WriteTransaction, type Written } from '../../kernel/write/index.js';
import { itemActions } from '../domain/item-states.js';
import { defaultBackoff, unlimited } from '../domain/retry-policy.js';
import { runActions } from '../domain/run-states.js';
import { fromPointer, validateContent } from '../domain/schema-content.js';
import { checkSubject } from '../domain/subject.js';
import { templateLimits, type ItemType, type Priority } from '../domain/template-spec.js';
import {
  findPolicy,
  findSchemaById,
  findWorkOrder,
  insertOrderItems,
  insertWorkOrder,
  listOpenRuns,
  lockOpenWorkItems,
  lockRuns,
  updateRunStatus,
  type ApprovalTerms,
  type NewOrderItem,
  type Policy,
} from '../repository/index.js';
import { cancelLockedItems } from './cancel-items.js';

export interface OrderItemInput {
  readonly type: ItemType;
  readonly content: unknown;
  readonly priority?: Priority | null | undefined;
  readonly documentSchemaId?: string | null | undefined;
  readonly subjectId?: string | null | undefined;
  readonly capabilities?: readonly string[] | null | undefined;
  readonly approval?: ApprovalInput | null | undefined;
  readonly retry?: RetryInput | null | undefined;
}

export interface ApprovalInput {
  readonly policy: { readonly name: string; readonly version: number };
  readonly level: number;
}

export interface RetryInput {
  readonly attempts: number;
  readonly backoffBaseSeconds: number;
  readonly backoffCapSeconds: number;
  readonly jitter: number;
  readonly attemptSeconds: number;
  readonly maxTokens?: number | bigint | null | undefined;
  readonly maxCost?: number | null | undefined;
  readonly maxSeconds?: number | null | undefined;
}

export interface OrderInput {
  readonly title?: string | null | undefined;
  readonly priority: Priority;
  readonly metadata?: Readonly<Record<string, unknown>> | null | undefined;
  readonly items: readonly OrderItemInput[];
  readonly clientKey?: string | null | undefined;
}

export type OrderPayload = Written<{ workOrder: string }>;

const mostItems = 1_000;
const largestOrderContent = 262_144;
const contentTooLarge = `An item's content may have ${largestOrderContent} bytes.`;

const constraints = {
  work_items_content_check: userError('VALIDATION', 'items', contentTooLarge),
  work_orders_requested_by_client_key_key: userError(
    'IDEMPOTENCY_MISMATCH',
    'clientKey',
    'This clientKey was used before, and its answer is no longer kept. Use a new key.',
  ),
};

/** Without items it waits for a run to make them. */
export function createOrder(writer: Writer, input: OrderInput): Promise<OrderPayload> {
  const { clientKey = null, ...rest } = input;
  return write(writer, { operation: 'workOrderCreate', clientKey, input: rest, constraints }, async (tx) => {
    return { workOrder: await createOrderIn(tx, writer.auth.subject ?? 'anonymous', input) };
  });
}

/** Within a transaction that has more to do. Answers the order's key. */
export async function createOrderIn(tx: WriteTransaction, requestedBy: string, input: OrderInput): Promise<string> {
  if (input.items.length > mostItems)
    throw userError('VALIDATION', 'items', `An order may come with ${mostItems} items.`);
  if ((input.title ?? '').length > 500) throw userError('VALIDATION', 'title', 'title may have 500 characters.');
  const items = await readItems(tx, input);
  const id = await insertWorkOrder(tx, {
    title: input.title ?? null,
    priority: input.priority,
    metadata: input.metadata ?? {},
    requestedBy,
    clientKey: input.clientKey ?? null,
  });
  const ids = await insertOrderItems(tx, id, items);
  const action = 'workOrderCreated';
  tx.record({ type: 'WorkOrder', key: id, action, details: { items: ids.length, priority: input.priority } });
  tx.record(
    ...ids.map((key) => ({
      type: 'WorkItem',
      key,
      action: itemActions.created,
      details: { workOrder: id, status: [null, 'QUEUED'] },
      payload: { status: 'QUEUED', version: 1 },
    })),
  );
  return id;
}

/** Ends every run of it and every item that is not final. */
export function cancelOrder(writer: Writer, workOrderId: string): Promise<OrderPayload> {
  return write(writer, { operation: 'workOrderCancel' }, async (tx) => {
    if ((await findWorkOrder(tx, workOrderId)) === null)
      throw userError('NOT_FOUND', 'workOrderId', 'There is no such order.');
    const scope = { workOrderId, runId: null };
    const first = await lockOpenWorkItems(tx, scope);
    const runs = await listOpenRuns(tx, workOrderId);
    await lockRuns(tx, runs);
    const items = [...new Set([...first, ...(await lockOpenWorkItems(tx, scope))])];
    if (items.length === 0 && runs.length === 0)
      throw userError('INVALID_TRANSITION', null, 'Everything of the order is final: there is nothing to cancel.');
    await cancelLockedItems(tx, { items, runIds: runs, reason: 'The order was cancelled.' });
    for (const id of runs) {
      const version = await updateRunStatus(tx, { id, status: 'CANCELLED' });
      const payload = { status: 'CANCELLED', version };
      tx.record({ type: 'Run', key: id, action: runActions.cancelled, details: { version }, payload });
    }
    tx.record({ type: 'WorkOrder', key: workOrderId, action: 'workOrderCancelled', details: { items: items.length } });
    return { workOrder: workOrderId };
  });
}

/** What the order's items become. Throws VALIDATION and NOT_FOUND with everything that is wrong, at its path. */
async function readItems(tx: WriteTransaction, { items, priority }: OrderInput): Promise<NewOrderItem[]> {
  const read: NewOrderItem[] = [];
  const faults: UserErrors[] = [];
  const schemas = new Map<string, unknown>();
  const policies = new Map<string, Policy | null>();
  for (const [index, item] of items.entries()) {
    const fail = (code: 'VALIDATION' | 'NOT_FOUND', path: readonly string[], message: string): void =>
      void faults.push(userError(code, ['items', String(index), ...path], message));
    if (Buffer.byteLength(JSON.stringify(item.content ?? null)) > largestOrderContent)
      fail('VALIDATION', ['content'], contentTooLarge);
    if (item.documentSchemaId != null) {
      if (!schemas.has(item.documentSchemaId))
        schemas.set(item.documentSchemaId, await findSchemaById(tx, item.documentSchemaId));
      const definition = schemas.get(item.documentSchemaId) ?? null;
      if (definition === null) fail('NOT_FOUND', ['documentSchemaId'], 'There is no such document schema.');
      else
        for (const { path, message } of await validateContent(definition, item.content))
          fail('VALIDATION', ['content', ...fromPointer(path)], message);
    }
    const subject = item.subjectId == null ? null : checkSubject(item.subjectId);
    if (item.subjectId != null && subject === null)
      fail('VALIDATION', ['subjectId'], 'A work item is about none of these: see WorkItemSubject.');
    const capabilities = item.capabilities ?? [];
    if (capabilities.length > 50 || capabilities.some((scope) => scope.length === 0 || scope.length > 200))
      fail('VALIDATION', ['capabilities'], 'Up to 50 scopes of 1 to 200 characters.');
    const retry = readRetry(item.retry ?? null, (path, message) => fail('VALIDATION', ['retry', path], message));
    const approvalTerms = item.approval == null ? null : await readApproval(tx, policies, item.approval, fail);
    read.push({
      type: item.type,
      priority: item.priority ?? priority,
      content: item.content ?? null,
      schemaId: item.documentSchemaId ?? null,
      subjectId: subject?.id ?? null,
      capabilities,
      approvalTerms,
      ...retry,
    });
  }
  if (faults.length > 0) throw new UserErrors(faults.flatMap((fault) => fault.userErrors).slice(0, 100));
  return read;
}

type Fail = (code: 'VALIDATION' | 'NOT_FOUND', path: readonly string[], message: string) => void;

/** Each policy is asked for once, however many items need it. */
async function readApproval(
  tx: WriteTransaction,
  policies: Map<string, Policy | null>,
  { policy: { name: policyName, version: policyVersion }, level }: ApprovalInput,
  fail: Fail,
): Promise<ApprovalTerms> {
  const key = `${policyName}@${policyVersion}`;
  const known = policies.get(key);
  const policy = known === undefined ? await findPolicy(tx, policyName, policyVersion) : known;
  policies.set(key, policy);
  if (policy === null || !policy.isActive)
    fail('NOT_FOUND', ['approval', 'policy'], `There is no active policy of this name with version ${policyVersion}.`);
  else if (level < 1 || level > policy.maxLevel)
    fail('VALIDATION', ['approval', 'level'], `level must be 1 to ${policy.maxLevel}.`);
  return { policyName, policyVersion, level, escalateAfterSeconds: null };
}

function readRetry(
  input: RetryInput | null,
  fail: (path: string, message: string) => void,
): Pick<NewOrderItem, 'maxRetries' | 'retryPolicy' | 'attemptSeconds'> {
  if (input === null)
    return { maxRetries: 3, attemptSeconds: 300, retryPolicy: { backoff: defaultBackoff, budget: unlimited } };
  const { attempts, backoffBaseSeconds, backoffCapSeconds, jitter, attemptSeconds } = input;
  const between = (name: keyof RetryInput, least: number, most: number): void => {
    const value = input[name];
    if (value != null && !(value >= least && value <= most)) fail(name, `${name} must be ${least} to ${most}.`);
  };
  between('attempts', 1, templateLimits.attempts);
  between('backoffBaseSeconds', 0, templateLimits.seconds);
  between('backoffCapSeconds', 0, templateLimits.seconds);
  between('jitter', 0, 1);
  between('attemptSeconds', 1, templateLimits.seconds);
  between('maxTokens', 1, 1_000_000_000);
  between('maxCost', 0, 1_000_000_000);
  between('maxSeconds', 1, templateLimits.seconds);
  const { maxTokens, maxCost = null, maxSeconds = null } = input;
  const tokens = maxTokens == null ? null : Number(maxTokens);
  return {
    maxRetries: attempts - 1,
    attemptSeconds,
    retryPolicy: {
      backoff: { baseSeconds: backoffBaseSeconds, capSeconds: backoffCapSeconds, jitter },
      budget: { tokens, cost: maxCost, seconds: maxSeconds },
    },
  };
}
