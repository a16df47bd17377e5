import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createEmbedder } from './index.js';

const embedder = createEmbedder({ embeddings: undefined });
const dimensions = 3_072;

const embed = async (...texts: string[]): Promise<readonly Float32Array[]> => embedder.embed(texts, dimensions);
const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

async function similarity(a: string, b: string): Promise<number> {
  const [first, second] = await embed(a, b);
  if (first === undefined || second === undefined) throw new Error('a vector is missing');
  return cosine(first, second);
}

describe('without an endpoint texts are embedded by their words', () => {
  test('every text has a unit vector of the length asked for, and always the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 300 }), fc.constantFrom(8, 1_536, 3_072), async (text, length) => {
        const [vector, again] = await embedder.embed([text, text], length);
        expect(vector).toHaveLength(length);
        expect(again).toEqual(vector);
        expect(vector?.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 4);
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  test('a vector does not change from one build to the next: stored ones stay comparable', async () => {
    const [vector] = await embedder.embed(['Create an issue comment'], 16);
    expect(Array.from(vector ?? [], (value) => Math.round(value * 1_000))).toEqual([
      -39, -60, -160, 459, -365, 0, -14, -152, -206, 152, -162, 479, 14, 292, -414, -152,
    ]);
    expect(embedder.model).toBe('hashed-n-grams-1');
  });

  test('the same words in another case, form or spelling of an identifier are near', async () => {
    expect(await similarity('List user accounts', 'listing the User Account')).toBeGreaterThan(0.8);
    expect(await similarity('GET /repos/{owner}/branches', 'get repos owner branches')).toBeGreaterThan(0.95);
    expect(await similarity('listRepoBranches', 'list repo branches')).toBeGreaterThan(0.95);
  });

  test('a text is nearer to one that shares its words than to one that does not', async () => {
    const query = 'delete an issue comment';
    const near = await similarity(query, 'Deletes a comment of an issue by its id');
    const far = await similarity(query, 'Rotates the encryption key of the wallet');
    expect(near).toBeGreaterThan(0.4);
    expect(far).toBeLessThan(0.15);
  });
});
