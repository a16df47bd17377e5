/** A whole repository in the manner of those that live by the standards, scanned; every verdict is held against a table. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSubgraph, type TestSubgraph } from '../../tests/federation/traceability/subgraph.js';
import { specId, writeValidatedRepository } from '../../tests/testkit/validated-repository.js';
import { readCheckout } from '../checkout/index.js';
import type { GraphClient } from '../graph-client/index.js';
import { scanCheckout, type ScanReport } from './scan.js';

let base: string;
let subgraph: TestSubgraph;
let report: ScanReport;
let scanAgain: () => Promise<ScanReport>;
const read = async (fields: string) =>
  (await subgraph.get(`{ repository(fullName: "clinic/pump") { ${fields} } }`)).repository;

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'weft-validated-')));
  const root = join(base, 'pump');
  const [{ publicJwk }, opened] = [await writeValidatedRepository(root), await openSubgraph()];
  subgraph = opened;
  const client: GraphClient = {
    place: 'here',
    request: async <Data>(query: string, variables?: Record<string, unknown>) =>
      (await subgraph.get(query, variables)) as Data,
    close: () => Promise.resolve(),
  };
  scanAgain = async () => {
    const checkout = await readCheckout(root);
    const outcome = await scanCheckout({ checkout, client, trustedKeys: [publicJwk], onProgress: () => undefined });
    if (outcome.report === null) throw new Error(JSON.stringify(outcome.userErrors));
    return outcome.report;
  };
  report = await scanAgain();
}, 60_000);
afterAll(async () => {
  await subgraph.close();
  rmSync(base, { recursive: true, force: true });
});

test('nothing is rejected, so that the scan ends well; what deserves a look is flagged with its file and line', () => {
  expect(report.rejected).toEqual([]);
  expect(report.found).toBe(8 + 18 + 18 + 60 + 100 + 2);
  expect(report.flagged.map(({ path, line, code }) => `${path}:${line} ${code}`)).toEqual([
    '.gxp/evidence/packages/OQ-SPEC-07-2026-03-01/manifest.json:1 PACKAGE_ALTERED',
    '.gxp/evidence/packages/OQ-SPEC-08-2026-03-01/manifest.json:1 PACKAGE_ALTERED',
    'src/module-04.ts:4 UNKNOWN_REFERENCE',
  ]);
});

/** By hand: what is covered, and what is not. */
const requirements: readonly (readonly [id: string, isCovered: boolean])[] = [
  ['REQ-01', false],
  ['REQ-02', false],
  ['REQ-03', false],
  ['REQ-04', true],
  ['REQ-05', false],
  ['REQ-06', true],
  ['REQ-07', true],
  ['REQ-08', true],
];
const uncovered = ['SPEC-03', 'SPEC-05', 'SPEC-07', 'SPEC-08', 'SPEC-11'];

test('each requirement, story and specification is covered where the table says so', async () => {
  const found = await read(`requirements { nodes { gxpId isCovered } } userStories { nodes { gxpId isCovered } }
    specifications { nodes { gxpId isCovered } }
    coverage { requirements { deeplyCovered } userStories { deeplyCovered } specifications { deeplyCovered } evidence { deeplyCovered } }`);
  const outline = (nodes: readonly { gxpId: string; isCovered: boolean }[]) =>
    nodes.map((each) => [each.gxpId, each.isCovered]);
  expect(outline(found.requirements.nodes)).toEqual(requirements);
  const specs = Array.from({ length: 18 }, (_, index) => specId(index + 1));
  expect(outline(found.specifications.nodes)).toEqual(specs.map((id) => [id, !uncovered.includes(id)]));
  expect(outline(found.userStories.nodes)).toEqual(
    specs.map((id) => [id.replace('SPEC', 'US'), !uncovered.includes(id)]),
  );
  expect(found.coverage).toEqual({
    requirements: { deeplyCovered: 4 },
    userStories: { deeplyCovered: 13 },
    specifications: { deeplyCovered: 13 },
    // Of 160: one fails, ten of SPEC-05 and one of SPEC-10 are stale, two packages are not what was signed, one signature is
    // false, one of a stranger, one run is pending.
    evidence: { deeplyCovered: 143 },
  });
});

test('each gap is there, with its reason, and no other', async () => {
  const { gaps } = await read('gaps(first: 100) { totalCount nodes { kind gxpId reason } }');
  const outline = (gaps.nodes as { kind: string; gxpId: string; reason: string }[]).map(
    ({ kind, gxpId, reason }) => `${kind} ${gxpId}: ${reason.replace(/commit [0-9a-f]{12}/, 'commit …')}`,
  );
  const ofSpec5 = [
    ...[1, 2, 3, 4].map((n) => `EV-SPEC-05-${n}`),
    ...[1, 2, 3, 4, 5, 6].map((n) => `OQ-SPEC-05-2026-03-0${n}`),
  ];
  expect(outline.filter((gap) => !gap.startsWith('CRITERIA_OPEN'))).toEqual([
    'FAILED EV-SPEC-03-1: test_results: 1 failed.',
    'FILES_MISSING SPEC-13: It names files that the repository does not have: src/never-written.ts.',
    'INCONCLUSIVE EV-SPEC-14-1: test_results: none of the tests has passed.',
    ...ofSpec5.slice(0, 4).map((id) => `STALE ${id}: "src/module-05.ts" has changed since commit ….`),
    'STALE EV-SPEC-10-1: "src/module-10.ts" has changed since commit ….',
    ...ofSpec5.slice(4).map((id) => `STALE ${id}: "src/module-05.ts" has changed since commit ….`),
    'UNVERIFIED EV-SPEC-11-1: The signature is not of this payload by the trusted key.',
    'UNVERIFIED EV-SPEC-12-1: Cannot be judged: no trusted key has the id "stranger".',
    'UNVERIFIED OQ-SPEC-07-2026-03-01: "test-output.log" was changed after it was signed: its hash is another.',
    'UNVERIFIED OQ-SPEC-08-2026-03-01: "approval.txt" is not listed: it was added after the signing.',
  ]);
  // Every package speaks of the first criterion of its story, none of the second; of SPEC-05 all are stale.
  const open = outline.filter((gap) => gap.startsWith('CRITERIA_OPEN'));
  expect(open).toHaveLength(18);
  expect(open.filter((gap) => gap.includes('AC-1'))).toEqual([
    'CRITERIA_OPEN US-05: Evidence speaks of its acceptance criteria, and these have not passed: AC-1, AC-2.',
  ]);
});

test('decisions, risks and what the system is are read, and what a document says beyond them is kept', async () => {
  const found = await read(`decisions { nodes { gxpId title status supersededBy decision } }
    risks { nodes { gxpId title riskRating status date mitigation relatedIds line } }
    systemContexts { gxpId projectName version gxpRiskRating } requirements(first: 1) { nodes { attributes validationStatus gxpRiskRating } }`);
  expect(found.decisions.nodes).toEqual([
    { gxpId: 'ADR-001', title: 'Decision 1', status: 'ACCEPTED', supersededBy: null, decision: 'We take one.' },
    { gxpId: 'ADR-002', title: 'Decision 2', status: 'PROPOSED', supersededBy: null, decision: 'We take one.' },
    { gxpId: 'ADR-003', title: 'Decision 3', status: 'SUPERSEDED', supersededBy: 'ADR-004', decision: 'We take one.' },
    { gxpId: 'ADR-004', title: 'Decision 4', status: 'ACCEPTED', supersededBy: null, decision: 'We take one.' },
  ]);
  expect(found.risks.nodes).toEqual([
    {
      gxpId: 'RISK-001',
      title: 'A dose is counted twice',
      riskRating: 'HIGH',
      status: 'MITIGATED',
      date: '2026-01-12',
      mitigation: 'Doses have keys,\nand SPEC-01 tests them.',
      relatedIds: ['REQ-01', 'SPEC-01'],
      line: 3,
    },
    {
      gxpId: 'RISK-002',
      title: 'A report is late',
      riskRating: 'LOW',
      status: null,
      date: '2026-02-05',
      mitigation: 'It is sent again',
      relatedIds: ['REQ-02', 'SPEC-04'],
      line: 15,
    },
  ]);
  expect(found.systemContexts).toEqual([
    {
      gxpId: '7d0c2f8e-0000-4000-8000-000000000001',
      projectName: 'Infusion pump',
      version: '2.1.0',
      gxpRiskRating: 'HIGH',
    },
    { gxpId: 'PUMP', projectName: 'Infusion pump', version: '2.1.0', gxpRiskRating: 'HIGH' },
  ]);
  expect(found.requirements.nodes[0]).toEqual({
    attributes: { owner: 'quality', satisfies: [], validation_status: 'IMPLEMENTED' },
    validationStatus: 'IN_REVIEW',
    gxpRiskRating: 'HIGH',
  });
});

test('code and tests lead to what they are for, by file and line, and back', async () => {
  const code = 'code { nodes { line kind file { path isTest riskRating } } }';
  const { specifications, sourceFiles, userStories } = await read(`specifications(first: 6) { nodes { gxpId ${code} } }
    userStories(first: 1) { nodes { ${code} } }
    sourceFiles(first: 100) { totalCount nodes { path references { nodes { line specification { userStory { requirement { gxpId } } } } } } }`);
  expect(sourceFiles.totalCount).toBe(36);
  const outline = ({ gxpId, code: { nodes } }: any) =>
    nodes
      .map(
        (each: any) =>
          `${gxpId} ${each.kind} ${each.file.path}:${each.line} ${each.file.isTest} ${each.file.riskRating}`,
      )
      .sort();
  expect(outline(specifications.nodes[0])).toEqual([
    'SPEC-01 IMPLEMENTS src/module-01.ts:4 false HIGH',
    'SPEC-01 IMPLEMENTS src/module-01.ts:null false HIGH',
    'SPEC-01 VERIFIES tests/module-01.test.ts:1 true null',
    'SPEC-01 VERIFIES tests/module-01.test.ts:null true null',
  ]);
  expect(outline(specifications.nodes[2])).toEqual([
    'SPEC-03 IMPLEMENTS src/module_03.py:2 false MEDIUM',
    'SPEC-03 IMPLEMENTS src/module_03.py:null false MEDIUM',
    'SPEC-03 VERIFIES tests/test_03.py:2 true null',
    'SPEC-03 VERIFIES tests/test_03.py:null true null',
  ]);
  expect(userStories.nodes[0].code.nodes).toEqual([
    { line: 2, kind: 'VERIFIES', file: { path: 'tests/module-01.test.ts', isTest: true, riskRating: null } },
  ]);
  const module = sourceFiles.nodes.find((each: any) => each.path === 'src/module-02.ts');
  expect(module.references.nodes[0]).toEqual({
    line: 3,
    specification: { userStory: { requirement: { gxpId: 'REQ-01' } } },
  });
});

test('a second scan of the same commit finds all as it is', async () => {
  expect(await scanAgain()).toMatchObject({ alreadyStored: true, coverage: { after: report.coverage.after } });
});

test('a checkout of the same name on another host is another repository, and is not scanned over this one', async () => {
  const root = join(base, 'pump');
  execFileSync('git', ['-C', root, 'remote', 'set-url', 'origin', 'git@other.example.org:clinic/pump.git']);
  await expect(scanAgain()).rejects.toThrow(
    'clinic/pump in the graph is https://git.example.org/clinic/pump, and this checkout is of https://other.example.org/clinic/pump',
  );
});
