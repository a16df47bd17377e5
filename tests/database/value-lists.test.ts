import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedContract } from '../../subgraphs/kernel/db/catalogue/index.js';
import { parseColumn } from '../../subgraphs/kernel/db/catalogue/seed-contract/contract.js';
import { sql } from '../../subgraphs/kernel/db/index.js';
import type { TestDatabase } from '../testkit/index.js';
import { failureOf, openSeededDatabase } from './seeded-database.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openSeededDatabase();
});
afterAll(() => opened.close());

/** A copy of any row with `column` changed. Checks come before unique indexes, so that the copied key is no matter. */
async function insertCopy(table: string, column: string, value: unknown): Promise<unknown> {
  const { database } = opened;
  const columns = await database.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and attgenerated = '' and attidentity = '' and not attisdropped`,
    [table],
  );
  const list = sql.join(columns.map(({ name }) => sql.raw(`"${name}"`)));
  const from = sql.raw(table);
  return database.query(sql`/* test.insertCopy */
    insert into ${from} (${list}) select ${list} from jsonb_populate_record(
      null::${from}, (select to_jsonb(t) from ${from} t limit 1) || ${sql.json({ [column]: value })}::jsonb)`);
}

const lists = seedContract.flatMap(({ schema, tables }) =>
  Object.entries(tables).flatMap(([table, { columns }]) =>
    columns
      .map(parseColumn)
      .filter((column) => column.values !== null || column.type.startsWith('workflow.'))
      .map((column) => [`${schema}.${table}`, column.name] as const),
  ),
);

test.each(lists)('%s.%s refuses a value that is not in its list', async (table, column) => {
  const failure = await failureOf(insertCopy(table, column, 'NO SUCH'));
  expect(['check', 'invalid_value']).toContain(failure.kind);
});

describe('bounds', () => {
  test.each([
    ['evidence.features', 'confidence_score', 1.01],
    ['evidence.feature_evidence', 'strength', -0.01],
    ['scanning.wallets', 'credit_balance', -1],
    ['scanning.scan_results', 'risk_score', 101],
    ['scanning.scan_results', 'content_hash', 'A'.repeat(64)],
    ['scanning.scan_results', 'http_headers', { 'Set-Cookie': 'a=b' }],
    ['scanning.audit_logs', 'content_hash', 'ab12'],
    ['scanning.audit_logs', 'http_headers', { Authorization: 'Bearer x' }],
    ['scanning.audit_logs', 'http_headers', { 'X-Api-Key': 'x' }],
    ['scanning.audit_logs', 'http_headers', ['not', 'an', 'object']],
    ['traceability.audit_log', 'payload_hash', 'a'.repeat(64)],
    ['traceability.trusted_keys', 'jwk', { kty: 'OKP', crv: 'Ed25519', x: 'public', d: 'private' }],
    ['traceability.trusted_keys', 'jwk', { kty: 'oct', k: 'shared' }],
    ['traceability.trusted_keys', 'algorithm', 'HS256'],
    ['evidence.documents', 'repository_full_name', 'Upper/Case'],
    ['workflow.work_items', 'content', { text: 'x'.repeat(300_000) }],
  ])('%s.%s refuses %p', async (table, column, value) => {
    expect((await failureOf(insertCopy(table, column, value))).kind).toBe('check');
  });

  test('an embedding of another length is refused', async () => {
    const failure = await failureOf(opened.database.query(`update evidence.evidence set embedding = '[1,2,3]'`));
    expect(failure.kind).toBe('invalid_value');
  });
});
