/**
 * The embedder that needs no network and no model: words and pieces of words, hashed into the dimensions. It is lexical: texts
 * are near each other when they share words or parts of them, not when they mean the same in other words.
 */
import { toUnitVector, type Embedder } from './embedder.js';

/** Longer texts are known by their beginning. */
const longestText = 32_000;
const pieceLengths = [3, 4] as const;
/** Of a whole word, of two neighbours, and of all its pieces together. */
const weights = { word: 1, pair: 0.5, pieces: 0.6 };

/** Words that say nothing of what a text is about. */
const stopWords = new Set(
  'a an and are as at be been but by can for from has have if in into is it its may must no not of on or shall should such that the their then there these they this to was were which will with'.split(
    ' ',
  ),
);

/** The name of the model that is none: it compares words, and does not know what they mean. */
export const wordsAlone = 'hashed-n-grams-1';

export class HashingEmbedder implements Embedder {
  readonly model = wordsAlone;

  async embed(texts: readonly string[], dimensions: number): Promise<readonly Float32Array[]> {
    return texts.map((text) => toUnitVector(countFeatures(text, dimensions), dimensions));
  }
}

/** Signed feature hashing: colliding features cancel out as often as they add up, so that cosines are right on average. */
function countFeatures(text: string, dimensions: number): Float64Array {
  const counts = new Map<string, number>();
  const add = (feature: string, weight: number): void => void counts.set(feature, (counts.get(feature) ?? 0) + weight);
  let previous: string | null = null;
  for (const word of toWords(text.slice(0, longestText))) {
    add(`w ${word}`, weights.word);
    if (previous !== null) add(`p ${previous} ${word}`, weights.pair);
    const pieces = toPieces(word);
    for (const piece of pieces) add(`g ${piece}`, weights.pieces / Math.sqrt(pieces.length));
    previous = word;
  }
  // A text without any word, such as an empty one, still has a direction.
  if (counts.size === 0) add(`t ${text.slice(0, longestText)}`, 1);
  const vector = new Float64Array(dimensions);
  for (const [feature, count] of counts) {
    const hash = hashOf(feature);
    // The square root damps words that a text repeats; unlike a logarithm it is the same number on every machine.
    const value = (hash & 1) === 0 ? Math.sqrt(count) : -Math.sqrt(count);
    const index = (hash >>> 1) % dimensions;
    vector[index] = (vector[index] ?? 0) + value;
  }
  // Features that cancelled each other out to nothing.
  if (vector.every((value) => value === 0)) vector[0] = 1;
  return vector;
}

/** `listUserIDs` and `/user-ids/{id}` share their words; case, accents, plurals and stop words make no difference. */
function toWords(text: string): string[] {
  const parts = text
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return parts.filter((word) => word !== '' && !stopWords.has(word)).map(toStem);
}

/** Endings that change a word's form and not its meaning; only of words that are long enough to be left recognisable. */
function toStem(word: string): string {
  if (word.length > 5 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && word.endsWith('ing')) return word.slice(0, -3).replace(/(.)\1$/, '$1');
  if (word.length > 4 && word.endsWith('ed')) return word.slice(0, -2).replace(/(.)\1$/, '$1');
  if (word.length > 4 && /(s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && /[^su]s$/.test(word)) return word.slice(0, -1);
  return word;
}

function toPieces(word: string): string[] {
  const framed = `<${word.slice(0, 40)}>`;
  return pieceLengths.flatMap((length) =>
    Array.from({ length: Math.max(0, framed.length - length + 1) }, (_, start) => framed.slice(start, start + length)),
  );
}

/** FNV-1a over UTF-16 units, and the finaliser of MurmurHash3, which spreads its weak low bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
