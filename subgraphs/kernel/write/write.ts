/** One mutation is one transaction: state, audit entries and events commit together or not at all. */
import type { RequestContext } from '../context.js';
import { checkDatabaseError, type Database, type Transaction } from '../db/index.js';
import { UserErrors, type UserError } from '../errors/index.js';
import { claimClientKey, storeClientResult, type ClientRequest } from './idempotency.js';
import { openPrisma, type PrismaSession, type PrismaTransaction } from './prisma.js';
import { appendRecords, type Change, type Receipt } from './records.js';
import { requestSealing } from './sealer.js';

export interface WriteTransaction extends Transaction {
  /** Prisma Client inside this transaction. */
  prisma(): Promise<PrismaTransaction>;
  /** Notes a change of an entity: written as audit entry and event just before the commit. */
  record(...changes: readonly Change[]): void;
}

export interface WriteOptions {
  /** Name of the mutation, or of the work that a process does by itself. */
  readonly operation: string;
  /** Makes a retry safe; `input` is what has to be the same then. The result must be plain JSON. */
  readonly clientKey?: string | null | undefined;
  readonly input?: unknown;
  /** What a violated constraint means to the caller, by the constraint's name: the answer to a race that checks can't see. */
  readonly constraints?: Readonly<Record<string, UserErrors>>;
}

/** A mutation's payload: what `run` answered, or nothing of it and the reasons. */
export type Written<Result> = Partial<Result> & { readonly userErrors: readonly UserError[] };

/** Who writes: a request, or a worker under a name of its own. What a request has loaded is forgotten with its write. */
export type Writer = Pick<RequestContext, 'auth' | 'requestId' | 'database'> & Partial<Pick<RequestContext, 'loaders'>>;

/** A transaction that lost against another is run again from its start: `run` must have no effects outside of it. */
const maxAttempts = 4;

/**
 * Runs `run` in a transaction. `UserErrors` thrown inside roll it back and become the payload's `userErrors`; anything else
 * rolls it back and is thrown on.
 */
export async function write<Result extends object>(
  writer: Writer,
  options: WriteOptions,
  run: (tx: WriteTransaction) => Promise<Result>,
): Promise<Written<Result>> {
  try {
    const result = await attempt(writer, options, run);
    // The next mutation of the same document may share a fragment, and so a loader, with this one.
    writer.loaders?.clear();
    return { ...result, userErrors: [] };
  } catch (error) {
    const expected = error instanceof UserErrors ? error : constraintError(error, options);
    if (expected === null) throw error;
    return { userErrors: expected.userErrors } as Written<Result>;
  }
}

async function attempt<Result extends object>(
  writer: Writer,
  options: WriteOptions,
  run: (tx: WriteTransaction) => Promise<Result>,
): Promise<Result> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      const { result, receipt } = await writer.database.transaction((tx) => runOnce({ writer, options, run, tx }));
      if (receipt !== null) requestSealing(writer.database, receipt);
      return result;
    } catch (error) {
      const kind = checkDatabaseError(error)?.kind;
      const isLostRace = kind === 'serialization' || kind === 'deadlock';
      if (!isLostRace || attempts === maxAttempts) throw error;
    }
  }
}

interface Attempt<Result> {
  readonly writer: Writer;
  readonly options: WriteOptions;
  readonly run: (tx: WriteTransaction) => Promise<Result>;
  readonly tx: Transaction;
}

async function runOnce<Result>({
  writer,
  options,
  run,
  tx,
}: Attempt<Result>): Promise<{ result: Result; receipt: Receipt | null }> {
  const user = writer.auth.subject ?? 'anonymous';
  const request: ClientRequest | null =
    options.clientKey == null
      ? null
      : { scope: `${user}/${options.operation}`, clientKey: options.clientKey, input: options.input };
  if (request !== null) {
    const claim = await claimClientKey(tx, request);
    if (claim.isRepeat) return { result: claim.result as Result, receipt: null };
  }
  const changes: Change[] = [];
  const result = await withPrisma(writer.database, tx, (prisma) =>
    run({
      query: tx.query.bind(tx),
      script: tx.script.bind(tx),
      driver: tx.driver,
      savepoint: (inner) => tx.savepoint(inner),
      prisma,
      record: (...noted) => void changes.push(...noted),
    }),
  );
  const receipt = await appendRecords(tx, { user, requestId: writer.requestId }, changes);
  if (request !== null) await storeClientResult(tx, request, result);
  return { result, receipt };
}

/** Opens Prisma with the first use, and ends its part before the transaction ends. */
async function withPrisma<Result>(
  database: Database,
  tx: Transaction,
  run: (prisma: () => Promise<PrismaTransaction>) => Promise<Result>,
): Promise<Result> {
  let session: Promise<PrismaSession> | null = null;
  const opened = (): Promise<PrismaSession> | null => session;
  try {
    return await run(async () => (await (session ??= openPrisma(database, tx))).client);
  } catch (error) {
    throw (await opened())?.unwrap(error) ?? error;
  } finally {
    await (await opened())?.end();
  }
}

function constraintError(error: unknown, options: WriteOptions): UserErrors | null {
  const constraint = checkDatabaseError(error)?.constraint;
  return constraint === undefined ? null : (options.constraints?.[constraint] ?? null);
}
