import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSigner, requirement, spec, story } from '../../../tests/federation/traceability/files.js';
import { ingest, openSubgraph, type TestSubgraph } from '../../../tests/federation/traceability/subgraph.js';
import { packagePath } from '../../kernel/config/index.js';

const readme = readFileSync(packagePath('subgraphs', 'traceability', 'README.md'), 'utf8');
const queries = [...readme.matchAll(/^(.*):\n\n```graphql\n# (\d+) statements?\n([^`]+)```/gm)].map(
  ([, title = '', statements = '', query = '']) => [title, Number(statements), query] as const,
);

let subgraph: TestSubgraph;
beforeAll(async () => {
  subgraph = await openSubgraph();
  const signer = await createSigner('readme');
  const files = ['1', '2', '3'].flatMap((n) => [
    requirement(`REQ-${n}`, { risk: 'HIGH', body: 'There shall be an audit trail.' }),
    ...[story(`US-${n}`, `REQ-${n}`), spec(`SPEC-${n}`, `US-${n}`)],
  ]);
  await ingest(subgraph, {
    files: [...files, await signer.evidence('EV-1', 'SPEC-1'), { path: 'broken.md', content: '' }],
  });
});
afterAll(() => subgraph.close());

test('there are five queries to try', () => {
  expect(queries).toHaveLength(5);
});

test.each(queries)('%s: answers, at the statements that are said', async (_, statements, query) => {
  const answer = await subgraph.ask(query);
  expect(answer.errors).toBeUndefined();
  expect(JSON.stringify(answer.data)).toMatch(/REQ-1|SPEC-1|"commitSha":"a/);
  expect(answer.statements).toBe(statements);
});
