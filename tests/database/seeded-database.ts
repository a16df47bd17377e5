/** What the tests of this folder share: the demo's rows in a database of their own, and what the database objected to. */
import { seed } from '../../prisma/seed.js';
import { checkDatabaseError, type DatabaseFailure, type Queryable } from '../../subgraphs/kernel/db/index.js';
import { openTestDatabase, type TestDatabase } from '../testkit/index.js';

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
