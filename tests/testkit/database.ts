/** A database for one test file: fresh, migrated, nobody else's. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Database, DatabaseEngine } from '../../subgraphs/kernel/db/index.js';
import { openDatabase } from '../../subgraphs/kernel/db/index.js';
import { PgliteDatabase } from '../../subgraphs/kernel/db/pglite.js';
import { storeSnapshot } from './pglite-snapshot.js';
import { migratedTemplate } from './postgres-template.js';
import { onServer, patientConnect, quietLog, withDatabase } from './server.js';

/** The server to test on; without one the tests run on the embedded engine. */
const serverUrl = process.env['WEFT_TEST_DATABASE_URL'];

export const engine: DatabaseEngine = serverUrl === undefined || serverUrl === '' ? 'pglite' : 'postgres';

export interface TestDatabase {
  readonly database: Database;
  /** Address for further connections and processes; null on the embedded engine, which has one process. */
  readonly url: string | null;
  close(): Promise<void>;
}

/** `migrated: false` answers an empty database. */
export async function openTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  if (serverUrl === undefined || serverUrl === '') {
    // Read whole: a blob over the file can't be read once another worker has put its own, equal one in place.
    const snapshot = new Blob([await readFile(await storeSnapshot({ migrated }))]);
    const database = await PgliteDatabase.open({ dataDir: 'memory', snapshot });
    return { database, url: null, close: () => database.close() };
  }
  const template = migrated ? await migratedTemplate(serverUrl) : 'template1';
  const name = `weft_test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `create database ${name} template ${template}`);
  const url = withDatabase(serverUrl, name);
  const database = await openDatabase({ url, log: quietLog, ...patientConnect });
  return {
    database,
    url,
    close: async () => {
      await database.close();
      await onServer(serverUrl, `drop database ${name} with (force)`);
    },
  };
}
