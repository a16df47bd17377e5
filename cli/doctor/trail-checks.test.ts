import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditTrailSealed, openTestDatabase, type TestDatabase } from '../../tests/testkit/index.js';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { settleSealing, write, type Writer } from '../../subgraphs/kernel/write/index.js';
import { trailReadiness } from '../graph/database-metrics.js';
import { checkTrail } from './trail-checks.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
  const writer: Writer = {
    auth: Identity.of({ subject: 'ann', scopes: [] }),
    requestId: 'request-1',
    database: opened.database,
  };
  await write(writer, { operation: 'test' }, async (tx) => {
    tx.record({ type: 'Repository', key: 'acme/api', action: 'repositoryChanged' });
    return {};
  });
  await settleSealing(opened.database);
});
afterAll(() => opened.close());

test('a trail that is whole is well', async () => {
  await auditTrailSealed(opened.database);
  expect(await checkTrail(opened.database, loadConfig({}))).toEqual([
    { name: 'audit trail', status: 'ok', detail: 'all 1 entries are sealed' },
    { name: 'audit entries', status: 'ok', detail: expect.stringContaining('has its entry') },
    {
      name: 'checkpoints',
      status: 'warning',
      detail: expect.stringContaining('none are signed'),
      advice: expect.any(String),
    },
  ]);
});

test('a sealer that fails, and an event whose entry is gone, are failures', async () => {
  const { database } = opened;
  await database.script(`alter function traceability.seal_audit_log(integer) rename to kept;
    alter table traceability.audit_log disable trigger all;
    update traceability.audit_log set action = 'other';
    alter table traceability.audit_log enable trigger all`);
  const [sealing, missing] = await checkTrail(database, loadConfig({}));
  expect(sealing).toMatchObject({ status: 'failed', advice: expect.stringContaining('verifyAuditTrail') });
  expect(missing).toMatchObject({
    status: 'failed',
    detail: expect.stringContaining(
      '1 event has no audit entry, the first is repositoryChanged of Repository:acme/api',
    ),
  });
});

test('readiness shows the condition of the trail in one word, and does not fail for it', async () => {
  const check = (condition: string) => trailReadiness({ condition } as never).check();
  expect([await check('ok'), await check('stalled')]).toEqual([undefined, 'stalled']);
});
