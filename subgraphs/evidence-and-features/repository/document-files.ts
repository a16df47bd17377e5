/** Files that are kept in the database, in parts. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';

/** False when it is there already. */
export async function addFile(tx: Transaction, path: string, bytes: number): Promise<boolean> {
  const added = await tx.query(sql`/* evidence.addFile */
    insert into evidence.document_files (path, size_bytes) values (${path}, ${bytes}::bigint)
    on conflict do nothing returning path`);
  return added.length > 0;
}

export async function addFilePart(
  tx: Transaction,
  path: string,
  firstByte: number,
  content: Uint8Array,
): Promise<void> {
  await tx.query(sql`/* evidence.addFilePart */
    insert into evidence.document_file_parts (path, first_byte, content)
    values (${path}, ${firstByte}::bigint, ${content}::bytea)`);
}

/** Its size; null when there is none. */
export async function findFileSize(db: Queryable, path: string): Promise<number | null> {
  const [row] = await db.query<{ bytes: number }>(sql`/* evidence.findFileSize */
    select size_bytes::float8 as bytes from evidence.document_files where path = ${path}`);
  return row?.bytes ?? null;
}

/** From this byte to the end of its part; null where the file has none. */
export async function readFilePart(db: Queryable, path: string, firstByte: number): Promise<Uint8Array | null> {
  const [part] = await db.query<{ first: number; content: Uint8Array }>(sql`/* evidence.readFilePart */
    select first_byte::float8 as first, content from evidence.document_file_parts
    where path = ${path} and first_byte <= ${firstByte}::bigint order by first_byte desc limit 1`);
  const content = part?.content.subarray(firstByte - part.first);
  return content === undefined || content.length === 0 ? null : content;
}

export async function removeFile(tx: Transaction, path: string): Promise<void> {
  await tx.query(sql`/* evidence.removeFile */ delete from evidence.document_files where path = ${path}`);
}

/** Paths in their order, of files that were stored so long ago. */
export async function listFiles(
  db: Queryable,
  page: { readonly after: string; readonly limit: number; readonly olderThanMs: number },
): Promise<string[]> {
  const rows = await db.query<{ path: string }>(sql`/* evidence.listFiles */
    select path from evidence.document_files
    where path > ${page.after} and stored_at <= now() - ${page.olderThanMs}::float8 * interval '1 millisecond'
    order by path limit ${page.limit}::int`);
  return rows.map(({ path }) => path);
}
