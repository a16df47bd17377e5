import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { packagePath } from '../../kernel/config/index.js';
import { Identity } from '../../kernel/auth/index.js';
import { countStatements, sql } from '../../kernel/db/index.js';
import { settleSealing } from '../../kernel/write/index.js';
import { ingestScan } from '../index.js';
import { requirement, spec, story } from '../../../tests/federation/traceability/files.js';
import { ingest, openSubgraph, sha, type TestSubgraph } from '../../../tests/federation/traceability/subgraph.js';

let subgraph: TestSubgraph;
let repository: string;
let count = 0;
beforeAll(async () => {
  subgraph = await openSubgraph();
});
afterAll(() => subgraph.close());
beforeEach(() => {
  repository = `acme/ingest-${(count += 1)}`;
});

const library = { auth: Identity.of({ subject: 'tester', scopes: [] }), requestId: 'library' };
const files = [requirement('REQ-001', { risk: 'HIGH' }), story('US-001', 'REQ-001'), spec('SPEC-001', 'US-001')];

/** Which transaction wrote each row last. */
async function rowVersions(): Promise<Map<string, string>> {
  const rows = await subgraph.database.query<{ gxp_id: string; version: string }>(sql`
    select gxp_id, a.version from traceability.repositories r cross join lateral (
      select gxp_id, xmin::text as version from traceability.requirements where repository_id = r.id
      union all select gxp_id, xmin::text from traceability.user_stories where repository_id = r.id
      union all select gxp_id, xmin::text from traceability.specs where repository_id = r.id
    ) a where r.full_name = ${repository}`);
  return new Map(rows.map((row) => [row.gxp_id, row.version]));
}

const idsQuery = `query ($name: String!) { repository(fullName: $name) {
  requirements { nodes { id gxpId title path validationStatus isDuplicate } } userStories { nodes { id gxpId path } }
  scans { totalCount nodes { id } } lastScannedAt } }`;
const read = async () => (await subgraph.get(idsQuery, { name: repository })).repository;

describe('a scan', () => {
  test('registers the repository, creates every artifact and counts them by kind', async () => {
    const { scan, unchanged, userErrors } = await ingest(subgraph, { repository, files });
    expect({ unchanged, userErrors }).toEqual({ unchanged: false, userErrors: [] });
    expect(scan).toMatchObject({
      status: 'COMPLETED',
      createdCount: 3,
      changedCount: 0,
      removedCount: 0,
      rejectedCount: 0,
    });
    expect(scan.artifactsFound).toEqual(
      ['REQUIREMENT', 'USER_STORY', 'SPECIFICATION'].map((kind) => ({ kind, count: 1 })),
    );
    expect(await read()).toMatchObject({ scans: { totalCount: 1 }, lastScannedAt: expect.any(String) });
  });

  test('of the same commit with the same files changes nothing and says so', async () => {
    const first = await ingest(subgraph, { repository, files });
    const before = await rowVersions();
    const second = await ingest(subgraph, { repository, files: [...files].reverse() });
    expect(second).toMatchObject({ unchanged: true, scan: { id: first.scan.id } });
    expect(await rowVersions()).toEqual(before);
    expect((await read()).scans.totalCount).toBe(1);
  });

  test('of another commit with the same files is kept, and leaves every artifact alone', async () => {
    await ingest(subgraph, { repository, files });
    const before = await rowVersions();
    const { scan, unchanged } = await ingest(subgraph, { repository, files, commitSha: sha('b') });
    expect({ unchanged, count: scan.unchangedCount }).toEqual({ unchanged: false, count: 3 });
    expect(await rowVersions()).toEqual(before);
  });

  test('writes the rows of changed files and no others', async () => {
    const many = Array.from({ length: 100 }, (_, n) => requirement(`REQ-${100 + n}`));
    await ingest(subgraph, { repository, files: many });
    const before = await rowVersions();
    const edited = many.map((file, n) => (n === 42 ? requirement('REQ-142', { body: 'Edited.' }) : file));
    const { scan } = await ingest(subgraph, { repository, files: edited, commitSha: sha('b') });
    expect(scan).toMatchObject({ changedCount: 1, unchangedCount: 99, createdCount: 0, removedCount: 0 });
    const after = await rowVersions();
    expect([...after].filter(([gxpId, version]) => before.get(gxpId) !== version).map(([gxpId]) => gxpId)).toEqual([
      'REQ-142',
    ]);
  });

  test('removes what is gone, with its links', async () => {
    await ingest(subgraph, { repository, files });
    const { scan } = await ingest(subgraph, { repository, files: files.slice(0, 1), commitSha: sha('b') });
    expect(scan).toMatchObject({ removedCount: 2, unchangedCount: 1 });
    const links = `query ($name: String!) { repository(fullName: $name) { links { totalCount } userStories { totalCount } } }`;
    expect((await subgraph.get(links, { name: repository })).repository).toEqual({
      links: { totalCount: 0 },
      userStories: { totalCount: 0 },
    });
  });

  test('knows an artifact again whose file was renamed', async () => {
    await ingest(subgraph, { repository, files });
    const [before] = (await read()).requirements.nodes;
    const renamed = [{ ...files[0], path: '.gxp/moved/REQ-001.md' } as (typeof files)[0], ...files.slice(1)];
    const { scan } = await ingest(subgraph, { repository, files: renamed, commitSha: sha('b') });
    expect(scan).toMatchObject({ changedCount: 1, createdCount: 0, removedCount: 0 });
    expect((await read()).requirements.nodes[0]).toEqual({ ...before, path: '.gxp/moved/REQ-001.md' });
  });

  test('takes an id that has moved to another kind for another artifact', async () => {
    await ingest(subgraph, { repository, files: [requirement('X-1', { type: 'requirement' })] });
    const moved = [story('X-1', null, { type: 'user_story' })];
    const { scan } = await ingest(subgraph, { repository, files: moved, commitSha: sha('b') });
    expect(scan).toMatchObject({ createdCount: 1, removedCount: 1 });
  });

  test('keeps the first of several files with one id, and says which artifact is declared twice', async () => {
    const twin = { ...requirement('REQ-001', { body: 'Another.' }), path: '.gxp/z.md' };
    const { scan } = await ingest(subgraph, { repository, files: [twin, ...files] });
    expect(scan.rejections.nodes).toEqual([
      expect.objectContaining({ path: '.gxp/z.md', line: 2, code: 'DUPLICATE_ID' }),
    ]);
    expect((await read()).requirements.nodes).toMatchObject([{ path: '.gxp/REQ-001.md', isDuplicate: true }]);
    const links = `query ($name: String!) { repository(fullName: $name) { links(filter: { status: { eq: DUPLICATE } }) { nodes { targetId } } } }`;
    expect((await subgraph.get(links, { name: repository })).repository.links.nodes).toEqual([{ targetId: 'US-001' }]);
  });

  test('of the document that this domain is made from gives SPEC-INF-001', async () => {
    const content = readFileSync(packagePath('tests', 'fixtures', 'artifacts', 'SPEC-INF-001.md.txt'), 'utf8');
    await ingest(subgraph, { repository, files: [{ path: 'docs/SPEC-INF-001.md', content }] });
    const query = `query ($name: String!) { repository(fullName: $name) { specifications { nodes {
      gxpId title parentId verificationTier designApproach sourceFiles testFiles validationStatus assuranceStatus } } } }`;
    expect((await subgraph.get(query, { name: repository })).repository.specifications.nodes).toEqual([
      {
        gxpId: 'SPEC-INF-001',
        title: 'Database Schema Definition',
        parentId: 'US-005-002',
        verificationTier: 'IQ',
        designApproach: expect.stringContaining('Establish all tables'),
        sourceFiles: ['packages/backend/src/db/schema.ts'],
        testFiles: [],
        validationStatus: 'DRAFT',
        assuranceStatus: 'DRAFT',
      },
    ]);
  });

  test('runs as many statements for two thousand artifacts as for twenty', async () => {
    const statements = async (size: number, name: string): Promise<number> => {
      const many = Array.from({ length: size }, (_, n) => [
        requirement(`REQ-${n}`),
        story(`US-${n}`, `REQ-${n}`),
      ]).flat();
      const counted = countStatements(subgraph.database);
      const input = { repository: name, commitSha: sha('a'), gitUrl: `https://git.example.com/${name}`, files: many };
      expect((await ingestScan({ ...library, database: counted.db }, input)).userErrors).toEqual([]);
      // Sealing goes on behind the scan, in batches of its own.
      const run = counted.statements().filter((statement) => !statement.startsWith('kernel.auditSeal')).length;
      await settleSealing(counted.db);
      return run;
    };
    // The statistics of the tables are gathered once after many changes: one statement more.
    expect(await statements(1_000, `${repository}-large`)).toBe((await statements(10, `${repository}-small`)) + 1);
  });

  test('leaves one event, and an audit entry for itself and for each artifact it touched', async () => {
    const { scan } = await ingest(subgraph, { repository, files });
    await ingest(subgraph, { repository, files: files.slice(0, 2), commitSha: sha('b') });
    const events = await subgraph.database.query(sql`select entity_type, action from platform.events
      where repository = ${repository} order by position`);
    expect(events).toEqual([
      { entity_type: 'Repository', action: 'repositoryRegistered' },
      { entity_type: 'Scan', action: 'repositoryScanned' },
      { entity_type: 'Scan', action: 'repositoryScanned' },
    ]);
    const entries = await subgraph.database.query<{ action: string }>(sql`select l.action from traceability.audit_log l
      where l.position >= (select min(position) from traceability.audit_log where entity_id = ${`Repository:${repository}`})
      order by l.position`);
    expect(entries.map((entry) => entry.action)).toEqual([
      ...[
        'repositoryRegistered',
        'requirementCreated',
        'specificationCreated',
        'userStoryCreated',
        'repositoryScanned',
      ],
      ...['specificationRemoved', 'repositoryScanned'],
    ]);
    expect(scan.id).toMatch(/^Scan:/);
  });
});

describe('a scan that is sent again', () => {
  test('under its client key gives the first answer, also when another commit came between', async () => {
    const first = await ingest(subgraph, { repository, files, clientKey: repository });
    await ingest(subgraph, { repository, files: files.slice(0, 1), commitSha: sha('b') });
    const again = await ingest(subgraph, { repository, files, clientKey: repository });
    expect(again.scan.id).toBe(first.scan.id);
    expect((await read()).userStories.nodes).toEqual([]);
  });

  test('under its client key with other files is refused', async () => {
    await ingest(subgraph, { repository, files, clientKey: repository });
    const { userErrors, scan } = await ingest(subgraph, { repository, files: files.slice(1), clientKey: repository });
    expect(userErrors).toEqual([expect.objectContaining({ code: 'IDEMPOTENCY_MISMATCH', field: ['clientKey'] })]);
    expect(scan).toBeNull();
  });
});

describe('a scan is refused as a whole, and changes nothing,', () => {
  const refusals: [string, Record<string, unknown>, { code: string; field: string[] }][] = [
    [
      'when the repository’s name is none',
      { repository: 'no slash', gitUrl: null },
      { code: 'VALIDATION', field: ['repository'] },
    ],
    ['when the commit is no hash', { commitSha: 'HEAD' }, { code: 'VALIDATION', field: ['commitSha'] }],
    ['when the branch has a control character', { branch: 'a\u0000b' }, { code: 'VALIDATION', field: ['branch'] }],
    [
      'when the URL holds a password',
      { gitUrl: 'https://me:secret@git.example.com/x' },
      { code: 'VALIDATION', field: ['gitUrl'] },
    ],
    [
      'when two files have one path',
      { files: [files[0], files[0]] },
      { code: 'VALIDATION', field: ['files', '1', 'path'] },
    ],
    ['when a file has no content', { files: [{ path: 'a.md' }] }, { code: 'VALIDATION', field: ['files', '0'] }],
    [
      'when a file’s base64 is none',
      { files: [{ path: 'a.md', contentBase64: '!' }] },
      { code: 'VALIDATION', field: ['files', '0'] },
    ],
    [
      'when the repository is unknown and no URL is given',
      { gitUrl: null },
      { code: 'NOT_FOUND', field: ['repository'] },
    ],
  ];
  test.each(refusals)('%s', async (_, input, expected) => {
    const { userErrors, scan } = await ingest(subgraph, { repository: 'acme/never', files, ...input });
    expect({ userErrors, scan }).toEqual({ userErrors: [expect.objectContaining(expected)], scan: null });
    expect(await subgraph.get(`{ repository(fullName: "acme/never") { id } }`)).toEqual({ repository: null });
  });

  test('when the URL belongs to another repository', async () => {
    await ingest(subgraph, { repository, files });
    const input = { repository: `${repository}-fork`, gitUrl: `https://git.example.com/${repository}.git`, files };
    const { userErrors } = await ingest(subgraph, input);
    expect(userErrors).toEqual([expect.objectContaining({ code: 'ALREADY_EXISTS', field: ['gitUrl'] })]);
  });

  test('when the repository is deactivated', async () => {
    await ingest(subgraph, { repository, files });
    const deactivate = `mutation ($id: ID!) { repositoryDeactivate(input: { repositoryId: $id }) { userErrors { code } } }`;
    await subgraph.get(deactivate, { id: `Repository:${repository}` });
    const { userErrors } = await ingest(subgraph, { repository, files, commitSha: sha('b') });
    expect(userErrors).toEqual([expect.objectContaining({ code: 'CONFLICT', field: ['repository'] })]);
  });
});

test('scans of one repository that arrive together take turns, and the last one holds', async () => {
  const results = await Promise.all(
    [sha('1'), sha('2'), sha('3'), sha('4')].map((commitSha, n) =>
      ingest(subgraph, {
        repository,
        commitSha,
        files: [requirement('REQ-001', { body: `Text ${n}.` }), files[1] as never],
      }),
    ),
  );
  expect(results.flatMap((result) => result.userErrors)).toEqual([]);
  expect(results.map((result) => result.scan.createdCount).sort()).toEqual([0, 0, 0, 2]);
  expect(results.map((result) => result.scan.changedCount).sort()).toEqual([0, 1, 1, 1]);
});

test('a scan of a library caller answers the problems of its files beside the counts', async () => {
  const input = {
    repository,
    commitSha: sha('a'),
    gitUrl: `https://git.example.com/${repository}`,
    files: [{ path: '.gxp/specs/a.md', content: '---\n' }],
  };
  const result = await ingestScan({ ...library, database: subgraph.database }, input);
  expect(result).toMatchObject({
    createdCount: 0,
    rejectedCount: 1,
    userErrors: [],
    problems: [{ path: '.gxp/specs/a.md', line: 1 }],
  });
});

test('groups inside groups, and names with spaces in them, are repositories of their own', async () => {
  for (const repository of ['qa/tools/api', 'org/My%20Project/My%20Api', '~ann/api']) {
    const { userErrors, repository: found } = await ingest(subgraph, { repository, files: [requirement('REQ-1')] });
    expect(userErrors).toEqual([]);
    expect(found).toEqual({ fullName: repository.toLowerCase() });
    const query = `query ($id: ID!) { repository(id: $id) { requirements { nodes { gxpId } } } }`;
    const id = `Repository:${repository.toLowerCase()}`;
    expect((await subgraph.get(query, { id })).repository.requirements.nodes).toEqual([{ gxpId: 'REQ-1' }]);
  }
  for (const repository of ['qa//api', 'qa/../api', 'qa/a%2', '/api', 'qa/']) {
    const { userErrors } = await ingest(subgraph, { repository, files: [] });
    expect(userErrors).toMatchObject([{ code: 'VALIDATION', field: ['repository'] }]);
  }
});
