import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ScanFileInput } from '../index.js';
import { createSigner, requirement, spec, story, type Signer } from '../../../tests/federation/traceability/files.js';
import { ingest, openSubgraph, type TestSubgraph } from '../../../tests/federation/traceability/subgraph.js';

let subgraph: TestSubgraph;
let signer: Signer;
let round = 0;
let suffix: string;
beforeAll(async () => {
  subgraph = await openSubgraph();
  signer = await createSigner('links');
});
afterAll(() => subgraph.close());
// Ids of its own for each test: a parent is looked for in every repository.
beforeEach(() => {
  suffix = `L${(round += 1)}`;
});

const id = (prefix: string): string => `${prefix}-${suffix}`;
let commits = 0;
const scan = (repository: string, files: readonly ScanFileInput[]) =>
  ingest(subgraph, {
    repository: `${repository}/${suffix}`,
    files,
    commitSha: (commits += 1).toString(16).padStart(40, '0'),
  });

async function trust(repository: string): Promise<void> {
  const input = { repositoryId: `Repository:${repository}/${suffix.toLowerCase()}`, jwk: signer.publicJwk };
  const add = `mutation ($input: TrustedKeyAddInput!) { trustedKeyAdd(input: $input) { userErrors { code } } }`;
  expect(await subgraph.get(add, { input })).toEqual({ trustedKeyAdd: { userErrors: [] } });
}

const linksQuery = `query ($name: String!) { repository(fullName: $name) { links(first: 100) { nodes {
  id sourceId targetId status isValid suspectSince reviewedBy reviewNote source { gxpId repository { fullName } } } } } }`;
async function links(repository: string) {
  const { nodes } = (await subgraph.get(linksQuery, { name: `${repository}/${suffix}` })).repository.links;
  return nodes as { id: string; targetId: string; status: string; [name: string]: unknown }[];
}
const statuses = async (repository: string) =>
  Object.fromEntries((await links(repository)).map((link) => [link.targetId, link.status]));

describe('a parent in another repository', () => {
  test('is ORPHANED until that repository is scanned, and resolved from then on', async () => {
    await scan('child', [story(id('US'), id('REQ'))]);
    expect(await statuses('child')).toEqual({ [id('US')]: 'ORPHANED' });
    await scan('parent', [requirement(id('REQ'))]);
    expect(await links('child')).toMatchObject([
      {
        status: 'UNCOVERED',
        isValid: true,
        source: { gxpId: id('REQ'), repository: { fullName: `parent/${suffix.toLowerCase()}` } },
      },
    ]);
    await scan('parent', []);
    expect(await statuses('child')).toEqual({ [id('US')]: 'ORPHANED' });
  });

  test('is AMBIGUOUS while two other repositories have it, and no longer when it is in the child’s own', async () => {
    await scan('child', [story(id('US'), id('REQ'))]);
    await scan('parent', [requirement(id('REQ'))]);
    await scan('second', [requirement(id('REQ'))]);
    expect(await statuses('child')).toEqual({ [id('US')]: 'AMBIGUOUS' });
    await scan('child', [story(id('US'), id('REQ')), requirement(id('REQ'))]);
    expect(await links('child')).toMatchObject([
      { status: 'UNCOVERED', source: { repository: { fullName: `child/${suffix.toLowerCase()}` } } },
    ]);
  });

  test('is covered when evidence below it is verified, over three repositories', async () => {
    await scan('top', [requirement(id('REQ'))]);
    await scan('middle', [story(id('US'), id('REQ')), spec(id('SPEC'), id('US'))]);
    await scan('ground', [await signer.evidence(id('EV'), id('SPEC'))]);
    expect(await statuses('middle')).toEqual({ [id('US')]: 'UNCOVERED', [id('SPEC')]: 'UNCOVERED' });
    await trust('ground');
    expect(await statuses('middle')).toEqual({ [id('US')]: 'COVERED', [id('SPEC')]: 'COVERED' });
    const covered = `query ($name: String!) { repository(fullName: $name) { coverage { requirements { total covered deeplyCovered deepRatio } } } }`;
    expect((await subgraph.get(covered, { name: `top/${suffix}` })).repository.coverage).toEqual({
      requirements: { total: 1, covered: 1, deeplyCovered: 1, deepRatio: 1 },
    });
    await scan('ground', []);
    expect(await statuses('middle')).toEqual({ [id('US')]: 'UNCOVERED', [id('SPEC')]: 'UNCOVERED' });
  });

  test('is found by two scans that arrive together, whichever commits first', async () => {
    await Promise.all([scan('left', [requirement(id('REQ'))]), scan('right', [story(id('US'), id('REQ'))])]);
    expect(await statuses('right')).toEqual({ [id('US')]: 'UNCOVERED' });
  });
});

describe('a link whose parent’s text has changed', () => {
  const review = `mutation ($input: LinkReviewInput!) { linkReview(input: $input) {
    traceabilityLink { status reviewedBy reviewNote suspectSince parentFingerprint } userErrors { code field } } }`;
  const files = (body: string) => [requirement(id('REQ'), { body }), story(id('US'), id('REQ'))];
  const suspect = async () => {
    await scan('acme', files('Before.'));
    await scan('acme', files('After.'));
    const [link] = await links('acme');
    if (link === undefined) throw new Error('there is no link');
    return link;
  };

  test('is SUSPECT until a reviewer clears it, and names the reviewer then', async () => {
    const link = await suspect();
    expect(link).toMatchObject({ status: 'SUSPECT', isValid: false, suspectSince: expect.any(String) });
    const { linkReview } = await subgraph.get(review, { input: { traceabilityLinkId: link.id, note: 'Still holds.' } });
    expect(linkReview).toMatchObject({
      traceabilityLink: { status: 'UNCOVERED', reviewedBy: 'tester', reviewNote: 'Still holds.', suspectSince: null },
      userErrors: [],
    });
    await scan('acme', files('After. '));
    expect(await statuses('acme')).toEqual({ [id('US')]: 'UNCOVERED' });
  });

  test('stays suspect over further scans, since when it first was', async () => {
    const link = await suspect();
    await scan('acme', files('Later still.'));
    expect(await links('acme')).toMatchObject([{ id: link.id, status: 'SUSPECT', suspectSince: link['suspectSince'] }]);
  });

  test('is suspect no more when the parent’s text is as it was', async () => {
    await suspect();
    await scan('acme', files('Before.'));
    expect(await links('acme')).toMatchObject([{ status: 'UNCOVERED', suspectSince: null }]);
  });

  test('is not suspect for white space', async () => {
    await scan('acme', files('Some text.'));
    await scan('acme', files('Some\n\n  text.'));
    expect(await statuses('acme')).toEqual({ [id('US')]: 'UNCOVERED' });
  });

  test('is refused a review without a note, of another parent text, when it is not suspect, and when there is none', async () => {
    const link = await suspect();
    const errorsOf = async (input: object) =>
      (await subgraph.get(review, { input: { traceabilityLinkId: link.id, note: 'Seen.', ...input } })).linkReview
        .userErrors;
    expect(await errorsOf({ note: ' ' })).toEqual([{ code: 'VALIDATION', field: ['note'] }]);
    expect(await errorsOf({ parentFingerprint: 'f'.repeat(64) })).toEqual([
      { code: 'CONFLICT', field: ['parentFingerprint'] },
    ]);
    expect(await errorsOf({})).toEqual([]);
    expect(await errorsOf({})).toEqual([{ code: 'INVALID_TRANSITION', field: ['traceabilityLinkId'] }]);
    const unknown = 'TraceabilityLink:00000000-0000-4000-8000-000000000000';
    expect(await errorsOf({ traceabilityLinkId: unknown })).toEqual([
      { code: 'NOT_FOUND', field: ['traceabilityLinkId'] },
    ]);
  });
});

test('gaps name each artifact with each thing that is amiss with it', async () => {
  const twin = { ...requirement(id('REQ-D')), path: 'z.md' };
  await scan('acme', [
    ...[requirement(id('REQ-A')), requirement(id('REQ-D')), twin],
    ...[story(id('US-N'), null), story(id('US-O'), 'REQ-NOWHERE'), story(id('US-A'), id('REQ-A'))],
    await signer.evidence(id('EV'), 'SPEC-NOWHERE'),
  ]);
  const query = `query ($name: String!) { repository(fullName: $name) { gaps(first: 100) { totalCount nodes { kind gxpId artifactKind } } } }`;
  const { gaps } = (await subgraph.get(query, { name: `acme/${suffix}` })).repository;
  expect(gaps.nodes.map((gap: { kind: string; gxpId: string }) => `${gap.kind} ${gap.gxpId}`)).toEqual([
    `DUPLICATE ${id('REQ-D')}`,
    ...[`ORPHANED ${id('EV')}`, `ORPHANED ${id('US-N')}`, `ORPHANED ${id('US-O')}`],
    ...[`UNCOVERED ${id('REQ-D')}`, `UNCOVERED ${id('US-A')}`, `UNCOVERED ${id('US-N')}`, `UNCOVERED ${id('US-O')}`],
    `UNVERIFIED ${id('EV')}`,
  ]);
  expect(gaps.totalCount).toBe(gaps.nodes.length);
});

test('a trace leads down to all children and up to the requirement, over repositories, and says what it left out', async () => {
  await scan('top', [requirement(id('REQ'))]);
  await scan('low', [story(id('US'), id('REQ')), spec(id('SPEC-A'), id('US')), spec(id('SPEC-B'), id('US'))]);
  const idOf = async (field: string, gxpId: string) =>
    (
      await subgraph.get(`query ($id: String!) { ${field}(filter: { gxpId: { eq: $id } }) { nodes { id } } }`, {
        id: gxpId,
      })
    )[field].nodes[0].id;
  const query = `query ($artifact: ID!, $direction: TraceDirection!, $depth: Int) {
    trace(artifact: $artifact, direction: $direction, maxDepth: $depth) { isTruncated steps { depth from linkStatus artifact { gxpId } } } }`;
  const trace = async (artifact: string, direction: string, depth = 10) => {
    const found = (await subgraph.get(query, { artifact, direction, depth })).trace;
    return { ...found, steps: found.steps.map((step: { artifact: { gxpId: string } }) => step.artifact.gxpId) };
  };
  const top = await idOf('requirements', id('REQ'));
  const all = [id('REQ'), id('US'), id('SPEC-A'), id('SPEC-B')];
  expect(await trace(top, 'DOWNWARD')).toEqual({ isTruncated: false, steps: all });
  expect(await trace(top, 'DOWNWARD', 1)).toEqual({ isTruncated: true, steps: all.slice(0, 2) });
  const low = await idOf('specifications', id('SPEC-B'));
  expect(await trace(low, 'UPWARD')).toEqual({ isTruncated: false, steps: [id('SPEC-B'), id('US'), id('REQ')] });
});

test('a matrix has one row for each path down, and a level where a path ends is null', async () => {
  await scan('acme', [
    ...[requirement(id('REQ-A')), requirement(id('REQ-B')), story(id('US'), id('REQ-A'))],
    ...[spec(id('SPEC-A'), id('US')), spec(id('SPEC-B'), id('US')), await signer.evidence(id('EV'), id('SPEC-B'))],
  ]);
  const query = `query ($name: String!, $after: String) { repository(fullName: $name) { traceabilityMatrix(first: 2, after: $after) {
    nodes { requirement { gxpId } userStory { gxpId } specification { gxpId } evidence { gxpId } evidenceLinkStatus }
    totalCount pageInfo { hasNextPage endCursor } } } }`;
  const page = async (after: string | null) =>
    (await subgraph.get(query, { name: `acme/${suffix}`, after })).repository.traceabilityMatrix;
  const first = await page(null);
  const row = (requirementId: string, rest: [string, string, string | null] | null) => ({
    requirement: { gxpId: id(requirementId) },
    userStory: rest === null ? null : { gxpId: id(rest[0]) },
    specification: rest === null ? null : { gxpId: id(rest[1]) },
    evidence: rest?.[2] == null ? null : { gxpId: id(rest[2]) },
    evidenceLinkStatus: rest?.[2] == null ? null : 'UNCOVERED',
  });
  expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
  expect(first.nodes).toEqual([row('REQ-A', ['US', 'SPEC-A', null]), row('REQ-A', ['US', 'SPEC-B', 'EV'])]);
  const second = await page(first.pageInfo.endCursor);
  expect(second).toMatchObject({ nodes: [row('REQ-B', null)], pageInfo: { hasNextPage: false } });
});

test('coverage counts what is linked and what is proven, by level and by risk', async () => {
  await scan('acme', [
    ...[
      requirement(id('REQ-A'), { risk: 'HIGH' }),
      requirement(id('REQ-B'), { risk: 'HIGH' }),
      story(id('US'), id('REQ-A')),
    ],
    ...[spec(id('SPEC'), id('US')), await signer.evidence(id('EV'), id('SPEC'))],
  ]);
  await trust('acme');
  const level = `{ total covered deeplyCovered ratio deepRatio }`;
  const query = `query ($name: String!) { repository(fullName: $name) { coverage { requirements ${level} userStories ${level}
    specifications ${level} evidence ${level} byRiskRating { riskRating requirements ${level} } } } }`;
  const half = { total: 2, covered: 1, deeplyCovered: 1, ratio: 0.5, deepRatio: 0.5 };
  const whole = { total: 1, covered: 1, deeplyCovered: 1, ratio: 1, deepRatio: 1 };
  const none = { total: 0, covered: 0, deeplyCovered: 0, ratio: null, deepRatio: null };
  expect((await subgraph.get(query, { name: `acme/${suffix}` })).repository.coverage).toEqual({
    ...{ requirements: half, userStories: whole, specifications: whole, evidence: whole },
    byRiskRating: [
      { riskRating: 'HIGH', requirements: half },
      { riskRating: 'MEDIUM', requirements: none },
      { riskRating: 'LOW', requirements: none },
    ],
  });
});
