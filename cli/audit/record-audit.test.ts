import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect, openSubgraph, type TestSubgraph } from '../../tests/federation/audit-and-builds/subgraph.js';
import { readCheckout } from '../checkout/index.js';
import type { GraphClient } from '../graph-client/index.js';
import { readAuditSubject, recordAudit } from './index.js';

let folder: string;
let subgraph: TestSubgraph;
let client: GraphClient;

const git = (...args: string[]): void =>
  void execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    stdio: 'pipe',
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weft-record-'));
  for (const name of ['src', 'contracts']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'src', 'a.ts'), 'export const a = 1;');
  writeFileSync(join(folder, 'contracts', 'boundaries.yaml'), 'rules: []');
  git('init', '-q', '-b', 'main');
  git('remote', 'add', 'origin', 'https://github.com/Acme/API.git');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  subgraph = await openSubgraph();
  client = {
    place: 'the test',
    request: async (query, variables) => {
      const { data, errors } = await subgraph.ask(query, variables);
      expect(errors).toBeUndefined();
      return data;
    },
    close: () => Promise.resolve(),
  };
});
afterAll(async () => {
  await subgraph.close();
  rmSync(folder, { recursive: true, force: true });
});

const record = async () => {
  const [{ facts }, subject] = await Promise.all([readCheckout(folder), readAuditSubject(folder, {})]);
  return { facts, audit: await recordAudit(client, facts, subject) };
};

test('an audit of a repository that is not connected is refused with the reason', async () => {
  await expect(record()).rejects.toThrow(/^The audit was refused: .+ \(NOT_FOUND\)$/);
});

test('a recorded audit is in the graph with its checks, at the commit of the checkout', async () => {
  await connect(subgraph);
  const { facts, audit } = await record();
  const stored = await subgraph.ask(
    `query ($id: ID!) { auditRun(id: $id) { commitSha branch status overallResult filesChecked checks { code name result detail } } }`,
    { id: audit.id },
  );
  expect(stored.data.auditRun).toEqual({
    commitSha: facts.commitSha,
    branch: 'main',
    status: 'COMPLETED',
    overallResult: audit.overallResult,
    filesChecked: 2,
    checks: audit.checks,
  });
  expect(audit.checks.map(({ code }) => code)).toEqual(['A0', 'A4', 'A9', 'P1', 'T1', 'W1']);
});

test('files that are not those of the commit are not recorded for it', async () => {
  writeFileSync(join(folder, 'src', 'a.ts'), 'export const a = 2;');
  await expect(record()).rejects.toThrow('uncommitted changes');
});
