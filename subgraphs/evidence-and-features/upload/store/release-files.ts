/** Files that no document has any more. */
import type { Database } from '../../../kernel/db/index.js';
import { listKnownHashes, lockFile } from '../../repository/documents.js';
import { storePathOf, type DocumentStore } from './document-store.js';

/** Removes the file with this hash unless a document has it; an upload of the same content waits, and places its own. */
export async function releaseFile(database: Database, store: DocumentStore, hash: string): Promise<void> {
  await database.transaction(async (tx) => {
    await lockFile(tx, hash);
    if ((await listKnownHashes(tx, [hash])).size === 0) await store.remove(tx, storePathOf(hash));
  });
}

/** What uploads that were cut off by a kill or a failure have left behind. A running upload is younger. */
const abandonedAfterMs = 3_600_000;
const batchSize = 500;

/** Answers how many files were removed. */
export async function sweepFiles(
  database: Database,
  store: DocumentStore,
  olderThanMs = abandonedAfterMs,
): Promise<number> {
  let removed = await store.sweepIncoming(olderThanMs);
  const release = async (hashes: readonly string[]): Promise<void> => {
    const known = await listKnownHashes(database, hashes);
    for (const hash of hashes.filter((each) => !known.has(each))) {
      await releaseFile(database, store, hash);
      removed += 1;
    }
  };
  let batch: string[] = [];
  for await (const hash of store.listHashes(database, olderThanMs)) {
    batch.push(hash);
    if (batch.length < batchSize) continue;
    await release(batch);
    batch = [];
  }
  if (batch.length > 0) await release(batch);
  return removed;
}
