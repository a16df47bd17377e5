import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { isConsistent, leafHash, parseVerifierKey, rootOfInclusion, verifyBundle } from '../../verifier/index.js';
import { applyCase, type VectorCase } from './vectors.js';

const folder = fileURLToPath(new URL('../../verifier/', import.meta.url));
const read = (name: string): string => readFileSync(join(folder, 'vectors', name), 'utf8');
const cases = JSON.parse(read('cases.json')) as VectorCase[];

test.each(cases.map((one) => [one.name, one] as const))('vector: %s', async (_, vector) => {
  const report = await verifyBundle(applyCase(vector, read(vector.bundle)), {
    checkpoints: vector.checkpoints.map(read),
    keys: vector.keys.map(parseVerifierKey),
  });
  expect(report.faults.map(({ code }) => code)).toEqual(vector.faults);
});

test('the verifier runs on its own, in a folder with nothing of Weft around it', () => {
  const alone = mkdtempSync(join(tmpdir(), 'weft-verifier-'));
  try {
    cpSync(folder, alone, { recursive: true });
    const vectors = join(alone, 'vectors');
    const keys = cases[0]?.keys ?? [];
    const args = ['--checkpoint', join(vectors, 'checkpoint-100.txt'), '--key', keys[0] ?? ''];
    const run = (bundle: string) =>
      spawnSync(process.execPath, [join(alone, 'main.js'), join(vectors, bundle), ...args], { encoding: 'utf8' });
    expect(run('whole.ndjson')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('ok      260 of 260 entries'),
    });
    expect(run('forked.ndjson')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('FAULT   FORKED: the first 100 entries'),
    });
    expect(spawnSync(process.execPath, [join(alone, 'main.js')]).status).toBe(2);
  } finally {
    rmSync(alone, { recursive: true });
  }
});

test('the verifier imports nothing but Node, and is read in an hour', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const sources = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  const imported = sources.flatMap((source) => [...source.matchAll(/from '([^']+)'/g)].map(([, from]) => from));
  expect(imported.filter((from) => from?.startsWith('node:') !== true && from?.startsWith('./') !== true)).toEqual([]);
  expect(sources.join('').split('\n').length).toBeLessThan(1_000);
  expect(execFileSync(process.execPath, ['--check', join(folder, 'main.js')]).toString()).toBe('');
});

// RFC 6962 trees by hand: leaves a to g.
test('inclusion and consistency are told from proofs alone', () => {
  const leaves = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(leafHash);
  const [a, b, c, d, e, f, g] = leaves as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  const node = (left: Uint8Array, right: Uint8Array): Buffer =>
    rootOfInclusion({ index: 0, size: 2, leaf: left, proof: [right] }) as Buffer;
  const [ab, cd, ef] = [node(a, b), node(c, d), node(e, f)];
  const abcd = node(ab, cd);
  const efg = node(ef, g);
  const root = node(abcd, efg);
  expect(rootOfInclusion({ index: 3, size: 7, leaf: d, proof: [c, ab, efg] })).toEqual(root);
  expect(rootOfInclusion({ index: 6, size: 7, leaf: g, proof: [ef, abcd] })).toEqual(root);
  expect(rootOfInclusion({ index: 6, size: 7, leaf: g, proof: [ef] })).toBeNull();
  expect(rootOfInclusion({ index: 7, size: 7, leaf: g, proof: [ef, abcd] })).toBeNull();
  expect(rootOfInclusion({ index: 2, size: 7, leaf: d, proof: [c, ab, efg] })).not.toEqual(root);
  const three = node(ab, c);
  expect(isConsistent({ from: 3, size: 7, fromRoot: three, root, proof: [c, d, ab, efg] })).toBe(true);
  expect(isConsistent({ from: 4, size: 7, fromRoot: abcd, root, proof: [efg] })).toBe(true);
  expect(isConsistent({ from: 4, size: 7, fromRoot: three, root, proof: [efg] })).toBe(false);
  expect(isConsistent({ from: 3, size: 7, fromRoot: three, root, proof: [c, d, ab] })).toBe(false);
  expect(isConsistent({ from: 7, size: 7, fromRoot: root, root, proof: [] })).toBe(true);
  expect(isConsistent({ from: 0, size: 7, fromRoot: root, root, proof: [] })).toBe(false);
});
