import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditTrailSealed, type TestDatabase } from '../testkit/index.js';
import { failureOf, kindOf, openSeededDatabase, valueOf } from './seeded-database.js';

/** Each with a column to try. All have rows: an UPDATE of nothing would not fire a row trigger. */
const appendOnly = [
  ['traceability.audit_log', 'action'],
  ['traceability.audit_seals', 'entry_hash'],
  ['evidence.feature_audit', 'changed_by'],
  ['scanning.audit_logs', 'url_accessed'],
  ['scanning.credit_transactions', 'reason'],
  ['workflow.approval_events', 'meaning'],
] as const;

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openSeededDatabase();
  await auditTrailSealed(opened.database);
});
afterAll(() => opened.close());

describe.each(appendOnly)('%s', (table, column) => {
  test('belongs to the caller of these tests, and has rows', async () => {
    const isOwner = `select pg_has_role(current_user, relowner, 'usage') from pg_class where oid = $1::regclass`;
    expect(await valueOf(opened.database, isOwner, [table])).toBe(true);
    expect(await valueOf<number>(opened.database, `select count(*) from ${table}`)).toBeGreaterThan(0);
  });

  test('refuses UPDATE, DELETE and TRUNCATE by its owner, with a message that names it', async () => {
    for (const statement of [
      `update ${table} set ${column} = ${column}`,
      `delete from ${table}`,
      `truncate ${table} cascade`,
    ]) {
      const failure = await failureOf(opened.database.query(statement));
      expect(failure).toMatchObject({ kind: 'append_only', code: 'WF001' });
      expect(`${failure.schema}.${failure.table}`).toBe(table);
    }
  });

  test('refuses them under session_replication_role = replica, where ordinary triggers are asleep', async () => {
    for (const statement of [
      `update ${table} set ${column} = ${column}`,
      `delete from ${table}`,
      `truncate ${table} cascade`,
    ]) {
      const running = opened.database.transaction(async (tx) => {
        await tx.query('set local session_replication_role = replica');
        await tx.query(statement);
      });
      expect(await kindOf(running)).toBe('append_only');
    }
  });
});

test('no cascade of a parent reaches an append-only table', async () => {
  const parents = ['evidence.features', 'scanning.scan_jobs', 'scanning.wallets', 'workflow.work_orders'];
  for (const parent of parents) {
    expect(await kindOf(opened.database.query(`delete from ${parent}`))).toBe('foreign_key');
    expect(await kindOf(opened.database.query(`truncate ${parent} cascade`))).toBe('append_only');
  }
});

test('a workflow template that has been run is immutable, and one that has not is not', async () => {
  const { database } = opened;
  const template = await valueOf<string>(
    database,
    `insert into workflow.workflow_templates (name, spec) values ('immutable', '{}') returning id`,
  );
  await database.query(`update workflow.workflow_templates set spec = '{"steps": []}' where id = $1`, [template]);
  await database.query(
    'insert into workflow.runs (work_order_id, workflow_template_id) select id, $1 from workflow.work_orders limit 1',
    [template],
  );
  const change = database.query(`update workflow.workflow_templates set spec = '{}' where id = $1`, [template]);
  expect(await kindOf(change)).toBe('append_only');
  await database.query('update workflow.workflow_templates set is_active = false where id = $1', [template]);
});
