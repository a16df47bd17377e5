import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { artifactsOf } from '../../prisma/seed/rows/artifacts.js';
import { contentOf } from '../../prisma/seed/rows/artifact-files.js';
import { commitsOf } from '../../prisma/seed/rows/pushes.js';
import { story } from '../../prisma/seed/story/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { ingestScan } from '../../subgraphs/traceability/index.js';
import { listCoverageByRepository } from '../../subgraphs/traceability/repository/coverage.js';
import { auditTrailSealed, type TestDatabase } from '../testkit/index.js';
import { openSeededDatabase, valueOf } from './seeded-database.js';

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openSeededDatabase();
  database = opened.database;
});
afterAll(() => opened.close());

function faults(statement: string): Promise<unknown[]> {
  return database.query(statement);
}

describe('traceability', () => {
  test.each(story.repositories)(
    'a scan of $fullName as it stands finds what is stored, down to every hash, link and verdict',
    async (repository) => {
      const writer = { auth: Identity.of({ subject: 'ci.meridian', scopes: ['*'] }), database, requestId: 'seed' };
      const files = artifactsOf(repository).map(({ artifact }) => ({
        path: artifact.path,
        content: contentOf(artifact),
      }));
      const links = `select source_id, target_id, status, is_valid, parent_fingerprint, suspect_since is null as sure
        from traceability.traceability_links l join traceability.repositories r on r.id = l.repository_id
        where r.full_name = '${repository.fullName}' order by 1, 2`;
      const before = await database.query(links);
      const { fullName } = repository;
      const commitSha = commitsOf(repository).at(-1)?.sha ?? '';
      const result = await ingestScan(writer, { repository: fullName, commitSha, branch: 'main', files });
      expect(result.problems.filter(({ severity }) => severity === 'REJECTED')).toEqual([]);
      expect(result).toMatchObject({ userErrors: [], createdCount: 0, changedCount: 0, removedCount: 0 });
      expect(result.unchangedCount).toBe(files.length);
      expect(await database.query(links)).toEqual(before);
    },
  );

  test('the last snapshot of coverage of each repository says what is covered now, and the first ones less', async () => {
    const repositories = await database.query<{ id: string }>('select id from traceability.repositories order by id');
    const ids = repositories.map(({ id }) => id);
    const snapshots = await database.query<{ repository: string; risk: string; total: number; deep: number }>(
      `select distinct on (repository_id, risk_rating) repository_id as repository, risk_rating as risk, total, deeply_covered as deep
       from traceability.coverage_snapshots where artifact_kind = 'REQUIREMENT' order by repository_id, risk_rating, taken_at desc`,
    );
    const coverage = await listCoverageByRepository(database, ids);
    const now = coverage.flatMap(({ byRiskRating }, index) =>
      byRiskRating.map(({ riskRating, requirements: { total, deeplyCovered } }) => ({
        repository: ids[index],
        risk: riskRating,
        total,
        deep: deeplyCovered,
      })),
    );
    const inOrder = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(inOrder(snapshots)).toEqual(inOrder(now));
    const months = await database.query(
      `select distinct date_trunc('month', taken_at) from traceability.coverage_snapshots`,
    );
    expect(months.length).toBeGreaterThan(12);
  });

  test('every gap that a reviewer should find is there: unknown, refuted and suspect, beside what is covered', async () => {
    const verdicts = await database.query(
      'select signature_verified as verified, count(*)::int as n from traceability.evidence group by 1 order by 1',
    );
    expect(verdicts).toEqual([
      { verified: false, n: 1 },
      { verified: true, n: expect.any(Number) },
      { verified: null, n: 1 },
    ]);
    const statuses = await database.query('select distinct status from traceability.traceability_links order by 1');
    expect(statuses.map(({ status }) => status)).toEqual(['COVERED', 'ORPHANED', 'SUSPECT', 'UNCOVERED']);
  });
});

describe('across domains', () => {
  test('a push is scanned and audited as one commit of one repository', async () => {
    expect(
      await faults(`select full_name, commit_sha from (
          select r.full_name, s.commit_sha from traceability.scans s join traceability.repositories r on r.id = s.repository_id
        ) scanned full join (
          select r.repository_full_name as full_name, a.commit_sha from builds.audit_runs a join builds.repos r on r.id = a.repo_id
        ) audited using (full_name, commit_sha) where scanned is null or audited is null`),
    ).toEqual([]);
  });

  test('work is about entities that exist', async () => {
    const tables = {
      Document: 'evidence.documents',
      Feature: 'evidence.features',
      Build: 'builds.builds',
      AuditRun: 'builds.audit_runs',
      ScanJob: 'scanning.scan_jobs',
      Requirement: 'traceability.requirements',
      Specification: 'traceability.specs',
    };
    const known = Object.entries(tables).map(([type, table]) => `select '${type}:' || id as id from ${table}`);
    known.push(
      `select 'Commit:' || full_name || '@' || commit_sha from traceability.scans s join traceability.repositories r on r.id = s.repository_id`,
    );
    known.push(`select 'Repository:' || full_name from traceability.repositories`);
    expect(
      await faults(`select subject_id from workflow.work_items
        where subject_id is not null and subject_id not in (${known.join(' union all ')})`),
    ).toEqual([]);
    const types = await database.query(
      `select distinct split_part(subject_id, ':', 1) as type from workflow.work_items where subject_id is not null order by 1`,
    );
    expect(types.map(({ type }) => type)).toEqual([...Object.keys(tables), 'Commit', 'Repository'].sort());
  });

  test('accounts lead to GitHub users, documents to repositories', async () => {
    expect(
      await faults(`select github_login from scanning.users where github_login is not null
        and github_login not in (select login from builds.users)`),
    ).toEqual([]);
    expect(
      await faults(`select repository_full_name from evidence.documents
        where repository_full_name not in (select full_name from traceability.repositories)`),
    ).toEqual([]);
  });

  test('the audit that failed, failed again, and passed, before the release that quality refused was approved', async () => {
    const audits = await database.query(`select a.overall_result as result from builds.audit_runs a
      join builds.repos r on r.id = a.repo_id where r.full_name = 'meridian/dose-portal'
      and a.created_at between '2026-03-01' and '2026-04-03' order by a.created_at`);
    expect(audits.map(({ result }) => result)).toEqual(['FAIL', 'FAIL', 'PASS', 'PASS']);
    const decisions = await database.query(`select e.decision::text from workflow.approval_events e
      join workflow.work_items i on i.id = e.work_item_id join workflow.work_orders o on o.id = i.work_order_id
      where o.title = 'Release Dose portal 2.0.0' order by e.created_at`);
    expect(decisions.map(({ decision }) => decision)).toEqual(['REJECTED', 'APPROVED']);
  });
});

describe('each domain', () => {
  test('every wallet holds the sum of its transactions, and every scan that gave no result was refunded once', async () => {
    expect(
      await faults(`select w.id from scanning.wallets w
        where credit_balance <> (select sum(amount) from scanning.credit_transactions t where t.wallet_id = w.id)`),
    ).toEqual([]);
    expect(
      await faults(`select j.id from scanning.scan_jobs j where price * (case when state = 'COMPLETED' then 1 else 0 end) <>
        (select -sum(amount) from scanning.credit_transactions t where t.scan_job_id = j.id)`),
    ).toEqual([]);
  });

  test('a dead letter was redriven to success, and another one waits', async () => {
    const letters = await database.query(`select d.redrive_count, d.resolved_at is null as waits, i.status::text
      from workflow.dead_letters d join workflow.work_items i on i.id = d.work_item_id order by d.created_at`);
    expect(letters).toEqual([
      { redrive_count: 1, waits: false, status: 'COMPLETED' },
      { redrive_count: 0, waits: true, status: 'FAILED' },
    ]);
  });

  test('a log has as many lines as its build says, numbered without a gap', async () => {
    expect(
      await faults(`select b.id from builds.builds b where last_log_sequence <>
        (select count(*) from builds.build_logs l where l.build_id = b.id and l.sequence <= b.last_log_sequence)`),
    ).toEqual([]);
  });

  test('nothing happens before the story begins or after it stands still, nor ends before it began', async () => {
    const columns = await database.query<{ name: string; column: string }>(
      `select table_schema || '.' || table_name as name, column_name as column from information_schema.columns
       where table_schema in ('traceability', 'evidence', 'builds', 'scanning', 'workflow') and data_type = 'timestamp with time zone'
       and column_name not in ('sealed_at', 'expires_at', 'updated_at', 'claim_order')`,
    );
    const outside = columns.map(
      ({ name, column }) => `select '${name}.${column}' as place, ${column} from ${name}
        where ${column} not between '2024-11-25' and '2026-11-21'`,
    );
    expect(await faults(outside.join(' union all '))).toEqual([]);
  });
});

describe('the audit trail', () => {
  test('says of every entry what changed, in the order in which it happened', async () => {
    expect(await faults(`select action from traceability.audit_log where payload is null or payload = '{}'`)).toEqual(
      [],
    );
    expect(
      await faults(`select action from (select action, timestamp, lag(timestamp) over (order by position) as before
        from traceability.audit_log where "user" <> 'demo') a where timestamp < before limit 1`),
    ).toEqual([]);
  });

  test('is one intact chain', async () => {
    await auditTrailSealed(database);
    expect(await database.query('select * from traceability.verify_audit_chain()')).toEqual([]);
    expect(await valueOf(database, 'select count(*)::int from traceability.audit_seals')).toBe(
      await valueOf(database, 'select count(*)::int from traceability.audit_log'),
    );
  });

  test('has the last month in the feed', async () => {
    const actions = await database.query<{ action: string }>('select distinct action from platform.events');
    expect(actions.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['repositoryScanned', 'auditRunCompleted', 'buildStarted', 'workItemApprovalRequested']),
    );
  });
});
