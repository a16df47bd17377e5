/** The Merkle tree over the audit trail, read from its tiles: roots, and proofs of inclusion and consistency (RFC 6962, 2.1). */
import { createHash } from 'node:crypto';
import { sql, type Queryable } from '../db/index.js';

/** Hashes of a tile. */
export const tileWidth = 256;
const hashBytes = 32;

/** A full subtree of 2^level leaves, the `index`-th of its level. */
interface Node {
  readonly level: number;
  readonly index: number;
}

/** Leaves from `from` up to, not with, `to`. */
interface Range {
  readonly from: number;
  readonly to: number;
}

export interface TileName {
  /** 0 has leaves, n + 1 the roots of tiles of level n. */
  readonly level: number;
  readonly tile: number;
  /** Hashes that it has in the tree at hand: 256, or fewer at the right edge. */
  readonly width: number;
}

export interface Tile extends TileName {
  readonly hashes: Uint8Array;
}

/** Links or tiles are missing. */
export class TreeBroken extends Error {}

function hashChildren(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
}

/** The largest power of two below `size`, which is at least 2: where RFC 6962 cuts a tree. */
function cut(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** The full subtrees of a range, from left to right. `from` is where RFC 6962 cuts, so they nest to the right. */
function nodesOf({ from, to }: Range): Node[] {
  const nodes: Node[] = [];
  for (let at = from; at < to;) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    nodes.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/** What a proof of inclusion consists of, in its order: the sibling ranges from the leaf upwards. */
function inclusionPath(index: number, { from, to }: Range): Range[] {
  if (to - from === 1) return [];
  const middle = from + cut(to - from);
  return index < middle
    ? [...inclusionPath(index, { from, to: middle }), { from: middle, to }]
    : [...inclusionPath(index, { from: middle, to }), { from, to: middle }];
}

function consistencyPath(size: number, { from, to }: Range, isWhole: boolean): Range[] {
  if (size === to) return isWhole ? [] : [{ from, to }];
  const middle = from + cut(to - from);
  return size <= middle
    ? [...consistencyPath(size, { from, to: middle }, isWhole), { from: middle, to }]
    : [...consistencyPath(size, { from: middle, to }, false), { from, to: middle }];
}

/** The tile that has a node, in a tree of `size` leaves. */
function tileOf({ level, index }: Node, size: number): TileName {
  const tileLevel = Math.floor(level / 8);
  const first = index * 2 ** (level % 8);
  const tile = Math.floor(first / tileWidth);
  return { level: tileLevel, tile, width: widthOf({ level: tileLevel, tile }, size) };
}

function widthOf({ level, tile }: { readonly level: number; readonly tile: number }, size: number): number {
  return Math.min(tileWidth, Math.floor(size / tileWidth ** level) - tile * tileWidth);
}

const nameOf = ({ level, tile }: { readonly level: number; readonly tile: number }): string => `${level}/${tile}`;

/**
 * The tiles with their hashes, in one statement. Full ones are stored; the ones at the right edge are gathered from the links or
 * from the tiles below. Throws when what they need is not there.
 */
export async function readTiles(db: Queryable, names: readonly TileName[]): Promise<Tile[]> {
  if (names.length === 0) return [];
  const rows = await db.query<{ n: number; hashes: Uint8Array | null }>(sql`/* kernel.trailTiles */
    select asked.n::int4 as n, case
      when asked.width = 256 then (
        select t.hashes from traceability.audit_tiles t where t.level = asked.level and t.tile = asked.tile)
      when asked.level = 0 then (
        select string_agg(s.leaf_hash, ''::bytea order by s.sequence) from traceability.audit_seals s
        where s.sequence between asked.tile * 256 + 1 and asked.tile * 256 + asked.width)
      else (
        select string_agg(t.root, ''::bytea order by t.tile) from traceability.audit_tiles t
        where t.level = asked.level - 1 and t.tile between asked.tile * 256 and asked.tile * 256 + asked.width - 1)
      end as hashes
    from unnest(${names.map(({ level }) => level)}::int4[], ${names.map(({ tile }) => String(tile))}::bigint[],
      ${names.map(({ width }) => width)}::int4[]) with ordinality as asked (level, tile, width, n)
    order by asked.n`);
  return names.map((name, at) => {
    const hashes = rows[at]?.hashes;
    if (hashes?.length !== name.width * hashBytes) {
      throw new TreeBroken(`tile ${name.tile} of level ${name.level} is not whole: verify the audit trail`);
    }
    return { ...name, hashes };
  });
}

/** The tiles at the right edge of a tree, from below: all that its root follows from. */
export function edgeTiles(size: number): TileName[] {
  const names: TileName[] = [];
  for (let level = 0; tileWidth ** level <= size; level += 1) {
    const tile = Math.floor(Math.floor(size / tileWidth ** level) / tileWidth);
    const width = widthOf({ level, tile }, size);
    if (width > 0) names.push({ level, tile, width });
  }
  return names;
}

/** Of the tiles on the way from a leaf up to the edge of the tree, those that are full, from above. */
export function fullTilesAbove(index: number, size: number): TileName[] {
  const names: TileName[] = [];
  for (let level = 0; ; level += 1) {
    const tile = Math.floor(index / tileWidth ** (level + 1));
    if (widthOf({ level, tile }, size) < tileWidth) return names.reverse();
    names.push({ level, tile, width: tileWidth });
  }
}

class Hashes {
  readonly #tiles: ReadonlyMap<string, Tile>;
  readonly #size: number;

  constructor(tiles: readonly Tile[], size: number) {
    this.#tiles = new Map(tiles.map((tile) => [nameOf(tile), tile]));
    this.#size = size;
  }

  of(range: Range): Uint8Array {
    const hashes = nodesOf(range).map((node) => this.#node(node));
    return hashes.reduceRight((right, left) => hashChildren(left, right));
  }

  #node(node: Node): Uint8Array {
    const { hashes } = this.#tiles.get(nameOf(tileOf(node, this.#size))) ?? {};
    if (hashes === undefined) throw new Error(`the tile of node ${node.index} of level ${node.level} was not read`);
    const first = (node.index * 2 ** (node.level % 8)) % tileWidth;
    return foldFull(hashes, first, 2 ** (node.level % 8));
  }
}

/** The root over `count` hashes of a tile, a power of two, from the `first`. */
function foldFull(hashes: Uint8Array, first: number, count: number): Uint8Array {
  if (count === 1) return hashes.subarray(first * hashBytes, (first + 1) * hashBytes);
  const half = count / 2;
  return hashChildren(foldFull(hashes, first, half), foldFull(hashes, first + half, half));
}

/** The hashes of ranges, of several trees that have grown from each other. All tiles are read in one statement. */
async function readRanges(db: Queryable, size: number, ranges: readonly Range[]): Promise<Uint8Array[]> {
  const names = new Map(
    ranges.flatMap(nodesOf).map((node) => {
      const name = tileOf(node, size);
      return [nameOf(name), name];
    }),
  );
  const hashes = new Hashes(await readTiles(db, [...names.values()]), size);
  return ranges.map((range) => hashes.of(range));
}

/** Entries that are in the tree. */
export async function readTreeSize(db: Queryable): Promise<number> {
  const [row] = await db.query<{ size: number }>(sql`/* kernel.trailSize */
    select coalesce(max(sequence), 0)::int8 as size from traceability.audit_seals`);
  return row?.size ?? 0;
}

/** The roots that the tree had, or has, at these sizes, each at least 1 and at most `size`. */
export function readRoots(db: Queryable, size: number, sizes: readonly number[]): Promise<Uint8Array[]> {
  return readRanges(
    db,
    size,
    sizes.map((to) => ({ from: 0, to })),
  );
}

/** That leaf `index` is in the tree of `size` leaves: the hashes beside its way to the root. */
export async function readInclusionProof(
  db: Queryable,
  { index, size }: { readonly index: number; readonly size: number },
): Promise<Uint8Array[]> {
  return readRanges(db, size, inclusionPath(index, { from: 0, to: size }));
}

/** That the tree of `size` leaves begins with the one of `from` leaves, at least 1. */
export async function readConsistencyProof(
  db: Queryable,
  { from, size }: { readonly from: number; readonly size: number },
): Promise<Uint8Array[]> {
  return readRanges(db, size, consistencyPath(from, { from: 0, to: size }, true));
}
