/** The migrated database that test databases on a server are copied from. */
import { openDatabase, prepareDatabase } from '../../subgraphs/kernel/db/index.js';
import { onServer, patientConnect, quietLog, withDatabase } from './server.js';
import { schemaFingerprint } from './schema-fingerprint.js';

/** Any number that nothing else locks: workers take turns, and the first makes the template. */
const templateLock = 20_261_121;

/** Templates of other checkouts that a server keeps; the oldest go first. */
const othersKept = 8;

/** Its name; made when there is none for these migrations. */
export async function migratedTemplate(serverUrl: string): Promise<string> {
  const name = `weft_template_${schemaFingerprint()}`;
  const server = await openDatabase({ url: serverUrl, poolSize: 2, log: quietLog, ...patientConnect });
  try {
    await server.transaction(async (tx) => {
      await tx.query('set local idle_in_transaction_session_timeout = 0');
      await tx.query(`select pg_advisory_xact_lock(${templateLock})`);
      const names = (
        await tx.query<{ name: string }>(
          `select datname as name from pg_database where starts_with(datname, 'weft_template_') order by oid desc`,
        )
      ).map((row) => row.name);
      if (names.includes(name)) return;
      for (const old of names.slice(othersKept)) await server.query(`drop database ${old} with (force)`);
      await makeTemplate(serverUrl, name);
    });
  } finally {
    await server.close();
  }
  return name;
}

async function makeTemplate(serverUrl: string, name: string): Promise<void> {
  // Under another name until it is whole: a run that is cut off must not leave half a template behind.
  const unfinished = `${name}_unfinished`;
  await onServer(serverUrl, `create database ${unfinished}`);
  const database = await openDatabase({ url: withDatabase(serverUrl, unfinished), log: quietLog, ...patientConnect });
  await prepareDatabase(database);
  await database.close();
  await onServer(serverUrl, `alter database ${unfinished} rename to ${name}`);
}
