/** Claims and leases: one agent at a time has an item to itself, for as long as it says that it lives. */
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { itemActions } from '../domain/item-states.js';
import { assertText } from '../domain/text-limits.js';
import { itemTypes, type ItemType, type Priority } from '../domain/template-spec.js';
import { claimWorkItems, updateLease, type ClaimedItem } from '../repository/index.js';

export interface ClaimInput {
  readonly types?: readonly ItemType[] | null | undefined;
  readonly priorities?: readonly Priority[] | null | undefined;
  /** Only items that ask for one of these scopes. */
  readonly capabilities?: readonly string[] | null | undefined;
  /** What the agent works with, for its attempts. */
  readonly model?: string | null | undefined;
  readonly limit: number;
  readonly leaseSeconds: number;
}

const maxClaims = 100;
const leaseRange = { min: 5, max: 3_600 };

export function claimItems(writer: Writer, input: ClaimInput): Promise<Written<{ claims: readonly ClaimedItem[] }>> {
  return write(writer, { operation: 'workItemsClaim' }, async (tx) => {
    const { limit, leaseSeconds, types, priorities, capabilities = null, model = null } = input;
    if (limit < 1 || limit > maxClaims) throw userError('VALIDATION', 'limit', `limit must be 1 to ${maxClaims}.`);
    assertLeaseSeconds(leaseSeconds);
    assertModel(model);
    const { auth } = writer;
    const agent = auth.subject ?? 'anonymous';
    const claims = await claimWorkItems(tx, {
      types: types == null || types.length === 0 ? itemTypes : [...new Set(types)],
      priorities: priorities == null || priorities.length === 0 ? null : priorities,
      scopes: auth.has('*') ? null : [...auth.scopes],
      capabilities,
      agent,
      model,
      limit,
      leaseSeconds,
    });
    tx.record(
      ...claims.map((item) => ({
        type: 'WorkItem',
        key: item.id,
        action: itemActions.claimed,
        details: { status: ['QUEUED', 'PROCESSING'], version: item.version, agent, attempt: item.attemptNumber },
        payload: { status: 'PROCESSING', version: item.version },
      })),
    );
    return { claims };
  });
}

/** Figures are kept by model: what has no end, or can't be read, names none. */
export function assertModel(model: string | null | undefined): void {
  if (model != null) assertText('model', model, { max: 200 });
}

export interface HeartbeatInput {
  readonly workItemId: string;
  readonly leaseToken: string;
  readonly leaseSeconds: number;
}

/** A sign of life is no change of the item: no version, no audit entry, no event. The attempt's deadline stays. */
export function heartbeat(
  writer: Writer,
  input: HeartbeatInput,
): Promise<Written<{ workItem: string; leaseExpiresAt: string }>> {
  return write(writer, { operation: 'workItemHeartbeat' }, async (tx) => {
    assertLeaseSeconds(input.leaseSeconds);
    const leaseExpiresAt = await updateLease(tx, { id: input.workItemId, ...input });
    if (leaseExpiresAt === null) throw leaseLost();
    return { workItem: input.workItemId, leaseExpiresAt };
  });
}

export function leaseLost() {
  return userError(
    'LEASE_EXPIRED',
    'leaseToken',
    'The lease on this item is over or belongs to another agent. Stop working on it.',
  );
}

function assertLeaseSeconds(leaseSeconds: number): void {
  if (leaseSeconds >= leaseRange.min && leaseSeconds <= leaseRange.max) return;
  throw userError('VALIDATION', 'leaseSeconds', `leaseSeconds must be ${leaseRange.min} to ${leaseRange.max}.`);
}
