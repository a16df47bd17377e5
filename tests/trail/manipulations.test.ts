import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestContext } from '../../subgraphs/kernel/context.js';
import type { Database, Queryable, Transaction } from '../../subgraphs/kernel/db/index.js';
import {
  generateNoteKey,
  listCheckpoints,
  makeCheckpoint,
  parseNoteSigner,
} from '../../subgraphs/kernel/trail/index.js';
import { auditExport } from '../../subgraphs/platform/resolvers/auditExport.js';
import { parseVerifierKey, verifyBundle } from '../../verifier/index.js';
import { auditTrailSealed, openTestDatabase, type TestDatabase } from '../testkit/index.js';
import { fileManipulations, manipulations, sizes, type Manipulation } from './manipulations.js';

const own = parseNoteSigner(generateNoteKey('log.example/weft'));
const foreign = parseNoteSigner(generateNoteKey('log.example/weft'));
const keys = [parseVerifierKey(own.verifierKey)];
let opened: TestDatabase;
let database: Database;
let checkpoints: string[];

beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  for (const [until, from] of [
    [sizes.first, 0],
    [sizes.second, sizes.first],
    [sizes.sealed, sizes.second],
  ]) {
    await appended(until! - from!);
    if (until !== sizes.sealed) await makeCheckpoint(database, [own]);
  }
  checkpoints = (await listCheckpoints(database, 2)).map(({ note }) => note);
});
afterAll(() => opened.close());

async function appended(entries: number): Promise<void> {
  await database.query(
    `insert into traceability.audit_log
       ("user", action, resource_type, resource_id, payload_hash, entity_id, payload, request_id, repository)
     select 'ann', 'requirementApproved', 'Thing', gen_random_uuid(), encode(sha256(convert_to(p, 'UTF8')), 'hex'), 'Thing:' || n, p,
       'r-' || n, case when n % 2 = 0 then 'acme/api' else 'acme/web' end
     from generate_series(1, $1::int) n cross join lateral (select '{"n":' || n || '}' as p) payload`,
    [entries],
  );
  await auditTrailSealed(database);
}

async function exported(db: Queryable, args: { readonly repositoryId?: string } = {}): Promise<string[]> {
  let text = '';
  for (let after: string | null = null; ;) {
    const part: Awaited<ReturnType<typeof auditExport>> = await auditExport(null, { ...args, first: 250, after }, {
      db,
    } as RequestContext);
    text += part.text;
    if (!part.hasNextPage) return text.trimEnd().split('\n');
    after = part.endCursor;
  }
}

async function faultsOf(lines: readonly string[], outside: boolean): Promise<string[]> {
  const { faults } = await verifyBundle(lines, outside ? { checkpoints, keys } : {});
  return faults.map(({ code }) => code);
}

class Undo extends Error {}

async function manipulated({ sql, signs, scope }: Manipulation): Promise<string[]> {
  let lines: string[] = [];
  await database
    .transaction(async (tx) => {
      for (const table of ['audit_log', 'audit_seals', 'audit_tiles', 'audit_checkpoints'])
        await tx.query(`alter table traceability.${table} disable trigger all`);
      await tx.script(sql);
      if (signs !== undefined) await signed(tx, signs);
      lines = await exported(tx, scope);
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  return lines;
}

/** By somebody who has the key, and keeps no memory of what was signed before. */
async function signed(tx: Transaction, by: 'own key' | 'other key'): Promise<void> {
  const inside = { transaction: (run: (tx: Transaction) => unknown) => run(tx) } as unknown as Database;
  await makeCheckpoint(inside, [by === 'own key' ? own : foreign]);
}

test('what nobody touched verifies, whole and of one repository, with and without anything from outside', async () => {
  for (const scope of [{}, { repositoryId: 'Repository:acme/web' }]) {
    const lines = await exported(database, scope);
    const report = await verifyBundle(lines, { checkpoints, keys });
    expect(report.faults).toEqual([]);
    expect(report.entries).toBe('repositoryId' in scope ? sizes.second / 2 : sizes.second);
    expect(report.checked.map(({ size }) => size).toSorted()).toEqual([sizes.first, sizes.second, sizes.second]);
    expect(await faultsOf(lines, false)).toEqual([]);
  }
});

describe('what somebody who rules the database does is found and named', () => {
  test.each(manipulations.map((one) => [one.name, one] as const))('%s', async (_, manipulation) => {
    const lines = await manipulated(manipulation);
    expect((await faultsOf(lines, true))[0]).toBe(manipulation.found);
    expect((await faultsOf(lines, false))[0] ?? null).toBe(manipulation.foundAlone);
  });
});

describe('what is done to the bundle is found', () => {
  test.each(fileManipulations.map((one) => [one.name, one] as const))('%s', async (_, { edit, found }) => {
    const lines = edit(await exported(database));
    expect((await faultsOf(lines, true))[0]).toBe(found);
    expect((await faultsOf(lines, false))[0]).toBe(found);
  });
});

test('the table in the documents is this one', () => {
  const readme = readFileSync(new URL('../../verifier/README.md', import.meta.url), 'utf8');
  const rows = manipulations.map(
    ({ name, found, foundAlone }) =>
      `| ${name} | \`${found}\` | ${foundAlone === null ? 'not found' : `\`${foundAlone}\``} |`,
  );
  const ofFiles = fileManipulations.map(({ name, found }) => `| ${name} | \`${found}\` | \`${found}\` |`);
  expect(rows.length + ofFiles.length).toBeGreaterThanOrEqual(25);
  for (const row of [...rows, ...ofFiles]) expect(readme).toContain(row);
});
