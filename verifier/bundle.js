/** Reads a bundle line by line, and holds every line against what is proven before it. Memory does not grow with the bundle. */
import { createHash } from 'node:crypto';
import { equal, emptyRoot, foldFull, hashChildren, isConsistent, leafHash, splitHashes } from './merkle.js';
import { parseCheckpoint, signersOf } from './note.js';

const width = 256;
const format = 'weft.audit-bundle.v1';
const leafFormat = 'weft.audit.v1';
/** Names of a leaf's members, in their order. */
const members = [
  'format',
  'id',
  'timestamp',
  'user',
  'action',
  'resourceType',
  'resourceId',
  'entityId',
  'payloadHash',
  'repository',
  'requestId',
  'position',
  'xid',
];

/**
 * What is wrong. `code` is one of the README's table; `index` is the entry's place in the trail, where one can be named.
 * @typedef {{ code: string, message: string, index?: number }} Fault
 * @typedef {{ entries: number, size: number, isWhole: boolean, gaps: number, faults: Fault[], signers: { name: string, id: string, time: number | null }[], checked: { size: number, how: string }[] }} Report
 */

/**
 * @param {AsyncIterable<string> | Iterable<string>} lines
 * @param {{ checkpoints?: readonly string[], keys?: readonly import('./note.js').VerifierKey[], onEntry?: (entry: Record<string, unknown>) => void, onProgress?: (entries: number, size: number) => void, maxFaults?: number }} options
 * @returns {Promise<Report>}
 */
export async function verifyBundle(lines, { checkpoints = [], keys = [], onEntry, onProgress, maxFaults = 20 } = {}) {
  const reader = new BundleReader({ checkpoints, keys, onEntry, onProgress, maxFaults });
  for await (const line of lines) {
    reader.read(line);
    if (reader.isOver) break;
  }
  return reader.report();
}

class BundleReader {
  faults = [];
  isOver = false;
  #options;
  #outside = [];
  #header = null;
  /** By level: the tile at the right edge, which the root follows from. */
  #edge = [];
  #isEdgeChecked = false;
  /** By level: the last full tile that was proven. */
  #tiles = [];
  #last = -1;
  #entries = 0;
  #gaps = 0;
  #end = null;
  #position = null;
  #checked = [];
  #signers = [];
  /** Roots to be met on the way through the whole trail, by their size. */
  #awaited = new Map();
  #peaks = [];

  constructor(options) {
    this.#options = options;
    for (const note of options.checkpoints) {
      try {
        const checkpoint = parseCheckpoint(note);
        this.#outside.push(checkpoint);
        if (options.keys.length > 0) {
          const signers = signersOf(checkpoint, options.keys);
          if (signers.length === 0)
            this.#fault('CHECKPOINT_NOT_SIGNED', 'a checkpoint from outside is signed by none of the keys given');
          this.#signers.push(...signers);
        }
      } catch (error) {
        this.#fault('CHECKPOINT_MALFORMED', `a checkpoint from outside can't be used: ${error.message}`);
      }
    }
  }

  #fault(code, message, index) {
    this.faults.push({ code, message, ...(index !== undefined && { index }) });
    if (this.faults.length >= this.#options.maxFaults) this.isOver = true;
  }

  /** After this nothing of the bundle can be relied on. */
  #giveUp(code, message, index) {
    this.#fault(code, message, index);
    this.isOver = true;
  }

  read(text) {
    if (text === '') return;
    let line;
    try {
      line = JSON.parse(text);
    } catch {
      return this.#giveUp('BUNDLE_MALFORMED', 'a line of the bundle is no JSON');
    }
    if (this.#end !== null) return this.#giveUp('BUNDLE_MALFORMED', 'the bundle goes on after its end');
    if (typeof line.broken === 'string') return this.#giveUp('TRAIL_BROKEN', `the exporting side says: ${line.broken}`);
    if (this.#header === null) return this.#readHeader(line);
    if (Array.isArray(line.tile)) return this.#readTile(line);
    if (!this.#isEdgeChecked && !this.#checkEdge()) return;
    if (typeof line.entry === 'number') return this.#readEntry(line);
    if (typeof line.end === 'number') this.#end = line.end;
    else this.#giveUp('BUNDLE_MALFORMED', 'a line of the bundle is of no known kind');
  }

  #readHeader(line) {
    if (line.bundle !== format || !Number.isSafeInteger(line.size) || line.size < 0) {
      return this.#giveUp('BUNDLE_MALFORMED', `the bundle does not begin with a header of ${format}`);
    }
    const scope = line.scope ?? {};
    this.#header = {
      size: line.size,
      root: fromBase64(line.root),
      isWhole: Object.keys(scope).length === 0,
      consistency: line.consistency ?? [],
    };
    if (line.checkpoint != null) this.#checkOwnCheckpoint(line.checkpoint);
  }

  /** It is the bundle's own word until it is signed by a key from outside, or is one with a checkpoint from outside. */
  #checkOwnCheckpoint(note) {
    const { size, root } = this.#header;
    try {
      const own = parseCheckpoint(note);
      if (own.size !== size || !equal(own.root, root))
        this.#fault('HEAD_NOT_SIGNED', "the bundle's checkpoint is of another head than the bundle");
      if (this.#options.keys.length === 0) return;
      const signers = signersOf(own, this.#options.keys);
      if (signers.length === 0)
        this.#fault('HEAD_NOT_SIGNED', "the bundle's checkpoint is signed by none of the keys given");
      else
        this.#checked.push({ size, how: `signed by ${signers.map(({ name, id }) => `${name} (${id})`).join(', ')}` });
      this.#signers.push(...signers);
    } catch (error) {
      this.#fault('HEAD_NOT_SIGNED', `the bundle's checkpoint can't be used: ${error.message}`);
    }
  }

  #readTile({ tile: [level, number], hashes: encoded }) {
    const { size } = this.#header;
    const hashes = splitHashes(fromBase64(encoded));
    const count = Math.min(width, Math.floor(size / width ** level) - number * width);
    if (!Number.isSafeInteger(number) || !(level >= 0 && level < 8) || hashes.length !== count) {
      return this.#giveUp('BUNDLE_MALFORMED', `tile ${number} of level ${level} has not the hashes that it should`);
    }
    if (count < width) {
      this.#edge[level] = { number, hashes };
      return;
    }
    if (!this.#isEdgeChecked && !this.#checkEdge()) return;
    // A full tile is proven by the one above it, which came before.
    const above = this.#tileAt(level + 1, Math.floor(number / width));
    if (above === null)
      return this.#giveUp('BUNDLE_MALFORMED', `tile ${number} of level ${level} comes before the one above it`);
    if (!equal(foldFull(hashes), above[number % width])) {
      const [from, to] = [number * width ** (level + 1), (number + 1) * width ** (level + 1) - 1];
      this.#giveUp('TREE_CHANGED', `the entries ${from} to ${to} are not those that the head was made of`, from);
    }
    this.#tiles[level] = { number, hashes };
  }

  #tileAt(level, number) {
    for (const tile of [this.#tiles[level], this.#edge[level]]) if (tile?.number === number) return tile.hashes;
    return null;
  }

  /** The root follows from the edge: below, what is no full tile; above, the roots of full ones. */
  #checkEdge() {
    this.#isEdgeChecked = true;
    const { size, root } = this.#header;
    const peaks = [];
    for (let level = 7; level >= 0; level -= 1) {
      const count = Math.floor(size / width ** level) % width;
      if (count === 0) continue;
      const tile = this.#edge[level];
      if (tile?.hashes.length !== count) {
        this.#giveUp('BUNDLE_MALFORMED', `the tile at the edge of level ${level} is missing`);
        return false;
      }
      for (let at = 0, left = count; left > 0;) {
        const part = 2 ** Math.floor(Math.log2(left));
        peaks.push(foldFull(tile.hashes.slice(at, at + part)));
        [at, left] = [at + part, left - part];
      }
    }
    const found = size === 0 ? emptyRoot : peaks.reduceRight((right, left) => hashChildren(left, right));
    if (size > 0 && !equal(found, root)) {
      this.#giveUp('TREE_CHANGED', 'the head of the bundle does not follow from its tiles');
      return false;
    }
    this.#checkOutside();
    return !this.isOver;
  }

  #checkOutside() {
    const { size, root, isWhole, consistency } = this.#header;
    for (const { size: from, root: fromRoot } of this.#outside) {
      if (from > size) {
        this.#fault(
          'TRUNCATED',
          `a checkpoint from outside has ${from} entries and the bundle's head ${size}: entries were taken out, or an older copy was restored`,
        );
      } else if (from === size) {
        this.#judge(from, equal(root, fromRoot), 'the same head');
      } else if (isWhole) {
        this.#awaited.set(from, fromRoot);
      } else {
        const { proof } = consistency.find((one) => one.from === from) ?? {};
        if (proof === undefined)
          this.#fault(
            'NOT_COMPARABLE',
            `the bundle has no proof for the checkpoint of ${from} entries: export it with consistentWith`,
          );
        else
          this.#judge(
            from,
            isConsistent({ from, size, fromRoot, root, proof: proof.map(fromBase64) }),
            'a proof of consistency',
          );
      }
    }
  }

  #judge(size, holds, how) {
    if (holds) this.#checked.push({ size, how });
    else
      this.#fault(
        'FORKED',
        `the first ${size} entries are not those that a checkpoint from outside was signed over: the trail was rewritten`,
      );
  }

  #readEntry({ entry: index, leaf, payload }) {
    const { size, isWhole } = this.#header;
    if (!Number.isSafeInteger(index) || index < 0 || index >= size || typeof leaf !== 'string') {
      return this.#giveUp('BUNDLE_MALFORMED', 'an entry has no place in the tree');
    }
    if (index <= this.#last) return this.#giveUp('REORDERED', `entry ${index} comes after entry ${this.#last}`, index);
    if (isWhole && index !== this.#last + 1)
      this.#fault('ENTRY_MISSING', `entries ${this.#last + 1} to ${index - 1} are not in the bundle`, this.#last + 1);
    this.#last = index;
    this.#entries += 1;
    const tile = this.#tileAt(0, Math.floor(index / width));
    if (tile === null) return this.#giveUp('BUNDLE_MALFORMED', `entry ${index} comes before its tile`, index);
    const hash = leafHash(leaf);
    if (!equal(hash, tile[index % width]))
      this.#fault('ENTRY_CHANGED', `entry ${index} is not what was sealed${describe(leaf)}`, index);
    const told = parseLeaf(leaf);
    if (told === null) return this.#fault('ENTRY_MALFORMED', `entry ${index} is no leaf of ${leafFormat}`, index);
    if (payload !== undefined && createHash('sha256').update(payload, 'utf8').digest('hex') !== told.payloadHash) {
      this.#fault('PAYLOAD_CHANGED', `the payload of entry ${index} is not what was sealed${describe(leaf)}`, index);
    }
    this.#countGaps(told);
    this.#options.onEntry?.({ index, ...told, payload });
    if (this.#awaited.size > 0) this.#grow(hash, index + 1);
    if (this.#entries % 10_000 === 0) this.#options.onProgress?.(this.#entries, size);
  }

  /** Positions are taken in turn; one that no entry has was rolled back, or taken out before it was sealed. */
  #countGaps({ position }) {
    if (!this.#header.isWhole) return;
    const at = BigInt(position);
    this.#position = { lowest: min(this.#position?.lowest ?? at, at), highest: max(this.#position?.highest ?? at, at) };
  }

  #grow(hash, size) {
    let peak = { level: 0, hash };
    while (this.#peaks.at(-1)?.level === peak.level)
      peak = { level: peak.level + 1, hash: hashChildren(this.#peaks.pop().hash, peak.hash) };
    this.#peaks.push(peak);
    const expected = this.#awaited.get(size);
    if (expected === undefined) return;
    this.#awaited.delete(size);
    const root = this.#peaks.map((one) => one.hash).reduceRight((right, left) => hashChildren(left, right));
    this.#judge(size, equal(root, expected), 'all entries up to it');
  }

  report() {
    if (this.#header === null) {
      if (!this.isOver) this.#fault('BUNDLE_MALFORMED', 'the bundle is empty');
    } else if (!this.isOver) {
      if (!this.#isEdgeChecked) this.#checkEdge();
      const { size, isWhole } = this.#header;
      if (this.#end === null) this.#fault('BUNDLE_CUT', 'the bundle has no end: it was cut off');
      else if (this.#end !== this.#entries)
        this.#fault('ENTRY_MISSING', `the bundle ends after ${this.#end} entries and has ${this.#entries}`);
      if (isWhole && this.#last + 1 < size)
        this.#fault('ENTRY_MISSING', `entries ${this.#last + 1} to ${size - 1} are not in the bundle`, this.#last + 1);
      for (const from of this.#awaited.keys()) this.#fault('FORKED', `the checkpoint of ${from} entries was not met`);
      if (this.#position !== null)
        this.#gaps = Number(this.#position.highest - this.#position.lowest) + 1 - this.#entries;
    }
    const { size = 0, isWhole = false } = this.#header ?? {};
    return {
      entries: this.#entries,
      size,
      isWhole,
      gaps: this.#gaps,
      faults: this.faults,
      signers: this.#signers,
      checked: this.#checked,
    };
  }
}

/** @param {string} leaf */
function parseLeaf(leaf) {
  try {
    const values = JSON.parse(leaf);
    if (!Array.isArray(values) || values.length !== members.length || values[0] !== leafFormat) return null;
    return Object.fromEntries(members.map((name, n) => [name, values[n]]));
  } catch {
    return null;
  }
}

/** So that a person finds it; printable, whatever it says. @param {string} leaf */
function describe(leaf) {
  const told = parseLeaf(leaf);
  return told === null
    ? ''
    : ` (it says: ${JSON.stringify(told.action)} of ${JSON.stringify(told.entityId)} by ${JSON.stringify(told.user)})`;
}

function fromBase64(text) {
  return Buffer.from(typeof text === 'string' ? text : '', 'base64');
}

const min = (a, b) => (a < b ? a : b);
const max = (a, b) => (a > b ? a : b);
