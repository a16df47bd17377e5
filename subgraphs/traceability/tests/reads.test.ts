import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { untilFollowing } from '../../../tests/testkit/feed.js';
import { requirement, spec, story } from '../../../tests/federation/traceability/files.js';
import { ingest, openSubgraph, sha, type TestSubgraph } from '../../../tests/federation/traceability/subgraph.js';

let subgraph: TestSubgraph;
beforeAll(async () => {
  subgraph = await openSubgraph();
  const named = Array.from({ length: 25 }, (_, n) =>
    requirement(`REQ-${100 + n}`, { body: 'Records of every batch are kept.' }),
  );
  await ingest(subgraph, {
    files: [...named, story('US-1', 'REQ-100', { title: 'Keeping a ledger' }), spec('SPEC-1', 'US-1')],
  });
  await ingest(subgraph, {
    repository: 'acme/second',
    files: [requirement('REQ-1', { body: 'A batch has a ledger.' })],
  });
});
afterAll(() => subgraph.close());

describe('searchArtifacts', () => {
  const query = `query ($query: String!, $repository: ID, $kinds: [ArtifactKind!], $first: Int, $after: String) {
    searchArtifacts(query: $query, repository: $repository, kinds: $kinds, first: $first, after: $after) {
      nodes { rank snippet artifact { __typename gxpId repository { fullName } } } pageInfo { hasNextPage endCursor } } }`;
  const search = async (variables: Record<string, unknown>) => (await subgraph.get(query, variables)).searchArtifacts;

  test('finds words of titles and bodies in any inflection, titles first, with the passage', async () => {
    const { nodes } = await search({ query: 'ledgers' });
    expect(nodes.map((node: { artifact: { gxpId: string } }) => node.artifact.gxpId)).toEqual(['US-1', 'REQ-1']);
    expect(nodes[1].snippet).toContain('«ledger»');
    expect(nodes[0].rank).toBeGreaterThan(nodes[1].rank);
  });

  test('narrows by repository and by kind, and finds nothing in a repository that is not there', async () => {
    const of = async (variables: object) => (await search({ query: 'ledger', ...variables })).nodes.length;
    expect(await of({ repository: 'Repository:acme/second' })).toBe(1);
    expect(await of({ kinds: ['USER_STORY'] })).toBe(1);
    expect(await of({ kinds: [] })).toBe(0);
    expect(await of({ repository: 'Repository:acme/nowhere' })).toBe(0);
  });

  test('pages through equal ranks without losing or doubling a match', async () => {
    const found: string[] = [];
    for (let after: string | null = null; ;) {
      const page: Awaited<ReturnType<typeof search>> = await search({ query: 'every batch', first: 10, after });
      found.push(...page.nodes.map((node: { artifact: { gxpId: string } }) => node.artifact.gxpId));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(found.sort()).toEqual(Array.from({ length: 25 }, (_, n) => `REQ-${100 + n}`));
  });

  test('takes whatever a person types for words', async () => {
    for (const typed of [`'; drop table requirements --`, '"unclosed', '& | ! ( ) :*', '\\', 'the']) {
      expect(await search({ query: typed })).toMatchObject({ nodes: expect.any(Array) });
    }
  });

  test('refuses an empty query, a page out of bounds, a forged cursor and an id of another type, with a typed error', async () => {
    const codeOf = async (variables: object) =>
      (await subgraph.ask(query, { query: 'x', ...variables })).errors?.[0]?.extensions['code'];
    expect(await codeOf({ query: '  ' })).toBe('BAD_USER_INPUT');
    expect(await codeOf({ query: 'x\0' })).toBe('BAD_USER_INPUT');
    expect(await codeOf({ query: 'x'.repeat(501) })).toBe('BAD_USER_INPUT');
    expect(await codeOf({ first: 101 })).toBe('BAD_USER_INPUT');
    expect(await codeOf({ repository: 'Scan:1' })).toBe('BAD_USER_INPUT');
    const forged = Buffer.from(JSON.stringify(['ArtifactMatch.RANK_DESC', 'x', "'"])).toString('base64url');
    expect(await codeOf({ after: forged })).toBe('CURSOR_INVALID');
  });
});

describe('entities', () => {
  const entities = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on Repository { id fullName name requirements { totalCount } coverage { requirements { total } } gaps { nodes { kind } } }
    ... on Commit { id sha repository { fullName name } scans { totalCount } }
    ... on Requirement { gxpId } } }`;
  const resolve = async (...representations: object[]) => (await subgraph.get(entities, { representations }))._entities;

  test('a repository that another domain knows resolves, with nothing in it', async () => {
    expect(await resolve({ __typename: 'Repository', fullName: 'other/domain' })).toEqual([
      {
        ...{ id: 'Repository:other/domain', fullName: 'other/domain', name: null, coverage: null },
        ...{ requirements: { totalCount: 0 }, gaps: { nodes: [] } },
      },
    ]);
  });

  test('a commit resolves by its id alone, scanned or not', async () => {
    expect(
      await resolve(
        { __typename: 'Commit', id: `Commit:acme/api@${sha('a')}` },
        { __typename: 'Commit', id: `Commit:other/domain@${sha('b')}` },
      ),
    ).toEqual([
      {
        id: `Commit:acme/api@${sha('a')}`,
        sha: sha('a'),
        repository: { fullName: 'acme/api', name: 'api' },
        scans: { totalCount: 1 },
      },
      {
        id: `Commit:other/domain@${sha('b')}`,
        sha: sha('b'),
        repository: { fullName: 'other/domain', name: null },
        scans: { totalCount: 0 },
      },
    ]);
  });

  test('an id of the wrong type or form is a typed error that names the expected one', async () => {
    const messageOf = async (query: string) => (await subgraph.ask(query)).errors?.[0];
    for (const id of ['Scan:00000000-0000-4000-8000-000000000000', 'Requirement:1', 'x', '']) {
      expect(await messageOf(`{ requirement(id: ${JSON.stringify(id)}) { id } }`)).toMatchObject({
        message: expect.stringContaining('Requirement'),
        extensions: { code: 'BAD_USER_INPUT' },
      });
    }
    for (const ask of ['{ repository { id } }', '{ repository(id: "Repository:a/b", fullName: "a/b") { id } }']) {
      expect(await messageOf(ask)).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    }
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }`;
    const { errors } = await subgraph.ask(query, {
      representations: [{ __typename: 'Commit', id: 'Commit:acme/api' }],
    });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('a trace refuses what is no artifact and a depth out of bounds, and is null for what is not there', async () => {
    const trace = (artifact: string, depth: number) =>
      subgraph.ask(
        `query ($a: ID!, $d: Int) { trace(artifact: $a, direction: UPWARD, maxDepth: $d) { isTruncated } }`,
        { a: artifact, d: depth },
      );
    const unknown = 'UserStory:00000000-0000-4000-8000-000000000000';
    expect((await trace('Repository:acme/api', 1)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect((await trace(unknown, 11)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect((await trace(unknown, 10)).data).toEqual({ trace: null });
  });

  test('filters narrow by repository, coverage and enumerated values', async () => {
    const count = async (filter: string) =>
      (await subgraph.get(`{ requirements(filter: ${filter}) { totalCount } }`)).requirements.totalCount;
    expect(await count(`{ repository: { id: { eq: "Repository:acme/second" } } }`)).toBe(1);
    expect(await count(`{ isCovered: { eq: true } }`)).toBe(0);
    expect(await count(`{ gxpRiskRating: { in: [LOW] }, not: { gxpId: { startsWith: "REQ-10" } } }`)).toBe(16);
    const scans = await subgraph.get(
      `{ scans(filter: { status: { eq: COMPLETED } }) { totalCount nodes { status } } }`,
    );
    expect(scans.scans).toMatchObject({ totalCount: 2, nodes: [{ status: 'COMPLETED' }, { status: 'COMPLETED' }] });
  });
});

describe('repositoryScanned', () => {
  const query = `subscription ($repository: String, $after: String) { repositoryScanned(repository: $repository, after: $after) {
    cursor occurredAt scan { commitSha createdCount } repository { fullName } } }`;

  test('replays what was missed after a cursor, then follows, and tells of other repositories only when asked', async () => {
    const repository = 'acme/watched';
    const stop = new AbortController();
    const events = (await subgraph.follow(query, { repository: 'Acme/Watched' }, stop.signal))[Symbol.asyncIterator]();
    const first = events.next();
    await untilFollowing(subgraph.database);
    await ingest(subgraph, { repository: 'acme/unwatched', files: [] });
    await ingest(subgraph, { repository, files: [requirement('REQ-1')] });
    const event = (await first).value.data.repositoryScanned;
    expect(event).toMatchObject({
      scan: { commitSha: sha('a'), createdCount: 1 },
      repository: { fullName: repository },
    });
    await ingest(subgraph, { repository, files: [], commitSha: sha('b') });
    const again = (await subgraph.follow(query, { repository, after: event.cursor }, stop.signal))[
      Symbol.asyncIterator
    ]();
    expect((await again.next()).value.data.repositoryScanned.scan).toMatchObject({ commitSha: sha('b') });
    stop.abort();
  });
});
