import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { Identity } from '../../kernel/auth/index.js';
import { countStatements } from '../../kernel/db/index.js';
import type { RequestError } from '../../kernel/errors/index.js';
import { entity } from '../../kernel/read/index.js';
import { commitResolver } from '../resolvers/commit.js';

const scanned = entity({
  type: 'Commit',
  table: `(select s.commit_sha, r.full_name from traceability.scans s join traceability.repositories r on r.id = s.repository_id)`,
  key: { column: 'commit_sha', sqlType: 'text' },
  compoundKey: {
    columns: [
      { column: 'full_name', sqlType: 'text' },
      { column: 'commit_sha', sqlType: 'text' },
    ],
    parse: (key) => ({ key, values: key.split('@') }),
  },
  fields: {},
  visible: (auth) => (auth.has('commits:none') ? 'none' : 'all'),
});
const shas = ['abc1', 'abc1f', 'b0b0'].map((start) => start.padEnd(40, '0'));

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
  await opened.database.query(
    `insert into traceability.repositories (name, git_url, owner, repo) select n, n, 'Acme', n from unnest(array['api', 'web']) n`,
  );
  await opened.database.query(
    `insert into traceability.scans (repository_id, status, commit_sha, started_at)
     select r.id, 'completed', sha, now() from traceability.repositories r, unnest($1::text[]) sha where r.full_name = 'acme/api'`,
    // The second scan of one commit makes no second candidate.
    [[...shas, shas[2]]],
  );
});
afterAll(() => opened.close());

async function find(sha: string, repositoryId = 'Repository:Acme/API', scopes: string[] = [], maps = [scanned]) {
  const counted = countStatements(opened.database);
  const context = {
    ...{ auth: Identity.of({ subject: 'ann', scopes }), requestId: 'test', db: counted.db },
    ...{ database: opened.database, loaders: new Map(), signal: undefined },
  };
  const run = async () => commitResolver(maps)(null, { repositoryId, sha }, context);
  const found = await run().then(
    (row) => ({ id: row?.['id'] ?? null }),
    (error: unknown) => {
      const { message, extensions } = error as RequestError;
      return { message, extensions };
    },
  );
  return { ...found, statements: counted.count() };
}

test('a commit is found by its hash and by the beginning of it, in any case, with one statement for a domain', async () => {
  for (const sha of [shas[2] ?? '', 'b0b0', 'B0B0000']) {
    expect(await find(sha)).toEqual({ id: `Commit:acme/api@${shas[2]}`, statements: 1 });
  }
  expect(await find('abc1f')).toMatchObject({ id: `Commit:acme/api@${shas[1]}` });
});

test('a commit that several domains know is one', async () => {
  expect(await find('b0b0', undefined, [], [scanned, scanned])).toEqual({
    id: `Commit:acme/api@${shas[2]}`,
    statements: 2,
  });
});

test('none is chosen where several begin so: the error names them', async () => {
  expect(await find('abc1')).toMatchObject({
    extensions: { code: 'BAD_USER_INPUT', reason: 'AMBIGUOUS_SHA', candidates: shas.slice(0, 2) },
  });
});

test('a commit of another repository, or one that is not to be seen, is null, also where its hash would be ambiguous', async () => {
  expect(await find('b0b0', 'Repository:acme/web')).toMatchObject({ id: null });
  expect(await find('abc1', undefined, ['commits:none'])).toEqual({ id: null, statements: 0 });
});

test.each(['abc', 'main', 'abc%', '', 'a'.repeat(65)])('%j is no hash, and not looked for', async (sha) => {
  expect(await find(sha)).toMatchObject({ message: expect.stringContaining('4 to 64 hex digits'), statements: 0 });
});
