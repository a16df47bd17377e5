import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSigner, requirement, spec, story, type Signer } from '../../../tests/federation/traceability/files.js';
import { ingest, openSubgraph, type TestSubgraph } from '../../../tests/federation/traceability/subgraph.js';
import { seeded } from '../../../tests/testkit/seeded.js';
import { sql } from '../../kernel/db/index.js';
import { coveredNodes, linkKey, nodeKey, resolveLinks, type Link, type LinkNode } from '../domain/index.js';
import type { ScanFileInput } from '../index.js';

let subgraph: TestSubgraph;
let signers: Signer[];
beforeAll(async () => {
  subgraph = await openSubgraph();
  signers = await Promise.all(['trusted', 'unknown'].map((kid) => createSigner(kid)));
});
afterAll(() => subgraph.close());

const tested = 'e'.repeat(40);

/** Few ids for many files: parents are found at home, elsewhere, in several places, in circles or nowhere. */
async function randomFiles(random: (below: number) => number): Promise<ScanFileInput[]> {
  const files: ScanFileInput[] = [];
  const id = (prefix: string): string => `${prefix}-${random(4)}`;
  const body = (): { body: string } => ({ body: `Text ${random(2)}.` });
  const parent = (prefix: string): string => id(random(12) === 0 ? 'US' : prefix);
  // Beside its parent an artifact may name more, of other levels too.
  const more = (): Record<string, string> => {
    const list = (...prefixes: string[]): string => `[${id(prefixes[random(prefixes.length)] ?? 'REQ')}, ${id('REQ')}]`;
    return {
      ...body(),
      ...(random(4) === 0 && { satisfies: list('REQ', 'US') }),
      ...(random(4) === 0 && { implements: list('US') }),
      ...(random(6) === 0 && { depends_on: list('REQ', 'US', 'SPEC', 'EV') }),
    };
  };
  for (let count = random(14); count > 0; count -= 1) {
    const made = [
      () => requirement(id('REQ'), { ...more(), risk: random(3) === 0 ? 'HIGH' : 'LOW' }),
      () => story(id('US'), parent('REQ'), more()),
      () => spec(id('SPEC'), parent('US'), more()),
      () =>
        (signers[random(3) === 0 ? 1 : 0] as Signer).evidence(id('EV'), parent('SPEC'), {
          result: random(4) === 0 ? 'FAIL' : 'PASS',
          git_commit: tested,
          ...(random(4) === 0 && { verifies: [id('SPEC'), id('US'), id('REQ')] }),
        }),
    ] as const;
    const file = await made[random(4)]?.();
    if (file === undefined) continue;
    const isTwin = files.some((other) => other.path === file.path);
    if (!isTwin) files.push(file);
    else if (random(4) === 0) files.push({ ...file, path: `twin/${files.length}/${file.path}` });
  }
  return files;
}

async function everything(): Promise<{ nodes: LinkNode[]; links: Link[]; covered: Set<string> }> {
  const tables = ['requirements', 'user_stories', 'specs', 'evidence'];
  const kinds = ['REQUIREMENT', 'USER_STORY', 'SPECIFICATION', 'SIGNED_EVIDENCE'];
  const nodes = await Promise.all(
    tables.map((table, n) =>
      subgraph.database.query<
        LinkNode & { id: string }
      >(`select '${kinds[n] ?? ''}' as kind, id, repository_id as "repositoryId",
        gxp_id as "gxpId", ${n === 0 ? 'null' : 'parent_id'} as "parentId", edges, ${n === 3 ? 'null' : 'fingerprint'} as fingerprint,
        ${n === 3 ? 'signature_verified' : 'null::boolean'} as "signatureVerified",
        ${n === 3 ? 'result' : 'null'} as result, ${n === 3 ? 'freshness' : 'null'} as freshness,
        ${n === 3 ? 'signer_count' : 'null::integer'} as "signerCount",
        ${n === 0 ? `case when gxp_risk_rating = 'HIGH' then (select r.high_risk_signatures from traceability.repositories r where r.id = repository_id) end` : 'null::integer'} as "signaturesRequired", is_duplicate as "isDuplicate" from traceability.${table}`),
    ),
  );
  const links = await subgraph.database.query<
    Link & Record<string, unknown>
  >(sql`select repository_id as "repositoryId",
    source_id as "sourceId", target_id as "targetId", link_type as "type", relation, source_kind as "sourceKind",
    target_kind as "targetKind", reaches_proof as "reachesProof", source_repository_id as "sourceRepositoryId", status,
    is_valid as "isValid", parent_fingerprint as "parentFingerprint" from traceability.links`);
  const read = await subgraph.get(
    `{ ${['requirements', 'userStories', 'specifications', 'signedEvidences']
      .map((field) => `${field}(first: 100, filter: { isCovered: { eq: true } }) { nodes { id } }`)
      .join(' ')} }`,
  );
  const keyById = new Map(nodes.flat().map((node) => [node.id, nodeKey(node.repositoryId, node.gxpId)]));
  const connections = Object.values(read as Record<string, { nodes: { id: string }[] }>);
  const covered = connections.flatMap(({ nodes: found }) =>
    found.map((node) => keyById.get(node.id.split(':')[1] ?? '') ?? ''),
  );
  return { nodes: nodes.flat(), links, covered: new Set(covered) };
}

const sorted = (links: readonly Link[]): Link[] => [...links].sort((a, b) => (linkKey(a) < linkKey(b) ? -1 : 1));

test.each([1, 2, 11])(
  'after each of many scans of three repositories, links and coverage are what the rules say of everything at once (seed %i)',
  async (seed) => {
    const chance = seeded(seed);
    const random = (below: number): number => Math.floor(chance() * below);
    const repositories = [1, 2, 3].map((n) => `seed-${seed}/repository-${n}`);
    const add = `mutation ($input: TrustedKeyAddInput!) { trustedKeyAdd(input: $input) { userErrors { code } } }`;
    for (const repository of repositories) {
      await ingest(subgraph, { repository, files: [] });
      await subgraph.get(add, { input: { repositoryId: `Repository:${repository}`, jwk: signers[0]?.publicJwk } });
    }
    const policy = `mutation ($input: RepositoryUpdateInput!) { repositoryUpdate(input: $input) { userErrors { code } } }`;
    await subgraph.get(policy, {
      input: { repositoryId: `Repository:${repositories[0] ?? ''}`, highRiskSignatures: 2 },
    });
    for (let commit = 1; commit <= 25; commit += 1) {
      const repository = repositories[random(3)] ?? '';
      const commitSha = commit.toString(16).padStart(40, '0');
      const paths = ['SPEC-0', 'SPEC-1'].map((spec) => `.gxp/${spec}.md`);
      const changes = [{ since: tested, paths: random(2) === 0 ? paths : [] }];
      await ingest(subgraph, {
        repository,
        commitSha,
        files: await randomFiles(random),
        sources: { files: [], changes },
      });
      const { nodes, links, covered } = await everything();
      const expected = resolveLinks(nodes, new Map(links.map((link) => [linkKey(link), link.parentFingerprint])));
      expect(sorted(links)).toEqual(sorted(expected));
      expect(covered).toEqual(new Set(coveredNodes(nodes, links)));
    }
    // The next seed starts from nothing.
    for (const repository of repositories) await ingest(subgraph, { repository, commitSha: 'f'.repeat(40), files: [] });
  },
  120_000,
);
