import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startGateway, type TestGateway } from '../../../tests/federation/audit-and-builds/streaming.js';
import {
  connect,
  encryptionKey,
  openSubgraph,
  plantedToken,
  readyProject,
  runningBuild,
  userId,
  type TestSubgraph,
} from '../../../tests/federation/audit-and-builds/subgraph.js';
import { settleSealing } from '../../kernel/write/index.js';
import { Keyring } from '../../kernel/encryption/index.js';
import { rotateTokens } from '../repository/users.js';

let subgraph: TestSubgraph;
let gateway: TestGateway;
/** Everything that a caller was answered. */
const answered: string[] = [];

beforeAll(async () => {
  subgraph = await openSubgraph();
  await connect(subgraph);
  gateway = await startGateway(subgraph, 'over HTTP');
});
afterAll(async () => {
  await gateway.close();
  await subgraph.close();
});

async function post(query: string, variables: Record<string, unknown> = {}): Promise<void> {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  answered.push(await response.text(), JSON.stringify([...response.headers]));
}

/** Every row of every table of every schema, as text. */
async function dump(): Promise<string> {
  await settleSealing(subgraph.database);
  const tables = await subgraph.database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await subgraph.database.query<{ row: string }>(`select t::text as row from ${name} t`);
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

test('an access token is in no response, no error, no log line, no event and no table', async () => {
  const register = `mutation ($input: UserRegisterInput!) { userRegister(input: $input) {
    user { id githubLogin displayLogin hasAccessToken githubId } userErrors { code field message } } }`;
  const user = { githubId: 43, githubLogin: 'other', accessToken: plantedToken };
  await post(register, { input: user });
  expect(answered[0]).toContain('"hasAccessToken":true');
  await post(register, { input: { ...user, githubId: 44 } }); // the login is another's
  await post(register, { input: { ...user, githubLogin: '-' } });
  await post(register, { input: { ...user, accessToken: `${plantedToken}\u0000` } });
  await post(register, { input: { ...user, accessToken: plantedToken.repeat(60) } });
  await post(register, { input: { ...user, githubId: plantedToken } });
  await post(register, { input: { ...user, unknown: 1 } });
  await post(`{ users { nodes { id accessToken } } }`);
  await post(`{ user(id: "${userId}") { id hasAccessToken connectedRepositories { nodes { fullName } } } }`);
  const buildId = await runningBuild(subgraph, await readyProject(subgraph));
  await post(
    `mutation ($input: BuildLogsAppendInput!) { buildLogsAppend(input: $input) { build { logs { nodes { message } } } } }`,
    {
      input: {
        buildId,
        lines: [{ message: `git clone https://x:${plantedToken}@github.com/acme/api` }, { message: plantedToken }],
      },
    },
  );
  await post(`mutation ($input: BuildFailInput!) { buildFail(input: $input) { build { errorDetail } } }`, {
    input: { buildId, reason: `could not push with ${plantedToken}` },
  });
  const stored = await dump();
  expect(stored).toContain('jana-novak');
  for (const text of [...answered, ...gateway.logged, stored]) {
    expect(text).not.toContain(plantedToken);
    expect(text).not.toContain(plantedToken.slice(4, 30));
    expect(text).not.toContain(Buffer.from(plantedToken).toString('base64').slice(0, 24));
  }
});

test('rotation encrypts every token under the new key, can be run again, and names what no key opens', async () => {
  const read = () =>
    subgraph.database.query<{ githubId: number; text: string; keyId: string; login: string }>(
      `select github_id as "githubId", access_token as text, access_token_key_id as "keyId", login from builds.users order by login`,
    );
  const next = 'a7'.repeat(32);
  const stranger = new Keyring({ current: 'b8'.repeat(32) });
  expect(await rotateTokens(subgraph.database, stranger)).toEqual({
    rotated: 0,
    unreadable: expect.arrayContaining(['other']),
  });
  const before = await read();
  const keyring = new Keyring({ current: next, previous: encryptionKey });
  expect(await rotateTokens(subgraph.database, keyring)).toEqual({ rotated: before.length, unreadable: [] });
  expect(await rotateTokens(subgraph.database, keyring)).toEqual({ rotated: 0, unreadable: [] });
  const alone = new Keyring({ current: next });
  for (const row of await read()) {
    expect(row.keyId).toBe(alone.currentKeyId);
    expect(alone.open(row, String(row.githubId))).toBe(plantedToken);
    expect(() => alone.open(row, '999')).toThrow();
    expect(() => new Keyring({ current: encryptionKey }).open(row, String(row.githubId))).toThrow('there is no key');
  }
});

test('without a key no token is stored, and the refusal says what to set', async () => {
  const bare = await openSubgraph({ keys: null });
  try {
    const input = { githubId: 42, githubLogin: 'jana', accessToken: plantedToken };
    const { userErrors } = await bare.mutate('userRegister', input);
    expect(userErrors).toMatchObject([{ code: 'VALIDATION', message: expect.stringContaining('WEFT_ENCRYPTION_KEY') }]);
    expect(await bare.database.query('select 1 from builds.users')).toEqual([]);
  } finally {
    await bare.close();
  }
});
