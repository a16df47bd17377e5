import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  connect,
  createProject,
  openSubgraph,
  readyProject,
  repositoryId,
  userId,
  type TestSubgraph,
} from '../../../tests/federation/audit-and-builds/subgraph.js';

let subgraph: TestSubgraph;

beforeAll(async () => {
  subgraph = await openSubgraph();
  await connect(subgraph);
});
afterAll(() => subgraph.close());

describe('projects', () => {
  test('answers given at the same time to different questions all stay', async () => {
    const projectId = await createProject(subgraph);
    const answers = Array.from({ length: 12 }, (_, index) => ({
      projectId,
      path: ['deep', `q${index % 3}`, `a${index}`],
      value: index,
    }));
    await Promise.all(answers.map((input) => subgraph.mutate('questionnaireAnswer', input)));
    const { data } = await subgraph.ask(`query ($id: ID!) { project(id: $id) { status questionnaireState } }`, {
      id: projectId,
    });
    expect(data.project.status).toBe('QUESTIONNAIRE');
    const expected = Object.fromEntries(
      [0, 1, 2].map((q) => [
        `q${q}`,
        Object.fromEntries(answers.flatMap(({ value }) => (value % 3 === q ? [[`a${value}`, value]] : []))),
      ]),
    );
    expect(data.project.questionnaireState).toEqual({ deep: expected });
  });

  test('null removes one answer, and a path through a plain value is a conflict that changes nothing', async () => {
    const projectId = await createProject(subgraph);
    const answer = (path: string[], value: unknown) =>
      subgraph.mutate('questionnaireAnswer', { projectId, path, value }, 'project { questionnaireState }');
    await answer(['a'], 1);
    await answer(['__proto__'], { polluted: true });
    expect((await answer(['a', 'b'], 2)).userErrors).toMatchObject([{ code: 'CONFLICT', field: ['path'] }]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const { project } = await answer(['a'], null);
    expect(JSON.stringify(project.questionnaireState)).toBe('{"__proto__":{"polluted":true}}');
    expect((await answer([], 1)).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['path'] }]);
  });

  test('every status can be reached only from the one before it, and the refusal names both ends', async () => {
    const order = ['DRAFT', 'QUESTIONNAIRE', 'CONTRACTS_READY', 'BUILDING', 'COMPLETED'];
    const projectId = await readyProject(subgraph);
    for (const [index, status] of order.entries()) {
      if (status === 'BUILDING') continue;
      const { userErrors } = await subgraph.mutate('projectStatusChange', { projectId, status });
      const next = order[index] === 'CONTRACTS_READY' ? [] : userErrors;
      expect(next.every((error: { code: string }) => error.code === 'INVALID_TRANSITION')).toBe(true);
      expect(userErrors[0].message).toContain(`It is CONTRACTS_READY and can't become ${status}`);
      expect(userErrors[0].message).toContain('BUILDING');
    }
    for (const status of ['BUILDING', 'COMPLETED']) {
      const { project } = await subgraph.mutate('projectStatusChange', { projectId, status }, 'project { status }');
      expect(project.status).toBe(status);
    }
    const [error] = (await subgraph.mutate('projectStatusChange', { projectId, status: 'BUILDING' })).userErrors;
    expect(error).toMatchObject({ code: 'INVALID_TRANSITION', message: expect.stringContaining('it is final') });
  });

  test('contracts are ready only when all ten are there, and the refusal names the missing', async () => {
    const projectId = await createProject(subgraph);
    await subgraph.mutate('questionnaireAnswer', { projectId, path: ['a'], value: 1 });
    await subgraph.mutate('contractSave', { projectId, type: 'BLUEPRINT', content: '# blueprint' });
    const [error] = (await subgraph.mutate('projectStatusChange', { projectId, status: 'CONTRACTS_READY' })).userErrors;
    expect(error.code).toBe('CONFLICT');
    expect(error.message).toMatch(/missing: MANIFESTO, .*BUILDER_DIRECTIVE/);
  });

  test('another content raises the version and keeps its hash, the same content changes nothing', async () => {
    const projectId = await createProject(subgraph);
    const selection =
      'projectContract { version savedBy versions { nodes { version contentHash savedBy } totalCount } }';
    const save = (content: string, expectedVersion?: number) =>
      subgraph.mutate('contractSave', { projectId, type: 'PHYSICS', content, expectedVersion }, selection);
    expect((await save('one', 0)).projectContract).toMatchObject({ version: 1, savedBy: 'tester' });
    expect((await save('one')).projectContract.version).toBe(1);
    const { projectContract } = await save('two', 1);
    expect(projectContract.version).toBe(2);
    expect(projectContract.versions.totalCount).toBe(2);
    expect(projectContract.versions.nodes[0].contentHash).toMatch(/^[0-9a-f]{64}$/);
    expect((await save('three', 1)).userErrors).toMatchObject([{ code: 'CONFLICT', field: ['expectedVersion'] }]);
    expect((await save('')).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['content'] }]);
  });

  test('a repeated client key is the same project, with another input it is refused', async () => {
    const input = { userId, name: 'Once', clientKey: 'once' };
    const first = await subgraph.mutate('projectCreate', input, 'project { id }');
    expect(await subgraph.mutate('projectCreate', input, 'project { id }')).toEqual(first);
    const other = await subgraph.mutate('projectCreate', { ...input, name: 'Twice' });
    expect(other.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_MISMATCH' }]);
  });

  test('what does not exist is NOT_FOUND, and an id of another type is refused', async () => {
    const missing = 'Project:00000000-0000-4000-8000-000000000000';
    for (const [field, input] of [
      ['projectUpdate', { projectId: missing, name: 'x' }],
      ['projectStatusChange', { projectId: missing, status: 'QUESTIONNAIRE' }],
      ['questionnaireAnswer', { projectId: missing, path: ['a'], value: 1 }],
      ['contractSave', { projectId: missing, type: 'UI', content: 'x' }],
      ['buildCreate', { projectId: missing }],
      ['projectCreate', { userId: 'User:nobody', name: 'x' }],
      ['projectCreate', { userId, name: 'x', repositoryId: 'Repository:acme/unknown' }],
    ] as const) {
      expect((await subgraph.mutate(field, input)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    }
    expect((await subgraph.mutate('projectUpdate', { projectId: repositoryId })).userErrors).toMatchObject([
      { code: 'VALIDATION', field: ['projectId'] },
    ]);
  });

  test('a user is found by id or by login in any case, and by exactly one of them', async () => {
    const { data } = await subgraph.ask(
      '{ byId: user(id: "User:Jana-NOVAK") { id } byLogin: user(githubLogin: "JANA-novak") { id } none: user(githubLogin: "nobody") { id } }',
    );
    expect(data).toEqual({ byId: { id: userId }, byLogin: { id: userId }, none: null });
    for (const wrong of ['', `(id: "${userId}", githubLogin: "jana-novak")`, '(id: null)']) {
      const { errors } = await subgraph.ask(`{ user${wrong} { id } }`);
      expect(errors).toMatchObject([
        { message: 'Give either id or githubLogin.', extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    }
  });
});
