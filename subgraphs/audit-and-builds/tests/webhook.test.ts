import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sign } from '@octokit/webhooks-methods';
import {
  connect,
  openSubgraph,
  userId,
  type TestSubgraph,
} from '../../../tests/federation/audit-and-builds/subgraph.js';
import { isSignedBy } from '../webhook/signature.js';
import { createWebhookHandler, type WebhookAnswer } from '../webhook/index.js';

interface Example {
  readonly name: string;
  readonly examples: readonly Record<string, any>[];
}
const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as Example[];
const secret = 'It’s a secret';
/** The repositories that the examples are about. */
const codertocat = { githubRepoId: 186853002, fullName: 'Codertocat/Hello-World' };
const octocoders = { githubRepoId: 186853261, fullName: 'Octocoders/Hello-World' };

let subgraph: TestSubgraph;
let delivered = 0;
const logged: unknown[] = [];
const log = { error: (line: unknown) => void logged.push(line), warn: (line: unknown) => void logged.push(line) };

beforeAll(async () => {
  subgraph = await openSubgraph();
  await connect(subgraph);
});
afterAll(() => subgraph.close());
beforeEach(async () => {
  for (const repository of [codertocat, octocoders]) {
    await subgraph.mutate('repositoryConnect', { userId, ...repository });
  }
});
afterEach(() => subgraph.database.script('delete from builds.audit_runs; delete from builds.webhook_deliveries'));

function exampleOf(event: string, matches: (payload: Record<string, any>) => boolean = () => true) {
  const found = examples.find(({ name }) => name === event)?.examples.find(matches);
  if (found === undefined) throw new Error(`there is no example of ${event}`);
  return found;
}

interface Sent {
  readonly id?: string;
  readonly signature?: string;
  readonly type?: string;
}

async function deliver(event: string, payload: unknown, sent: Sent = {}): Promise<WebhookAnswer> {
  const json = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const text = sent.type === undefined ? json : new URLSearchParams({ payload: json }).toString();
  const handle = createWebhookHandler({ database: subgraph.database, secret, log });
  return handle({
    requestId: 'test',
    headers: {
      'x-github-event': event,
      'x-github-delivery': sent.id ?? `delivery-${(delivered += 1)}`,
      'x-hub-signature-256': sent.signature ?? (await sign(secret, text)),
      'content-type': sent.type ?? 'application/json',
    },
    readBody: () => Promise.resolve(Buffer.from(text)),
  });
}

async function stored() {
  const [row] = await subgraph.database.query<{ runs: number; deliveries: number }>(
    `select (select count(*)::int from builds.audit_runs) as runs,
      (select count(*)::int from builds.webhook_deliveries) as deliveries`,
  );
  return [row?.runs, row?.deliveries];
}

async function repositoryNow(githubRepoId: number) {
  const { data } = await subgraph.ask(
    `{ connectedRepositories { nodes { githubRepoId fullName webhookActive webhookId } } }`,
  );
  return data.connectedRepositories.nodes.find((node: any) => node.githubRepoId === githubRepoId);
}

const branchPush = exampleOf('push', ({ ref }) => ref === 'refs/heads/master');

describe('the webhook of GitHub', () => {
  test('a push to a connected repository makes one pending audit of its head commit', async () => {
    expect(await deliver('push', branchPush)).toEqual({ status: 202, body: { outcome: 'ACCEPTED' } });
    const { data } = await subgraph.ask(
      `{ auditRuns { nodes { status overallResult commitSha branch commitMessage commitAuthor repository { fullName }
        commit { id auditRuns { totalCount } } } } }`,
    );
    expect(data.auditRuns.nodes).toEqual([
      {
        status: 'PENDING',
        overallResult: null,
        commitSha: branchPush['after'],
        branch: 'master',
        commitMessage: branchPush['head_commit'].message,
        commitAuthor: branchPush['head_commit'].author.name,
        repository: { fullName: 'codertocat/hello-world' },
        commit: { id: `Commit:codertocat/hello-world@${branchPush['after']}`, auditRuns: { totalCount: 1 } },
      },
    ]);
  });

  test('a form body is taken as JSON is', async () => {
    const type = 'application/x-www-form-urlencoded';
    expect((await deliver('push', branchPush, { type })).body.outcome).toBe('ACCEPTED');
    expect(await stored()).toEqual([1, 1]);
  });

  test('a replayed delivery does nothing, one after the other or twenty at once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => deliver('push', branchPush, { id: 'same' })));
    expect(all.filter(({ body }) => body.outcome === 'ACCEPTED')).toHaveLength(1);
    expect(all.filter(({ body }) => body.outcome === 'REPLAYED')).toHaveLength(19);
    expect((await deliver('push', branchPush, { id: 'same' })).body.outcome).toBe('REPLAYED');
    expect(await stored()).toEqual([1, 1]);
  });

  test('forged, missing and malformed signatures are refused and leave nothing behind', async () => {
    const text = JSON.stringify(branchPush);
    const right = await sign(secret, text);
    const forged = [
      await sign('another secret', text),
      await sign(secret, `${text} `),
      right.slice(0, -1),
      `${right}0`,
      right.replace('sha256=', 'sha1='),
      `sha256=${'z'.repeat(64)}`,
      `sha256=${'0'.repeat(64)}`,
      '',
    ];
    for (const signature of forged) {
      expect((await deliver('push', branchPush, { signature })).status).toBe(401);
    }
    expect(isSignedBy(secret, Buffer.from(text), undefined)).toBe(false);
    expect(isSignedBy(secret, Buffer.from(text), right)).toBe(true);
    expect(await stored()).toEqual([0, 0]);
  });

  test('pushed tags, deleted refs and repositories that are not connected leave nothing behind', async () => {
    for (const payload of exampleOfAll('push').filter(({ ref }) => ref !== 'refs/heads/master')) {
      expect(await deliver('push', payload)).toEqual({ status: 202, body: { outcome: 'IGNORED' } });
    }
    const elsewhere = { ...branchPush, repository: { ...branchPush['repository'], id: 1 } };
    expect(await deliver('push', elsewhere)).toEqual({ status: 202, body: { outcome: 'IGNORED' } });
    expect(await stored()).toEqual([0, 0]);
  });

  test('a push to an inactive repository makes no audit and says why', async () => {
    await subgraph.mutate('repositoryWebhookSet', {
      repositoryId: 'Repository:codertocat/hello-world',
      webhookActive: false,
    });
    expect((await deliver('push', branchPush)).body.outcome).toBe('IGNORED');
    const { data } = await subgraph.ask(
      `{ connectedRepositories(filter: { fullName: { eq: "codertocat/hello-world" } }) { nodes {
        webhookDeliveries { nodes { event outcome detail } } } } }`,
    );
    expect(data.connectedRepositories.nodes[0].webhookDeliveries.nodes).toEqual([
      { event: 'push', outcome: 'IGNORED', detail: 'The repository is not active.' },
    ]);
    expect(await stored()).toEqual([0, 1]);
  });

  test('a ping notes the webhook; a rename, a transfer and a deletion follow the repository by its number', async () => {
    const ping = exampleOf('ping', ({ repository }) => repository !== undefined);
    await deliver('ping', ping);
    expect(await repositoryNow(octocoders.githubRepoId)).toMatchObject({
      webhookId: ping['hook'].id,
      webhookActive: true,
    });
    for (const action of ['renamed', 'transferred']) {
      const payload = exampleOf('repository', (each) => each['action'] === action);
      const moved = { ...payload, repository: { ...payload['repository'], full_name: `Moved/By-${action}` } };
      expect((await deliver('repository', moved)).body.outcome).toBe('ACCEPTED');
      expect((await repositoryNow(octocoders.githubRepoId)).fullName).toBe(`moved/by-${action}`);
    }
    const deleted = { ...exampleOf('repository', (each) => each['action'] === 'created'), action: 'deleted' };
    expect((await deliver('repository', deleted)).body.outcome).toBe('ACCEPTED');
    expect((await repositoryNow(octocoders.githubRepoId)).webhookActive).toBe(false);
  });

  test('a new name that another repository still has changes nothing and is kept as FAILED', async () => {
    const payload = exampleOf('repository', (each) => each['action'] === 'renamed');
    const taken = { ...payload, repository: { ...payload['repository'], full_name: codertocat.fullName } };
    expect((await deliver('repository', taken)).body.outcome).toBe('FAILED');
    expect((await repositoryNow(octocoders.githubRepoId)).fullName).toBe('octocoders/hello-world');
    expect(await stored()).toEqual([0, 1]);
  });

  test('installations switch their repositories on and off, by list or by account', async () => {
    const isActive = async () => (await repositoryNow(codertocat.githubRepoId)).webhookActive;
    const removed = exampleOf('installation', ({ action }) => action === 'deleted');
    const list = { ...removed, repositories: [{ id: codertocat.githubRepoId }] };
    await deliver('installation', list);
    expect(await isActive()).toBe(false);
    await deliver('installation', { ...list, action: 'created' });
    expect(await isActive()).toBe(true);
    const suspended = exampleOf('installation', ({ action }) => action === 'suspend');
    const account = { ...suspended['installation'].account, login: 'Codertocat' };
    const ofAccount = { ...suspended, installation: { ...suspended['installation'], account } };
    await deliver('installation', ofAccount);
    expect(await isActive()).toBe(false);
    const added = exampleOf('installation_repositories', ({ action }) => action === 'added');
    await deliver('installation_repositories', { ...added, repositories_added: [{ id: codertocat.githubRepoId }] });
    expect(await isActive()).toBe(true);
    expect((await repositoryNow(octocoders.githubRepoId)).webhookActive).toBe(true);
  });

  test('a repository that a delivery names again and again is changed once', async () => {
    const changes = async () => (await subgraph.database.query('select from platform.events')).length;
    const added = exampleOf('installation_repositories', ({ action }) => action === 'added');
    const before = await changes();
    const named = Array.from({ length: 20 }, () => ({ id: codertocat.githubRepoId }));
    await deliver('installation_repositories', { ...added, repositories_added: named });
    expect((await changes()) - before).toBe(1);
  });

  test('every published example is acknowledged, and only the eight events that are acted upon leave a row', async () => {
    const acted = new Set([
      'push',
      'pull_request',
      'check_run',
      'check_suite',
      'ping',
      'repository',
      'installation',
      'installation_repositories',
    ]);
    for (const { name, examples: payloads } of examples) {
      for (const payload of payloads) {
        const { status, body } = await deliver(name, payload);
        expect([name, status]).toEqual([name, 202]);
        if (!acted.has(name)) expect([name, body.outcome]).toEqual([name, 'IGNORED']);
      }
    }
    const events = await subgraph.database.query<{ event: string }>(
      'select distinct event from builds.webhook_deliveries order by event',
    );
    expect(events.every(({ event }) => acted.has(event))).toBe(true);
    expect(logged).toEqual([]);
  });

  test('bodies and headers that are none of GitHub’s are refused, though signed', async () => {
    for (const body of ['null', '[]', '{', '"text"']) expect((await deliver('push', body)).status).toBe(400);
    expect((await deliver('push', branchPush, { id: 'with space' })).status).toBe(400);
    expect((await deliver('Push!', branchPush)).status).toBe(400);
    expect((await deliver('push', { ref: 7 })).body.outcome).toBe('IGNORED');
    const nobody = { action: 'suspend', installation: { account: { login: 'a\0' } } };
    expect((await deliver('installation', nobody)).body.outcome).toBe('IGNORED');
    const handle = createWebhookHandler({ database: subgraph.database, secret: null, log });
    const unread = () => Promise.reject(new Error('the body of a refused delivery is not read'));
    expect((await handle({ requestId: 'test', headers: {}, readBody: unread })).status).toBe(503);
  });

  test('a database that does not answer is answered for in time', async () => {
    const silent = { ...subgraph.database, transaction: () => new Promise<never>(() => undefined) };
    const handle = createWebhookHandler({ database: silent as never, secret, log, answerWithinMs: 20 });
    const text = JSON.stringify(branchPush);
    const answer = await handle({
      requestId: 'test',
      headers: {
        'x-github-event': 'push',
        'x-github-delivery': 'late',
        'x-hub-signature-256': await sign(secret, text),
      },
      readBody: () => Promise.resolve(Buffer.from(text)),
    });
    expect(answer.status).toBe(503);
  });
});

function exampleOfAll(event: string) {
  return examples.find(({ name }) => name === event)?.examples ?? [];
}
