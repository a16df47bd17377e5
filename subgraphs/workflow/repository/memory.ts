/** What agents remember: written with its vector, found by words and by meaning, and forgotten in time. */
import { sql, type Queryable, type SqlStatement } from '../../kernel/db/index.js';
import { embedText, type Embedder } from '../../kernel/embeddings/index.js';
import { UserErrors, userError } from '../../kernel/errors/index.js';
import { checkVector, toVectorText, type SearchTarget } from '../../kernel/search/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { assertMemory, memoryDimensions, textToEmbed, type MemoryContent } from '../domain/memory-rules.js';

export const memoryTarget: SearchTarget = {
  name: 'workflow.searchMemory',
  table: 'workflow.mem_docs',
  key: 'id',
  words: 'search_vector',
  body: 't.content',
  embedding: { column: 'embedding', dimensions: memoryDimensions, index: { postgres: 'vector', pglite: 'vector' } },
};

export interface MemoryInput extends MemoryContent {
  /** A key: that document is replaced. Null: a new one. */
  readonly memDocId?: string | null;
  readonly type: string;
  /** A key; null is none. */
  readonly runId?: string | null;
  /** Null: made of the text. */
  readonly embedding?: readonly number[] | null;
  readonly clientKey?: string | null;
}

type Saved = Promise<Written<{ memDoc: string }>>;

const constraints = { mem_docs_run_id_fkey: userError('NOT_FOUND', 'runId', 'There is no such run.') };

export async function saveMemory(writer: Writer, embedder: Embedder, { clientKey, ...input }: MemoryInput): Saved {
  const now = Date.now();
  // Before the transaction: an endpoint that takes its time must not hold one open.
  const vector = isSound(input, now) ? await vectorOf(input, embedder) : null;
  return write(writer, { operation: 'memDocSave', clientKey, input, constraints }, async (tx) => {
    assertMemory(input, now);
    const { memDocId = null, type, title = null, content, metadata, runId = null, expiresAt = null } = input;
    const embedding = vector === null ? null : toVectorText(vector);
    const values = sql`${type}::workflow.mem_doc_type, ${title}, ${content}, ${embedding}::vector,
      ${sql.json(metadata ?? {})}::jsonb, ${runId}::uuid, ${expiresAt}::timestamptz`;
    const columns = sql`type, title, content, embedding, metadata, run_id, expires_at`;
    const [row] = await tx.query<{ id: string }>(
      memDocId === null
        ? sql`/* workflow.insertMemory */
          insert into workflow.mem_docs (${columns}, created_by) values (${values}, ${writer.auth.subject}) returning id`
        : sql`/* workflow.updateMemory */
          update workflow.mem_docs t set (${columns}) = (${values})
          where id = ${memDocId}::uuid and ${unexpired} returning id`,
    );
    if (row === undefined) throw userError('NOT_FOUND', 'memDocId', 'There is no such memory document.');
    const action = memDocId === null ? 'memDocCreated' : 'memDocChanged';
    tx.record({ type: 'MemDoc', key: row.id, action, details: { type, runId, characters: content.length } });
    return { memDoc: row.id };
  });
}

function isSound(input: MemoryInput, now: number): boolean {
  try {
    assertMemory(input, now);
    return true;
  } catch (error) {
    if (error instanceof UserErrors) return false;
    throw error;
  }
}

async function vectorOf(input: MemoryInput, embedder: Embedder): Promise<Float32Array> {
  if (input.embedding != null) return checkVector(input.embedding, memoryDimensions, 'embedding');
  return embedText(embedder, textToEmbed(input), memoryDimensions);
}

export function removeMemory(writer: Writer, memDocId: string): Promise<Written<{ memDocId: string }>> {
  return write(writer, { operation: 'memDocRemove' }, async (tx) => {
    const rows = await tx.query(sql`/* workflow.removeMemory */
      delete from workflow.mem_docs t where id = ${memDocId}::uuid and ${unexpired} returning id`);
    if (rows.length === 0) throw userError('NOT_FOUND', 'memDocId', 'There is no such memory document.');
    tx.record({ type: 'MemDoc', key: memDocId, action: 'memDocRemoved' });
    return { memDocId: `MemDoc:${memDocId}` };
  });
}

/** What has expired is gone, whether or not its row has been removed yet. */
const unexpired = sql`(t.expires_at is null or t.expires_at > now())`;

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
