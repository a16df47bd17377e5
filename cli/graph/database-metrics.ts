/** What `/metrics` says of the database's connections. */
import { Counter, Gauge } from 'prom-client';
import type { GatewayMetrics } from '../../gateway/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';

export function observeDatabase({ registry }: GatewayMetrics, database: Database): void {
  const registers = [registry];
  new Gauge({
    name: 'weft_database_connections',
    help: 'Database connections of this process, by state: in_use, and free (opened or not).',
    labelNames: ['state'],
    registers,
    collect() {
      const { size, inUse } = database.state();
      this.set({ state: 'in_use' }, inUse);
      this.set({ state: 'free' }, size - inUse);
    },
  });
  new Gauge({
    name: 'weft_database_waiting',
    help: 'Statements and transactions that wait for a database connection.',
    registers,
    collect() {
      this.set(database.state().waiting);
    },
  });
  const total = (name: string, help: string, read: () => number): void => {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  };
  total(
    'weft_database_busy_total',
    'Statements that waited for a database connection in vain (SERVER_BUSY).',
    () => database.state().refused,
  );
  total(
    'weft_database_cancelled_total',
    'Statements that were cancelled because their caller had gone or their time was up.',
    () => database.state().cancelled,
  );
}
