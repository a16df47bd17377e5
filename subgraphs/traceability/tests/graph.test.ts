import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSigner, requirement, spec, story, type Signer } from '../../../tests/federation/traceability/files.js';
import { ingest, openSubgraph, type TestSubgraph } from '../../../tests/federation/traceability/subgraph.js';
import type { ScanFileInput } from '../index.js';

let subgraph: TestSubgraph;
let signer: Signer;
beforeAll(async () => {
  subgraph = await openSubgraph();
  signer = await createSigner('graph');
});
afterAll(() => subgraph.close());

let commits = 0;
const scan = (repository: string, files: readonly ScanFileInput[]) =>
  ingest(subgraph, { repository, files, commitSha: (commits += 1).toString(16).padStart(40, '0') });
const trust = (repository: string) =>
  subgraph.get(`mutation ($input: TrustedKeyAddInput!) { trustedKeyAdd(input: $input) { userErrors { code } } }`, {
    input: { repositoryId: `Repository:${repository}`, jwk: signer.publicJwk },
  });

/** A specification in the manner of the third version of the templates: no parent_id. */
const graphSpec = (gxpId: string, fields: Record<string, string>): ScanFileInput => ({
  path: `.gxp/${gxpId}.md`,
  content: `---\n${Object.entries({ gxp_id: gxpId, title: gxpId, verification_tier: 'OQ', ...fields })
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n---\nAs designed.\n`,
});

async function gapsOf(repository: string): Promise<string[]> {
  const { nodes } = (
    await subgraph.get(
      `query ($name: String!) { repository(fullName: $name) { gaps(first: 100) { nodes { kind gxpId reason } } } }`,
      { name: repository },
    )
  ).repository.gaps;
  return nodes.map((gap: { kind: string; gxpId: string }) => `${gap.kind} ${gap.gxpId}`);
}

test('a specification that only satisfies a requirement is no orphan, and carries the proof to it', async () => {
  await scan('graph/direct', [
    requirement('REQ-1'),
    graphSpec('SPEC-1', { satisfies: 'REQ-1' }),
    await signer.evidence('EV-1', 'SPEC-1'),
  ]);
  await trust('graph/direct');
  const read = await subgraph.get(`{ repository(fullName: "graph/direct") {
    coverage { requirements { total covered deeplyCovered reachingProof } }
    links { nodes { linkType relation status reachesProof source { gxpId } target { gxpId } } }
    specifications { nodes { parentId userStory { gxpId } requirements { nodes { gxpId } } link { linkType } } }
    traceabilityMatrix { nodes { requirement { gxpId } userStory { gxpId } specification { gxpId } evidence { gxpId } } } } }`);
  expect(read.repository).toEqual({
    coverage: { requirements: { total: 1, covered: 1, deeplyCovered: 1, reachingProof: 1 } },
    links: {
      nodes: expect.arrayContaining([
        {
          ...{ linkType: 'REQ_TO_SPEC', relation: 'SATISFIES', status: 'COVERED', reachesProof: true },
          ...{ source: { gxpId: 'REQ-1' }, target: { gxpId: 'SPEC-1' } },
        },
      ]),
    },
    specifications: {
      nodes: [
        {
          ...{ parentId: 'REQ-1', userStory: null, requirements: { nodes: [{ gxpId: 'REQ-1' }] } },
          link: { linkType: 'REQ_TO_SPEC' },
        },
      ],
    },
    traceabilityMatrix: {
      nodes: [
        {
          ...{ requirement: { gxpId: 'REQ-1' }, userStory: null },
          ...{ specification: { gxpId: 'SPEC-1' }, evidence: { gxpId: 'EV-1' } },
        },
      ],
    },
  });
  expect(await gapsOf('graph/direct')).toEqual([]);
});

test('levels are skipped as the risk allows: a gap says where it does not, and a way over all levels is none', async () => {
  await scan('graph/risk', [
    ...[requirement('REQ-H', { risk: 'HIGH' }), requirement('REQ-M', { risk: 'MEDIUM' }), requirement('REQ-L')],
    ...[story('US-H', 'REQ-H'), story('US-M', 'REQ-M')],
    graphSpec('SPEC-H', { satisfies: 'REQ-H' }),
    graphSpec('SPEC-BOTH', { implements: '[US-H]', satisfies: '[REQ-H]' }),
    graphSpec('SPEC-M', { satisfies: 'REQ-M' }),
    await signer.evidence('EV-M', 'REQ-M'),
    await signer.evidence('EV-US', 'US-M'),
    await signer.evidence('EV-L', 'REQ-L'),
    await signer.evidence('EV-BOTH', 'SPEC-BOTH', { verifies: ['REQ-H'] }),
  ]);
  await trust('graph/risk');
  const skipped = (await gapsOf('graph/risk')).filter((gap) => gap.startsWith('LEVEL_SKIPPED'));
  expect(skipped).toEqual(['LEVEL_SKIPPED EV-M', 'LEVEL_SKIPPED EV-US', 'LEVEL_SKIPPED SPEC-H']);
});

test('of several parents each has the child, and the gaps name what is missing', async () => {
  await scan('graph/several', [
    ...[requirement('REQ-1'), requirement('REQ-2'), story('US-1', 'REQ-1'), story('US-2', 'REQ-2')],
    graphSpec('SPEC-1', {
      implements: '[US-1, US-2, US-GONE]',
      depends_on: '[SPEC-2, SPEC-GONE]',
      satisfies: '[ISO-1]',
    }),
    graphSpec('SPEC-2', { risk_level: 'LOW' }),
    graphSpec('SPEC-3', { risk_level: 'HIGH' }),
    await signer.evidence('EV-1', 'SPEC-1'),
  ]);
  await trust('graph/several');
  const read = await subgraph.get(`{ repository(fullName: "graph/several") {
    userStories { nodes { gxpId isCovered specifications { nodes { gxpId } } } }
    specifications(first: 1) { nodes { userStories { nodes { gxpId } }
      parentLinks(orderBy: { field: CREATED_AT, direction: ASC }) { nodes { sourceId relation status } } } }
    gaps(filter: { kind: { eq: ORPHANED } }) { nodes { gxpId reason } } } }`);
  const stories = ['US-1', 'US-2'].map((gxpId) => ({
    ...{ gxpId, isCovered: true, specifications: { nodes: [{ gxpId: 'SPEC-1' }] } },
  }));
  const [first] = read.repository.specifications.nodes;
  expect(read.repository.userStories.nodes).toEqual(stories);
  expect(first.userStories.nodes).toEqual([{ gxpId: 'US-1' }, { gxpId: 'US-2' }]);
  expect(first.parentLinks.nodes).toHaveLength(5);
  expect(first.parentLinks.nodes).toContainEqual({ sourceId: 'SPEC-2', relation: 'DEPENDS_ON', status: 'COVERED' });
  expect(read.repository.gaps.nodes).toEqual([
    {
      gxpId: 'SPEC-1',
      reason: 'Its parent US-GONE is in no repository. It depends on SPEC-GONE, which is in no repository.',
    },
    { gxpId: 'SPEC-3', reason: 'It names no parent.' },
  ]);
});

test('a trace of a graph tells each way into an artifact once, dependents and parts among them', async () => {
  const layer = (depth: number) => [1, 2, 3].map((n) => `SPEC-${depth}${n}`);
  const files = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((depth) =>
    layer(depth).map((gxpId) =>
      graphSpec(gxpId, { satisfies: 'REQ-1', depends_on: `[${layer(depth - 1).join(', ')}]` }),
    ),
  );
  await scan('graph/trace', [requirement('REQ-0'), requirement('REQ-1', { satisfies: '[REQ-0]' }), ...files]);
  const { requirements } = await subgraph.get(
    `{ requirements(filter: { gxpId: { eq: "REQ-0" }, repository: { fullName: { eq: "graph/trace" } } }) { nodes { id parts { nodes { gxpId partOf { nodes { gxpId } } } } } } }`,
  );
  expect(requirements.nodes[0].parts.nodes).toEqual([{ gxpId: 'REQ-1', partOf: { nodes: [{ gxpId: 'REQ-0' }] } }]);
  const { trace } = await subgraph.get(
    `query ($id: ID!) { trace(artifact: $id, direction: DOWNWARD) { isTruncated steps { depth from relation artifact { gxpId } } } }`,
    { id: requirements.nodes[0].id },
  );
  // The start, its part, 24 specifications below that, and three ways into each of the 21 that depend on another layer.
  expect(trace.steps).toHaveLength(1 + 1 + 24 + 63);
  expect(trace.isTruncated).toBe(false);
  expect(trace.steps.slice(0, 2)).toEqual([
    { depth: 0, from: null, relation: null, artifact: { gxpId: 'REQ-0' } },
    { depth: 1, from: 'REQ-0', relation: 'SATISFIES', artifact: { gxpId: 'REQ-1' } },
  ]);
});

test('a link beside the ladder is suspect when its parent has changed, until somebody has reviewed it', async () => {
  const files = (body: string) => [requirement('REQ-1', { body }), graphSpec('SPEC-1', { satisfies: 'REQ-1' })];
  await scan('graph/suspect', files('Before.'));
  await scan('graph/suspect', files('After.'));
  const links = async () =>
    (await subgraph.get(`{ repository(fullName: "graph/suspect") { links { nodes { id status reviewNote } } } }`))
      .repository.links.nodes;
  const [link] = await links();
  expect(link).toMatchObject({ status: 'SUSPECT' });
  expect(await gapsOf('graph/suspect')).toContain('SUSPECT SPEC-1');
  const review = `mutation ($input: LinkReviewInput!) { linkReview(input: $input) { userErrors { code } traceabilityLink { id status } } }`;
  const input = { traceabilityLinkId: link.id, note: 'Still holds.' };
  expect((await subgraph.get(review, { input })).linkReview).toEqual({
    userErrors: [],
    traceabilityLink: { id: link.id, status: 'UNCOVERED' },
  });
  expect(await links()).toEqual([{ id: link.id, status: 'UNCOVERED', reviewNote: 'Still holds.' }]);
});

test('a link that moves between the ladder and the levels beside it is one link all the same', async () => {
  await scan('graph/moves', [requirement('REQ-1'), story('X-1', 'REQ-1', { type: 'user_story' })]);
  await scan('graph/moves', [requirement('REQ-1'), spec('X-1', 'REQ-1', { type: 'specification' })]);
  const types = async () =>
    (await subgraph.get(`{ repository(fullName: "graph/moves") { links { nodes { linkType targetId } } } }`)).repository
      .links.nodes;
  expect(await types()).toEqual([{ linkType: 'REQ_TO_SPEC', targetId: 'X-1' }]);
});
