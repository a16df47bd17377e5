/** `Query.auditExport`: a bundle of the audit trail, part by part, for a verifier outside of the system. */
import type { RequestContext } from '../../kernel/context.js';
import { badInput } from '../../kernel/errors/index.js';
import { keyOfType } from '../../kernel/ids/index.js';
import {
  edgeTiles,
  findLastCheckpoint,
  fullTilesAbove,
  listCheckpoints,
  readConsistencyProof,
  readRoots,
  readTiles,
  readTreeSize,
  TreeBroken,
  type Tile,
} from '../../kernel/trail/index.js';
import { listBundleEntries, type BundleScope } from '../repository/audit-bundle.js';

/** An entry takes about 20 µs of the database and 600 bytes of the answer. */
const maxEntries = 5_000;
/** Earlier heads that the bundle is joined to unasked: those a caller is most likely to have kept. */
const earlierHeads = 20;
const maxConsistency = 100;

interface Arguments {
  readonly repositoryId?: string | null;
  readonly from?: string | null;
  readonly to?: string | null;
  readonly consistentWith?: readonly (number | bigint)[] | null;
  readonly after?: string | null;
  readonly first?: number | null;
}

/** Where the next part begins. */
interface Place {
  readonly size: number;
  /** The last entry written, -1 before the first. */
  readonly index: number;
  readonly written: number;
}

export async function auditExport(_root: unknown, args: Arguments, { db }: RequestContext) {
  const first = args.first ?? maxEntries;
  if (first < 1 || first > maxEntries) throw badInput(`first must be 1 to ${maxEntries}, got ${first}.`);
  const scope: BundleScope = {
    repository: args.repositoryId == null ? null : keyOfType(args.repositoryId, 'Repository').toLowerCase(),
    from: args.from ?? null,
    to: args.to ?? null,
  };
  const place = args.after == null ? null : parsePlace(args.after);
  if (place !== null && place.size > (await readTreeSize(db))) throw badInput('after is not a place of this trail.');
  try {
    const begun = place === null ? await begin(db, scope, args.consistentWith ?? []) : null;
    return await goOn(db, scope, begun?.lines ?? [], place ?? { size: begun?.size ?? 0, index: -1, written: 0 }, first);
  } catch (error) {
    if (!(error instanceof TreeBroken)) throw error;
    // Whoever verifies is to hear of it, and not of a file that could not be made.
    return toPart([{ broken: error.message }], { size: place?.size ?? 0, entryCount: 0, endCursor: null });
  }
}

async function goOn(
  db: RequestContext['db'],
  scope: BundleScope,
  begun: readonly object[],
  place: Place,
  first: number,
) {
  const { size } = place;
  const lines = [...begun];
  const entries = await listBundleEntries(db, { scope, size, after: place.index, first });
  const tiles = await readNeeded(
    db,
    entries.map(({ index }) => index),
    place,
  );
  let last = place.index;
  for (const { index, leaf, payload } of entries) {
    for (const tile of newTiles(index, last, size)) {
      const hashes = tiles.get(keyOf(tile))?.hashes ?? new Uint8Array();
      lines.push({ tile: [tile.level, tile.tile], hashes: Buffer.from(hashes).toString('base64') });
    }
    lines.push({ entry: index, leaf, ...(payload !== null && { payload }) });
    last = index;
  }
  const written = place.written + entries.length;
  const hasNextPage = entries.length === first && last + 1 < size;
  if (!hasNextPage) lines.push({ end: written });
  const endCursor = hasNextPage ? Buffer.from(`${size}:${last}:${written}`).toString('base64url') : null;
  return toPart(lines, { size, entryCount: entries.length, endCursor });
}

function toPart(
  lines: readonly object[],
  facts: { readonly size: number; readonly entryCount: number; readonly endCursor: string | null },
) {
  return {
    text: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    hasNextPage: facts.endCursor !== null,
    ...facts,
  };
}

/** The head that all is proven against, what it follows from, and how it follows from earlier ones. */
async function begin(db: RequestContext['db'], scope: BundleScope, asked: readonly (number | bigint)[]) {
  const checkpoint = await findLastCheckpoint(db);
  const size = checkpoint?.size ?? (await readTreeSize(db));
  const earlier = (await listCheckpoints(db, earlierHeads)).map((each) => each.size);
  if (asked.length > maxConsistency) throw badInput(`consistentWith has ${maxConsistency} sizes at most.`);
  const consistency = [];
  for (const from of new Set([...asked.map(Number), ...earlier])) {
    if (!Number.isSafeInteger(from) || from < 1) throw badInput('A size in consistentWith is 1 or more.');
    // Of a larger tree there is nothing to prove: that the trail is shorter is for the verifier to say.
    if (from >= size) continue;
    const proof = await readConsistencyProof(db, { from, size });
    consistency.push({ from, proof: proof.map((hash) => Buffer.from(hash).toString('base64')) });
  }
  const [root] = size === 0 ? [] : await readRoots(db, size, [size]);
  const edge = await readTiles(db, edgeTiles(size));
  const { repository, from, to } = scope;
  const header = {
    bundle: 'weft.audit-bundle.v1',
    size,
    root: Buffer.from(root ?? new Uint8Array()).toString('base64'),
    checkpoint: checkpoint?.note ?? null,
    scope: {
      ...(repository !== null && { repository }),
      ...(from !== null && { from }),
      ...(to !== null && { to }),
    },
    consistency,
  };
  const tiles = edge.map(({ level, tile, hashes }) => ({
    tile: [level, tile],
    hashes: Buffer.from(hashes).toString('base64'),
  }));
  return { size, lines: [header, ...tiles] };
}

type Name = Pick<Tile, 'level' | 'tile'>;
const keyOf = ({ level, tile }: Name): string => `${level}/${tile}`;

/** The full tiles above an entry that are not above the one before it, from above. */
function newTiles(index: number, before: number, size: number) {
  const known = new Set(before < 0 ? [] : fullTilesAbove(before, size).map(keyOf));
  return fullTilesAbove(index, size).filter((tile) => !known.has(keyOf(tile)));
}

async function readNeeded(db: RequestContext['db'], indexes: readonly number[], { size, index: before }: Place) {
  const names = new Map<string, ReturnType<typeof newTiles>[number]>();
  let last = before;
  for (const index of indexes) {
    for (const tile of newTiles(index, last, size)) names.set(keyOf(tile), tile);
    last = index;
  }
  return new Map((await readTiles(db, [...names.values()])).map((tile) => [keyOf(tile), tile]));
}

function parsePlace(cursor: string): Place {
  const [, size, index, written] =
    /^(\d{1,15}):(-1|\d{1,15}):(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (size === undefined) throw badInput('after is no cursor of auditExport.');
  return { size: Number(size), index: Number(index), written: Number(written) };
}
