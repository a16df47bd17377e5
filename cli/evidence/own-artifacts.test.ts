import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  checkArtifactSet,
  checkPublicKey,
  parseArtifactFile,
  resolveLinks,
  verifySignature,
  type Artifact,
  type CheckedSet,
  type LinkNode,
  type Problem,
} from '../../subgraphs/traceability/domain/index.js';
import { readCheckout } from '../checkout/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const named = { repository: 'weft/weft', commit: '0'.repeat(40) };
let problems: Problem[] = [];
let set: CheckedSet;
const ofKind = <Kind extends Artifact['kind']>(kind: Kind) =>
  set.artifacts.filter((each): each is Extract<Artifact, { kind: Kind }> => each.kind === kind);

beforeAll(async () => {
  const artifacts: Artifact[] = [];
  for await (const { file, problem } of (await readCheckout(root, named)).entries) {
    if (problem !== null) problems.push(problem);
    if (file === null) continue;
    const parsed = parseArtifactFile(file);
    problems.push(...parsed.problems);
    if (parsed.artifact !== null) artifacts.push(parsed.artifact);
  }
  set = checkArtifactSet(artifacts);
  problems = [...problems, ...set.problems];
});

describe('the artifacts of this project', () => {
  test('are read without a single problem', () => {
    expect(problems).toEqual([]);
    const kinds = new Map<string, number>();
    for (const { kind } of set.artifacts) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    expect([...kinds.keys()].sort()).toEqual([
      'REQUIREMENT',
      'SIGNED_EVIDENCE',
      'SPECIFICATION',
      'SYSTEM_CONTEXT',
      'USER_STORY',
    ]);
  });

  test('name only source and test files that exist', () => {
    const named = ofKind('SPECIFICATION').flatMap(({ gxpId, sourceFiles, testFiles }) =>
      [...sourceFiles, ...testFiles].map((path) => ({ gxpId, path })),
    );
    expect(named.filter(({ path }) => !existsSync(`${root}/${path}`))).toEqual([]);
  });

  test('carry evidence that verifies by the committed test key, and no link that is broken', async () => {
    const { keys } = JSON.parse(readFileSync(`${root}/.gxp/keys/test.jwks.json`, 'utf8')) as { keys: unknown[] };
    const checks = await Promise.all(keys.map(checkPublicKey));
    const trusted = checks.flatMap(({ key }) => (key === null ? [] : [key]));
    expect(trusted).toHaveLength(keys.length);
    const verified = new Map<string, boolean | null>();
    for (const { gxpId, jws } of ofKind('SIGNED_EVIDENCE')) {
      verified.set(gxpId, (await verifySignature(jws, trusted, { now: new Date() })).verified);
    }
    expect([...verified].filter(([, verdict]) => verdict !== true)).toEqual([]);
    const nodes = set.artifacts.map((each): LinkNode => ({
      repositoryId: 'weft',
      gxpId: each.gxpId,
      kind: each.kind,
      parentId: 'parentId' in each ? each.parentId : null,
      fingerprint: null,
      signatureVerified: verified.get(each.gxpId) ?? null,
      result: each.kind === 'SIGNED_EVIDENCE' ? each.result.result : null,
    }));
    const links = resolveLinks(nodes);
    expect(links.filter((link) => !link.isValid)).toEqual([]);
    expect(links.filter((link) => link.status === 'COVERED').length).toBeGreaterThan(0);
  });

  test('hold no private key', async () => {
    const keySet = readFileSync(`${root}/.gxp/keys/test.jwks.json`, 'utf8');
    expect(keySet).not.toMatch(/"d"/);
  });
});
