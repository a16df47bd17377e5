/** Writes prisma/catalogue.txt: what the migrations make, as a reviewer reads it in a diff. */
import { writeFileSync } from 'node:fs';
import { packagePath } from '../subgraphs/kernel/config/index.js';
import { printCatalogue, readCatalogue } from '../subgraphs/kernel/db/catalogue/index.js';
import { openDatabase, prepareDatabase } from '../subgraphs/kernel/db/index.js';

const database = await openDatabase({ dataDir: 'memory', log: console });
await prepareDatabase(database);
const file = packagePath('prisma', 'catalogue.txt');
writeFileSync(file, printCatalogue(await readCatalogue(database)));
await database.close();
console.log(`Wrote ${file}.`);
