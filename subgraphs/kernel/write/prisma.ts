/** Prisma Client on the door's own transaction, so that its writes, the audit entry and the event are one commit. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool, type QueryConfig, type QueryResult } from 'pg';
import { toDoorError } from '../db/errors.js';
import { originOf, type Database, type Driver, type Transaction } from '../db/index.js';
import { RequestError } from '../errors/index.js';
import type { Prisma, PrismaClient } from '../db/prisma-client/client.js';

export type PrismaTransaction = Prisma.TransactionClient;

/** The transaction in which the running code asked Prisma to begin. */
const current = new AsyncLocalStorage<{ readonly transaction: Transaction; readonly failures: Failures }>();

/** Prisma sends these around an interactive transaction; the door has begun it already and will end it. */
const boundaries = /^(BEGIN|COMMIT|ROLLBACK)$/i;
const nothing = { command: '', rowCount: 0, oid: 0, rows: [], fields: [] } satisfies QueryResult;

/** Longer than any mutation may take: the door's own time limits are the ones that count. */
const patience = { maxWait: 3_600_000, timeout: 3_600_000 };

/** What Prisma's adapter takes for a pool: its only connection is the current transaction. It never opens a socket. */
class TransactionPool extends Pool {
  override connect(): Promise<never> {
    const store = current.getStore();
    if (store === undefined) return Promise.reject(new Error('Prisma writes only inside write().'));
    return Promise.resolve(toConnection(store.transaction.driver, store.failures) as never);
  }

  override query(): never {
    throw new Error('Prisma writes only inside write().');
  }
}

interface Failures {
  last: unknown;
}

function toConnection(driver: Driver, failures: Failures) {
  return {
    query: async (config: QueryConfig): Promise<QueryResult> => {
      if (boundaries.test(config.text)) return nothing;
      try {
        return await driver.query(config);
      } catch (error) {
        failures.last = error;
        throw error;
      }
    },
    on: () => undefined,
    removeListener: () => undefined,
    release: () => undefined,
  };
}

const clients = new WeakMap<Database, Promise<PrismaClient>>();

/** One client for each Database. It is loaded with the first use: a process that only reads does without it. */
function clientOf(database: Database): Promise<PrismaClient> {
  const origin = originOf(database);
  let client = clients.get(origin);
  if (client === undefined) {
    client = import('../db/prisma-client/client.js').then(
      (generated) => new generated.PrismaClient({ adapter: new PrismaPg(new TransactionPool()) }),
    );
    clients.set(origin, client);
  }
  return client;
}

/** Past Prisma the door's own errors: typed where the caller can act on them, and without Prisma's rendering of the call. */
function toWriteError(failure: unknown): Error {
  const error = toDoorError(failure);
  return error instanceof RequestError ? error : new Error('The database refused a write.', { cause: failure });
}

export interface PrismaSession {
  readonly client: PrismaTransaction;
  /** What the database said, behind an error that Prisma made of it; the error itself when it is another's. */
  unwrap(error: unknown): unknown;
  /** Lets Prisma's transaction end; the door's goes on. */
  end(): Promise<void>;
}

/** Begins a Prisma transaction inside `transaction`. */
export async function openPrisma(database: Database, transaction: Transaction): Promise<PrismaSession> {
  const prisma = await clientOf(database);
  const failures: Failures = { last: null };
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  return new Promise<PrismaSession>((resolve, reject) => {
    const ended = current
      .run({ transaction, failures }, () =>
        prisma.$transaction(async (client) => {
          resolve({
            client,
            unwrap: (error) =>
              error instanceof Error && error.name.startsWith('PrismaClient') && failures.last !== null
                ? toWriteError(failures.last)
                : error,
            end: async () => {
              finish();
              await ended;
            },
          });
          await finished;
        }, patience),
      )
      .catch(reject);
  });
}
