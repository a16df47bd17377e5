/** The audit trail of a chapter, in the order in which it happened, and the events of its last month. */
import { sql, type Transaction } from '../../subgraphs/kernel/db/index.js';
import { appendEvents } from '../../subgraphs/kernel/events/index.js';
import { toGlobalId } from '../../subgraphs/kernel/ids/index.js';
import { canonicalJson, resourceUuid, sha256 } from '../../subgraphs/kernel/write/index.js';
import { addDays, lastDay } from './calendar.js';
import type { Entry } from './row-set.js';

const entriesPerStatement = 1_000;
/** As long as a feed keeps them by default. */
const eventDays = 30;

export async function appendTrail(tx: Transaction, entries: readonly Entry[]): Promise<void> {
  const inOrder = [...entries].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  for (let from = 0; from < inOrder.length; from += entriesPerStatement) {
    await appendEntries(tx, inOrder.slice(from, from + entriesPerStatement));
  }
  const since = addDays(lastDay, -eventDays);
  const recent = inOrder.filter((entry) => entry.event !== false && entry.at >= since);
  await appendEvents(
    tx,
    recent.map(({ type, key, action, repository = null, account = null }) => ({
      type,
      id: toGlobalId(type, key),
      action,
      repository,
      account,
    })),
  );
}

/** What mutations write, but at the story's time. */
async function appendEntries(tx: Transaction, entries: readonly Entry[]): Promise<void> {
  const payloads = entries.map(({ details }) => canonicalJson(details));
  await tx.query(sql`/* seed.auditAppend */
    insert into traceability.audit_log
      (timestamp, "user", action, resource_type, resource_id, payload_hash, entity_id, payload, repository)
    select timestamp, actor, action, resource_type, resource_id, payload_hash, entity_id, payload, repository
    from unnest(
      ${entries.map((entry) => entry.at)}::timestamptz[],
      ${entries.map((entry) => entry.user)}::text[],
      ${entries.map((entry) => entry.action)}::text[],
      ${entries.map((entry) => entry.type)}::text[],
      ${entries.map((entry) => resourceUuid(entry.type, entry.key))}::uuid[],
      ${payloads.map(sha256)}::text[],
      ${entries.map((entry) => toGlobalId(entry.type, entry.key))}::text[],
      ${payloads}::text[],
      ${entries.map(({ repository = null }) => repository)}::text[]
    ) with ordinality as entry
      (timestamp, actor, action, resource_type, resource_id, payload_hash, entity_id, payload, repository, n)
    order by n`);
}
