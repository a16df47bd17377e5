import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditTrailSealed, openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import type { Database } from '../db/index.js';
import {
  edgeTiles,
  fullTilesAbove,
  readConsistencyProof,
  readInclusionProof,
  readRoots,
  readTreeSize,
} from './tree.js';

const sha256 = (...parts: Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const hex = (hashes: readonly Uint8Array[]): string[] => hashes.map((hash) => Buffer.from(hash).toString('hex'));

/** RFC 6962, 2.1, as it stands there: the whole tree from its leaves' hashes. */
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return leaves[0]!;
  const k = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return sha256(Uint8Array.of(1), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}
function path(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const k = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return m < k
    ? [...path(m, leaves.slice(0, k)), treeHash(leaves.slice(k))]
    : [...path(m - k, leaves.slice(k)), treeHash(leaves.slice(0, k))];
}
function subproof(m: number, leaves: readonly Uint8Array[], isWhole: boolean): Uint8Array[] {
  if (m === leaves.length) return isWhole ? [] : [treeHash(leaves)];
  const k = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), isWhole), treeHash(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), treeHash(leaves.slice(0, k))];
}

const total = 1_300;
let opened: TestDatabase;
let database: Database;
let leaves: Uint8Array[];

beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  await database.query(
    `insert into traceability.audit_log ("user", action, resource_type, resource_id, payload_hash, entity_id, payload, repository)
     select 'ja"na', 'changed ü', 'Thing', gen_random_uuid(), encode(sha256(convert_to(p, 'UTF8')), 'hex'), 'Thing:' || n, p, 'acme/api'
     from generate_series(1, $1::int) n cross join lateral (select '{"n":' || n || '}' as p) payload`,
    [total],
  );
  await auditTrailSealed(database);
  const texts = await database.query<{ leaf: string }>(
    `select traceability.audit_leaf(a) as leaf from traceability.audit_seals s
     join traceability.audit_log a on a.id = s.audit_id order by s.sequence`,
  );
  leaves = texts.map(({ leaf }) => sha256(Uint8Array.of(0), Buffer.from(leaf)));
});
afterAll(() => opened.close());

test('a leaf is the hash of a text that is JSON and has every column of its entry but the payload', async () => {
  const [row] = await database.query<{ leaf: string; row: Record<string, unknown> }>(
    `select traceability.audit_leaf(a) as leaf, to_jsonb(a) as row from traceability.audit_log a limit 1`,
  );
  const told = JSON.parse(row?.leaf ?? '') as unknown[];
  expect(told).toHaveLength(Object.keys(row?.row ?? {}).length);
  const { payload: _payload, timestamp, ...others } = row?.row ?? {};
  for (const value of Object.values(others)) expect(told).toContainEqual(value === null ? null : String(value));
  expect(told[2]).toBe(String(BigInt(Date.parse(String(timestamp))) * 1000n + BigInt(String(timestamp).slice(23, 26))));
});

describe('the tree that the sealer keeps', () => {
  const sizes = [1, 2, 3, 255, 256, 257, 511, 512, 513, 767, 1_024, 1_025, 1_299, total];

  test('has the roots of RFC 6962 at every size that it had', async () => {
    expect(await readTreeSize(database)).toBe(total);
    expect(hex(await readRoots(database, total, sizes))).toEqual(
      hex(sizes.map((size) => treeHash(leaves.slice(0, size)))),
    );
    // Also read as the tree of an earlier size, whose edge is another one.
    for (const size of sizes)
      expect(hex(await readRoots(database, size, [size]))).toEqual(hex([treeHash(leaves.slice(0, size))]));
  });

  test('proves inclusion and consistency as RFC 6962 does', async () => {
    for (const size of sizes) {
      for (const index of new Set([0, Math.floor(size / 3), size - 1])) {
        const proof = await readInclusionProof(database, { index, size });
        expect(hex(proof)).toEqual(hex(path(index, leaves.slice(0, size))));
      }
      for (const from of sizes.filter((each) => each <= size)) {
        const proof = await readConsistencyProof(database, { from, size });
        expect(hex(proof)).toEqual(hex(subproof(from, leaves.slice(0, size), true)));
      }
    }
  });

  test('stores full tiles alone, which nobody changes', async () => {
    const tiles = await database.query(
      'select level, tile, octet_length(hashes) as bytes from traceability.audit_tiles order by 1, 2',
    );
    expect(tiles).toEqual([0, 1, 2, 3, 4].map((tile) => ({ level: 0, tile, bytes: 8_192 })));
    await expect(database.query('delete from traceability.audit_tiles')).rejects.toThrow('append-only');
  });

  test('refuses to go on where links are missing', async () => {
    const failure = database.transaction(async (tx) => {
      await tx.query('alter table traceability.audit_seals disable trigger all');
      await tx.query('delete from traceability.audit_seals where sequence = 1290');
      await tx.query('select traceability.extend_audit_tree(1536)');
    });
    await expect(failure).rejects.toThrow('links are missing below tile 5 of level 0');
  });
});

test('tiles have names by the size of the tree', () => {
  expect(edgeTiles(256)).toEqual([{ level: 1, tile: 0, width: 1 }]);
  expect(edgeTiles(70_000)).toEqual([
    { level: 0, tile: 273, width: 112 },
    { level: 1, tile: 1, width: 17 },
    { level: 2, tile: 0, width: 1 },
  ]);
  expect(fullTilesAbove(0, 70_000)).toEqual([
    { level: 1, tile: 0, width: 256 },
    { level: 0, tile: 0, width: 256 },
  ]);
  expect(fullTilesAbove(69_999, 70_000)).toEqual([]);
});
