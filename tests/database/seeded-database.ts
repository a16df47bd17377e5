/** What the tests of this folder share: the demo's rows in a database of their own, and what the database objected to. */
import { seed } from '../../prisma/seed.js';
import { checkDatabaseError, type DatabaseFailure, type Queryable } from '../../subgraphs/kernel/db/index.js';
import { engine, openTestDatabase, type TestDatabase } from '../testkit/index.js';

export async function openSeededDatabase(): Promise<TestDatabase> {
  const opened = await openTestDatabase();
  await seed(opened.database);
  return opened;
}

/** Fails the test when the statement succeeds. */
export async function failureOf(running: Promise<unknown>): Promise<DatabaseFailure> {
  const error: unknown = await running.then(
    () => new Error('the statement succeeded'),
    (reason: unknown) => reason,
  );
  const failure = checkDatabaseError(error);
  if (failure === null) throw error;
  return failure;
}

export async function kindOf(running: Promise<unknown>): Promise<string> {
  return (await failureOf(running)).kind;
}

/** The only column of the only row. */
export async function valueOf<T>(db: Queryable, text: string, values: readonly unknown[] = []): Promise<T> {
  const [row] = await db.query<Record<string, T>>(text, values);
  return Object.values(row ?? {})[0] as T;
}

/** Milliseconds since: of this process's CPU on the embedded engine, so that what else the machine does is no matter. */
export function startStopwatch(): () => number {
  const started = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const elapsed = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    return engine === 'pglite' ? Math.min(elapsed, (user + system) / 1000) : elapsed;
  };
}
