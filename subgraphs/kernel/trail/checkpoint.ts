/** Makes signed heads of the audit trail, and never two of one size. */
import { sql, type Database, type Queryable } from '../db/index.js';
import { parseCheckpoint, signCheckpoint, type NoteSigner } from './note.js';
import { readRoots, readTreeSize } from './tree.js';

export interface Checkpoint {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly createdAt: string;
}

/** A head that was published earlier, as a store outside of the database has it. */
export interface OutsideHead {
  readonly store: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Nothing is signed: the trail is not what it was when an earlier head was signed. */
export class TrailRefusal extends Error {
  /** TRUNCATED: it has fewer entries than that head. FORKED: its first entries are others. */
  readonly kind: 'TRUNCATED' | 'FORKED';

  constructor(kind: TrailRefusal['kind'], message: string) {
    super(message);
    this.name = 'TrailRefusal';
    this.kind = kind;
  }
}

const columns = sql.raw('size, root, note, created_at as "createdAt"');

export async function findLastCheckpoint(db: Queryable): Promise<Checkpoint | null> {
  const [row] = await db.query<Checkpoint>(sql`/* kernel.trailCheckpoint */
    select ${columns} from traceability.audit_checkpoints order by size desc limit 1`);
  return row ?? null;
}

/** The newest checkpoints, newest first. */
export async function listCheckpoints(db: Queryable, first: number): Promise<Checkpoint[]> {
  return db.query<Checkpoint>(sql`/* kernel.trailCheckpoints */
    select ${columns} from traceability.audit_checkpoints order by size desc limit ${first}`);
}

/**
 * The head of all that is sealed, signed and stored; the last one again when nothing was sealed since, null while nothing is. Before
 * it signs, it holds the tree against the last head stored and against those `outside`: a log that was cut, rewritten, or restored
 * from an older copy gets no signature that would make two histories of it.
 */
export async function makeCheckpoint(
  database: Database,
  signers: readonly NoteSigner[],
  outside: readonly OutsideHead[] = [],
): Promise<Checkpoint | null> {
  const [signer] = signers;
  if (signer === undefined) throw new Error('there is no key to sign with');
  return database.transaction(async (tx) => {
    // One at a time, of all processes: a head is of the tree as it is once the others are done.
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('traceability.audit_checkpoints', 0))`);
    const last = await findLastCheckpoint(tx);
    const size = await readTreeSize(tx);
    const earlier = [
      ...(last === null ? [] : [{ store: 'the database', size: last.size, root: last.root }]),
      ...outside,
    ];
    for (const head of earlier) if (head.size > size) throw truncated(head, size);
    if (size === 0) return null;
    const roots = await readRoots(tx, size, [size, ...earlier.map((head) => head.size)]);
    earlier.forEach((head, n) => {
      if (!isSame(head.root, roots[n + 1])) throw forked(head);
    });
    const [root] = roots;
    if (root === undefined || last?.size === size) return last;
    const note = signCheckpoint({ origin: signer.name, size, root }, signers);
    const [made] = await tx.query<Checkpoint>(sql`/* kernel.trailCheckpointMake */
      insert into traceability.audit_checkpoints (size, root, note) values (${String(size)}::bigint, ${Buffer.from(root)}, ${note})
      returning ${columns}`);
    return made ?? null;
  });
}

function truncated({ store, size: signed }: OutsideHead, size: number): TrailRefusal {
  return new TrailRefusal(
    'TRUNCATED',
    `the audit trail has ${size} sealed entries, and a checkpoint in ${store} has ${signed}: entries were taken out, or an older copy was restored`,
  );
}

function forked({ store, size }: OutsideHead): TrailRefusal {
  return new TrailRefusal(
    'FORKED',
    `the first ${size} entries of the audit trail are not those that a checkpoint in ${store} was signed over`,
  );
}

/** What a store has under its last checkpoint. Null when there is none that is of this log: a foreign one binds nobody. */
export function toOutsideHead(store: string, note: string | null, origin: string): OutsideHead | null {
  const head = note === null ? null : parseCheckpoint(note);
  return head === null || head.origin !== origin || head.size === 0
    ? null
    : { store, size: head.size, root: head.root };
}

function isSame(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.from(one).equals(other);
}
