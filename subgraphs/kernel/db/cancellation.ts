/** Ends the statements of a caller who has gone: those that run are cancelled in PostgreSQL, later ones never begin. */
import { Connection, type ClientBase, type ClientConfig, type QueryConfig, type QueryResult } from 'pg';
import type { Driver } from './database.js';
import { endOf } from './lane.js';

/** A cancel that comes before its statement was read does nothing, so it is sent again. */
const againMs = 500;
/** A server that takes longer to take note of a cancel is left alone. */
const patienceMs = 2_000;

export interface CancellationOptions {
  readonly signal: AbortSignal | undefined;
  /** Asks the server to cancel what runs on this connection; resolves when it has taken note. */
  readonly sendCancel: () => Promise<void>;
  /** Cancels a statement that runs longer, where the server was not told to do so itself. */
  readonly timeoutMs?: number | undefined;
  readonly onCancel?: () => void;
}

/** What ends a transaction is never cancelled: its outcome would be unknown. */
const endings = /^(commit|rollback)\b/i;

/** A connection whose statements end with the signal. Its promises settle only when the server is done with the statement. */
export class CancellableDriver implements Driver {
  readonly #driver: Driver;
  readonly #options: CancellationOptions;
  /** Cancels on their way: one that arrives late would hit the statement of whoever has the connection next. */
  #sent: Promise<void> = Promise.resolve();

  constructor(driver: Driver, options: CancellationOptions) {
    this.#driver = driver;
    this.#options = options;
  }

  readonly query = ((config: QueryConfig | string): Promise<QueryResult> => this.#run(config)) as Driver['query'];

  /** Wait for it before the connection is given to another. */
  settled(): Promise<void> {
    return this.#sent;
  }

  async #run(config: QueryConfig | string): Promise<QueryResult> {
    if (endings.test(typeof config === 'string' ? config : config.text)) {
      await this.#sent;
      return this.#driver.query(config as QueryConfig);
    }
    const { signal, timeoutMs } = this.#options;
    if (hasEnded(signal)) throw endOf(signal);
    let again: NodeJS.Timeout | undefined;
    let isDone = false;
    // The next is armed when this one has settled: cancels that are slow to send would queue, and the connection wait for all.
    const cancel = (): void => {
      this.#sent = this.#sent.then(async () => {
        if (isDone) return;
        await this.#options.sendCancel();
        if (!isDone) again = setTimeout(cancel, againMs);
      });
    };
    const onAbort = (): void => {
      this.#options.onCancel?.();
      cancel();
    };
    const timeout = timeoutMs === undefined ? undefined : setTimeout(cancel, timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#driver.query(config as QueryConfig);
    } catch (error) {
      throw hasEnded(signal) && isCancelled(error) ? endOf(signal) : error;
    } finally {
      isDone = true;
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(timeout);
      clearTimeout(again);
    }
  }
}

function hasEnded(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function isCancelled(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '57014';
}

/** What `pg` knows of a connection that it has made. */
interface Connected {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
  readonly ssl: ClientConfig['ssl'];
}

/** The part of `pg`'s connection that its types leave out. */
interface CancelConnection {
  connect(port: number | string, host?: string): void;
  cancel(processId: number, secretKey: number): void;
  readonly stream: { destroy(): void };
  on(event: string, listener: (error: Error) => void): void;
}

/** Sends PostgreSQL's cancel request for `client` over a connection of its own, as the protocol wants it, poolers included. */
export function cancelRequest(client: ClientBase): Promise<void> {
  const { host, port, processID, secretKey, ssl } = client as unknown as Connected;
  const connection = new Connection(ssl ? { ssl } : {}) as unknown as CancelConnection;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(new Error(`the server took no cancel within ${patienceMs} ms`)), patienceMs);
    const end = (error?: Error): void => {
      clearTimeout(timer);
      connection.stream.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    connection.on('error', end);
    connection.on(ssl ? 'sslconnect' : 'connect', () => connection.cancel(processID, secretKey));
    // The server closes it once the signal is sent.
    connection.on('end', () => end());
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}
