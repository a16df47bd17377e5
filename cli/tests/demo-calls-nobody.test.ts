import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { AuditWorker, Github, GithubWorker } from '../../subgraphs/audit-and-builds/index.js';
import { loadConfig, packagePath } from '../../subgraphs/kernel/config/index.js';
import { openSeededDatabase } from '../../tests/database/seeded-database.js';
import { describeOn, startProgram } from '../../tests/testkit/index.js';

const folder = mkdtempSync(join(tmpdir(), 'weft-demo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('nothing of the demo company waits for a worker of audits', async () => {
  const { database, close } = await openSeededDatabase();
  const warnings: unknown[] = [];
  const log = { warn: (line: unknown) => void warnings.push(line), error: (line: unknown) => void warnings.push(line) };
  const { audits: settings, github: where } = loadConfig({});
  const github = new Github({ settings: where, keyring: null, log });
  expect(await new AuditWorker({ database, settings, github, log }).drain()).toBe(0);
  expect(await new GithubWorker({ database, github, webhookSecret: 'a secret', pollMs: 50, log }).drain()).toBe(0);
  expect(warnings).toEqual([]);
  await close();
});

// With a server, workers are processes of their own.
describeOn('pglite', 'weft start', () => {
  test('opens no connection on the demo company, and starts no program', async () => {
    const notes = join(folder, 'doors');
    writeFileSync(notes, '');
    const program = startProgram(['cli', 'main.ts'], ['start'], {
      PORT: '0',
      WEFT_DATA_DIR: join(folder, 'store'),
      NOTE_DOORS: notes,
      NODE_OPTIONS: `--import ${packagePath('tests', 'testkit', 'note-doors.js')}`,
    });
    const hung = setTimeout(() => void program.kill(), 100_000);
    try {
      const url = await addressOf(program.lines);
      // Audits are taken oldest first: once this one was, all before it were.
      const { repositories } = await ask(
        url,
        '{ repositories: connectedRepositories(first: 1) { nodes { id connectedBy { id } githubRepoId fullName } } }',
      );
      const [{ id, connectedBy, ...repository }] = repositories.nodes;
      const remoteUrl = 'file:///nowhere';
      await ask(
        url,
        'mutation ($input: RepositoryConnectInput!) { repositoryConnect(input: $input) { userErrors { message } } }',
        {
          ...repository,
          userId: connectedBy.id,
          remoteUrl,
        },
      );
      const { auditRunRequest } = await ask(
        url,
        'mutation ($input: AuditRunRequestInput!) { auditRunRequest(input: $input) { auditRun { id } } }',
        { repositoryId: id, commitSha: 'a'.repeat(40) },
      );
      let status = 'PENDING';
      while (['PENDING', 'RUNNING'].includes(status)) {
        ({
          auditRun: { status },
        } = await ask(url, `{ auditRun(id: "${auditRunRequest.auditRun.id}") { status } }`));
      }
      expect(status).toBe('ERROR');
      process.kill(program.pid, 'SIGTERM');
      expect(await program.ended).toEqual({ code: 0, errors: '' });
      expect(readFileSync(notes, 'utf8')).toBe('');
    } finally {
      clearTimeout(hung);
      await program.kill();
    }
  }, 120_000);
});

async function addressOf(lines: AsyncIterator<string>): Promise<string> {
  for (;;) {
    const { value, done } = await lines.next();
    const [, url] = /Weft is ready at (\S+)/.exec(done === true ? '' : value) ?? [];
    if (url !== undefined) return url;
    if (done === true) throw new Error('it ended before it was ready');
  }
}

async function ask(url: string, query: string, input?: object): Promise<any> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = (await answer.json()) as { data: unknown; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}
