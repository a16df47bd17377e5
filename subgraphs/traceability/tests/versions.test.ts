import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { requirement, spec, story } from '../../../tests/federation/traceability/files.js';
import { ingest, openSubgraph, sha, type TestSubgraph } from '../../../tests/federation/traceability/subgraph.js';
import type { ScanFileInput } from '../index.js';

let subgraph: TestSubgraph;
beforeAll(async () => {
  subgraph = await openSubgraph();
});
afterAll(() => subgraph.close());

const scan = (repository: string, digit: string, files: readonly ScanFileInput[]) =>
  ingest(subgraph, { repository, files, commitSha: sha(digit) });

const difference = `query ($name: String!, $from: String!, $to: String!) { repository(fullName: $name) { difference(from: $from, to: $to) {
  from { commitSha } to { commitSha }
  artifacts { totalCount nodes { change gxpId before { markdownContent } after { markdownContent } } }
  links { totalCount nodes { change sourceId targetId beforeStatus afterStatus } }
  coverage { artifactKind riskRating beforeTotal afterTotal beforeDeeplyCovered afterDeeplyCovered } } } }`;

test('what an artifact said is kept: each text once, and when it stood', async () => {
  const saying = (body: string) => [requirement('REQ-1', { body })];
  await scan('versions/history', 'a', saying('First.'));
  await scan('versions/history', 'b', saying('Second.'));
  await scan('versions/history', 'c', saying('First.'));
  await scan('versions/history', 'd', []);
  const { repository } = await subgraph.get(`{ repository(fullName: "versions/history") {
    artifactVersions { nodes { gxpId contentHash markdownContent from { commitSha } until { commitSha } } } } }`);
  const stood = (text: string, from: string, until: string) => ({
    ...{ gxpId: 'REQ-1', markdownContent: `${text}\n`, contentHash: expect.any(String) },
    ...{ from: { commitSha: sha(from) }, until: { commitSha: sha(until) } },
  });
  expect(repository.artifactVersions.nodes).toEqual([
    stood('First.', 'c', 'd'),
    stood('Second.', 'b', 'c'),
    stood('First.', 'a', 'b'),
  ]);
  const [kept] = await subgraph.database.query<{ count: number }>(
    `select count(*)::int as count from traceability.artifact_versions v join traceability.repositories r on r.id = v.repository_id
     where r.full_name = 'versions/history'`,
  );
  expect(kept).toEqual({ count: 2 });
});

test('two commits differ in artifacts, links and coverage, in either direction', async () => {
  await scan('versions/differ', 'a', [
    ...[
      requirement('REQ-1', { body: 'Before.' }),
      requirement('REQ-2'),
      story('US-1', 'REQ-1'),
      story('US-2', 'REQ-2'),
    ],
  ]);
  await scan('versions/differ', 'b', [
    ...[requirement('REQ-1', { body: 'After.' }), requirement('REQ-2'), story('US-1', 'REQ-1'), spec('SPEC-1', 'US-1')],
  ]);
  const of = async (from: string, to: string) => {
    const variables = { name: 'versions/differ', from: sha(from).slice(0, 12), to: sha(to) };
    return (await subgraph.get(difference, variables)).repository.difference;
  };
  expect(await of('a', 'b')).toMatchObject({
    from: { commitSha: sha('a') },
    to: { commitSha: sha('b') },
    artifacts: {
      totalCount: 3,
      nodes: [
        {
          change: 'CHANGED',
          gxpId: 'REQ-1',
          before: { markdownContent: 'Before.\n' },
          after: { markdownContent: 'After.\n' },
        },
        { change: 'ADDED', gxpId: 'SPEC-1', before: null },
        { change: 'REMOVED', gxpId: 'US-2', after: null },
      ],
    },
    links: {
      totalCount: 3,
      nodes: [
        { change: 'ADDED', sourceId: 'US-1', targetId: 'SPEC-1', beforeStatus: null, afterStatus: 'UNCOVERED' },
        { change: 'CHANGED', targetId: 'US-1', beforeStatus: 'UNCOVERED', afterStatus: 'SUSPECT' },
        { change: 'REMOVED', targetId: 'US-2', beforeStatus: 'UNCOVERED', afterStatus: null },
      ],
    },
    coverage: expect.arrayContaining([
      expect.objectContaining({ artifactKind: 'SPECIFICATION', riskRating: null, beforeTotal: 0, afterTotal: 1 }),
    ]),
  });
  const back = await of('b', 'a');
  expect(back.artifacts.nodes.map((each: { change: string }) => each.change)).toEqual(['CHANGED', 'REMOVED', 'ADDED']);
  expect((await of('a', 'a')).artifacts.totalCount).toBe(0);
});

test('a commit of which no scan is kept is a bad argument', async () => {
  await scan('versions/unknown', 'a', [requirement('REQ-1')]);
  for (const from of ['no commit', sha('f')]) {
    const answer = await subgraph.ask(difference, { name: 'versions/unknown', from, to: sha('a') });
    expect(answer.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    expect(answer.data.repository.difference).toBeNull();
  }
});

test('the first scan after states came to be kept notes all that is there, however little it changes', async () => {
  const files = [requirement('REQ-1'), story('US-1', 'REQ-1')];
  await scan('versions/upgrade', 'a', files);
  const of = `(select id from traceability.repositories where full_name = 'versions/upgrade')`;
  for (const table of ['version_spans', 'link_spans', 'artifact_versions']) {
    await subgraph.database.query(`delete from traceability.${table} where repository_id = ${of}`);
  }
  await subgraph.database.query(`update traceability.scans set revision = null where repository_id = ${of}`);
  await scan('versions/upgrade', 'b', files);
  await scan('versions/upgrade', 'c', [...files, spec('SPEC-1', 'US-1')]);
  const variables = { name: 'versions/upgrade', from: sha('b'), to: sha('c') };
  const { repository } = await subgraph.get(difference, variables);
  expect(repository.difference.artifacts.nodes).toMatchObject([{ change: 'ADDED', gxpId: 'SPEC-1' }]);
});

test('each list of a difference is one statement', async () => {
  const list = async (field: string) => {
    const query = `{ repository(fullName: "versions/differ") { difference(from: "${sha('a')}", to: "${sha('b')}") { ${field} } } }`;
    const answer = await subgraph.ask(query);
    expect(answer.errors).toBeUndefined();
    return answer.statements;
  };
  // The repository, and the scans of the two commits.
  const before = await list('__typename');
  expect(await list('artifacts { nodes { gxpId } totalCount }')).toBe(before + 1);
  expect(await list('links { nodes { targetId } totalCount }')).toBe(before + 1);
  expect(await list('coverage { artifactKind }')).toBe(before + 1);
});
