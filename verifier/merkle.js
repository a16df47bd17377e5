/** RFC 6962 (2.1): hashes of a Merkle tree, and what a proof shows. Sizes and indexes are numbers up to 2^53. */
import { createHash } from 'node:crypto';

const hashBytes = 32;

/** @param {string} text @returns {Buffer} */
export function leafHash(text) {
  return createHash('sha256').update(Uint8Array.of(0)).update(text, 'utf8').digest();
}

/** @param {Uint8Array} left @param {Uint8Array} right @returns {Buffer} */
export function hashChildren(left, right) {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
}

/** The tree without a leaf. */
export const emptyRoot = createHash('sha256').digest();

/** The root over hashes whose number is a power of two. @param {readonly Uint8Array[]} hashes @returns {Uint8Array} */
export function foldFull(hashes) {
  let level = [...hashes];
  while (level.length > 1) {
    const next = [];
    for (let n = 0; n < level.length; n += 2) next.push(hashChildren(level[n], level[n + 1]));
    level = next;
  }
  return level[0];
}

/** @param {Buffer} bytes @returns {Buffer[]} */
export function splitHashes(bytes) {
  const hashes = [];
  for (let at = 0; at < bytes.length; at += hashBytes) hashes.push(bytes.subarray(at, at + hashBytes));
  return hashes;
}

/** A tree to which leaves are added one by one: of every full subtree only the root is kept. */
export class GrowingTree {
  size = 0;
  /** @type {{ readonly level: number, readonly hash: Uint8Array }[]} */
  #peaks = [];

  /** @param {Uint8Array} hash */
  add(hash) {
    let peak = { level: 0, hash };
    while (this.#peaks.at(-1)?.level === peak.level) {
      peak = { level: peak.level + 1, hash: hashChildren(this.#peaks.pop().hash, peak.hash) };
    }
    this.#peaks.push(peak);
    this.size += 1;
  }

  root() {
    const hashes = this.#peaks.map((peak) => peak.hash);
    return hashes.length === 0 ? emptyRoot : hashes.reduceRight((right, left) => hashChildren(left, right));
  }
}

/**
 * The root that a leaf and its proof lead to; null for a proof that is too short or too long.
 * @param {{ index: number, size: number, leaf: Uint8Array, proof: readonly Uint8Array[] }} input
 */
export function rootOfInclusion({ index, size, leaf, proof }) {
  if (index < 0 || index >= size) return null;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      hash = hashChildren(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      hash = hashChildren(hash, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : null;
}

/**
 * Whether the tree of `size` leaves begins with the one of `from` (RFC 9162, 2.1.4.2).
 * @param {{ from: number, size: number, fromRoot: Uint8Array, root: Uint8Array, proof: readonly Uint8Array[] }} input
 */
export function isConsistent({ from, size, fromRoot, root, proof }) {
  if (from < 1 || from > size) return false;
  if (from === size) return proof.length === 0 && equal(fromRoot, root);
  const path = isPowerOfTwo(from) ? [fromRoot, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let [node, last] = [from - 1, size - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  let [older, newer] = [first, first];
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      older = hashChildren(sibling, older);
      newer = hashChildren(sibling, newer);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      newer = hashChildren(newer, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && equal(older, fromRoot) && equal(newer, root);
}

/** @param {number} value */
function isPowerOfTwo(value) {
  return Number.isInteger(Math.log2(value));
}

/** @param {Uint8Array} one @param {Uint8Array} other */
export function equal(one, other) {
  return Buffer.compare(one, other) === 0;
}
