/** Rows into tables, many in one statement. */
import { sql, type Transaction } from '../../subgraphs/kernel/db/index.js';
import type { Row } from './row-set.js';

/** Of one statement: what a statement holds in memory stays small, whatever the size of the data. */
const rowsPerStatement = 1_000;

/** All rows have the columns of the first; columns that it lacks take their defaults. The table gives the types. */
export async function insertRows(tx: Transaction, table: string, rows: readonly Row[]): Promise<void> {
  const columns = sql.join(Object.keys(rows[0] ?? {}).map((column) => sql.raw(`"${column}"`)));
  const name = sql.raw(table);
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    const part = rows.slice(from, from + rowsPerStatement);
    await tx.query(sql`/* seed.insertRows */
      insert into ${name} (${columns})
      select ${columns} from jsonb_populate_recordset(null::${name}, ${sql.json(part)}::jsonb)`);
  }
}
