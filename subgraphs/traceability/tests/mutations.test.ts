import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { validationTransitions } from '../operations/change-validation-status.js';
import { validationStatuses, type ValidationStatus } from '../domain/index.js';
import { requirement, spec, story } from '../../../tests/federation/traceability/files.js';
import {
  allScopes,
  ingest,
  openSubgraph,
  sha,
  type TestSubgraph,
} from '../../../tests/federation/traceability/subgraph.js';

let subgraph: TestSubgraph;
beforeAll(async () => {
  subgraph = await openSubgraph();
});
afterAll(() => subgraph.close());

const registerMutation = `mutation ($input: RepositoryRegisterInput!) { repositoryRegister(input: $input) {
  repository { id fullName owner repo name gitUrl defaultBranch isActive } userErrors { code field } } }`;
const register = async (fullName: string, more: object = {}) =>
  (
    await subgraph.get(registerMutation, {
      input: { fullName, gitUrl: `https://git.example.com/${fullName}`, ...more },
    })
  ).repositoryRegister;
const unknownId = (type: string): string => `${type}:00000000-0000-4000-8000-000000000000`;

describe('repositoryRegister', () => {
  test('registers a repository by its lower-case name', async () => {
    expect(await register('Acme/Register', { defaultBranch: 'trunk' })).toEqual({
      repository: {
        ...{
          id: 'Repository:acme/register',
          fullName: 'acme/register',
          owner: 'Acme',
          repo: 'Register',
          name: 'Register',
        },
        ...{ gitUrl: 'https://git.example.com/Acme/Register', defaultBranch: 'trunk', isActive: true },
      },
      userErrors: [],
    });
  });

  test('refuses a name or URL that is taken, or is none', async () => {
    await register('acme/taken');
    const errorsOf = async (fullName: string, more: object = {}) => (await register(fullName, more)).userErrors;
    expect(await errorsOf('ACME/taken')).toEqual([{ code: 'ALREADY_EXISTS', field: ['fullName'] }]);
    expect(await errorsOf('acme/other', { gitUrl: 'https://git.example.com/acme/taken' })).toEqual([
      { code: 'ALREADY_EXISTS', field: ['gitUrl'] },
    ]);
    expect(await errorsOf('acme', { gitUrl: 'javascript:alert(1)', name: '' })).toEqual([
      { code: 'VALIDATION', field: ['name'] },
      { code: 'VALIDATION', field: ['gitUrl'] },
      { code: 'VALIDATION', field: ['fullName'] },
    ]);
  });

  test('gives the first answer again under its client key, and refuses another input', async () => {
    const first = await register('acme/keyed', { clientKey: 'register' });
    expect(await register('acme/keyed', { clientKey: 'register' })).toEqual(first);
    const { userErrors } = await register('acme/other-keyed', { clientKey: 'register' });
    expect(userErrors).toEqual([{ code: 'IDEMPOTENCY_MISMATCH', field: ['clientKey'] }]);
  });
});

describe('repositoryUpdate', () => {
  const update = async (input: object) =>
    (
      await subgraph.get(
        `mutation ($input: RepositoryUpdateInput!) { repositoryUpdate(input: $input) {
          repository { name gitUrl defaultBranch } userErrors { code field } } }`,
        { input },
      )
    ).repositoryUpdate;

  test('changes what is given and leaves the rest', async () => {
    await register('acme/update');
    const gitUrl = 'https://git.example.com/acme/update';
    expect(await update({ repositoryId: 'Repository:acme/update', name: 'New name' })).toEqual({
      repository: { name: 'New name', gitUrl, defaultBranch: 'main' },
      userErrors: [],
    });
  });

  test('refuses an unknown repository, a URL that is taken, and an empty name', async () => {
    await register('acme/update-a');
    await register('acme/update-b');
    const repositoryId = 'Repository:acme/update-a';
    expect((await update({ repositoryId: 'Repository:acme/nowhere', name: 'x' })).userErrors).toEqual([
      { code: 'NOT_FOUND', field: ['repositoryId'] },
    ]);
    expect((await update({ repositoryId, gitUrl: 'https://git.example.com/acme/update-b' })).userErrors).toEqual([
      { code: 'ALREADY_EXISTS', field: ['gitUrl'] },
    ]);
    expect((await update({ repositoryId, name: ' ' })).userErrors).toEqual([{ code: 'VALIDATION', field: ['name'] }]);
  });
});

test('repositoryDeactivate and repositoryActivate switch once, and refuse what is so already or unknown', async () => {
  await register('acme/switch');
  const run = async (name: string, id = 'Repository:acme/switch') =>
    (
      await subgraph.get(
        `mutation ($id: ID!) { ${name}(input: { repositoryId: $id }) { repository { isActive } userErrors { code } } }`,
        { id },
      )
    )[name];
  const refused = (code: string) => ({ repository: null, userErrors: [{ code }] });
  expect(await run('repositoryActivate')).toEqual(refused('INVALID_TRANSITION'));
  expect(await run('repositoryDeactivate')).toEqual({ repository: { isActive: false }, userErrors: [] });
  expect(await run('repositoryDeactivate')).toEqual(refused('INVALID_TRANSITION'));
  expect(await run('repositoryActivate')).toEqual({ repository: { isActive: true }, userErrors: [] });
  expect(await run('repositoryActivate', 'Repository:acme/nowhere')).toEqual(refused('NOT_FOUND'));
});

describe('validationStatusChange', () => {
  const mutation = `mutation ($input: ValidationStatusChangeInput!) { validationStatusChange(input: $input) {
    artifact { id gxpId validationStatus ... on Requirement { fingerprint } } userErrors { code field } } }`;
  const change = async (artifactId: string, to: string, more: object = {}) =>
    (await subgraph.get(mutation, { input: { artifactId, to, ...more } })).validationStatusChange;
  const stored = async (repository: string, status: ValidationStatus, body?: string) => {
    const files = [requirement('REQ-1', { validation_status: status, ...(body !== undefined && { body }) })];
    await ingest(subgraph, { repository, files, commitSha: sha(body === undefined ? 'a' : 'b') });
    const query = `query ($name: String!) { repository(fullName: $name) { requirements { nodes { id validationStatus contentHash } } } }`;
    return (await subgraph.get(query, { name: repository })).repository.requirements.nodes[0];
  };

  const steps = validationStatuses.flatMap((from) => validationStatuses.map((to) => [from, to] as const));
  test.each(steps.filter(([from, to]) => from !== to))(
    'from %s to %s goes as the state machine says',
    async (from, to) => {
      const { id } = await stored(`status/${from}-${to}`, from);
      const { artifact, userErrors } = await change(id, to);
      if (validationTransitions[from].includes(to))
        expect({ artifact, userErrors }).toMatchObject({ artifact: { validationStatus: to }, userErrors: [] });
      else
        expect({ artifact, userErrors }).toEqual({
          artifact: null,
          userErrors: [{ code: 'INVALID_TRANSITION', field: ['to'] }],
        });
    },
  );

  test('holds for the file that was reviewed: what the file says counts again once it has changed', async () => {
    const { id } = await stored('status/reviewed', 'IN_REVIEW');
    await change(id, 'APPROVED', { note: 'Read and agreed.' });
    await ingest(subgraph, {
      repository: 'status/reviewed',
      files: [requirement('REQ-1', { validation_status: 'IN_REVIEW' }), requirement('REQ-2')],
      commitSha: sha('c'),
    });
    const query = `{ repository(fullName: "status/reviewed") { requirements { nodes { validationStatus } } } }`;
    expect((await subgraph.get(query)).repository.requirements.nodes[0]).toEqual({ validationStatus: 'APPROVED' });
    expect(await stored('status/reviewed', 'IN_REVIEW', 'Edited.')).toMatchObject({ validationStatus: 'IN_REVIEW' });
  });

  test('is refused for another content than was reviewed, for a note too long, and for an unknown artifact', async () => {
    const { id, contentHash } = await stored('status/refused', 'DRAFT');
    expect((await change(id, 'IN_REVIEW', { contentHash: '0'.repeat(64) })).userErrors).toEqual([
      { code: 'CONFLICT', field: ['contentHash'] },
    ]);
    expect((await change(id, 'IN_REVIEW', { note: 'x'.repeat(2_001) })).userErrors).toEqual([
      { code: 'VALIDATION', field: ['note'] },
    ]);
    expect((await change(unknownId('UserStory'), 'IN_REVIEW')).userErrors).toEqual([
      { code: 'NOT_FOUND', field: ['artifactId'] },
    ]);
    expect((await change(id, 'IN_REVIEW', { contentHash })).userErrors).toEqual([]);
  });

  test('of an id that is no artifact’s is a user error that names the type', async () => {
    const { validationStatusChange } = await subgraph.get(
      `mutation ($input: ValidationStatusChangeInput!) {
        validationStatusChange(input: $input) { userErrors { code field message } } }`,
      { input: { artifactId: unknownId('Scan'), to: 'DRAFT' } },
    );
    expect(validationStatusChange.userErrors).toEqual([
      { code: 'VALIDATION', field: ['artifactId'], message: expect.stringContaining('Scan') },
    ]);
  });
});

describe('permissions', () => {
  const inputs: readonly [string, string, string, object][] = [
    [
      'repositoryRegister',
      'write',
      'RepositoryRegisterInput',
      { fullName: 'a/b', gitUrl: 'https://git.example.com/a/b' },
    ],
    ['repositoryUpdate', 'write', 'RepositoryUpdateInput', { repositoryId: 'Repository:a/b' }],
    ['repositoryDeactivate', 'write', 'RepositoryDeactivateInput', { repositoryId: 'Repository:a/b' }],
    ['repositoryActivate', 'write', 'RepositoryActivateInput', { repositoryId: 'Repository:a/b' }],
    ['scanIngest', 'write', 'ScanIngestInput', { repository: 'a/b', commitSha: sha('a'), files: [] }],
    ['trustedKeyAdd', 'keys', 'TrustedKeyAddInput', { repositoryId: 'Repository:a/b', jwk: {} }],
    ['trustedKeyRevoke', 'keys', 'TrustedKeyRevokeInput', { trustedKeyId: unknownId('TrustedKey') }],
    ['linkReview', 'review', 'LinkReviewInput', { traceabilityLinkId: unknownId('TraceabilityLink'), note: 'x' }],
    [
      'validationStatusChange',
      'review',
      'ValidationStatusChangeInput',
      { artifactId: unknownId('Requirement'), to: 'DRAFT' },
    ],
  ];
  test.each(inputs)('%s needs the scope traceability:%s and no other', async (name, scope, type, input) => {
    const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`;
    const needed = `traceability:${scope}`;
    const codeOf = async (caller: object) =>
      (await subgraph.ask(mutation, { input }, caller)).errors?.[0]?.extensions['code'];
    expect(await codeOf({ subject: null })).toBe('UNAUTHENTICATED');
    expect(await codeOf({ scopes: allScopes.filter((each) => each !== needed) })).toBe('FORBIDDEN');
    expect(await codeOf({ scopes: [needed] })).toBeUndefined();
  });

  test('whoever is signed in may read, and an anonymous caller is refused', async () => {
    await ingest(subgraph, {
      repository: 'acme/read',
      files: [requirement('REQ-1'), story('US-1', 'REQ-1'), spec('SPEC-1', 'US-1')],
    });
    const query = `{ repository(fullName: "acme/read") { id } requirements { totalCount } searchArtifacts(query: "system") { nodes { rank } } }`;
    const signedIn = (await subgraph.ask(query, {}, { scopes: [] })).data;
    expect(signedIn.repository).not.toBeNull();
    expect(signedIn.requirements.totalCount).toBeGreaterThan(0);
    const anonymous = await subgraph.ask(query, {}, { subject: null });
    expect(anonymous.data).toEqual({ repository: null, requirements: null, searchArtifacts: null });
    expect(anonymous.errors?.map(({ extensions }) => extensions['code'])).toEqual([
      'UNAUTHENTICATED',
      'UNAUTHENTICATED',
      'UNAUTHENTICATED',
    ]);
  });
});
