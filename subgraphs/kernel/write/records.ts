/** What a mutation leaves behind beside its state: an audit entry and an event for each change, in its own transaction. */
import { createHash } from 'node:crypto';
import { sql, type Queryable, type Transaction } from '../db/index.js';
import { appendEvents } from '../events/index.js';
import { isUuid, toGlobalId } from '../ids/index.js';
import { canonicalJson, sha256 } from './canonical-json.js';

/** One change of one entity. */
export interface Change {
  /** GraphQL type and key of the changed entity. */
  readonly type: string;
  readonly key: string;
  /** Past tense, e.g. `requirementApproved`: the audit entry's action and the event's. */
  readonly action: string;
  /** What changed, for the audit trail: `{ status: ["DRAFT", "APPROVED"] }` and the like. No secrets, no bodies. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Lower-case `owner/name` and account that the event belongs to: what subscribers filter and are authorised by. */
  readonly repository?: string | null;
  readonly account?: string | null;
  /** Small extra data for subscribers. */
  readonly payload?: Readonly<Record<string, unknown>>;
  /** False for changes that only the audit trail wants, such as each artifact of a large scan. */
  readonly event?: boolean;
}

export interface Actor {
  readonly user: string;
  readonly requestId: string | null;
}

/** What a process remembers of the entries it has committed, until it has seen them sealed. */
export interface Receipt {
  readonly xid: string;
  readonly entries: number;
  readonly requestId: string | null;
}

/** One statement for the audit entries and one for the events, however many there are. Null when there is nothing to record. */
export async function appendRecords(
  tx: Transaction,
  actor: Actor,
  changes: readonly Change[],
): Promise<Receipt | null> {
  if (changes.length === 0) return null;
  const xid = await appendAuditEntries(tx, actor, changes);
  const receipt = { xid, entries: changes.length, requestId: actor.requestId };
  const events = changes.filter((change) => change.event !== false);
  if (events.length === 0) return receipt;
  await appendEvents(
    tx,
    events.map((change) => ({
      type: change.type,
      id: toGlobalId(change.type, change.key),
      action: change.action,
      repository: change.repository ?? null,
      account: change.account ?? null,
      payload: change.payload ?? {},
    })),
  );
  return receipt;
}

/** Answers the transaction that they belong to. */
async function appendAuditEntries(tx: Queryable, actor: Actor, changes: readonly Change[]): Promise<string> {
  const payloads = changes.map((change) => toPayload(change.details ?? {}));
  const [row] = await tx.query<{ xid: string }>(sql`/* kernel.auditAppend */
    with appended as (insert into traceability.audit_log ("user", action, resource_type, resource_id, payload_hash, entity_id, payload, request_id, repository)
    select ${actor.user}, action, resource_type, resource_id, payload_hash, entity_id, payload, ${actor.requestId}, repository
    from unnest(
      ${changes.map((change) => change.action)}::text[],
      ${changes.map((change) => change.type)}::text[],
      ${changes.map((change) => resourceUuid(change.type, change.key))}::uuid[],
      ${payloads.map(sha256)}::text[],
      ${changes.map((change) => toGlobalId(change.type, change.key))}::text[],
      ${payloads}::text[],
      ${changes.map((change) => change.repository ?? null)}::text[]
    ) with ordinality as entry (action, resource_type, resource_id, payload_hash, entity_id, payload, repository, n)
    order by n returning xid) select xid from appended limit 1`);
  if (row === undefined) throw new Error('no audit entry was appended');
  return row.xid;
}

/** Without what the database can't read back as JSON: such an entry would fail every page of the trail that it is on, for good. */
function toPayload(details: Readonly<Record<string, unknown>>): string {
  return canonicalJson(details).replace(/\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '\\ufffd');
}

/** The namespace of UUIDs that stand for keys which are none (RFC 9562, version 5). */
const namespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/** `resource_id` is a UUID: the key itself where it is one, else a UUID that is always the same for the same global id. */
export function resourceUuid(type: string, key: string): string {
  if (isUuid(key)) return key.toLowerCase();
  const hash = createHash('sha1')
    .update(namespace)
    .update(`weft:${toGlobalId(type, key)}`)
    .digest()
    .subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
