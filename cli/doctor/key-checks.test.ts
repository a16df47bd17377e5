import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../tests/testkit/index.js';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { Keyring } from '../../subgraphs/kernel/encryption/index.js';
import { checkKeys } from './key-checks.js';

const [current, previous, lost] = ['a1', 'b2', 'c3'].map((byte) => byte.repeat(32)) as [string, string, string];
let opened: TestDatabase;

beforeAll(async () => void (opened = await openTestDatabase()));
afterAll(() => opened.close());
beforeEach(async () => {
  await opened.database.query('delete from builds.repos');
  await opened.database.query('delete from builds.users');
});

let people = 0;

async function person(key?: string): Promise<string> {
  const keyId = key === undefined ? null : new Keyring({ current: key }).currentKeyId;
  const id = randomUUID();
  people += 1;
  await opened.database.query(
    "insert into builds.users (id, github_id, github_login, access_token, access_token_key_id) values ($1, $2, $3, '', $4)",
    [id, people, `person-${people}`, keyId],
  );
  return id;
}

const check = async (name: string, environment: Record<string, string> = {}) =>
  (await checkKeys(opened.database, loadConfig(environment))).find((one) => one.name === name);

test('without a key nothing may be sealed', async () => {
  await person();
  expect(await check('encryption key')).toMatchObject({ status: 'ok' });
  await person(current);
  expect(await check('encryption key')).toMatchObject({
    status: 'failed',
    detail: '1 stored secrets are sealed and no key is set',
    advice: expect.stringContaining('WEFT_ENCRYPTION_KEY'),
  });
});

test('a key that opens everything is fine, and one that some secrets are not sealed under is not', async () => {
  await person(current);
  expect(await check('encryption key', { WEFT_ENCRYPTION_KEY: current })).toMatchObject({
    status: 'ok',
    detail: 'opens all 1 stored secrets',
  });
  await person(lost);
  expect(await check('encryption key', { WEFT_ENCRYPTION_KEY: current })).toMatchObject({
    status: 'failed',
    detail: '1 of 2 stored secrets are sealed under another key',
  });
});

test('a rotation is told what is left of it: to run it, then to drop the previous key', async () => {
  const keys = { WEFT_ENCRYPTION_KEY: current, WEFT_ENCRYPTION_KEY_PREVIOUS: previous };
  await person(current);
  expect(await check('encryption key', keys)).toMatchObject({
    status: 'warning',
    advice: expect.stringMatching(/drop it/),
  });
  await person(previous);
  expect(await check('encryption key', keys)).toMatchObject({ status: 'warning', advice: 'Run weft rotate-key' });
});

test('a webhook without a secret is a warning, as its deliveries are refused', async () => {
  expect(await check('webhook secret')).toMatchObject({ status: 'ok' });
  await opened.database.query(
    `insert into builds.repos (id, user_id, github_repo_id, full_name, default_branch, webhook_active)
     values ($1, $2, 1, 'acme/api', 'main', true)`,
    [randomUUID(), await person()],
  );
  expect(await check('webhook secret')).toMatchObject({
    status: 'warning',
    detail: expect.stringContaining('1 connected'),
  });
  expect(await check('webhook secret', { WEFT_GITHUB_WEBHOOK_SECRET: 's' })).toMatchObject({ status: 'ok' });
});
