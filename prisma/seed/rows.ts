/** Rows of the demo: ids and times that are the same on every machine, and one statement per table. */
import { createHash } from 'node:crypto';
import { sql, type Transaction } from '../../subgraphs/kernel/db/index.js';

export type Row = Readonly<Record<string, unknown>>;

/** A UUID (version 8) that is always the same for the same name. */
export function idOf(name: string): string {
  const hash = createHash('sha256').update(`weft demo: ${name}`).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The story begins on Monday, 2 March 2026, at 08:00 UTC. */
export function at(day: number, hours = 0, minutes = 0): string {
  return new Date(Date.UTC(2026, 2, 2 + day, 8 + hours, minutes)).toISOString();
}

/** All rows have the columns of the first; columns that it lacks take their defaults. The table gives the types. */
export async function insertRows(tx: Transaction, table: string, rows: readonly Row[]): Promise<void> {
  const columns = sql.join(Object.keys(rows[0] ?? {}).map((column) => sql.raw(`"${column}"`)));
  const name = sql.raw(table);
  await tx.query(sql`/* seed.insertRows */
    insert into ${name} (${columns})
    select ${columns} from jsonb_populate_recordset(null::${name}, ${sql.json(rows)}::jsonb)`);
}
