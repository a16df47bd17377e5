import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  connect,
  encryptionKey,
  openSubgraph,
  plantedToken,
  tester,
  userId,
  type TestSubgraph,
} from '../../../../tests/federation/audit-and-builds/subgraph.js';
import { Identity } from '../../../kernel/auth/index.js';
import { loadConfig } from '../../../kernel/config/index.js';
import { Keyring } from '../../../kernel/encryption/index.js';
import { Github, GithubWorker } from '../../github/index.js';
import { completeAuditRun } from '../../repository/audit-runs.js';
import { takeDelivery } from '../../repository/webhook-deliveries.js';
import { toRequests } from '../../webhook/delivery.js';
import { openGithub, type GithubHost } from './github-host.js';

let subgraph: TestSubgraph;
let host: GithubHost;
const logged: unknown[] = [];
const log = { warn: (...line: unknown[]) => void logged.push(line) };

beforeAll(async () => {
  subgraph = await openSubgraph();
  await connect(subgraph);
  host = await openGithub(plantedToken);
  await subgraph.database.script('delete from builds.github_tasks');
});
afterAll(async () => {
  await subgraph.close();
  await host.close();
});

const publicUrl = 'https://weft.example';
function worker({ app = true, keys = encryptionKey }: { app?: boolean; keys?: string } = {}): GithubWorker {
  const { github: settings } = loadConfig({
    WEFT_GITHUB_URL: host.url,
    WEFT_GITHUB_API_URL: host.apiUrl,
    WEFT_PUBLIC_URL: publicUrl,
    ...(app && { WEFT_GITHUB_APP_ID: String(host.app.id), WEFT_GITHUB_APP_KEY: host.app.key }),
  });
  const github = new Github({ settings, keyring: new Keyring({ current: keys }), log });
  return new GithubWorker({ database: subgraph.database, github, webhookSecret: 'hook secret', pollMs: 50, log });
}

let made = 0;
/** A connected repository that has no webhook to register. */
async function newRepository({ installed = false }: { installed?: boolean } = {}) {
  const id = 8_000 + (made += 1);
  const fullName = `Acme/g${made}`;
  const held = host.add(fullName, id);
  if (installed) host.install(fullName, 900 + made);
  const input = { userId, githubRepoId: id, fullName, webhookId: 1 };
  expect((await subgraph.mutate('repositoryConnect', input)).userErrors).toEqual([]);
  return { id, held, repositoryId: `Repository:${fullName.toLowerCase()}` };
}

const shaOf = (number: number) => number.toString(16).padStart(40, '0');

async function audited(
  repositoryId: string,
  sha: string,
  count: number,
  message = 'imports left-pad',
): Promise<string> {
  const input = { repositoryId, commitSha: sha, branch: 'main' };
  const { auditRun } = await subgraph.mutate('auditRunRequest', input, 'auditRun { id }');
  const findings = Array.from({ length: count }, (_, index) => ({
    rule: 'undeclared-import',
    severity: 'ERROR',
    path: `src/${String(index).padStart(4, '0')}.ts`,
    line: index + 1,
    message,
    fingerprint: index.toString(16).padStart(32, '0'),
  }));
  const id = String(auditRun.id).replace('AuditRun:', '');
  const check = { code: 'A9', name: 'Dependency gate', result: count > 0 ? 'FAIL' : 'PASS', detail: null, findings };
  const writer = { auth: tester, requestId: 'test', database: subgraph.database };
  const completion = { auditRunId: id, leaseToken: null, filesChecked: count, checks: [check] };
  expect((await completeAuditRun(writer, 'auditRunPerform', completion as never)).userErrors).toEqual([]);
  return id;
}

async function reportOf(id: string) {
  const query = `query ($id: ID!) { auditRun(id: $id) { report { kind status attempts detail url repository { fullName } } } }`;
  const { data, errors } = await subgraph.ask(query, { id: `AuditRun:${id}` });
  expect(errors).toBeUndefined();
  return data.auditRun.report;
}

/** What waits for its next try is due. */
const due = () =>
  subgraph.database.script(`update builds.github_tasks set next_attempt_at = now() where status = 'pending'`);

const callsOf = (pattern: RegExp, since = 0) =>
  host.calls
    .slice(since)
    .filter(({ call }) => pattern.test(call))
    .map(({ status }) => status);

describe('a verdict', () => {
  test('is a check run where the App is installed, with its annotations in requests of 50, complete with the last', async () => {
    const { held, repositoryId } = await newRepository({ installed: true });
    const id = await audited(repositoryId, shaOf(1), 120);
    const since = host.calls.length;
    expect(await worker().drain()).toBe(1);
    expect(held.checkRuns).toHaveLength(1);
    const [{ run, annotations } = { run: null, annotations: [] }] = held.checkRuns;
    expect(run).toMatchObject({
      name: 'Weft audit',
      head_sha: shaOf(1),
      external_id: id,
      status: 'completed',
      conclusion: 'failure',
      details_url: publicUrl,
      output: {
        title: 'Failed: A9; 120 findings',
        summary: expect.stringContaining('| A9 `Dependency gate` | FAIL | 120 |'),
      },
    });
    expect(annotations.map(({ path, start_line: line }) => [path, line])).toEqual(
      Array.from({ length: 120 }, (_, index) => [`src/${String(index).padStart(4, '0')}.ts`, index + 1]),
    );
    expect(callsOf(/^(POST|PATCH) .*check-runs/, since)).toEqual([201, 200, 200]);
    expect(await reportOf(id)).toMatchObject({ kind: 'REPORT', status: 'DONE', attempts: 1, url: run?.html_url });
    expect(held.statuses).toEqual([]);
  });

  test('is a commit status where only the user’s token is there', async () => {
    const { held, repositoryId } = await newRepository();
    const id = await audited(repositoryId, shaOf(2), 0);
    await worker({ app: false }).drain();
    expect(held.statuses).toMatchObject([
      { sha: shaOf(2), context: 'weft/audit', state: 'success', description: 'Passed', target_url: publicUrl },
    ]);
    expect(await reportOf(id)).toMatchObject({ status: 'DONE', url: publicUrl });
  });

  test('is told once in effect, whatever GitHub did before its answer was lost', async () => {
    const { held, repositoryId } = await newRepository({ installed: true });
    const id = await audited(repositoryId, shaOf(3), 120);
    for (const call of [/^POST .*check-runs/, /^PATCH .*check-runs/, /^PATCH .*check-runs/]) {
      host.disturb(call, [{ when: 'after', status: 502 }]);
      await worker().drain();
      expect(await reportOf(id)).toMatchObject({ status: 'PENDING', detail: expect.stringContaining('502') });
      await due();
    }
    await worker().drain();
    expect(
      held.checkRuns.map(({ run, annotations }) => [
        run.status,
        new Set(annotations.map(({ path }) => path)).size,
        annotations.length,
      ]),
    ).toEqual([['completed', 120, 120]]);
    expect(await reportOf(id)).toMatchObject({ status: 'DONE', attempts: 4 });
    const token = await newRepository();
    await audited(token.repositoryId, shaOf(4), 3);
    host.disturb(/^POST .*statuses/, [{ when: 'after', status: 502 }]);
    await worker({ app: false }).drain();
    await due();
    await worker({ app: false }).drain();
    expect(token.held.statuses).toHaveLength(1);
  });

  test('waits for as long as a limit of GitHub says, and is not asked for meanwhile', async () => {
    const { repositoryId } = await newRepository();
    const id = await audited(repositoryId, shaOf(5), 0);
    const reset = Math.floor(Date.now() / 1_000) + 1_800;
    const limited = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) };
    host.disturb(/statuses/, [{ when: 'before', status: 403, headers: limited, message: 'API rate limit exceeded' }]);
    const since = host.calls.length;
    await worker({ app: false }).drain();
    expect(callsOf(/statuses/, since)).toEqual([403]);
    const [row] = await subgraph.database.query<{ seconds: number }>(
      `select extract(epoch from next_attempt_at - now())::float8 as seconds from builds.github_tasks where audit_run_id = '${id}'`,
    );
    expect(row?.seconds).toBeGreaterThan(1_700);
    expect(await worker({ app: false }).drain()).toBe(0);
    await due();
    host.disturb(/statuses/, [
      {
        when: 'before',
        status: 429,
        headers: { 'retry-after': '1' },
        message: 'You have exceeded a secondary rate limit',
      },
    ]);
    await worker({ app: false }).drain();
    expect(await reportOf(id)).toMatchObject({ status: 'DONE', attempts: 2 });
  });

  test('is not told when a later audit of the commit has ended, when there is no way, or when GitHub refuses', async () => {
    const { held, repositoryId } = await newRepository();
    const overtaken = await audited(repositoryId, shaOf(6), 1);
    const last = await audited(repositoryId, shaOf(6), 0);
    await worker({ app: false }).drain();
    expect(await reportOf(overtaken)).toMatchObject({
      status: 'SKIPPED',
      detail: expect.stringContaining('later audit'),
    });
    expect(await reportOf(last)).toMatchObject({ status: 'DONE' });
    expect(held.statuses).toHaveLength(1);
    const refused = await audited(repositoryId, shaOf(7), 0);
    host.disturb(/^POST .*statuses/, [
      { when: 'before', status: 403, message: 'Resource not accessible by personal access token' },
    ]);
    await worker({ app: false }).drain();
    expect(await reportOf(refused)).toMatchObject({
      status: 'FAILED',
      attempts: 1,
      detail: expect.stringMatching(/GitHub answered 403: Resource not accessible/),
    });
    const locked = await audited(repositoryId, shaOf(8), 0);
    await worker({ app: false, keys: 'a1'.repeat(32) }).drain();
    expect(await reportOf(locked)).toMatchObject({
      status: 'FAILED',
      detail: expect.stringContaining('WEFT_ENCRYPTION_KEY'),
    });
    await subgraph.database.script(`update builds.users set access_token_key_id = null`);
    const noToken = await audited(repositoryId, shaOf(9), 0);
    await worker().drain();
    expect(await reportOf(noToken)).toMatchObject({
      status: 'SKIPPED',
      detail: expect.stringContaining('not installed'),
    });
    const user = { githubId: 42, githubLogin: 'Jana-Novak', accessToken: plantedToken };
    expect((await subgraph.mutate('userRegister', user)).userErrors).toEqual([]);
  });

  test('holds no secret, whoever handed it in; and no token is written anywhere', async () => {
    const { held, repositoryId } = await newRepository({ installed: true });
    await audited(repositoryId, shaOf(10), 2, `prints ${plantedToken}`);
    await worker().drain();
    expect(held.checkRuns[0]?.annotations[0]?.message).toBe('prints [redacted]');
    const told = JSON.stringify([held.checkRuns, held.statuses, logged]);
    expect(told).not.toContain(plantedToken);
    expect(told).not.toMatch(/ghs_/);
  });

  test('costs no request that is counted to see again what has not changed', async () => {
    const { repositoryId } = await newRepository({ installed: true });
    const since = host.calls.length;
    for (const number of [11, 12, 13]) {
      await audited(repositoryId, shaOf(number), 0);
      await worker().drain();
    }
    expect(callsOf(/installation$/, since)).toEqual([200, 304, 304]);
  });
});

describe('the webhook', () => {
  const hooked = async (fullName: string) => {
    const { data } = await subgraph.ask(
      `{ connectedRepositories(filter: { fullName: { eq: "${fullName}" } }) { nodes { webhookId webhookActive githubTasks { nodes { kind status detail } } } } }`,
    );
    return data.connectedRepositories.nodes[0];
  };

  test('is registered when a repository is connected, once however often, and removed when it is disconnected', async () => {
    const held = host.add('acme/hooked', 9_900);
    const input = { userId, githubRepoId: 9_900, fullName: 'acme/hooked' };
    expect((await subgraph.mutate('repositoryConnect', input)).userErrors).toEqual([]);
    host.disturb(/^POST .*hooks/, [{ when: 'after', status: 502 }]);
    await worker().drain();
    await due();
    await worker().drain();
    expect(held.hooks).toMatchObject([
      {
        active: true,
        events: ['push', 'pull_request', 'repository'],
        config: { url: `${publicUrl}/webhooks/github`, content_type: 'json', insecure_ssl: '0' },
        secret: 'hook secret',
      },
    ]);
    expect(await hooked('acme/hooked')).toMatchObject({
      webhookId: held.hooks[0]?.id,
      webhookActive: true,
      githubTasks: { nodes: [{ kind: 'WEBHOOK', status: 'DONE' }] },
    });
    held.hooks.push({ ...held.hooks[0]!, id: 1, config: { url: 'https://other.example' } });
    await subgraph.mutate('repositoryDisconnect', { repositoryId: 'Repository:acme/hooked' });
    await worker().drain();
    expect(held.hooks.map(({ id }) => id)).toEqual([1]);
    expect(await hooked('acme/hooked')).toMatchObject({ webhookId: null, webhookActive: false });
  });

  test('is not registered where the App is, nor where it is refused; what is wanted last is done', async () => {
    const app = host.add('acme/app', 9_901);
    host.install('acme/app', 77);
    const refused = host.add('acme/refused', 9_902);
    for (const [name, githubRepoId] of [
      ['app', 9_901],
      ['refused', 9_902],
    ] as const) {
      await subgraph.mutate('repositoryConnect', { userId, githubRepoId, fullName: `acme/${name}` });
    }
    host.disturb(/refused\/hooks/, [{ when: 'before', status: 404, message: 'Not Found' }]);
    await worker().drain();
    expect([app.hooks, refused.hooks]).toEqual([[], []]);
    expect((await hooked('acme/app')).githubTasks.nodes).toMatchObject([
      { status: 'SKIPPED', detail: expect.stringContaining('App') },
    ]);
    expect((await hooked('acme/refused')).githubTasks.nodes).toMatchObject([
      { status: 'FAILED', detail: expect.stringContaining('404') },
    ]);
    await subgraph.mutate('repositoryConnect', { userId, githubRepoId: 9_902, fullName: 'acme/refused' });
    await subgraph.mutate('repositoryDisconnect', { repositoryId: 'Repository:acme/refused' });
    await worker().drain();
    expect(refused.hooks).toEqual([]);
    expect((await hooked('acme/refused')).githubTasks.nodes.map(({ status }: { status: string }) => status)).toEqual([
      'SKIPPED',
      'FAILED',
    ]);
  });

  test('may be asked for by an administrator alone', async () => {
    const { errors } = await subgraph.ask(
      'mutation ($input: RepositoryDisconnectInput!) { repositoryDisconnect(input: $input) { userErrors { code } } }',
      { input: { repositoryId: 'Repository:acme/app' } },
      Identity.of({ subject: 'reader', scopes: ['builds:write'] }),
    );
    expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
    const { userErrors } = await subgraph.mutate('repositoryDisconnect', { repositoryId: 'Repository:acme/nowhere' });
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });
});

describe('GitHub’s button', () => {
  const deliver = (delivery: string, event: string, payload: object) =>
    takeDelivery(
      { auth: tester, requestId: 'test', database: subgraph.database },
      { id: delivery, event, action: 'rerequested', requests: toRequests(event, 'rerequested', payload) },
    );

  test('repeats the audit of a check as it was, and that of a commit that is not known by its hash', async () => {
    const { id: githubRepoId, held, repositoryId } = await newRepository({ installed: true });
    const first = await audited(repositoryId, shaOf(20), 1);
    await worker().drain();
    const repository = { id: githubRepoId, full_name: 'x/y' };
    const check_run = {
      head_sha: shaOf(20),
      external_id: held.checkRuns[0]?.run.external_id,
      check_suite: { head_branch: 'main' },
    };
    expect(await deliver('button-1', 'check_run', { repository, check_run })).toBe('ACCEPTED');
    expect(await deliver('button-1', 'check_run', { repository, check_run })).toBe('REPLAYED');
    expect(
      await deliver('button-2', 'check_suite', { repository, check_suite: { head_sha: shaOf(21), head_branch: null } }),
    ).toBe('ACCEPTED');
    const { data } = await subgraph.ask(
      `{ auditRuns(filter: { repository: { id: { eq: "${repositoryId}" } } }) { nodes { id commitSha branch status } } }`,
    );
    expect(data.auditRuns.nodes).toMatchObject([
      { commitSha: shaOf(21), branch: null, status: 'PENDING' },
      { commitSha: shaOf(20), branch: 'main', status: 'PENDING' },
      { id: `AuditRun:${first}`, status: 'COMPLETED' },
    ]);
  });
});
