/** What was given up: payload and reason, kept until it has led to success after all. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';

export interface NewDeadLetter {
  readonly workItemId: string;
  readonly eventType: string;
  readonly error: string;
  readonly retryCount: number;
}

/** The item's open letter, or the same one once more when it died again after a redrive. Answers its id. */
export async function insertDeadLetter(tx: Transaction, letter: NewDeadLetter): Promise<string> {
  const { workItemId, eventType, error, retryCount } = letter;
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertDeadLetter */
    insert into workflow.dead_letters (work_item_id, source, event_type, payload, error, retry_count)
    select id, 'work_items', ${eventType}, content, ${error}, ${retryCount} from workflow.work_items where id = ${workItemId}::uuid
    on conflict (work_item_id) where resolved_at is null
    do update set event_type = excluded.event_type, error = excluded.error, retry_count = excluded.retry_count
    returning id`);
  return row?.id ?? '';
}

/** The item has come to a good end, or to one that nobody can drive it out of. */
export async function resolveDeadLetters(tx: Transaction, workItemIds: readonly string[]): Promise<void> {
  await tx.query(sql`/* workflow.resolveDeadLetters */
    update workflow.dead_letters set resolved_at = now() where work_item_id = any(${workItemIds}::uuid[]) and resolved_at is null`);
}

export interface RedriveSelection {
  readonly ids: readonly string[] | null;
  readonly runId: string | null;
  readonly workOrderId: string | null;
  readonly limit: number;
}

/** Items of open letters, the oldest first. */
export async function listRedrivableItems(db: Queryable, selection: RedriveSelection): Promise<string[]> {
  const { ids, runId, workOrderId, limit } = selection;
  const rows = await db.query<{ id: string }>(sql`/* workflow.listRedrivableItems */
    select i.id from workflow.dead_letters d join workflow.work_items i on i.id = d.work_item_id
    where d.resolved_at is null and i.status = 'FAILED' and (${ids}::uuid[] is null or d.id = any(${ids}::uuid[]))
      and (${runId}::uuid is null or i.run_id = ${runId}::uuid)
      and (${workOrderId}::uuid is null or i.work_order_id = ${workOrderId}::uuid)
    order by d.created_at, d.id limit ${limit}`);
  return rows.map((row) => row.id);
}

/** Notes the redrive on the items' open letters. Answers the letters. */
export async function updateRedriven(
  tx: Transaction,
  workItemIds: readonly string[],
  redrivenBy: string,
): Promise<{ readonly id: string; readonly redriveCount: number }[]> {
  const rows = await tx.query<{ id: string; redrive_count: number }>(sql`/* workflow.updateRedriven */
    update workflow.dead_letters set redrive_count = redrive_count + 1, redriven_at = now(), redriven_by = ${redrivenBy}
    where work_item_id = any(${workItemIds}::uuid[]) and resolved_at is null returning id, redrive_count`);
  return rows.map((row) => ({ id: row.id, redriveCount: row.redrive_count }));
}
