/** What agents remember: stored with its vector, found by words and by meaning, and forgotten in time. */
import { sql, type Queryable, type SqlStatement, type Transaction } from '../../kernel/db/index.js';
import type { SearchTarget } from '../../kernel/search/index.js';
import { memoryDimensions } from '../domain/memory-rules.js';

export const memoryTarget: SearchTarget = {
  name: 'workflow.searchMemory',
  table: 'workflow.mem_docs',
  key: 'id',
  words: 'search_vector',
  body: 't.content',
  embedding: { column: 'embedding', dimensions: memoryDimensions, index: { postgres: 'vector', pglite: 'vector' } },
};

/** What has expired is gone, whether or not its row has been removed yet. */
const unexpired = sql`(t.expires_at is null or t.expires_at > now())`;

export interface MemoryValues {
  readonly type: string;
  readonly title: string | null;
  readonly content: string;
  /** As pgvector writes a vector. */
  readonly embedding: string | null;
  readonly metadata: unknown;
  readonly runId: string | null;
  readonly expiresAt: string | null;
}

const columns = sql`type, title, content, embedding, metadata, run_id, expires_at`;

function valuesOf({ type, title, content, embedding, metadata, runId, expiresAt }: MemoryValues): SqlStatement {
  return sql`${type}::workflow.mem_doc_type, ${title}, ${content}, ${embedding}::vector,
    ${sql.json(metadata)}::jsonb, ${runId}::uuid, ${expiresAt}::timestamptz`;
}

/** Answers its key. */
export async function insertMemory(tx: Transaction, values: MemoryValues, createdBy: string | null): Promise<string> {
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertMemory */
    insert into workflow.mem_docs (${columns}, created_by) values (${valuesOf(values)}, ${createdBy}) returning id`);
  if (row === undefined) throw new Error('a memory document was not stored');
  return row.id;
}

/** Answers its key; null when there is none. */
export async function updateMemory(tx: Transaction, memDocId: string, values: MemoryValues): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.updateMemory */
    update workflow.mem_docs t set (${columns}) = (${valuesOf(values)})
    where id = ${memDocId}::uuid and ${unexpired} returning id`);
  return row?.id ?? null;
}

/** False when there was none. */
export async function deleteMemory(tx: Transaction, memDocId: string): Promise<boolean> {
  const rows = await tx.query(sql`/* workflow.removeMemory */
    delete from workflow.mem_docs t where id = ${memDocId}::uuid and ${unexpired} returning id`);
  return rows.length > 0;
}

export interface MemoryScope {
  readonly types: readonly string[] | null;
  /** Keys; null is no limit. */
  readonly runId: string | null;
  /** The document whose like is looked for: nothing is like one that is forgotten. */
  readonly like: string | null;
}

export function memoryCondition({ types, runId, like }: MemoryScope): SqlStatement {
  const terms = [unexpired];
  if (types !== null) terms.push(sql`t.type = any(${types}::workflow.mem_doc_type[])`);
  if (runId !== null) terms.push(sql`t.run_id = ${runId}::uuid`);
  if (like !== null)
    terms.push(sql`exists (select from workflow.mem_docs l
      where l.id = ${like}::uuid and (l.expires_at is null or l.expires_at > now()))`);
  return sql.join(terms, ' and ');
}

const sweepSize = 1_000;

/** Removes what has expired, in batches that lock few rows; several processes may do so at once. Answers how many. */
export async function sweepMemory(db: Queryable): Promise<number> {
  for (let removed = 0; ;) {
    const [row] = await db.query<{ count: number }>(sql`/* workflow.sweepMemory */
      with gone as (
        delete from workflow.mem_docs where id in (
          select id from workflow.mem_docs where expires_at <= now() order by expires_at limit ${sweepSize} for update skip locked)
        returning 1)
      select count(*)::int4 as count from gone`);
    const count = row?.count ?? 0;
    removed += count;
    if (count < sweepSize) return removed;
  }
}
