/** A chapter becomes rows, and the rows of a table go in together. */
import type { Transaction } from '../../subgraphs/kernel/db/index.js';
import { firstDay } from './calendar.js';
import type { Chapter } from './chapter.js';
import { insertRows } from './insert-rows.js';
import { RowSet, tables } from './row-set.js';
import { tellBuilds, tellUsers } from './rows/builds.js';
import { tellDocuments } from './rows/documents.js';
import { tellFeatures } from './rows/features.js';
import { tellMemory } from './rows/memory.js';
import { tellAccount } from './rows/scanning.js';
import { tellTraceability } from './rows/traceability.js';
import { tellBasics } from './rows/workflow-basics.js';
import { tellOrder } from './rows/workflow.js';
import { appendTrail } from './trail.js';

/** What every chapter builds on: the people with a GitHub login, and what work is done with. */
export async function storeBasics(tx: Transaction): Promise<number> {
  const rows = new RowSet();
  tellUsers(rows, firstDay);
  tellBasics(firstDay, rows);
  return store(tx, rows);
}

/** Answers how many rows there are now more. */
export async function storeChapter(tx: Transaction, chapter: Chapter): Promise<number> {
  const rows = new RowSet();
  for (const repository of chapter.repositories) {
    await tellTraceability(repository, rows);
    tellBuilds(repository, rows);
    tellDocuments(repository, rows);
    tellFeatures(repository, rows);
  }
  for (const account of chapter.accounts) tellAccount(account, rows);
  for (const order of chapter.orders) tellOrder(order, rows);
  for (const memory of chapter.memory) tellMemory(memory, rows);
  return store(tx, rows);
}

async function store(tx: Transaction, { rows, entries }: RowSet): Promise<number> {
  let count = entries.length;
  for (const table of tables) {
    const ofTable = rows.get(table);
    if (ofTable === undefined) continue;
    await insertRows(tx, table, ofTable);
    count += ofTable.length;
  }
  await appendTrail(tx, entries);
  return count;
}
