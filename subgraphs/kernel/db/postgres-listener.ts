/** LISTEN on a connection of its own, which comes back by itself after it was lost. */
import { Client, escapeIdentifier, type ClientConfig } from 'pg';
import type { Logger } from '../log/index.js';
import { toDoorError } from './errors.js';

interface Subscriber {
  readonly channel: string;
  readonly onNotify: (payload: string) => void;
  readonly onReconnect: (() => void) | undefined;
}

const firstRetryMs = 100;
const longestRetryMs = 10_000;

export class PostgresListener {
  readonly isNotified = true;
  readonly #config: ClientConfig;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #subscribers = new Set<Subscriber>();
  #client: Client | undefined;
  #connecting: Promise<Client> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(config: ClientConfig, log: Pick<Logger, 'warn'>) {
    // Notifications are waited for: the limits on statements do not apply, and nothing else runs here.
    const { connectionString, application_name, connectionTimeoutMillis, keepAlive } = config;
    this.#config = Object.fromEntries(
      Object.entries({ connectionString, application_name, connectionTimeoutMillis, keepAlive }).filter(
        ([, value]) => value !== undefined,
      ),
    );
    this.#log = log;
  }

  async listen(
    channel: string,
    onNotify: (payload: string) => void,
    onReconnect?: () => void,
  ): Promise<() => Promise<void>> {
    const subscriber: Subscriber = { channel, onNotify, onReconnect };
    this.#subscribers.add(subscriber);
    try {
      const client = await this.#connection();
      await this.#send(client, `listen ${escapeIdentifier(channel)}`);
    } catch (error) {
      this.#subscribers.delete(subscriber);
      throw toDoorError(error);
    }
    return async () => {
      if (!this.#subscribers.delete(subscriber)) return;
      const stillWanted = [...this.#subscribers].some((other) => other.channel === channel);
      if (stillWanted || !this.#client) return;
      await this.#send(this.#client, `unlisten ${escapeIdentifier(channel)}`).catch(() => undefined);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#subscribers.clear();
    clearTimeout(this.#retry);
    const client = await this.#connecting?.catch(() => undefined);
    await (this.#client ?? client)?.end();
  }

  /** One statement at a time, in the order of the calls. */
  #send(client: Client, statement: string): Promise<unknown> {
    const sent = this.#tail.then(() => client.query(statement));
    this.#tail = sent.catch(() => undefined);
    return sent;
  }

  async #connection(): Promise<Client> {
    if (this.#closed) throw new Error('The database was closed.');
    if (this.#client) return this.#client;
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  async #connect(): Promise<Client> {
    const client = new Client(this.#config);
    client.on('error', () => undefined); // 'end' follows and reconnects
    client.on('notification', ({ channel, payload }) => {
      for (const subscriber of [...this.#subscribers])
        if (subscriber.channel === channel) subscriber.onNotify(payload ?? '');
    });
    await client.connect();
    client.once('end', () => this.#lost(client));
    for (const channel of new Set([...this.#subscribers].map((subscriber) => subscriber.channel))) {
      await this.#send(client, `listen ${escapeIdentifier(channel)}`);
    }
    this.#client = client;
    return client;
  }

  #lost(client: Client): void {
    if (this.#client === client) this.#client = undefined;
    if (this.#closed || this.#subscribers.size === 0) return;
    this.#log.warn('the connection that listens for notifications was lost; reconnecting');
    this.#reconnectAfter(firstRetryMs);
  }

  #reconnectAfter(delayMs: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.#connection().then(
        () => this.#subscribers.forEach((subscriber) => subscriber.onReconnect?.()),
        (error: unknown) => {
          if (this.#closed) return;
          this.#log.warn({ err: error }, 'the database does not answer; still trying to listen');
          this.#reconnectAfter(Math.min(delayMs * 2, longestRetryMs));
        },
      );
    }, delayMs);
  }
}
