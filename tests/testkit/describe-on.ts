/** Apart from the databases, which benches open too: outside of jest its globals can't be imported. */
import { describe } from '@jest/globals';
import type { DatabaseEngine } from '../../subgraphs/kernel/db/index.js';
import { engine } from './database.js';

/** Tests of what only one engine has: on the other there is nothing to say. */
export function describeOn(only: DatabaseEngine, name: string, tests: () => void): void {
  if (engine === only) describe(name, tests);
}
