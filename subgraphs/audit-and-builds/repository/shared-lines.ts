/** Batches of lines, read once for all who follow the same log. */
import { originOf, type Database } from '../../kernel/db/index.js';
import type { Row } from '../../kernel/read/index.js';
import { listLines, type LineRange } from './build-logs.js';

/** Of one database: at most 16,000 lines, as long as nobody else's take their place. */
const mostBatches = 32;

const caches = new WeakMap<Database, Map<string, Promise<readonly Row[]>>>();

/** Lines are never changed, so a range that was read stays right. A failed read is not kept. */
export function linesShared(database: Database, range: LineRange): Promise<readonly Row[]> {
  const origin = originOf(database);
  let cache = caches.get(origin);
  if (cache === undefined) caches.set(origin, (cache = new Map<string, Promise<readonly Row[]>>()));
  const key = JSON.stringify([range.buildId, range.after, range.upTo, range.levels, range.sources]);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const reading = listLines(database, range);
  cache.set(key, reading);
  for (const oldest of cache.keys()) {
    if (cache.size <= mostBatches) break;
    cache.delete(oldest);
  }
  reading.catch(() => cache.delete(key));
  return reading;
}
