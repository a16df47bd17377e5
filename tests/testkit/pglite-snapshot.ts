/** An embedded store as an archive: loading it takes 0.6 s, a cold start 2 s and the migrations more. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import { prepareDatabase } from '../../subgraphs/kernel/db/index.js';
import { PgliteDatabase } from '../../subgraphs/kernel/db/pglite.js';
import { schemaFingerprint } from './schema-fingerprint.js';

/** Path of the archive; made anew when the schema has changed. Two workers may both make it: the rename is whole or not at all. */
export async function storeSnapshot({ migrated }: { readonly migrated: boolean }): Promise<string> {
  const folder = packagePath('node_modules', '.cache', 'weft-test');
  const fingerprint = schemaFingerprint();
  const file = join(folder, `${fingerprint}-${migrated ? 'migrated' : 'empty'}.tar`);
  if (existsSync(file)) return file;
  const database = await PgliteDatabase.open({ dataDir: 'memory' });
  if (migrated) await prepareDatabase(database);
  const archive = Buffer.from(await (await database.dump()).arrayBuffer());
  await database.close();
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) if (!old.startsWith(fingerprint)) rmSync(join(folder, old), { force: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, archive);
  renameSync(unfinished, file);
  return file;
}
