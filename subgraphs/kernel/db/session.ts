/** One connection, used in order: the statements, transactions and savepoints of either engine. */
import type { QueryConfig, QueryResult } from 'pg';
import { toDoorError } from './errors.js';
import type { Driver, Statement, Transaction, TransactionOptions } from './database.js';

/** Runs one statement on a connection. Named statements are prepared once for each connection, plain strings never. */
export async function runStatement<Row extends object>(
  client: Driver,
  statement: Statement | string,
  values: readonly unknown[] | undefined,
): Promise<QueryResult<Row>> {
  try {
    return await client.query<Row>(toQueryConfig(statement, values));
  } catch (error) {
    throw toDoorError(error);
  }
}

type ExtendedQuery = QueryConfig & { queryMode: 'extended' };

function toQueryConfig(statement: Statement | string, values: readonly unknown[] | undefined): ExtendedQuery {
  // The extended protocol also without values: it takes exactly one statement, so text can never smuggle in a second.
  if (typeof statement === 'string') {
    return { text: statement, values: (values ?? []) as unknown[], queryMode: 'extended' };
  }
  const bound = values ?? (statement as { values?: readonly unknown[] }).values ?? [];
  return { name: statement.name, text: statement.text, values: bound as unknown[], queryMode: 'extended' };
}

/** Runs several statements, without values. */
export async function runScript(client: Driver, sql: string): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    throw toDoorError(error);
  }
}

/** A transaction on a connection that nobody else uses until `close`. */
export class SessionTransaction implements Transaction {
  readonly #client: Driver;
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;
  #savepoints = 0;
  /** A script may have made new types. */
  ranScript = false;

  readonly driver: Driver;

  constructor(client: Driver) {
    this.#client = client;
    const query = (config: QueryConfig): Promise<QueryResult> => this.#inOrder(() => client.query(config));
    // Of the driver's overloads only the promise of a config: what a library over `pg` uses.
    this.driver = { query: query as Driver['query'] };
  }

  async query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    return (await this.#run<Row>(statement, values)).rows;
  }

  async savepoint<T>(run: (tx: Transaction) => Promise<T>): Promise<T> {
    const name = `savepoint_${++this.#savepoints}`;
    await this.#run(`savepoint ${name}`);
    try {
      const result = await run(this);
      await this.#run(`release savepoint ${name}`);
      return result;
    } catch (error) {
      await this.#run(`rollback to savepoint ${name}`);
      throw error;
    }
  }

  async script(sql: string): Promise<void> {
    this.ranScript = true;
    await this.#inOrder(() => runScript(this.#client, sql));
  }

  /** Ends the transaction. A commit that PostgreSQL turned into a rollback is an error, because nothing was stored. */
  async end(command: 'commit' | 'rollback'): Promise<void> {
    this.#closed = true;
    await this.#tail.catch(() => undefined);
    const result = await runStatement(this.#client, command, undefined);
    if (command === 'commit' && result.command === 'ROLLBACK') {
      throw new Error(
        'The transaction was rolled back: one of its statements failed and the failure was swallowed. ' +
          'Wrap a statement that may fail in tx.savepoint().',
      );
    }
  }

  #run<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<QueryResult<Row>> {
    return this.#inOrder(() => runStatement<Row>(this.#client, statement, values));
  }

  /** In order of call, one at a time: `pg` gives up its own queue in its next major version. */
  #inOrder<T>(run: () => Promise<T>): Promise<T> {
    if (this.#closed) {
      return Promise.reject(
        new Error('This transaction has ended: it is only good inside the function it was given to.'),
      );
    }
    const result = this.#tail.then(run);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}

export function beginStatement({ isolation, readOnly }: TransactionOptions): string {
  return `begin${isolation ? ` isolation level ${isolation}` : ''}${readOnly ? ' read only' : ''}`;
}

/** Runs `run` between begin and commit on `client`; whatever it throws rolls back. */
export async function runTransaction<T>(
  client: Driver,
  run: (tx: Transaction) => Promise<T>,
  options: TransactionOptions,
): Promise<{ result: T; ranScript: boolean }> {
  await runStatement(client, beginStatement(options), undefined);
  const transaction = new SessionTransaction(client);
  let result: T;
  try {
    result = await run(transaction);
  } catch (error) {
    // The first failure is the one to report; a rollback that fails too means that the connection is gone.
    await transaction.end('rollback').catch(() => undefined);
    throw error;
  }
  await transaction.end('commit');
  return { result, ranScript: transaction.ranScript };
}
