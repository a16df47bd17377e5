/** Writes to an embedded store without end, and says each time that it was told the write is done. */
import { openDatabase, sql } from '../../subgraphs/kernel/db/index.js';
import { tell } from '../testkit/tell.js';

const [dataDir = ''] = process.argv.slice(2);
const database = await openDatabase({ dataDir, log: { warn: () => undefined } });
await database.script(`create table if not exists first (n int primary key, filler text);
  create table if not exists second (n int primary key references first)`);
const [found] = await database.query<{ first: number; second: number; highest: number }>(sql`
  select (select count(*) from first) as first, (select count(*) from second) as second,
    (select coalesce(max(n), 0) from first) as highest`);
// Straight to the file, so that the line is out before the next write begins.
tell(`open ${JSON.stringify(found)}`);
for (let n = (found?.highest ?? 0) + 1; ; n++) {
  await database.transaction(async (tx) => {
    await tx.query(sql`insert into first values (${n}, repeat('x', ${(n * 37) % 5_000}))`);
    await tx.query(sql`insert into second values (${n})`);
  });
  tell(`wrote ${n}`);
}
