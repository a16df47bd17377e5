/** Seals the audit trail's hash chain right after commits, in batches, so that mutations need not wait for each other. */
import { originOf, sql, type Database } from '../db/index.js';
import type { Receipt } from './records.js';

const batchSize = 1_000;
/** What is remembered of commits at most: of more than that the oldest are let go unseen. */
const maxReceipts = 50_000;
/** Receipts are looked up at most this often: in the traffic of many writers, one statement for all of a second. */
const receiptsEveryMs = 1_000;

/** Entries that were committed by this process and are not in the log any more. */
export interface LostEntries extends Receipt {
  readonly found: number;
}

export interface SealerState {
  /** Failures since the start, and since sealing last went well. */
  readonly failures: number;
  readonly failuresInARow: number;
  readonly lastFailure: unknown;
  /** Entries that this process committed and that were taken out of the log before it saw them sealed. */
  readonly lostEntries: number;
}

export interface SealerWatch {
  readonly onFailure: (error: unknown) => void;
  readonly onLost: (lost: LostEntries) => void;
}

/** One for each Database of the process; several processes may seal at once, the database lets one of them. */
class Sealer {
  private readonly database: Database;
  private running: Promise<void> | null = null;
  private isRequested = false;
  private receipts: Receipt[] = [];
  private receiptsChecked = 0;
  private watch: SealerWatch | null = null;
  private failures = 0;
  private failuresInARow = 0;
  private lastFailure: unknown = null;
  private lostEntries = 0;

  constructor(database: Database) {
    this.database = database;
  }

  observe(watch: SealerWatch): void {
    this.watch = watch;
  }

  state(): SealerState {
    const { failures, failuresInARow, lastFailure, lostEntries } = this;
    return { failures, failuresInARow, lastFailure, lostEntries };
  }

  /** Soon, and once for all the commits that come meanwhile. A failure is told, and left to the next request: nothing is lost by it. */
  request(receipt?: Receipt): void {
    if (receipt !== undefined) this.remember(receipt);
    this.isRequested = true;
    this.running ??= this.drain()
      .then(
        () => (this.failuresInARow = 0),
        (error: unknown) => this.fail(error),
      )
      .finally(() => {
        this.running = null;
        if (this.isRequested) this.request();
      })
      .then(() => undefined);
  }

  async settle(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  private async drain(): Promise<void> {
    while (this.isRequested) {
      this.isRequested = false;
      await sealAuditTrail(this.database);
      await this.checkReceipts();
    }
  }

  private fail(error: unknown): void {
    this.failures += 1;
    this.failuresInARow += 1;
    this.lastFailure = error;
    this.watch?.onFailure(error);
  }

  private remember(receipt: Receipt): void {
    this.receipts.push(receipt);
    if (this.receipts.length > 2 * maxReceipts) this.receipts = this.receipts.slice(-maxReceipts);
  }

  /**
   * The memory of this process stands outside of the database: what somebody deletes there between the commit and the seal
   * is in no chain, and is missed here. Once sealed, an entry is the chain's to miss.
   */
  async checkReceipts({ atOnce = false } = {}): Promise<void> {
    if (this.receipts.length === 0) return;
    if (!atOnce && performance.now() - this.receiptsChecked < receiptsEveryMs) return;
    this.receiptsChecked = performance.now();
    const asked = this.receipts;
    const found = await findSealed(this.database, asked);
    const settled = new Set<Receipt>();
    for (const { n, entries } of found) {
      const receipt = asked[n - 1];
      if (receipt === undefined) continue;
      settled.add(receipt);
      if (entries < receipt.entries) this.lose({ ...receipt, found: entries });
    }
    this.receipts = this.receipts.filter((receipt) => !settled.has(receipt));
  }

  private lose(lost: LostEntries): void {
    this.lostEntries += lost.entries - lost.found;
    this.watch?.onLost(lost);
  }
}

/** Of the receipts whose transaction the chain has passed: how many of their entries are in the log. */
async function findSealed(
  database: Database,
  receipts: readonly Receipt[],
): Promise<{ readonly n: number; readonly entries: number }[]> {
  return database.query(sql`/* kernel.auditReceipts */
    select receipt.n::int4 as n, (select count(*) from traceability.audit_log a where a.xid = receipt.xid)::int4 as entries
    from unnest(${receipts.map(({ xid }) => xid)}::xid8[]) with ordinality as receipt (xid, n)
    where receipt.xid < pg_snapshot_xmin(pg_current_snapshot())
      and not exists (select from traceability.audit_log a where a.xid = receipt.xid
        and not exists (select from traceability.audit_seals s where s.audit_id = a.id))`);
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

/** With the receipt of what was just committed, if anything was: it is looked for until it is sealed. */
export function requestSealing(database: Database, receipt?: Receipt): void {
  sealerOf(database).request(receipt);
}

/** Waits for the sealing under way: before the database is closed, or when a test looks. */
export function settleSealing(database: Database): Promise<void> {
  return sealerOf(database).settle();
}

/** Tells of what fails from now on; one watcher a process. */
export function observeSealing(database: Database, watch: SealerWatch): void {
  sealerOf(database).observe(watch);
}

export function sealerState(database: Database): SealerState {
  return sealerOf(database).state();
}

/** Looks for what was committed and is settled by now, without waiting for the next commit. */
export function checkReceipts(database: Database): Promise<void> {
  return sealerOf(database).checkReceipts({ atOnce: true });
}
