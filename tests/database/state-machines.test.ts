import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import type { TestDatabase } from '../testkit/index.js';
import { failureOf, kindOf, openSeededDatabase, valueOf } from './seeded-database.js';

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openSeededDatabase();
  database = opened.database;
});
afterAll(() => opened.close());

interface Machine {
  readonly column: string;
  /** Makes a row in the state `$1` and answers its key. */
  readonly insert: string;
  readonly next: Readonly<Record<string, readonly string[]>>;
  /** What else a row needs to be in a state. */
  readonly set?: (state: string) => string;
}

const lease = (leased: boolean): string =>
  leased
    ? ', lease_token = gen_random_uuid(), lease_expires_at = now()'
    : ', lease_token = null, lease_expires_at = null';

const machines: Readonly<Record<string, Machine>> = {
  'traceability.scans': {
    column: 'status',
    insert: `insert into traceability.scans (repository_id, status, commit_sha, started_at)
      select id, $1, 'c0ffee', now() from traceability.repositories limit 1 returning id`,
    next: { pending: ['in_progress', 'failed'], in_progress: ['completed', 'failed'], completed: [], failed: [] },
  },
  'evidence.processing_jobs': {
    column: 'status',
    insert: `insert into evidence.processing_jobs (status, lease_token, lease_expires_at)
      select $1::text, t, case when t is not null then now() end
      from (select case when $1::text = 'processing' then gen_random_uuid() end as t) lease returning id`,
    set: (state) => lease(state === 'processing'),
    next: {
      pending: ['processing', 'failed'],
      processing: ['pending', 'completed', 'failed'],
      failed: ['pending'],
      completed: [],
    },
  },
  'builds.audit_runs': {
    column: 'status',
    insert: `insert into builds.audit_runs (repo_id, commit_sha, status, overall_result)
      select id, 'c0ffee', $1::text, case when $1::text in ('completed', 'error') then 'PASS' end from builds.repos limit 1 returning id`,
    next: { pending: ['running'], running: ['completed', 'error'], completed: [], error: [] },
  },
  'builds.projects': {
    column: 'status',
    insert: `with project as (
        insert into builds.projects (user_id, name, status) select id, 'states', $1 from builds.users limit 1 returning id
      ), contracts as (
        insert into builds.project_contracts (project_id, contract_type, content)
        select project.id, c.contract_type, '' from project, (select distinct contract_type from builds.project_contracts) c
      ) select id from project`,
    next: {
      draft: ['questionnaire'],
      questionnaire: ['contracts_ready'],
      contracts_ready: ['building'],
      building: ['completed'],
      completed: [],
    },
  },
  'builds.builds': {
    column: 'status',
    insert: `insert into builds.builds (project_id, status) select id, $1 from builds.projects limit 1 returning id`,
    next: {
      pending: ['running', 'cancelled'],
      running: ['completed', 'failed', 'cancelled'],
      completed: [],
      failed: [],
      cancelled: [],
    },
  },
  'scanning.scan_jobs': {
    column: 'state',
    insert: `insert into scanning.scan_jobs (user_id, url, state) select clerk_user_id, 'https://example.com/', $1
      from scanning.users limit 1 returning id`,
    next: {
      QUEUED: ['FETCHING', 'FAILED', 'TIMED_OUT'],
      FETCHING: ['ANALYZING', 'FAILED', 'TIMED_OUT'],
      ANALYZING: ['COMPLETED', 'FAILED', 'TIMED_OUT'],
      COMPLETED: [],
      FAILED: [],
      TIMED_OUT: [],
    },
  },
  'workflow.work_items': {
    column: 'status',
    insert: `insert into workflow.work_items (work_order_id, type, content, status)
      select id, 'TICKET', '{}', $1::workflow.work_item_status from workflow.work_orders limit 1 returning id`,
    next: {
      QUEUED: ['PROCESSING', 'FAILED'],
      PROCESSING: ['QUEUED', 'COMPLETED', 'FAILED'],
      FAILED: ['QUEUED'],
      COMPLETED: [],
    },
  },
  'workflow.attempts': {
    column: 'status',
    insert: `insert into workflow.attempts (work_item_id, number, agent_id, status, finished_at)
      select id, (select count(*) + 10 from workflow.attempts), 'agent', $1::text::workflow.attempt_status,
        case when $1::text <> 'STARTED' then now() end from workflow.work_items limit 1 returning id`,
    set: (state) => (state === 'STARTED' ? ', finished_at = null' : ', finished_at = now()'),
    next: { STARTED: ['COMPLETED', 'FAILED', 'TIMEOUT'], COMPLETED: [], FAILED: [], TIMEOUT: [] },
  },
};

describe.each(Object.entries(machines))('%s', (table, { column, insert, next, set = () => '' }) => {
  const states = Object.keys(next);
  test.each(states)('from %s only the written transitions are possible', async (from) => {
    for (const to of states.filter((state) => state !== from)) {
      const id = await valueOf<string>(database, insert, [from]);
      const change = database.query(`update ${table} set ${column} = $2 ${set(to)} where id = $1`, [id, to]);
      if (next[from]?.includes(to)) await change;
      else {
        const failure = await failureOf(change);
        expect(failure).toMatchObject({ kind: 'illegal_transition', column });
        expect(`${failure.schema}.${failure.table}`).toBe(table);
      }
    }
  });
});

describe('what finishes an audit run', () => {
  test.each([
    [[], 'PASS'],
    [['PASS', 'WARN'], 'PASS'],
    [['PASS', 'FAIL'], 'FAIL'],
    [['FAIL', 'ERROR'], 'ERROR'],
  ])('checks %j give %s, whatever the caller wrote', async (results, overall) => {
    const id = await valueOf<string>(database, machines['builds.audit_runs']!.insert, ['running']);
    await database.query(
      `insert into builds.audit_checks (audit_run_id, check_code, check_name, result) select $1, 'A4', 'check', unnest($2::text[])`,
      [id, results],
    );
    const update = `update builds.audit_runs set status = 'completed', overall_result = 'PASS' where id = $1 returning overall_result`;
    expect(await valueOf(database, update, [id])).toBe(overall);
  });
});

describe('projects', () => {
  test('contracts_ready needs all ten contract types', async () => {
    const id = await valueOf<string>(database, machines['builds.projects']!.insert, ['questionnaire']);
    await database.query(`delete from builds.project_contracts where project_id = $1 and contract_type = 'ui'`, [id]);
    expect(
      await kindOf(database.query(`update builds.projects set status = 'contracts_ready' where id = $1`, [id])),
    ).toBe('contradiction');
  });

  test('saving another content raises the version and keeps its hash; saving the same does not', async () => {
    const save = `update builds.project_contracts set content = $1 where contract_type = 'stack'
      and project_id = (select id from builds.projects where name = 'Dose portal') returning id, version`;
    const [first] = await database.query<{ id: string; version: number }>(save, ['new']);
    const [again] = await database.query<{ id: string; version: number }>(save, ['new']);
    expect([first?.version, again?.version]).toEqual([2, 2]);
    expect(
      await database.query('select version from builds.contract_versions where contract_id = $1 order by 1', [
        first?.id,
      ]),
    ).toEqual([{ version: 1 }, { version: 2 }]);
  });
});

test('a log line that comes without a number is given the next one of its build', async () => {
  const build = await valueOf<string>(database, machines['builds.builds']!.insert, ['running']);
  const append = `insert into builds.build_logs (build_id, message) values ($1, 'a'), ($1, 'b') returning sequence`;
  await database.query(append, [build]);
  expect(await database.query(append, [build])).toEqual([{ sequence: 3 }, { sequence: 4 }]);
  const unknown = database.query(`insert into builds.build_logs (build_id, message) values (gen_random_uuid(), 'a')`);
  expect(await kindOf(unknown)).toBe('foreign_key');
});
