/** `npm run db:validate`: does the configured database have what the five source documents ask? Exit code 1 when not. */
import { loadConfig } from '../subgraphs/kernel/config/index.js';
import { compareCatalogue, readCatalogue, seedContract } from '../subgraphs/kernel/db/catalogue/index.js';
import { openDatabase } from '../subgraphs/kernel/db/index.js';
import { StartupError } from '../subgraphs/kernel/errors/index.js';

async function validate(): Promise<boolean> {
  const { database: configured } = loadConfig(undefined, { serves: false });
  const url = configured.url?.reveal();
  const database = await openDatabase({ dataDir: configured.dataDir, log: console, ...(url !== undefined && { url }) });
  try {
    const { missing, extra } = compareCatalogue(await readCatalogue(database), seedContract);
    for (const what of extra) console.log(`extra    ${what}`);
    for (const what of missing) console.log(`missing  ${what}`);
    console.log(
      missing.length === 0
        ? `Nothing is missing; ${extra.length} things stand there beyond the documents.`
        : `${missing.length} things are missing. npm run db:migrate applies what is pending.`,
    );
    return missing.length === 0;
  } finally {
    await database.close();
  }
}

try {
  process.exitCode = (await validate()) ? 0 : 1;
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
