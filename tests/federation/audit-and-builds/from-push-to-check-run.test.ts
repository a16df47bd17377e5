/** Of a graph that is started as it is by `weft start`: GitHub's stand-in and a git server are all that is not Weft. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startGraph, type StartedGraph } from '../../../cli/graph/start-graph.js';
import { encryptionKey, plantedToken, type Loose } from './subgraph.js';
import { engine, openTestDatabase, startProgram, type ChildProgram, type TestDatabase } from '../../testkit/index.js';
import { loadConfig } from '../../../subgraphs/kernel/config/index.js';
import { createLogger } from '../../../subgraphs/kernel/log/index.js';
import { TrailWatch } from '../../../subgraphs/kernel/trail/index.js';
import { settleSealing } from '../../../subgraphs/kernel/write/index.js';
import { TestRepository } from '../../../subgraphs/audit-and-builds/tests/git/git-host.js';
import { openGithub, type GithubHost } from '../../../subgraphs/audit-and-builds/tests/git/github-host.js';

let opened: TestDatabase;
let host: GithubHost;
let graph: StartedGraph;
let trail: TrailWatch;
let worker: ChildProgram | null = null;
const lines: string[] = [];

/** A port that is free now: the address has to be known before anybody listens there. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

beforeAll(async () => {
  opened = await openTestDatabase();
  host = await openGithub(plantedToken);
  const port = await freePort();
  const environment = {
    WEFT_ENCRYPTION_KEY: encryptionKey,
    WEFT_GITHUB_URL: host.url,
    WEFT_GITHUB_API_URL: host.apiUrl,
    WEFT_GITHUB_APP_ID: String(host.app.id),
    WEFT_GITHUB_APP_KEY: Buffer.from(host.app.key).toString('base64'),
    WEFT_GITHUB_WEBHOOK_SECRET: 'hook secret',
    WEFT_PUBLIC_URL: `http://127.0.0.1:${port}`,
    WEFT_AUDIT_POLL_MS: '50',
  };
  const { database } = opened;
  const log = createLogger({ level: 'warn', destination: { write: (line: string) => void lines.push(line) } });
  trail = new TrailWatch(database, log);
  graph = await startGraph({
    config: loadConfig({ ...environment, PORT: String(port), WEFT_AUTH: 'off' }),
    log,
    remotes: {},
    opening: Promise.resolve({ database, seeded: false, trail, close: () => Promise.resolve() }),
  });
  // The embedded store is worked on by the process that has it open.
  if (engine === 'postgres') {
    worker = startProgram(['cli', 'main.ts'], ['worker', '--audits'], {
      ...environment,
      DATABASE_URL: opened.url ?? '',
    });
  }
});
afterAll(async () => {
  await worker?.kill();
  await graph.close();
  await trail.stop();
  await settleSealing(opened.database);
  await opened.close();
  await host.close();
});

async function ask(query: string, input?: object): Promise<Loose> {
  const answer = await fetch(`${graph.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = (await answer.json()) as { data: Loose; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}
const mutate = async (field: string, input: object) => {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input!`;
  const data = await ask(
    `mutation ($input: ${type}) { payload: ${field}(input: $input) { userErrors { message } } }`,
    input,
  );
  expect(data.payload.userErrors).toEqual([]);
};

/** Once there is something to see. */
async function seen<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(100);
  }
}

const secret = ['AKIA', 'Q7WERTY2UIOP4ASD'].join('');

test('connect, push, audit: the check run is at the pull request’s head, each finding where it stands, the secret nowhere', async () => {
  const held = host.add('acme/pump', 5_001);
  await mutate('userRegister', { githubId: 42, githubLogin: 'jana-novak', accessToken: plantedToken });
  const place = { userId: 'User:jana-novak', githubRepoId: 5_001, fullName: 'acme/pump' };
  await mutate('repositoryConnect', place);
  await seen(() => held.hooks[0]);
  // Until the App is installed the user's token is all there is.
  const repository = new TestRepository(host, 'acme/pump');
  host.protect('acme/pump', plantedToken);
  const first = repository.commit({ 'package.json': '{}', 'src/a.js': 'export const a = 1;\n', 'src/a.test.js': '' });
  repository.branch('main', first);
  const push = (before: string, after: string, branch = 'main') => ({
    ref: `refs/heads/${branch}`,
    before,
    after,
    repository: { id: 5_001, full_name: 'acme/pump' },
    head_commit: { id: after, message: 'change', author: { name: 'a' } },
  });
  expect(await host.deliver('acme/pump', 'push', push('0'.repeat(40), first))).toEqual([202]);
  expect(await seen(() => held.statuses[0])).toMatchObject({ sha: first, context: 'weft/audit', state: 'success' });

  host.install('acme/pump', 31);
  const files = {
    'package.json': '{}',
    'src/a.js': `import pad from 'left-pad';\n\nexport const key = '${secret}';\n`,
    'src/a.test.js': '',
  };
  const second = repository.commit(files, first);
  repository.branch('feature', second);
  const pull = {
    action: 'opened',
    repository: { id: 5_001, full_name: 'acme/pump' },
    pull_request: {
      number: 3,
      title: 'Pad',
      user: { login: 'a' },
      head: { sha: second, ref: 'feature', label: 'acme:feature', repo: { id: 5_001 } },
      base: { sha: first },
    },
  };
  expect(await host.deliver('acme/pump', 'pull_request', pull)).toEqual([202]);
  const { run, annotations } = await seen(() => held.checkRuns.find((each) => each.run.status === 'completed'));
  expect(run).toMatchObject({
    head_sha: second,
    conclusion: 'failure',
    output: { title: expect.stringMatching(/^Failed: A9.*W1/) },
  });
  expect(annotations).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        path: 'src/a.js',
        start_line: 1,
        annotation_level: 'failure',
        title: expect.stringMatching(/^A9 /),
      }),
      expect.objectContaining({
        path: 'src/a.js',
        start_line: 3,
        annotation_level: 'failure',
        title: expect.stringMatching(/^W1 /),
      }),
    ]),
  );

  // GitHub's button, which the App is told of.
  const { id, head_sha, external_id } = run;
  const again = { action: 'rerequested', repository: pull.repository, check_run: { id, head_sha, external_id } };
  held.hooks[0]?.events.push('check_run');
  expect(await host.deliver('acme/pump', 'check_run', again)).toEqual([202]);
  const repeated = await seen(() =>
    held.checkRuns.find((each) => each.run.status === 'completed' && each.run.id !== id),
  );
  expect(repeated.run).toMatchObject({ head_sha: second, conclusion: 'failure' });

  const query = `{ auditRuns { nodes { commitSha pullRequest report { status url } findings { nodes { message } } checks { detail } } }
    connectedRepositories { nodes { webhookDeliveries { nodes { event action outcome } } } } }`;
  const data = await seen(async () => {
    const found = await ask(query);
    return found.auditRuns.nodes.every(({ report }: Loose) => report?.status === 'DONE') ? found : undefined;
  });
  expect(data.auditRuns.nodes).toMatchObject([
    { commitSha: second, pullRequest: 3, report: { url: repeated.run.html_url } },
    { commitSha: second, pullRequest: 3, report: { url: run.html_url } },
    { commitSha: first, pullRequest: null },
  ]);
  expect(data.connectedRepositories.nodes[0].webhookDeliveries.nodes.map(({ event }: Loose) => event)).toEqual([
    'check_run',
    'pull_request',
    'push',
  ]);
  const tables = await opened.database.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_schema in ('builds', 'platform', 'traceability') and table_type = 'BASE TABLE'`,
  );
  const stored: unknown[] = [];
  for (const { name } of tables) stored.push(await opened.database.query(`select * from ${name}`));
  const everything = JSON.stringify([held, data, lines, stored], (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  expect(everything).toContain(second);
  expect(everything).not.toContain(secret);
  expect(everything).not.toContain(plantedToken);
}, 180_000);
