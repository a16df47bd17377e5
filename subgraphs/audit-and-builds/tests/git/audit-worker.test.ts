import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sign } from '@octokit/webhooks-methods';
import {
  connect,
  encryptionKey,
  openSubgraph,
  plantedToken,
  userId,
  type TestSubgraph,
} from '../../../../tests/federation/audit-and-builds/subgraph.js';
import { Keyring } from '../../../kernel/encryption/index.js';
import { AuditWorker } from '../../auditor/index.js';
import { Github } from '../../github/index.js';
import { createWebhookHandler } from '../../webhook/index.js';
import { openGitHost, TestRepository, writeProgram, type GitHost } from './git-host.js';

let subgraph: TestSubgraph;
let host: GitHost;
const logged: unknown[] = [];
const log = {
  error: (...line: unknown[]) => void logged.push(line),
  warn: (...line: unknown[]) => void logged.push(line),
};
const zeros = '0'.repeat(40);

beforeAll(async () => {
  subgraph = await openSubgraph();
  await connect(subgraph);
  host = await openGitHost();
});
afterAll(async () => {
  await subgraph.close();
  await host.close();
});

const settings = {
  localRoot: null as string | null,
  timeoutSeconds: 60,
  maxBytes: 50_000_000,
  leaseSeconds: 30,
  concurrency: 2,
  pollMs: 50,
};
const work = (changed: Partial<typeof settings> = {}) =>
  new AuditWorker({
    database: subgraph.database,
    settings: { ...settings, ...changed },
    github: new Github({
      settings: { url: host.url, apiUrl: host.url, app: null, publicUrl: null },
      keyring: new Keyring({ current: encryptionKey }),
      log,
    }),
    log,
  }).drain();

let repositories = 0;
async function newRepository(remoteUrl?: string): Promise<{ repository: TestRepository; id: number }> {
  const id = 7_000 + (repositories += 1);
  const repository = new TestRepository(host, `acme/r${repositories}`);
  const input = {
    userId,
    githubRepoId: id,
    fullName: repository.fullName,
    ...(remoteUrl !== undefined && { remoteUrl }),
  };
  const { userErrors } = await subgraph.mutate('repositoryConnect', input);
  expect(userErrors).toEqual([]);
  return { repository, id };
}

let deliveries = 0;
async function deliver(event: string, payload: object): Promise<void> {
  const secret = 'a secret';
  const text = JSON.stringify(payload);
  const answer = await createWebhookHandler({ database: subgraph.database, secret, log })({
    requestId: 'test',
    headers: {
      'x-github-event': event,
      'x-github-delivery': `d-${(deliveries += 1)}`,
      'x-hub-signature-256': await sign(secret, text),
    },
    readBody: () => Promise.resolve(Buffer.from(text)),
  });
  expect(answer).toEqual({ status: 202, body: { outcome: 'ACCEPTED' } });
}

const push = (
  id: number,
  {
    branch = 'main',
    before = zeros,
    after,
    ...rest
  }: { branch?: string; before?: string; after: string; deleted?: boolean },
) =>
  deliver('push', {
    ref: `refs/heads/${branch}`,
    before,
    after,
    repository: { id, full_name: 'x/y' },
    head_commit: rest.deleted === true ? null : { id: after, message: 'm', author: { name: 'a' } },
    ...rest,
  });

async function runs(commitSha: string) {
  const { data } = await subgraph.ask(
    `query ($sha: String!) { auditRuns(filter: { commitSha: { eq: $sha } }) { nodes { status overallResult errorDetail filesChecked baseSha
      pullRequest branch attempts worker checks { code result detail } findings { nodes { code path line message } } } } }`,
    { sha: commitSha },
  );
  return data.auditRuns.nodes;
}
const tests = async (sha: string) => (await runs(sha))[0].checks.find(({ code }: { code: string }) => code === 'T1');

describe('the worker of audits', () => {
  test('a push to a private repository is fetched with its user’s token, judged, and leaves nothing behind', async () => {
    const { repository, id } = await newRepository();
    host.protect(repository.fullName, plantedToken);
    const files = {
      'package.json': '{"dependencies":{}}',
      'src/a.ts': `import x from 'left-pad';\n`,
      'src/a.test.ts': '',
      'contracts/boundaries.yaml': 'forbidden: [{ from: "src/**", to: left-pad }]\n',
    };
    const after = repository.commit(files);
    repository.branch('main', after);
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('weft-audit-'));
    await push(id, { after });
    expect(await work()).toBe(1);
    expect(await runs(after)).toMatchObject([
      {
        status: 'COMPLETED',
        overallResult: 'FAIL',
        filesChecked: 4,
        worker: 'audit-worker',
        attempts: 1,
        findings: {
          nodes: expect.arrayContaining([
            {
              code: 'A9',
              path: 'src/a.ts',
              line: 1,
              message: 'imports left-pad, and package.json does not declare it',
            },
            { code: 'A4', path: 'src/a.ts', line: 1, message: 'imports left-pad' },
          ]),
        },
      },
    ]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('weft-audit-'))).toEqual(before);
    host.protect(repository.fullName, 'another token');
    const next = repository.commit({ ...files, 'b.md': '' }, after);
    repository.branch('main', next);
    await push(id, { before: after, after: next });
    await work();
    const [refused] = await runs(next);
    expect(refused).toMatchObject({ status: 'ERROR', errorDetail: expect.stringContaining('could not be fetched') });
    expect(JSON.stringify([refused, logged])).not.toContain(plantedToken);
  });

  test('what a push brings is counted from where the branch was, also when that was pushed away', async () => {
    const { repository, id } = await newRepository();
    const first = repository.commit({ 'a.py': '', 'b.py': '' });
    repository.branch('main', first);
    await push(id, { after: first });
    await work();
    expect(await tests(first)).toMatchObject({ detail: 'a.py changed without a test\nb.py changed without a test' });
    const second = repository.commit({ 'a.py': '', 'b.py': 'x = 1\n' }, first);
    repository.branch('main', second);
    await push(id, { before: first, after: second });
    await work();
    expect(await tests(second)).toMatchObject({ detail: 'b.py changed without a test' });
    const forced = repository.commit({ 'a.py': 'x = 1\n', 'b.py': 'x = 1\n' }, first);
    repository.branch('main', forced);
    await push(id, { before: second, after: forced });
    await work();
    expect(await tests(forced)).toMatchObject({ detail: 'a.py changed without a test' });
    expect((await runs(forced))[0].baseSha).toBe(second);
  });

  test('a new branch and a pull request bring what they have of their own; a branch that is deleted has no findings', async () => {
    const { repository, id } = await newRepository();
    const root = repository.commit({ 'a.py': '' });
    const main = repository.commit({ 'a.py': 'x = 1\n' }, root);
    const first = repository.commit({ 'a.py': '', 'b.py': '' }, root);
    const feature = repository.commit({ 'a.py': '', 'b.py': '', 'c.py': 'x = (\n' }, first);
    repository.branch('main', main);
    repository.branch('feature', feature);
    await push(id, { branch: 'feature', after: feature });
    await work();
    expect(await tests(feature)).toMatchObject({ detail: 'b.py changed without a test\nc.py changed without a test' });
    const later = repository.commit({ 'a.py': '', 'b.py': '', 'c.py': 'x = (\n', 'd.py': '' }, feature);
    repository.branch('feature', later);
    await push(id, { branch: 'feature', before: feature, after: later });
    const pull = {
      number: 7,
      title: 't',
      user: { login: 'a' },
      head: { sha: later, ref: 'feature', label: 'acme:feature', repo: { id } },
      base: { sha: main },
    };
    await deliver('pull_request', { action: 'synchronize', repository: { id, full_name: 'x/y' }, pull_request: pull });
    await work();
    const judged = await runs(later);
    expect(judged).toMatchObject([{ status: 'COMPLETED', pullRequest: 7, baseSha: main, branch: 'feature' }]);
    expect(await tests(later)).toMatchObject({
      detail: 'b.py changed without a test\nc.py changed without a test\nd.py changed without a test',
    });
    const open = `query { auditFindings(filter: { branch: { eq: "feature" }, resolvedAt: { isNull: true } }) { totalCount } }`;
    expect((await subgraph.ask(open)).data.auditFindings.totalCount).toBeGreaterThan(0);
    await push(id, { branch: 'feature', before: later, after: zeros, deleted: true });
    expect((await subgraph.ask(open)).data.auditFindings.totalCount).toBe(0);
  });

  test('a repository elsewhere is fetched from its remote, and one on this machine only below the folder that is allowed', async () => {
    const elsewhere = new TestRepository(host, 'other/place');
    const remote = await newRepository(`${host.url}/other/place.git`);
    const after = elsewhere.commit({ 'README.md': '' });
    elsewhere.branch('main', after);
    await push(remote.id, { after });
    await work();
    expect(await runs(after)).toMatchObject([{ status: 'COMPLETED', overallResult: 'PASS' }]);
    const local = await newRepository(`file://${elsewhere.folder}`);
    for (const [localRoot, expected] of [
      [null, { status: 'ERROR', errorDetail: expect.stringContaining('WEFT_AUDIT_LOCAL_ROOT') }],
      [join(host.folder, 'acme'), { status: 'ERROR' }],
      [host.folder, { status: 'COMPLETED' }],
    ] as const) {
      const commit = elsewhere.commit({ 'README.md': String(localRoot) });
      elsewhere.branch('main', commit);
      await push(local.id, { after: commit });
      await work({ localRoot });
      expect(await runs(commit)).toMatchObject([expected]);
    }
    for (const remoteUrl of [
      'ext::sh -c id',
      '--upload-pack=id',
      'https://u:p@x.example/r.git',
      'file://host/share',
      'git://x.example/r',
    ]) {
      const { userErrors } = await subgraph.mutate('repositoryConnect', {
        userId,
        githubRepoId: 1,
        fullName: 'a/b',
        remoteUrl,
      });
      expect([remoteUrl, userErrors]).toMatchObject([remoteUrl, [{ code: 'VALIDATION', field: ['remoteUrl'] }]]);
    }
  });
});

describe('a hostile repository', () => {
  test('links, modules, pointers, filters, hooks and odd names: nothing runs, nothing is read from outside, nothing is called', async () => {
    const { repository, id } = await newRepository();
    const outside = mkdtempSync(join(tmpdir(), 'weft-hostile-'));
    const marker = join(outside, 'ran');
    const run = join(outside, 'run.sh');
    writeProgram(run, `#!/bin/sh\ntouch ${marker}\ncat\n`);
    symlinkSync(outside, join(repository.folder, 'out'));
    const after = repository.commit({
      '.gitattributes': '* filter=x diff=x\n',
      '.gitmodules': `[submodule "m"]\n\tpath = m\n\turl = ${host.url}/private/m.git\n\tupdate = !${run}\n`,
      m: ['160000', 'a'.repeat(40)],
      'link.ts': ['120000', repository.blob('/etc/passwd')],
      'up.ts': ['120000', repository.blob('../../..')],
      'large.ts': 'version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 5\n',
      'two\nlines.py': 'x = (\n',
      'tab\t"quote".py': 'x = (\n',
      '.git-config': '[core]\n\tpager = id\n',
      'run.py': 'raise SystemExit(1)\n',
    });
    repository.branch('main', after);
    for (const hook of ['post-checkout', 'reference-transaction', 'post-upload-pack'])
      writeProgram(join(repository.folder, 'hooks', hook), `#!/bin/sh\ntouch ${marker}\n`);
    repository.git('config', 'core.fsmonitor', run);
    repository.git('config', 'filter.x.smudge', run);
    repository.git('config', 'uploadpack.packObjectsHook', run);
    await push(id, { after });
    await work();
    const [judged] = await runs(after);
    expect(judged).toMatchObject({ status: 'COMPLETED', overallResult: 'FAIL', filesChecked: 6 });
    const broken = judged.findings.nodes.filter(({ code }: { code: string }) => code === 'A0');
    expect(broken.map(({ path }: { path: string }) => path).sort()).toEqual([
      'tab\ufffd"quote".py',
      'two\ufffdlines.py',
    ]);
    expect(existsSync(marker)).toBe(false);
    expect(host.asked.filter((path) => path.includes('private'))).toEqual([]);
    rmSync(outside, { recursive: true });
  });

  test('a tree of billions of files, one that is larger than allowed, and commits that are not there are clear errors', async () => {
    const { repository, id } = await newRepository();
    let tree = repository.gitWith(`100644 blob ${repository.blob('x = 1\n')}\tf.py\n`, 'mktree');
    for (let depth = 0; depth < 9; depth += 1) {
      tree = repository.gitWith(
        Array.from({ length: 10 }, (_, index) => `040000 tree ${tree}\td${index}\n`).join(''),
        'mktree',
      );
    }
    const bomb = repository.git('commit-tree', tree, '-m', 'bomb');
    let [noise, seed] = ['', 'seed'];
    while (noise.length < 3_000_000) noise += seed = createHash('sha512').update(seed).digest('base64');
    const large = repository.commit({ 'noise.txt': noise });
    const missing = 'd'.repeat(40);
    for (const [commit, reason] of [
      [bomb, 'The commit has more than 100000 files.'],
      [large, 'The commit has more than 1000000 bytes.'],
      [missing, 'The commit could not be fetched: '],
    ] as const) {
      if (commit !== missing) repository.branch('main', commit);
      await push(id, { after: commit });
      await work({ maxBytes: 1_000_000 });
      expect(await runs(commit)).toMatchObject([
        { status: 'ERROR', overallResult: 'ERROR', errorDetail: expect.stringContaining(reason) },
      ]);
    }
  });

  test('a host that is away is tried again, and given up in the end', async () => {
    const { id } = await newRepository('http://127.0.0.1:1/x/y.git');
    const after = 'e'.repeat(40);
    await push(id, { after });
    logged.length = 0;
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await work();
      await subgraph.database.script(
        'update builds.audit_runs set lease_expires_at = now() where lease_expires_at is not null',
      );
    }
    expect(await runs(after)).toMatchObject([
      { status: 'ERROR', attempts: 5, errorDetail: expect.stringContaining('could not be fetched') },
    ]);
    const told = { auditRun: expect.any(String), reason: expect.stringContaining('could not be fetched') };
    expect(logged).toEqual(Array(4).fill([told, expect.stringContaining('tried again')]));
  });
});
