import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Kind, parse } from 'graphql';
import { readSources } from '../../../schema/subgraph-sdl.js';
import { createSigner, requirement, spec, story } from '../../../tests/federation/traceability/files.js';
import { ingest, openSubgraph, sha, type TestSubgraph } from '../../../tests/federation/traceability/subgraph.js';

let subgraph: TestSubgraph;
beforeAll(async () => {
  subgraph = await openSubgraph();
  for (const repository of ['acme/one', 'acme/two', 'acme/three']) {
    const signer = await createSigner(repository);
    const files = [1, 2, 3].flatMap((n) => [
      ...[
        requirement(`REQ-${n}`),
        story(`US-${n}`, `REQ-${n}`),
        story(`US-${n}b`, `REQ-${n}`),
        spec(`SPEC-${n}`, `US-${n}`),
      ],
    ]);
    const context = `---\ngxp_id: SYS-1\ntype: system_context\nproject_name: System\nversion: "1"\ngxp_risk_rating: LOW\n---\nText.\n`;
    const evidence = await signer.evidence('EV-1', 'SPEC-1');
    const broken = { path: '.gxp/specs/broken.md', content: '---\n---\n' };
    await ingest(subgraph, {
      repository,
      files: [...files, evidence, broken, { path: '.gxp/system_context.md', content: context }],
    });
    await ingest(subgraph, { repository, files, commitSha: sha('b') });
    await ingest(subgraph, { repository, files: [...files, evidence, broken], commitSha: sha('c') });
    const input = { repositoryId: `Repository:${repository}`, jwk: signer.publicJwk };
    await subgraph.get(`mutation ($input: TrustedKeyAddInput!) { trustedKeyAdd(input: $input) { reverifiedCount } }`, {
      input,
    });
  }
});
afterAll(() => subgraph.close());

const typeOfRoot: Readonly<Record<string, string>> = {
  ...{ requirements: 'Requirement', userStories: 'UserStory' },
  ...{ specifications: 'Specification', signedEvidences: 'SignedEvidence' },
};

/** Every list of the contract → a query that asks it of several parents where it has any, and what it costs. */
const lists: Readonly<Record<string, readonly [statements: number, query: string]>> = {
  'Query.repositories': [1, `{ repositories { nodes { id fullName } totalCount pageInfo { endCursor } } }`],
  'Query.scans': [1, `{ scans { nodes { id commitSha commit { id sha } artifactsFound { kind count } } totalCount } }`],
  'Query.coverageSnapshots': [
    1,
    `{ coverageSnapshots { nodes { id riskRating total scan { commitSha } repository { fullName } } totalCount } }`,
  ],
  'Query.systemContexts': [1, `{ systemContexts { nodes { id projectName markdownContent } totalCount } }`],
  'Query.requirements': [
    1,
    `{ requirements { nodes { id title isCovered acceptanceCriteria } totalCount edges { cursor } } }`,
  ],
  'Query.userStories': [1, `{ userStories { nodes { id title isCovered } totalCount } }`],
  'Query.specifications': [1, `{ specifications { nodes { id isCovered sourceFiles } totalCount } }`],
  'Query.signedEvidences': [1, `{ signedEvidences { nodes { id payload isCovered } totalCount } }`],
  'Query.acceptanceCriteria': [1, `{ acceptanceCriteria { nodes { id label text result } totalCount } }`],
  'AcceptanceCriterion.statements': [
    1,
    `{ acceptanceCriteria { nodes { requirement { id } userStory { id } statements { nodes { result } totalCount } } } }`,
  ],
  'Requirement.criteria': [1, `{ requirements { nodes { criteria { nodes { label result } totalCount } } } }`],
  'UserStory.criteria': [1, `{ userStories { nodes { criteria { nodes { label result } totalCount } } } }`],
  'SignedEvidence.criterionStatements': [
    1,
    `{ signedEvidences { nodes { criterionStatements { nodes { label result criterion { text } } totalCount } } } }`,
  ],
  'Specification.missingFiles': [1, `{ specifications { nodes { missingFiles } } }`],
  'Query.decisions': [1, `{ decisions { nodes { id status title } totalCount } }`],
  'Query.risks': [1, `{ risks { nodes { id status relatedIds } totalCount } }`],
  'Query.sourceFiles': [1, `{ sourceFiles { nodes { id path isTest } totalCount } }`],
  'Repository.decisions': [1, `{ repositories { nodes { decisions { nodes { id } totalCount } } } }`],
  'Repository.risks': [1, `{ repositories { nodes { risks { nodes { id } totalCount } } } }`],
  'Repository.sourceFiles': [1, `{ repositories { nodes { sourceFiles { nodes { id } totalCount } } } }`],
  'Risk.relatedIds': [1, `{ risks { nodes { relatedIds } } }`],
  'SourceFile.references': [
    1,
    `{ sourceFiles { nodes { references { nodes { line kind specification { gxpId } requirement { gxpId } } totalCount } } } }`,
  ],
  'Requirement.code': [1, `{ requirements { nodes { code { nodes { line file { path } } totalCount } } } }`],
  'UserStory.code': [1, `{ userStories { nodes { code { nodes { line file { path } } totalCount } } } }`],
  'Specification.code': [1, `{ specifications { nodes { code { nodes { line file { path } } totalCount } } } }`],
  'Query.traceabilityLinks': [1, `{ traceabilityLinks { nodes { id status } totalCount } }`],
  'Query.trustedKeys': [1, `{ trustedKeys { nodes { id jwk } totalCount } }`],
  'Query.searchArtifacts': [
    1,
    `{ searchArtifacts(query: "system") { nodes { rank snippet artifact { id gxpId title path } } edges { cursor } } }`,
  ],
  'Repository.systemContexts': [1, `{ repositories { nodes { systemContexts { id title } } } }`],
  'Repository.requirements': [1, `{ repositories { nodes { requirements { nodes { id } totalCount } } } }`],
  'Repository.userStories': [1, `{ repositories { nodes { userStories { nodes { id } totalCount } } } }`],
  'Repository.specifications': [1, `{ repositories { nodes { specifications { nodes { id } totalCount } } } }`],
  'Repository.evidence': [1, `{ repositories { nodes { evidence { nodes { id } totalCount } } } }`],
  'Repository.links': [1, `{ repositories { nodes { links { nodes { id } totalCount } } } }`],
  'Repository.scans': [1, `{ repositories { nodes { scans { nodes { id } totalCount } } } }`],
  'Repository.coverageSnapshots': [
    1,
    `{ repositories { nodes { coverageSnapshots { nodes { id total } totalCount } } } }`,
  ],
  'Repository.trustedKeys': [1, `{ repositories { nodes { trustedKeys { nodes { id } totalCount } } } }`],
  'Repository.gaps': [
    2,
    `{ repositories { nodes { gaps { nodes { kind reason artifact { id gxpId title } } totalCount } } } }`,
  ],
  'Repository.traceabilityMatrix': [
    2,
    `{ repositories { nodes { traceabilityMatrix { nodes { requirement { id title } userStory { id title } specification { title }
      evidence { title } evidenceLinkStatus } totalCount } } } }`,
  ],
  'Coverage.byRiskRating': [
    2,
    `{ repositories { nodes { coverage { requirements { ratio } byRiskRating { requirements { total } } } } } }`,
  ],
  'Scan.rejections': [1, `{ scans { nodes { rejections { nodes { path code } totalCount } } } }`],
  'Scan.coverageSnapshots': [1, `{ scans { nodes { coverageSnapshots { nodes { id total } totalCount } } } }`],
  'Scan.artifactsFound': [1, `{ scans { nodes { artifactsFound { kind count } } } }`],
  'Commit.scans': [2, `{ scans { nodes { commit { scans { nodes { id } totalCount } } } } }`],
  'Requirement.userStories': [1, `{ requirements { nodes { userStories { nodes { id } totalCount } } } }`],
  'Requirement.acceptanceCriteria': [1, `{ requirements { nodes { acceptanceCriteria } } }`],
  'UserStory.specifications': [1, `{ userStories { nodes { specifications { nodes { id } totalCount } } } }`],
  'UserStory.acceptanceCriteria': [1, `{ userStories { nodes { acceptanceCriteria } } }`],
  'Specification.evidence': [1, `{ specifications { nodes { evidence { nodes { id } totalCount } } } }`],
  'SignedEvidence.files': [1, `{ signedEvidences { nodes { files { nodes { path sha256 sizeBytes } totalCount } } } }`],
  'Specification.sourceFiles': [1, `{ specifications { nodes { sourceFiles } } }`],
  'Specification.testFiles': [1, `{ specifications { nodes { testFiles } } }`],
  'Trace.steps': [1, ``],
  'SystemContext.history': [1, `{ systemContexts { nodes { history { nodes { id } totalCount } } } }`],
  'Repository.artifactVersions': [
    1,
    `{ repositories { nodes { artifactVersions { nodes { id content from { commitSha } } totalCount } } } }`,
  ],
  // Of one repository: the pair of scans is looked up beside it. That each list adds one statement is a test of its own.
  'ScanDifference.artifacts': [3, ``],
  'ScanDifference.links': [3, ``],
  'ScanDifference.coverage': [3, ``],
  ...Object.fromEntries(
    Object.entries({
      requirements: ['specifications', 'evidence', 'parts', 'partOf'],
      userStories: ['requirements', 'evidence'],
      specifications: ['userStories', 'requirements'],
      signedEvidences: ['specifications', 'userStories', 'requirements'],
    }).flatMap(([root, relations]) =>
      [...relations, 'parentLinks', 'childLinks', 'history'].map((relation) => [
        `${typeOfRoot[root] ?? ''}.${relation}`,
        [1, `{ ${root} { nodes { ${relation} { nodes { id } totalCount } } } }`],
      ]),
    ),
  ),
};

/** `Type.field` of every field of the contract that answers several things; the parts of connections are not asked alone. */
function listFields(): string[] {
  const text = readSources().subgraphs['traceability'] ?? '';
  return parse(text).definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || /(Connection|Payload)$/.test(definition.name.value))
      return [];
    return (definition.fields ?? []).flatMap((field) => {
      const type = field.type.kind === Kind.NON_NULL_TYPE ? field.type.type : field.type;
      const isList =
        type.kind === Kind.LIST_TYPE || (type.kind === Kind.NAMED_TYPE && type.name.value.endsWith('Connection'));
      return isList ? [`${definition.name.value}.${field.name.value}`] : [];
    });
  });
}

describe('at most one statement for each level of a request, however many parents:', () => {
  test('every list of the contract is asked below', () => {
    expect(Object.keys(lists).sort()).toEqual(listFields().sort());
  });

  test.each(Object.entries(lists).filter(([, [, query]]) => query !== ''))('%s', async (_, [statements, query]) => {
    const answer = await subgraph.ask(query);
    expect(answer.errors).toBeUndefined();
    expect(answer.statements).toBe(statements);
  });

  test('Trace.steps', async () => {
    const { requirements } = await subgraph.get(`{ requirements(first: 1) { nodes { id } } }`);
    const query = `query ($id: ID!) { trace(artifact: $id, direction: DOWNWARD) { steps { artifact { id gxpId title } } } }`;
    expect((await subgraph.ask(query, { id: requirements.nodes[0].id })).statements).toBe(1);
  });

  test('coverage of one repository, its gaps, and the first page of its matrix are one statement each', async () => {
    const of = async (field: string) =>
      (await subgraph.ask(`{ repository(fullName: "acme/one") { ${field} } }`)).statements - 1;
    expect(await of('coverage { requirements { total } }')).toBe(1);
    expect(await of('gaps { nodes { kind } }')).toBe(1);
    expect(await of('traceabilityMatrix { nodes { requirementGxpId } pageInfo { endCursor } totalCount }')).toBe(1);
  });

  test('upward too: all the parents of a page, in its own statement', async () => {
    const query = `{ signedEvidences { nodes { specification { userStory { requirement { repository { name } } } } link { status } } } }`;
    expect((await subgraph.ask(query)).statements).toBe(1);
  });

  test('what is long is read once, not once for each row that leads to it', async () => {
    const query = `{ userStories { nodes { gxpId requirement { title description } } } }`;
    expect((await subgraph.ask(query)).statements).toBe(2);
  });

  test('both ends of all links of a page are one statement for each kind', async () => {
    const query = `{ traceabilityLinks(filter: { linkType: { eq: REQ_TO_US } }) { nodes { source { title } target { title } } } }`;
    expect((await subgraph.ask(query)).statements).toBe(3);
  });

  test('what only one kind of artifact has is read once for each kind found', async () => {
    const query = `{ searchArtifacts(query: "system") { nodes { artifact { gxpId ... on Requirement { gxpRiskRating } } } } }`;
    expect((await subgraph.ask(query)).statements).toBe(2);
  });

  test('signatures of a page are examined by keys read at once', async () => {
    expect((await subgraph.ask(`{ signedEvidences { nodes { verifySignature { verified } } } }`)).statements).toBe(2);
  });
});
