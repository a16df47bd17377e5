/** How an HNSW index is scanned for one statement, set by that statement itself: no round trip, nothing left behind. */
import { originOf, sql, type Database, type SqlStatement } from '../db/index.js';

const iterates = new WeakMap<Database, Promise<boolean>>();

/** From pgvector 0.8 a scan goes on when a filter has left too little; before, the setting is unknown and an error. */
function canIterate(database: Database): Promise<boolean> {
  const origin = originOf(database);
  let answer = iterates.get(origin);
  if (answer === undefined) {
    answer = askVersion(origin);
    iterates.set(origin, answer);
    answer.catch(() => iterates.delete(origin));
  }
  return answer;
}

async function askVersion(database: Database): Promise<boolean> {
  const [row] = await database.query<{ iterates: boolean }>(sql`/* kernel.pgvectorVersion */
    select string_to_array(split_part(extversion, '-', 1), '.')::int[] >= '{0,8}' as iterates
    from pg_extension where extname = 'vector'`);
  return row?.iterates === true;
}

/** What an index scan of pgvector holds at most. */
const mostHeld = 1_000;
/** Of the 10 nearest of 100,000, 0.99 are found with 200 and 0.92 to 0.97 with 100, in the same 17 ms; 400 take 68 ms. */
const leastHeld = 200;

/** An expression to select in a materialised CTE that the scan depends on, so that it is evaluated before the scan begins. */
export async function scanSettings(database: Database, candidates: number): Promise<SqlStatement> {
  const held = String(Math.min(mostHeld, Math.max(leastHeld, candidates)));
  const breadth = sql`set_config('hnsw.ef_search', ${held}::text, true)`;
  if (!(await canIterate(database))) return breadth;
  // Order within the scan need not be strict: what it finds is ranked by the whole vector.
  return sql`${breadth} || set_config('hnsw.iterative_scan', 'relaxed_order', true)`;
}
