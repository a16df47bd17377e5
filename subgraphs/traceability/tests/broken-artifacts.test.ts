import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { brokenArtifacts, soundArtifacts } from '../../../tests/testkit/broken-artifacts.js';
import type { ScanFileInput } from '../index.js';
import { ingest, openSubgraph, type TestSubgraph } from '../../../tests/federation/traceability/subgraph.js';

const broken = brokenArtifacts();
// Half a surrogate pair can't travel as JSON text in UTF-8; such a file comes as bytes, as all that are no plain text.
const toInput = ({ path, content }: { path: string; content: string | Uint8Array }): ScanFileInput =>
  typeof content === 'string' ? { path, content } : { path, contentBase64: Buffer.from(content).toString('base64') };

let subgraph: TestSubgraph;
let rejections: any[];
beforeAll(async () => {
  subgraph = await openSubgraph();
  const { userErrors, scan } = await ingest(subgraph, { files: [...soundArtifacts, ...broken].map(toInput) });
  expect(userErrors).toEqual([]);
  const query = `query ($id: ID!, $after: String) { scan(id: $id) { rejections(first: 100, after: $after) {
    nodes { path line code reason severity } pageInfo { hasNextPage endCursor } } } }`;
  rejections = scan.rejections.nodes;
  let after: string | null = null;
  for (rejections = []; ;) {
    const page: { nodes: unknown[]; pageInfo: { hasNextPage: boolean; endCursor: string } } = (
      await subgraph.get(query, { id: scan.id, after })
    ).scan.rejections;
    rejections.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
});
afterAll(() => subgraph.close());

test.each(broken.map((file) => [file.what, file] as const))(
  '%s is in the scan with file, line and reason',
  (_, file) => {
    // eslint-disable-next-line no-control-regex -- such a path is stored with a mark in the character's place
    const path = file.path.replace(/[\u0000-\u001f]/g, '\ufffd');
    expect(rejections).toContainEqual({
      path,
      line: file.line,
      code: file.code,
      severity: file.severity,
      reason: expect.stringMatching(/\S{2}/),
    });
  },
);

test('a path that is longer than an index takes is stored as far as it goes', async () => {
  const path = Array.from({ length: 2_000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * i * 7_919) % 20_000))).join(
    '',
  );
  const { scan } = await ingest(subgraph, { repository: 'acme/long-path', files: [{ path, content: 'x' }] });
  expect(scan.rejections.nodes).toMatchObject([{ path: path.slice(0, 800), code: 'UNSAFE_PATH' }]);
});

test('the sound files beside them are stored, and nothing is said of them', async () => {
  const sound = soundArtifacts.map((file) => file.path);
  expect(rejections.filter(({ path }) => sound.includes(path))).toEqual([]);
  const { repository } = await subgraph.get(`{ repository(fullName: "acme/api") {
    requirements { nodes { path } } userStories { nodes { path } } specifications { nodes { path } } evidence { nodes { path } } } }`);
  const stored = Object.values(repository).flatMap((connection: any) => connection.nodes.map((node: any) => node.path));
  const flagged = broken.filter((file) => file.severity === 'FLAGGED').map((file) => file.path);
  expect(stored.sort()).toEqual([...sound, ...flagged].sort());
});

test('a circle of parents is a gap of each of its members', async () => {
  const { repository } = await subgraph.get(`{ repository(fullName: "acme/api") {
    gaps(first: 100, filter: { kind: { eq: CYCLE } }) { nodes { gxpId } } } }`);
  expect(repository.gaps.nodes).toEqual([{ gxpId: 'US-884' }, { gxpId: 'US-885' }, { gxpId: 'US-886' }]);
});
