import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  compareCatalogue,
  printCatalogue,
  readCatalogue,
  seedContract,
  type Catalogue,
} from '../../subgraphs/kernel/db/catalogue/index.js';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import { openTestDatabase, type TestDatabase } from '../testkit/index.js';

/** Of the five source documents, by the PostgreSQL schema of each. */
const tables = {
  traceability: [
    ...['repositories', 'scans', 'system_contexts', 'requirements', 'user_stories', 'specs', 'evidence'],
    ...['traceability_links', 'audit_log'],
  ],
  evidence: [
    ...['documents', 'processing_jobs', 'evidence', 'features', 'feature_evidence', 'feature_outputs'],
    'feature_audit',
  ],
  builds: ['users', 'repos', 'audit_runs', 'audit_checks', 'projects', 'project_contracts', 'builds', 'build_logs'],
  scanning: ['users', 'wallets', 'scan_jobs', 'scan_results', 'audit_logs', 'credit_transactions'],
  workflow: [
    ...['work_orders', 'work_items', 'attempts', 'runs', 'mem_docs', 'approval_events', 'dead_letters', 'connectors'],
    ...['tools', 'capabilities', 'tool_capabilities', 'schemas', 'workflow_templates', 'eval_results'],
  ],
};

let opened: TestDatabase;
let catalogue: Catalogue;
beforeAll(async () => {
  opened = await openTestDatabase();
  catalogue = await readCatalogue(opened.database);
});
afterAll(() => opened.close());

test.each(Object.entries(tables))('every table of the document of %s is there', (schema, names) => {
  const live = catalogue.tables.filter((table) => table.schema === schema).map((table) => table.name);
  expect(live).toEqual(expect.arrayContaining(names));
});

test('the contract covers every table of the five documents', () => {
  const covered = seedContract.map(({ schema, tables: of }) => [schema, Object.keys(of).sort()]);
  expect(covered).toEqual(Object.entries(tables).map(([schema, names]) => [schema, [...names].sort()]));
});

test('columns, defaults, value lists, indexes, foreign keys and triggers are what the documents ask', () => {
  expect(compareCatalogue(catalogue, seedContract).missing).toEqual([]);
});

test('every difference is found and named', async () => {
  const faults: readonly (readonly [statement: string, found: string])[] = [
    ['drop table traceability.system_contexts', 'table traceability.system_contexts'],
    ['alter table traceability.scans drop column artifacts_found', 'traceability.scans: column artifacts_found'],
    [
      'alter table traceability.repositories alter default_branch drop default',
      `traceability.repositories: column default_branch: default 'main'`,
    ],
    ['alter table evidence.evidence alter content drop not null', 'evidence.evidence: column content: not null'],
    [
      'alter table builds.audit_checks drop constraint audit_checks_result_check',
      'builds.audit_checks: column result: checked to be one of PASS, FAIL, WARN, ERROR',
    ],
    ['drop index builds.idx_builds_project_id_created', 'builds.builds: index idx_builds_project_id_created(project_id, created_at desc)'],
    [
      'alter table builds.repos drop constraint repos_user_id_fkey',
      'builds.repos: column user_id: foreign key to builds.users, on delete cascade',
    ],
    [
      'alter table scanning.wallets drop constraint wallets_credit_balance_check',
      'scanning.wallets: check (credit_balance >= 0)',
    ],
    ['drop trigger refuse_truncate on scanning.audit_logs', 'scanning.audit_logs: triggers that make it append-only'],
    ['drop trigger touch_updated_at on scanning.users', 'scanning.users: a trigger for updated_at'],
    [`alter type workflow.priority rename value 'URGENT' to 'NOW'`, 'enum workflow.priority: LOW, MEDIUM, HIGH, URGENT'],
    ['drop index evidence.idx_evidence_embedding', 'evidence.evidence: index idx_evidence_embedding(*)'],
  ];
  class Undo extends Error {}
  const running = opened.database.transaction(async (tx) => {
    for (const [statement] of faults) await tx.query(statement);
    await tx.query('create table traceability.additional (id integer)');
    const report = compareCatalogue(await readCatalogue(tx), seedContract);
    expect([...report.missing].sort()).toEqual(faults.map(([, found]) => found).sort());
    expect(report.extra).toContain('table traceability.additional');
    throw new Undo();
  });
  await expect(running).rejects.toThrow(Undo);
});

test('every foreign key begins an index, so that neither joins nor deletes scan the table', () => {
  const unindexed = catalogue.tables.flatMap((table) =>
    table.constraints
      .filter((constraint) => constraint.kind === 'foreign key')
      .filter(
        ({ columns }) =>
          !table.indexes.some(
            (index) => index.predicate === null && index.columns.slice(0, columns.length).join() === columns.join(),
          ),
      )
      .map((constraint) => `${table.schema}.${table.name}: ${constraint.name}`),
  );
  expect(unindexed).toEqual([]);
});

test('every time has its zone', () => {
  const columns = catalogue.tables.flatMap((table) =>
    table.columns.filter(({ type }) => type.includes('timestamp without')).map(({ name }) => `${table.name}.${name}`),
  );
  expect(columns).toEqual([]);
});

test('no column of the scans could hold a body, a screenshot or a DOM', () => {
  const columns = catalogue.tables.filter((table) => table.schema === 'scanning').flatMap((table) => table.columns);
  const suspicious = columns.filter(
    ({ name, type }) => type === 'bytea' || (/body|screenshot|dom\b|html|content|markup|page/.test(name) && !/^content_(hash|type)$/.test(name)),
  );
  expect(suspicious).toEqual([]);
});

test('prisma/catalogue.txt is what this database looks like, on either engine', () => {
  const committed = readFileSync(packagePath('prisma', 'catalogue.txt'), 'utf8');
  // `npm run db:catalogue` writes it again.
  expect(printCatalogue(catalogue)).toBe(committed);
});
