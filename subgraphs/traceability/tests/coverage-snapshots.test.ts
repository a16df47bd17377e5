import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSigner, requirement, spec, story } from '../../../tests/federation/traceability/files.js';
import { ingest, openSubgraph, sha, type TestSubgraph } from '../../../tests/federation/traceability/subgraph.js';

let subgraph: TestSubgraph;
beforeAll(async () => void (subgraph = await openSubgraph()));
afterAll(() => subgraph.close());

const trace = [
  requirement('REQ-1', { risk: 'HIGH' }),
  requirement('REQ-2', { risk: 'HIGH' }),
  requirement('REQ-3', { risk: 'LOW' }),
  story('US-1', 'REQ-1'),
  spec('SPEC-1', 'US-1'),
];

const snapshotsQuery = `query ($name: String!) { repository(fullName: $name) {
  coverageSnapshots(first: 100, orderBy: { field: TAKEN_AT, direction: ASC }) { nodes {
    scan { commitSha } artifactKind riskRating total covered deeplyCovered withoutVerifiedEvidence isLastOfMonth } } } }`;

interface Snapshot {
  readonly scan: { readonly commitSha: string };
  readonly artifactKind: string;
  readonly riskRating: string | null;
  readonly total: number;
  readonly covered: number;
  readonly deeplyCovered: number;
  readonly withoutVerifiedEvidence: number;
  readonly isLastOfMonth: boolean;
}

/** In the order in which they were taken, those of one moment by their names: `REQUIREMENT HIGH 2/1/0`. */
async function snapshots(name: string): Promise<string[][]> {
  const { nodes } = (await subgraph.get(snapshotsQuery, { name })).repository.coverageSnapshots as {
    nodes: Snapshot[];
  };
  const groups: string[][] = [];
  for (let at = 0; at < nodes.length; at += 6) {
    const group = nodes.slice(at, at + 6);
    groups.push(
      group
        .map(({ artifactKind, riskRating, total, covered, deeplyCovered }) =>
          [artifactKind, ...(riskRating === null ? [] : [riskRating]), `${total}/${covered}/${deeplyCovered}`].join(
            ' ',
          ),
        )
        .sort(),
    );
  }
  return groups;
}

test('each scan keeps what it left covered, by level and risk, also where there is none of it', async () => {
  const repository = 'acme/snapshots';
  await ingest(subgraph, { repository, files: trace });
  await ingest(subgraph, { repository, files: trace.slice(1), commitSha: sha('b') });
  expect(await snapshots(repository)).toEqual([
    [
      'REQUIREMENT HIGH 2/1/0',
      'REQUIREMENT LOW 1/0/0',
      'REQUIREMENT MEDIUM 0/0/0',
      'SIGNED_EVIDENCE 0/0/0',
      'SPECIFICATION 1/0/0',
      'USER_STORY 1/1/0',
    ],
    [
      'REQUIREMENT HIGH 1/0/0',
      'REQUIREMENT LOW 1/0/0',
      'REQUIREMENT MEDIUM 0/0/0',
      'SIGNED_EVIDENCE 0/0/0',
      'SPECIFICATION 1/0/0',
      'USER_STORY 1/1/0',
    ],
  ]);
});

test('a scan that changes nothing keeps nothing, and one of another commit does', async () => {
  const repository = 'acme/same';
  await ingest(subgraph, { repository, files: trace });
  await ingest(subgraph, { repository, files: trace });
  expect(await snapshots(repository)).toHaveLength(1);
  await ingest(subgraph, { repository, files: trace, commitSha: sha('b') });
  expect(await snapshots(repository)).toHaveLength(2);
});

test('keys that are trusted after a scan are told of with that scan', async () => {
  const repository = 'acme/trusting';
  const signer = await createSigner('later');
  await ingest(subgraph, { repository, files: [...trace, await signer.evidence('EV-1', 'SPEC-1')] });
  await subgraph.get(`mutation ($input: TrustedKeyAddInput!) { trustedKeyAdd(input: $input) { reverifiedCount } }`, {
    input: { repositoryId: `Repository:${repository}`, jwk: signer.publicJwk },
  });
  const [before, after] = await snapshots(repository);
  expect(before).toContain('REQUIREMENT HIGH 2/1/0');
  expect(after).toContain('REQUIREMENT HIGH 2/1/1');
  const { nodes } = (await subgraph.get(snapshotsQuery, { name: repository })).repository.coverageSnapshots as {
    nodes: Snapshot[];
  };
  expect(new Set(nodes.map(({ scan }) => scan.commitSha))).toEqual(new Set([sha('a')]));
  expect(nodes.find(({ riskRating, isLastOfMonth }) => isLastOfMonth && riskRating === 'HIGH')).toMatchObject({
    total: 2,
    withoutVerifiedEvidence: 1,
  });
  expect(nodes.filter(({ isLastOfMonth }) => isLastOfMonth)).toHaveLength(6);
});

test('months are told apart, and the last of each adds up over repositories', async () => {
  for (const repository of ['acme/months-1', 'acme/months-2']) {
    for (const commit of ['a', 'b', 'c']) await ingest(subgraph, { repository, files: trace, commitSha: sha(commit) });
  }
  await subgraph.database.query(`
    update traceability.coverage_snapshots set taken_at = case commit_sha
      when '${sha('a')}' then timestamptz '2026-01-10Z' when '${sha('b')}' then '2026-01-31T23:59:59Z' else '2026-02-01Z' end
    from traceability.scans s join traceability.repositories r on r.id = s.repository_id
    where s.id = scan_id and r.full_name like 'acme/months-%'`);
  const { coverageSnapshots } = await subgraph.get(`{ coverageSnapshots(filter: {
      isLastOfMonth: { eq: true }, riskRating: { eq: HIGH }, repository: { fullName: { startsWith: "acme/months-" } } }) {
    groupBy(fields: [{ field: TAKEN_AT, bucket: MONTH }], orderBy: [{ key: TAKEN_AT, direction: ASC }]) {
      key { takenAt } aggregate { count sum { total withoutVerifiedEvidence } } } } }`);
  expect(coverageSnapshots.groupBy).toEqual(
    ['2026-01-01T00:00:00.000000Z', '2026-02-01T00:00:00.000000Z'].map((takenAt) => ({
      key: { takenAt },
      aggregate: { count: 2, sum: { total: 4, withoutVerifiedEvidence: 4 } },
    })),
  );
});
