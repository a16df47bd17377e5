/** A service that follows the feed, and takes it up at its cursor wherever it finds a gateway. */
import { setTimeout as wait } from 'node:timers/promises';
import type { FormattedExecutionResult } from 'graphql';
import { parseCursor } from '../../../subgraphs/kernel/events/cursor.js';
import { connectEventStream, connectWebSocket, type Connection } from '../gateway-chaos/clients.js';
import type { Audience } from './company.js';

/** Before another try to reach a gateway. */
const backOffMilliseconds = 250;

/** How a stream may end: the rest is a fault. */
const interruptions = new Set<unknown>([
  'SUBGRAPH_UNAVAILABLE',
  'DATABASE_UNAVAILABLE',
  'SLOW_CONSUMER',
  'SERVER_CLOSING',
]);

export interface FollowerOptions {
  readonly audience: Audience;
  readonly token: string;
  readonly transport: 'WebSocket' | 'server-sent events';
  /** Of the gateways, the one to begin with first. */
  readonly urls: readonly string[];
  readonly after: string;
  readonly onProgress: () => void;
}

export class Follower {
  readonly audience: Audience;
  readonly faults: string[] = [];
  readonly positions = new Set<number>();
  repeated = 0;
  interrupted = 0;
  readonly #options: FollowerOptions;
  readonly #latest = new Map<string, number>();
  readonly #running: Promise<void>;
  #cursor: string;
  #connection: Connection | undefined;
  #isStopping = false;

  constructor(options: FollowerOptions) {
    this.audience = options.audience;
    this.#options = options;
    this.#cursor = options.after;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { urls, token, transport } = this.#options;
    const connect = transport === 'WebSocket' ? connectWebSocket : connectEventStream;
    for (let attempt = 0; !this.#isStopping && this.faults.length === 0; attempt++) {
      const connection = connect(urls[attempt % urls.length] ?? '', token);
      this.#connection = connection;
      try {
        await this.#follow(connection);
      } catch {
        // The gateway is gone; another is there, or the same will be again.
      } finally {
        await connection.close();
      }
      if (this.#isStopping) return;
      this.interrupted += 1;
      await wait(backOffMilliseconds);
    }
  }

  async #follow(connection: Connection): Promise<void> {
    const { filter, selection } = this.audience;
    const query = `subscription ($after: String) { changes(after: $after ${filter}) { ${selection} } }`;
    for await (const { data, errors } of connection.iterate({ query, variables: { after: this.#cursor } })) {
      const change = (data as { changes?: { cursor: string; entityId: string } | null } | undefined)?.changes;
      if (change == null) return this.#takeLastWord(errors);
      if (errors !== undefined) this.#checkPart(errors);
      this.#take(change);
    }
  }

  #take({ cursor, entityId }: { cursor: string; entityId: string }): void {
    const position = parseCursor(cursor);
    if (this.positions.has(position)) this.repeated += 1;
    else if (position < (this.#latest.get(entityId) ?? 0)) this.faults.push(`${entityId} out of order at ${position}`);
    else this.#latest.set(entityId, position);
    this.positions.add(position);
    this.#cursor = cursor;
    this.#options.onProgress();
  }

  #takeLastWord(errors: FormattedExecutionResult['errors']): void {
    for (const { message, extensions } of errors ?? []) {
      if (!interruptions.has(extensions?.['code'])) this.faults.push(`ended with ${message}`);
    }
  }

  /** The change came, and a part of its entity did not: its subgraph may just be down. */
  #checkPart(errors: NonNullable<FormattedExecutionResult['errors']>): void {
    for (const { message, extensions } of errors) {
      if (!interruptions.has(extensions?.['code'])) this.faults.push(`a part is missing: ${message}`);
    }
  }
}
