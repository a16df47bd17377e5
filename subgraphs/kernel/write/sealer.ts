/** Seals the audit trail's hash chain right after commits, in batches, so that mutations need not wait for each other. */
import { originOf, sql, type Database } from '../db/index.js';

const batchSize = 1_000;

/** One for each Database of the process; several processes may seal at once, the database lets one of them. */
class Sealer {
  private readonly database: Database;
  private running: Promise<void> | null = null;
  private isRequested = false;

  constructor(database: Database) {
    this.database = database;
  }

  /** Soon, and once for all the commits that come meanwhile. A failure is left to the next request: nothing is lost by it. */
  request(): void {
    this.isRequested = true;
    this.running ??= this.drain()
      .catch(() => undefined)
      .finally(() => {
        this.running = null;
        if (this.isRequested) this.request();
      });
  }

  async settle(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  private async drain(): Promise<void> {
    while (this.isRequested) {
      this.isRequested = false;
      await sealAuditTrail(this.database);
    }
  }
}

/**
 * Seals whatever is committed and unsealed, or of a large backlog `maxEntries`, and leaves the rest to the background. Entries
 * of transactions that still overlap others wait for the next call.
 */
export async function sealAuditTrail(
  database: Database,
  { maxEntries = Infinity }: { readonly maxEntries?: number } = {},
): Promise<void> {
  for (let sealed = 0; sealed < maxEntries; sealed += batchSize) {
    const [row] = await database.query<{ sealed: number }>(
      sql`/* kernel.auditSeal */ select traceability.seal_audit_log(${batchSize}) as sealed`,
    );
    if ((row?.sealed ?? 0) < batchSize) return;
  }
  requestSealing(database);
}

const sealers = new WeakMap<Database, Sealer>();

function sealerOf(database: Database): Sealer {
  const origin = originOf(database);
  let sealer = sealers.get(origin);
  if (sealer === undefined) sealers.set(origin, (sealer = new Sealer(origin)));
  return sealer;
}

export function requestSealing(database: Database): void {
  sealerOf(database).request();
}

/** Waits for the sealing under way: before the database is closed, or when a test looks. */
export function settleSealing(database: Database): Promise<void> {
  return sealerOf(database).settle();
}
