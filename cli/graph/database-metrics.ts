/** What `/metrics` and `/health/ready` say of the database's connections and of the audit trail in it. */
import { Counter, Gauge } from 'prom-client';
import type { GatewayMetrics, ReadinessCheck } from '../../gateway/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import type { TrailWatch } from '../../subgraphs/kernel/trail/index.js';

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

/** The trail never makes a process unready: it answers as well as before, and a restart would mend nothing. */
export function trailReadiness(trail: TrailWatch): ReadinessCheck {
  return { name: 'auditTrail', check: async () => (trail.condition === 'ok' ? undefined : trail.condition) };
}

export function observeTrail({ registry }: GatewayMetrics, trail: TrailWatch): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: (state: NonNullable<TrailWatch['state']>) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(trail.state === null ? Number.NaN : read(trail.state));
      },
    });
  };
  gauge('weft_audit_sealed_entries', 'Entries of the audit trail that are sealed.', ({ sealed }) => sealed);
  gauge('weft_audit_unsealed_entries', 'Entries that wait to be sealed, 10,000 at most.', ({ unsealed }) => unsealed);
  gauge(
    'weft_audit_unsealed_seconds',
    'Age of the oldest entry that waits to be sealed; 0 when none does.',
    ({ unsealedSeconds }) => unsealedSeconds ?? 0,
  );
  gauge(
    'weft_audit_stalled',
    '1 while the oldest unsealed entry waits for a transaction of the server, of whichever database, to end.',
    ({ blocker }) => (blocker === null ? 0 : 1),
  );
  new Gauge({
    name: 'weft_audit_checkpoint_late_seconds',
    help: 'How long the oldest sealed entry waits for a checkpoint, or the oldest checkpoint for a store; NaN where none are made.',
    registers,
    collect() {
      const { checkpoint } = trail;
      const waits = [checkpoint?.uncoveredSeconds ?? 0, checkpoint?.unpublishedSeconds ?? 0];
      this.set(checkpoint === null ? Number.NaN : Math.max(...waits));
    },
  });
  const total = (name: string, help: string, read: (state: NonNullable<TrailWatch['state']>) => number): void => {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(trail.state === null ? 0 : read(trail.state));
      },
    });
  };
  total('weft_audit_seal_failures_total', 'Attempts of this process to seal that failed.', ({ failures }) => failures);
  total(
    'weft_audit_lost_entries_total',
    'Entries that this process committed and that were gone before they were sealed.',
    ({ lostEntries }) => lostEntries,
  );
}
