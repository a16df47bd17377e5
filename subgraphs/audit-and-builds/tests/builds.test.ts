import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Identity } from '../../kernel/auth/index.js';
import { sql } from '../../kernel/db/index.js';
import { currentCursor } from '../../kernel/events/index.js';
import {
  connect,
  createBuild,
  createProject,
  mutation,
  openSubgraph,
  readyProject,
  runningBuild,
  type TestSubgraph,
} from '../../../tests/federation/audit-and-builds/subgraph.js';
import { buildTransitions, type BuildStatus } from '../domain/build-states.js';
import { failSilentBuilds } from '../repository/builds.js';

let subgraph: TestSubgraph;
let projectId: string;

beforeAll(async () => {
  subgraph = await openSubgraph();
  await connect(subgraph);
  projectId = await readyProject(subgraph);
});
afterAll(() => subgraph.close());

/** The mutation that leads to each status, and its input beside the build. */
const steps: Readonly<Partial<Record<BuildStatus, readonly [string, Record<string, unknown>]>>> = {
  RUNNING: ['buildStart', {}],
  COMPLETED: ['buildComplete', {}],
  FAILED: ['buildFail', { reason: 'The tests stay red.' }],
  CANCELLED: ['buildCancel', { reason: 'No longer wanted.' }],
};
const pathTo: Readonly<Record<BuildStatus, readonly BuildStatus[]>> = {
  PENDING: [],
  RUNNING: ['RUNNING'],
  COMPLETED: ['RUNNING', 'COMPLETED'],
  FAILED: ['RUNNING', 'FAILED'],
  CANCELLED: ['CANCELLED'],
};

async function step(buildId: string, to: BuildStatus) {
  const [field, input] = steps[to] ?? ['', {}];
  return subgraph.mutate(field, { buildId, ...input }, 'build { status errorDetail startedAt completedAt deadlineAt }');
}

describe('a build of a commit', () => {
  const sha = 'c'.repeat(40);
  const fields = 'build { id commitSha commit { id } } ';

  test('is reached from the commit, and leads to it', async () => {
    const { build, userErrors } = await subgraph.mutate(
      'buildCreate',
      { projectId, commitSha: sha.toUpperCase() },
      fields,
    );
    expect(userErrors).toEqual([]);
    expect(build).toMatchObject({ commitSha: sha, commit: { id: expect.stringMatching(`^Commit:.+/.+@${sha}$`) } });
    const { data } = await subgraph.ask(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Commit { builds { totalCount nodes { id } } auditRuns { totalCount } } } }',
      {
        r: [
          { __typename: 'Commit', id: build.commit.id },
          { __typename: 'Commit', id: 'Commit:other/name@' + sha },
        ],
      },
    );
    expect(data['_entities']).toEqual([
      { builds: { totalCount: 1, nodes: [{ id: build.id }] }, auditRuns: { totalCount: 0 } },
      { builds: { totalCount: 0, nodes: [] }, auditRuns: { totalCount: 0 } },
    ]);
  });

  test('of none is null, and what is no hash is refused', async () => {
    const { build } = await subgraph.mutate('buildCreate', { projectId }, fields);
    expect(build).toMatchObject({ commitSha: null, commit: null });
    for (const commitSha of ['abc1234', 'main', `${sha}c`]) {
      const { userErrors } = await subgraph.mutate('buildCreate', { projectId, commitSha }, fields);
      expect(userErrors).toMatchObject([{ code: 'VALIDATION', field: ['commitSha'] }]);
    }
  });
});

describe('builds', () => {
  const statuses = Object.keys(buildTransitions) as BuildStatus[];
  const pairs = statuses.flatMap((from) => statuses.filter((to) => to !== 'PENDING').map((to) => [from, to] as const));

  test.each(pairs)('from %s to %s: what the table allows happens, anything else names both ends', async (from, to) => {
    const buildId = await createBuild(subgraph, projectId);
    for (const status of pathTo[from]) await step(buildId, status);
    const { build, userErrors } = await step(buildId, to);
    if (buildTransitions[from].includes(to)) {
      expect([build.status, userErrors]).toEqual([to, []]);
      return;
    }
    const legal = buildTransitions[from];
    expect(userErrors).toHaveLength(1);
    expect(userErrors[0].code).toBe('INVALID_TRANSITION');
    expect(userErrors[0].message).toContain(`It is ${from} and can't become ${to}`);
    expect(userErrors[0].message).toContain(legal.length === 0 ? 'it is final' : legal.join(', '));
  });

  test('of two transitions that race for one build, one wins', async () => {
    for (let round = 0; round < 5; round += 1) {
      const buildId = await runningBuild(subgraph, projectId);
      const ends = await Promise.all([step(buildId, 'COMPLETED'), step(buildId, 'FAILED'), step(buildId, 'CANCELLED')]);
      expect(ends.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
      const lost = ends.flatMap(({ userErrors }) => userErrors.map((error: { code: string }) => error.code));
      expect(lost).toEqual(['INVALID_TRANSITION', 'INVALID_TRANSITION']);
    }
  });

  test('the first start moves the project to BUILDING, and a project without its contracts can not be built', async () => {
    const { data } = await subgraph.ask(`query ($id: ID!) { project(id: $id) { status builds { totalCount } } }`, {
      id: projectId,
    });
    expect(data.project.status).toBe('BUILDING');
    const draft = await createProject(subgraph);
    const { userErrors } = await subgraph.mutate('buildCreate', { projectId: draft });
    expect(userErrors).toMatchObject([{ code: 'INVALID_TRANSITION', message: expect.stringContaining('DRAFT') }]);
  });

  test('progress changes phase and loop count, and is refused when the build is not running', async () => {
    const buildId = await createBuild(subgraph, projectId);
    const progress = (input: Record<string, unknown>) =>
      subgraph.mutate('buildProgress', { buildId, ...input }, 'build { phase loopCount heartbeatAt }');
    expect((await progress({})).userErrors).toMatchObject([{ code: 'INVALID_TRANSITION' }]);
    await step(buildId, 'RUNNING');
    await progress({ looped: true });
    const { build } = await progress({ phase: 'Phase 3', looped: true });
    expect(build).toMatchObject({ phase: 'Phase 3', loopCount: 2, heartbeatAt: expect.any(String) });
    expect((await progress({ silenceSeconds: 1 })).userErrors).toMatchObject([{ code: 'VALIDATION' }]);
    expect((await progress({ phase: '' })).userErrors).toMatchObject([{ code: 'VALIDATION' }]);
  });

  test('a builder that went silent past its deadline has failed, once, with the reason', async () => {
    const silent = await runningBuild(subgraph, projectId);
    const alive = await runningBuild(subgraph, projectId);
    const id = silent.slice('Build:'.length);
    await subgraph.database.query(
      sql`update builds.builds set deadline_at = now() - interval '1 second' where id = ${id}::uuid`,
    );
    const sweeper = {
      auth: Identity.of({ subject: 'sweeper', scopes: [] }),
      requestId: 'sweep',
      database: subgraph.database,
    };
    const failed = await Promise.all([1, 2, 3].map(() => failSilentBuilds(sweeper, 10)));
    expect(failed.reduce((sum, count) => sum + count)).toBe(1);
    const { data } = await subgraph.ask(
      `query ($a: ID!, $b: ID!) { silent: build(id: $a) { status errorDetail }
      alive: build(id: $b) { status deadlineAt } }`,
      { a: silent, b: alive },
    );
    expect(data.silent).toEqual({ status: 'FAILED', errorDetail: 'The builder went silent past its deadline.' });
    expect(data.alive).toMatchObject({ status: 'RUNNING', deadlineAt: expect.any(String) });
    expect((await subgraph.mutate('buildsTimeOut', {}, 'failedCount')).failedCount).toBe(0);
  });

  test('changes are followed in order, and appended lines are none', async () => {
    const stop = new AbortController();
    const buildId = await createBuild(subgraph, projectId);
    const after = await currentCursor(subgraph.database);
    const feed = await subgraph.follow(
      `subscription { buildChanged(buildId: "${buildId}", after: "${after}") { action cursor build { status } } }`,
      stop.signal,
    );
    await step(buildId, 'RUNNING');
    await subgraph.mutate('buildLogsAppend', { buildId, lines: [{ message: 'hello' }] });
    await step(buildId, 'COMPLETED');
    const actions = [(await feed.next()).value, (await feed.next()).value].map((each) => each.data.buildChanged.action);
    expect(actions).toEqual(['buildStarted', 'buildCompleted']);
    stop.abort();
    expect((await feed.next()).done).toBe(true);
  });

  test.each([
    ['buildCreate', { projectId: 'x' }, 'builds:write'],
    ['buildStart', { buildId: 'x' }, 'builds:work'],
    ['buildProgress', { buildId: 'x' }, 'builds:work'],
    ['buildComplete', { buildId: 'x' }, 'builds:work'],
    ['buildFail', { buildId: 'x', reason: 'x' }, 'builds:work'],
    ['buildCancel', { buildId: 'x' }, 'builds:write'],
    ['buildsTimeOut', {}, 'builds:work'],
    ['buildLogsAppend', { buildId: 'x', lines: [] }, 'builds:work'],
    ['projectCreate', { userId: 'x', name: 'x' }, 'builds:write'],
    ['projectUpdate', { projectId: 'x' }, 'builds:write'],
    ['projectStatusChange', { projectId: 'x', status: 'DRAFT' }, 'builds:write'],
    ['questionnaireAnswer', { projectId: 'x', path: [] }, 'builds:write'],
    ['contractSave', { projectId: 'x', type: 'UI', content: 'x' }, 'builds:write'],
    ['userRegister', { githubId: 1, githubLogin: 'x', accessToken: 'x' }, 'builds:admin'],
    ['repositoryConnect', { userId: 'x', githubRepoId: 1, fullName: 'x' }, 'builds:admin'],
    ['repositoryWebhookSet', { repositoryId: 'x', webhookActive: true }, 'builds:admin'],
    ['auditRunRequest', { repositoryId: 'x', commitSha: 'x' }, 'builds:write'],
    ['auditRunsClaim', {}, 'audits:work'],
    ['auditRunPerform', { auditRunId: 'x', files: [] }, 'audits:work'],
    [
      'auditRunComplete',
      { auditRunId: 'x', leaseToken: '00000000-0000-4000-8000-000000000000', filesChecked: 0, checks: [] },
      'audits:work',
    ],
    [
      'auditRunFail',
      { auditRunId: 'x', leaseToken: '00000000-0000-4000-8000-000000000000', reason: 'x' },
      'audits:work',
    ],
  ])('%s is refused without its scope, and to nobody in particular', async (field, input, scope) => {
    const others = ['builds:admin', 'builds:write', 'builds:work', 'audits:work'].filter((each) => each !== scope);
    const scopes = field === 'buildCancel' ? ['builds:admin', 'audits:work'] : others;
    for (const [caller, code] of [
      [Identity.of({ subject: 'other', scopes }), 'FORBIDDEN'],
      [Identity.anonymous, 'UNAUTHENTICATED'],
    ] as const) {
      const { errors } = await subgraph.ask(mutation(field), { input }, caller);
      expect(errors?.map((error) => error.extensions['code'])).toEqual([code]);
    }
  });

  test('who is not signed in is refused', async () => {
    const { data, errors } = await subgraph.ask(
      `query ($id: ID!) { project(id: $id) { name } builds { totalCount nodes { id } } users { nodes { id } } }`,
      { id: projectId },
      Identity.anonymous,
    );
    expect(data).toEqual({ project: null, builds: null, users: null });
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(Array(3).fill('UNAUTHENTICATED'));
  });
});
