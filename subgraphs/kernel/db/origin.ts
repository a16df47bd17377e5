/** What all views of one Database share it by. */
import type { Database } from './database.js';

const origins = new WeakMap<Database, Database>();

/** The Database itself behind a view (counted, or of one lane): for what a whole process shares. */
export function originOf(database: Database): Database {
  return origins.get(database) ?? database;
}

export function setOrigin(view: Database, of: Database): void {
  origins.set(view, originOf(of));
}
