/** Makes checkpoints on a schedule and on request, and brings them to the stores outside of the database. */
import type { TrailConfig } from '../config/index.js';
import type { Database } from '../db/index.js';
import { StartupError } from '../errors/index.js';
import type { Logger } from '../log/index.js';
import { startPeriodic } from '../worker/index.js';
import { sealAuditTrail } from '../write/index.js';
import { makeCheckpoint, toOutsideHead, TrailRefusal, type Checkpoint, type OutsideHead } from './checkpoint.js';
import { parseNoteSigner, type NoteSigner } from './note.js';
import { listPublications, noteFailed, notePublished } from './publications.js';
import { openStores, type CheckpointStore } from './stores/index.js';

export interface CheckpointerOptions {
  readonly database: Database;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly signers: readonly NoteSigner[];
  readonly stores: readonly CheckpointStore[];
}

/** Of a request, before a checkpoint: what is left of a larger backlog is sealed soon after, and in the next one. */
const maxEntriesSealed = 10_000;

export class Checkpointer {
  readonly #options: CheckpointerOptions;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
  }

  /**
   * A head of what is sealed now, signed, stored and brought to every store. Throws TrailRefusal. A store that fails is told of
   * and tried again with the next round: it gets the newest checkpoint then.
   */
  async round(): Promise<Checkpoint | null> {
    const { database, log, signers } = this.#options;
    await sealAuditTrail(database, { maxEntries: maxEntriesSealed });
    let checkpoint: Checkpoint | null;
    try {
      checkpoint = await makeCheckpoint(database, signers, await this.#outsideHeads());
    } catch (error) {
      if (error instanceof TrailRefusal) {
        log.error({ kind: error.kind, reason: error.message }, 'no checkpoint of the audit trail was signed');
        for (const { name } of this.#options.stores) await noteFailed(database, name, error.message);
      }
      throw error;
    }
    if (checkpoint !== null) await this.#publish(checkpoint);
    return checkpoint;
  }

  /** What the stores have. One that can't be read binds nobody now, and is told of. */
  async #outsideHeads(): Promise<OutsideHead[]> {
    const [signer] = this.#options.signers;
    const heads = await Promise.all(
      this.#options.stores.map(async (store) => {
        try {
          return toOutsideHead(store.name, await store.readLast(), signer?.name ?? '');
        } catch (error) {
          this.#options.log.warn({ store: store.name, err: error }, 'a store of checkpoints could not be read');
          return null;
        }
      }),
    );
    return heads.filter((head) => head !== null);
  }

  async #publish(checkpoint: Checkpoint): Promise<void> {
    const { database, log, stores } = this.#options;
    const publications = new Map((await listPublications(database)).map((one) => [one.store, one]));
    await Promise.all(
      stores.map(async (store) => {
        const known = publications.get(store.name);
        if (known !== undefined && known.size >= checkpoint.size && known.failure === null) return;
        try {
          await store.publish(checkpoint);
          await notePublished(database, store.name, checkpoint.size);
        } catch (error) {
          log.error(
            { store: store.name, size: checkpoint.size, err: error },
            'a checkpoint could not be brought to a store',
          );
          await noteFailed(database, store.name, error instanceof Error ? error.message : String(error));
        }
      }),
    );
  }
}

/** Throws a StartupError when keys don't fit together. */
export function readSigners({ keys }: Pick<TrailConfig, 'keys'>): NoteSigner[] {
  const signers = keys.map((key) => parseNoteSigner(key.reveal()));
  const [current, previous] = signers;
  if (previous !== undefined && previous.name !== current?.name)
    throw new StartupError(
      'WEFT_TRAIL_KEY_PREVIOUS has another name than WEFT_TRAIL_KEY: the log would have two origins.',
    );
  return signers;
}

/** Null when no key is set. */
export async function openCheckpointer(
  trail: TrailConfig,
  database: Database,
  log: Pick<Logger, 'warn' | 'error'>,
): Promise<Checkpointer | null> {
  const signers = readSigners(trail);
  if (signers.length === 0) return null;
  return new Checkpointer({ database, log, signers, stores: await openStores(trail) });
}

/** Rounds on the schedule, the first at once: what a process that was killed has signed and not brought to a store is brought now. */
export async function startCheckpoints(
  trail: TrailConfig,
  database: Database,
  log: Pick<Logger, 'warn' | 'error'>,
): Promise<{ stop(): Promise<void> }> {
  const checkpointer = await openCheckpointer(trail, database, log);
  if (checkpointer === null) return { stop: () => Promise.resolve() };
  const stop = startPeriodic({
    everyMs: trail.checkpointSeconds * 1_000,
    atOnce: true,
    run: () => checkpointer.round(),
    // A refusal has been told of with its reason.
    onFailure: (error) => {
      if (!(error instanceof TrailRefusal)) log.error({ err: error }, 'no checkpoint of the audit trail could be made');
    },
  });
  return { stop };
}
