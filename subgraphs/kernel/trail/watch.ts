/** Keeps an eye on the audit trail of a serving process, and says aloud what is wrong with it. */
import type { Database } from '../db/index.js';
import { startPeriodic } from '../worker/index.js';
import type { Logger } from '../log/index.js';
import { checkReceipts, observeSealing, requestSealing, sealerState, type SealerState } from '../write/index.js';
import { isLate, readCheckpointState, type CheckpointState } from './publications.js';
import { readTrailState, type TrailState } from './state.js';

/**
 * `unsealed`: entries wait though nothing holds them up. `stalled`: a transaction of the server, of whichever database, holds
 * them up. `failing`: sealing fails. `lost`: entries were taken out between their commit and their seal. `late`: a checkpoint is
 * overdue, or has not come to a store. `unknown`: the database could not be asked.
 */
export type TrailCondition = 'ok' | 'unsealed' | 'stalled' | 'failing' | 'lost' | 'late' | 'unknown';

export interface TrailWatchOptions {
  readonly everyMs?: number;
  /** An entry that has waited for longer is told of (s). Sealing takes milliseconds. */
  readonly patienceSeconds?: number;
  /** How often a condition that lasts is told of again (ms). */
  readonly againMs?: number;
  /** Where checkpoints are made: how often, and the stores that they are brought to. */
  readonly checkpoints?: { readonly everySeconds: number; readonly stores: readonly string[] } | undefined;
}

export class TrailWatch {
  readonly #database: Database;
  readonly #log: Pick<Logger, 'warn' | 'error'>;
  readonly #patienceSeconds: number;
  readonly #againMs: number;
  readonly #checkpoints: TrailWatchOptions['checkpoints'];
  readonly #stop: () => Promise<void>;
  #state: TrailState | null = null;
  #checkpoint: CheckpointState | null = null;
  #condition: TrailCondition = 'ok';
  #failureToldAt = -Infinity;
  #told: { readonly condition: TrailCondition; readonly at: number } = { condition: 'ok', at: 0 };

  constructor(
    database: Database,
    log: Pick<Logger, 'warn' | 'error'>,
    { everyMs = 10_000, patienceSeconds = 60, againMs = 600_000, checkpoints }: TrailWatchOptions = {},
  ) {
    this.#database = database;
    this.#log = log;
    this.#patienceSeconds = patienceSeconds;
    this.#againMs = againMs;
    this.#checkpoints = checkpoints;
    observeSealing(database, {
      onFailure: (error) => this.#tellFailure(error),
      onLost: (lost) =>
        log.error(lost, 'audit entries that were committed here are gone from the log, and were not sealed'),
    });
    this.#stop = startPeriodic({
      everyMs,
      run: () => this.look(),
      onFailure: (error) => {
        this.#condition = 'unknown';
        log.warn({ err: error }, 'the state of the audit trail could not be read');
      },
    });
  }

  /** As of the last look. */
  get condition(): TrailCondition {
    return this.#condition;
  }

  /** Null before the first look, and where none are made. */
  get checkpoint(): CheckpointState | null {
    return this.#checkpoint;
  }

  get state(): (TrailState & SealerState) | null {
    return this.#state && { ...this.#state, ...sealerState(this.#database) };
  }

  /** What waits is sealed meanwhile: entries that others' transactions held up would wait for the next commit, or the next hour. */
  async look(): Promise<void> {
    const state = await readTrailState(this.#database);
    this.#state = state;
    if (state.unsealed > 0) requestSealing(this.#database);
    await checkReceipts(this.#database);
    if (this.#checkpoints !== undefined)
      this.#checkpoint = await readCheckpointState(this.#database, this.#checkpoints.stores);
    this.#condition = this.#judge(state);
    this.#tell(state);
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  #judge({ unsealedSeconds, blocker }: TrailState): TrailCondition {
    const { lostEntries, failuresInARow } = sealerState(this.#database);
    if (lostEntries > 0) return 'lost';
    if (failuresInARow > 0) return 'failing';
    if (unsealedSeconds !== null && unsealedSeconds >= this.#patienceSeconds)
      return blocker === null ? 'unsealed' : 'stalled';
    const { everySeconds } = this.#checkpoints ?? {};
    const isOverdue = everySeconds !== undefined && this.#checkpoint !== null && isLate(this.#checkpoint, everySeconds);
    return isOverdue ? 'late' : 'ok';
  }

  /** Every commit tries anew: one line a second says as much as a thousand. */
  #tellFailure(error: unknown): void {
    const now = performance.now();
    if (now - this.#failureToldAt < 1_000) return;
    this.#failureToldAt = now;
    const { failuresInARow } = sealerState(this.#database);
    this.#log.error({ err: error, failuresInARow }, 'the audit trail could not be sealed');
  }

  /** Once for each condition, and again while it lasts. What fails or is lost has been told when it happened. */
  #tell(state: TrailState): void {
    const condition = this.#condition;
    const now = performance.now();
    const isNew = condition !== this.#told.condition || now - this.#told.at >= this.#againMs;
    if (!isNew || condition === 'ok') {
      if (condition === 'ok') this.#told = { condition, at: now };
      return;
    }
    this.#told = { condition, at: now };
    const facts = { condition, unsealed: state.unsealed, unsealedSeconds: Math.round(state.unsealedSeconds ?? 0) };
    if (condition === 'stalled') {
      this.#log.warn({ ...facts, blocker: state.blocker?.description }, 'audit entries wait for a transaction to end');
    } else if (condition === 'unsealed') {
      this.#log.warn(facts, 'audit entries are not sealed, though nothing holds them up');
    } else if (condition === 'late') {
      this.#log.error({ condition, ...this.#checkpoint }, 'a checkpoint of the audit trail is late');
    }
  }
}
