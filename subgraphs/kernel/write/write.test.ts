import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { auditTrailSealed, openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { Identity } from '../auth/index.js';
import { checkDatabaseError } from '../db/index.js';
import { userError } from '../errors/index.js';
import {
  assertTransition,
  assertVersion,
  canonicalJson,
  expireClientKeys,
  resourceUuid,
  settleSealing,
  write,
  type Change,
  type Writer,
} from './index.js';

let opened: TestDatabase;
let writer: Writer;

beforeAll(async () => {
  opened = await openTestDatabase();
  writer = { auth: Identity.of({ subject: 'ann', scopes: [] }), requestId: 'request-1', database: opened.database };
});

afterAll(async () => {
  await settleSealing(opened.database);
  await opened.close();
});

beforeEach(() => opened.database.query('delete from traceability.repositories'));

const repository = (repo: string) => ({ name: repo, gitUrl: `https://example.com/acme/${repo}`, owner: 'acme', repo });
const registered = (repo: string): Change => ({
  type: 'Repository',
  key: `acme/${repo}`,
  action: 'repositoryRegistered',
  repository: `acme/${repo}`,
  details: { gitUrl: [null, `https://example.com/acme/${repo}`] },
});

async function counts(): Promise<Record<string, number>> {
  const [row] = await opened.database.query<Record<string, number>>(
    `select (select count(*) from traceability.repositories) as state, (select count(*) from traceability.audit_log) as audit,
            (select count(*) from platform.events) as events, (select count(*) from platform.idempotency_keys) as keys`,
  );
  return row ?? {};
}

describe('a write', () => {
  test('commits state, audit entry and event together', async () => {
    const before = await counts();
    const written = await write(writer, { operation: 'repositoryRegister' }, async (tx) => {
      const prisma = await tx.prisma();
      const row = await prisma.repository.create({ data: repository('api') });
      tx.record(registered('api'));
      return { repository: row.fullName };
    });
    expect(written).toEqual({ repository: 'acme/api', userErrors: [] });
    expect(await counts()).toEqual({
      ...before,
      state: 1,
      audit: (before['audit'] ?? 0) + 1,
      events: (before['events'] ?? 0) + 1,
    });
    const [entry] = await opened.database.query(
      `select "user", action, resource_type, resource_id, entity_id, payload, request_id,
         payload_hash = encode(sha256(convert_to(payload, 'UTF8')), 'hex') as "hashed"
       from traceability.audit_log order by position desc limit 1`,
    );
    expect(entry).toEqual({
      user: 'ann',
      action: 'repositoryRegistered',
      resource_type: 'Repository',
      resource_id: resourceUuid('Repository', 'acme/api'),
      entity_id: 'Repository:acme/api',
      payload: '{"gitUrl":[null,"https://example.com/acme/api"]}',
      request_id: 'request-1',
      hashed: true,
    });
  });

  test.each([
    ['an expected failure', () => Promise.reject(userError('CONFLICT', 'version', 'Too late.'))],
    ['a bug', () => Promise.reject(new Error('a bug'))],
    ['a refusing database', (tx: { query: (text: string) => Promise<unknown> }) => tx.query('select 1 / 0')],
  ])('leaves nothing behind after %s', async (_name, fail) => {
    const before = await counts();
    const outcome = write(writer, { operation: 'test', clientKey: 'k', input: 1 }, async (tx) => {
      await (await tx.prisma()).repository.create({ data: repository('api') });
      await tx.query(`insert into traceability.repositories (name, git_url, owner, repo) values ('x', 'x', 'x', 'x')`);
      tx.record(registered('api'));
      await fail(tx);
      return {};
    });
    await outcome.catch(() => undefined);
    expect(await counts()).toEqual(before);
  });

  test('answers an expected failure as user errors, and throws anything else', async () => {
    const expected = await write(writer, { operation: 'test' }, () =>
      Promise.reject(userError('NOT_FOUND', ['input', 'id'], 'There is no such repository.')),
    );
    expect(expected).toEqual({
      userErrors: [{ code: 'NOT_FOUND', field: ['input', 'id'], message: 'There is no such repository.' }],
    });
    await expect(write(writer, { operation: 'test' }, () => Promise.reject(new Error('a bug')))).rejects.toThrow(
      'a bug',
    );
  });

  test.each([
    [
      'Prisma',
      async (tx: Parameters<Parameters<typeof write>[2]>[0]) =>
        void (await (await tx.prisma()).repository.create({ data: repository('api') })),
    ],
    [
      'SQL',
      async (tx: Parameters<Parameters<typeof write>[2]>[0]) =>
        void (await tx.query(
          `insert into traceability.repositories (name, git_url, owner, repo) values ('a', 'https://example.com/acme/api', 'o', 'p')`,
        )),
    ],
  ])('turns a constraint violated through %s into the user error that it means', async (_name, insert) => {
    const options = {
      operation: 'repositoryRegister',
      constraints: { repositories_git_url_key: userError('ALREADY_EXISTS', 'gitUrl', 'It is registered already.') },
    };
    await write(writer, options, async (tx) => (await insert(tx), {}));
    const second = await write(writer, options, async (tx) => (await insert(tx), {}));
    expect(second.userErrors).toEqual([
      { code: 'ALREADY_EXISTS', field: ['gitUrl'], message: 'It is registered already.' },
    ]);
  });

  test('refuses text that the database cannot hold with a typed error, through Prisma too', async () => {
    const outcome = write(writer, { operation: 'test' }, async (tx) => {
      await (await tx.prisma()).repository.create({ data: { ...repository('api'), name: 'a\0b' } });
      return {};
    });
    await expect(outcome).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'Text may not contain the character U+0000.',
    });
  });

  test('leaves an entry that can be read, whatever text is in it', async () => {
    await write(writer, { operation: 'test' }, async (tx) => {
      tx.record({ type: 'Repository', key: 'acme/odd', action: 'oddNoted', details: { a: 'x\ud800\0' }, event: false });
      return {};
    });
    const [entry] = await opened.database.query(
      `select payload::jsonb as payload from traceability.audit_log where action = 'oddNoted'`,
    );
    expect(entry).toEqual({ payload: { a: 'x\ufffd\ufffd' } });
  });

  test('lets a request see nothing that it had loaded before the change', async () => {
    const loaders = new Map<unknown, unknown>([['loader', 'what was there before']]);
    await write({ ...writer, loaders }, { operation: 'test' }, () => Promise.reject(userError('CONFLICT', null, 'no')));
    expect(loaders.size).toBe(1);
    await write({ ...writer, loaders }, { operation: 'test' }, () => Promise.resolve({}));
    expect(loaders.size).toBe(0);
  });

  test('holds many changes in two statements, in the order noted', async () => {
    const before = await counts();
    await write(writer, { operation: 'bulk' }, async (tx) => {
      for (let n = 0; n < 500; n += 1) tx.record({ ...registered(`r${n}`), event: n % 2 === 0 });
      return Promise.resolve({});
    });
    const after = await counts();
    expect([(after['audit'] ?? 0) - (before['audit'] ?? 0), (after['events'] ?? 0) - (before['events'] ?? 0)]).toEqual([
      500, 250,
    ]);
    const rows = await opened.database.query<{ entity_id: string }>(
      'select entity_id from traceability.audit_log order by position desc limit 500',
    );
    expect(rows.map((row) => row.entity_id).reverse()).toEqual(
      Array.from({ length: 500 }, (_, n) => `Repository:acme/r${n}`),
    );
  });
});

describe('concurrent writes', () => {
  test('keep their Prisma calls apart, also calls of the same shape at the same moment', async () => {
    const find = (repo: string, fail: boolean) =>
      write(writer, { operation: 'test' }, async (tx) => {
        const prisma = await tx.prisma();
        await prisma.repository.create({ data: repository(repo) });
        const found = await prisma.repository.findUnique({ where: { gitUrl: repository(repo).gitUrl } });
        if (fail) throw userError('CONFLICT', null, 'rolled back');
        return { found: found?.fullName };
      });
    const all = await Promise.all(Array.from({ length: 12 }, (_, n) => find(`p${n}`, n % 3 === 0)));
    expect(all.map((written) => written.found)).toEqual(all.map((_, n) => (n % 3 === 0 ? undefined : `acme/p${n}`)));
    expect((await counts())['state']).toBe(8);
  });

  test('with one client key make one change, and all answer its result', async () => {
    const register = (input: unknown) =>
      write(writer, { operation: 'repositoryRegister', clientKey: 'same', input }, async (tx) => {
        const row = await (await tx.prisma()).repository.create({ data: repository('once') });
        tx.record(registered('once'));
        return { repository: row.fullName };
      });
    const all = await Promise.all(Array.from({ length: 20 }, () => register({ b: 1, a: 2 })));
    expect(all).toEqual(all.map(() => ({ repository: 'acme/once', userErrors: [] })));
    expect((await counts())['state']).toBe(1);
    expect((await register({ a: 2, b: 1 })).repository).toBe('acme/once');
    expect((await register({ a: 3 })).userErrors[0]?.code).toBe('IDEMPOTENCY_MISMATCH');
  });

  test('of two callers with the same client key are two writes', async () => {
    const other: Writer = { ...writer, auth: Identity.of({ subject: 'bob', scopes: [] }) };
    const key = { operation: 'test', clientKey: 'shared', input: 1 };
    expect(await write(writer, key, () => Promise.resolve({ n: 1 }))).toMatchObject({ n: 1 });
    expect(await write(other, key, () => Promise.resolve({ n: 2 }))).toMatchObject({ n: 2 });
  });

  test('are forgotten when no retry can mean their client keys any more', async () => {
    const key = { operation: 'test', clientKey: 'old', input: 1 };
    await write(writer, key, () => Promise.resolve({ n: 1 }));
    expect(await expireClientKeys(opened.database, new Date(0))).toBe(0);
    expect(await expireClientKeys(opened.database, new Date(Date.now() + 60_000))).toBeGreaterThan(0);
    expect(await write(writer, key, () => Promise.resolve({ n: 2 }))).toMatchObject({ n: 2 });
  });

  test.each(['', 'x'.repeat(201), 'a\0b'])('refuse the client key %j', async (clientKey) => {
    const written = await write(writer, { operation: 'test', clientKey }, () => Promise.resolve({}));
    expect(written.userErrors[0]).toMatchObject({ code: 'VALIDATION', field: ['clientKey'] });
  });
});

describe('the audit chain', () => {
  test('seals what was committed, in order, without a gap', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        write(writer, { operation: 'test' }, (tx) => {
          tx.record({ ...registered(`s${n}`) });
          return n % 5 === 0 ? Promise.reject(userError('CONFLICT', null, 'rolled back')) : Promise.resolve({});
        }),
      ),
    );
    await settleSealing(opened.database);
    await auditTrailSealed(opened.database);
    const [row] = await opened.database.query(`select
      (select count(*) from traceability.audit_log) = (select count(*) from traceability.audit_seals) as "allSealed",
      (select count(*) from traceability.verify_audit_chain()) as "faults"`);
    expect(row).toEqual({ allSealed: true, faults: 0 });
  });

  test.each([
    'update traceability.audit_log set "user" = $1',
    'delete from traceability.audit_log where $1::text is not null',
  ])('cannot be changed: %s', async (text) => {
    const failure = await opened.database.query(text, ['eve']).catch(checkDatabaseError);
    expect(failure).toMatchObject({ kind: 'append_only', table: 'audit_log' });
  });
});

describe('rules', () => {
  test('a stale version is a conflict that names the current one', () => {
    expect(() => assertVersion({ expected: 1, current: 2 })).toThrow(
      'Version 1 was expected, the current version is 2.',
    );
    expect(() => assertVersion({ expected: 2, current: 2 })).not.toThrow();
  });

  test('an illegal transition names the state and the legal next ones', () => {
    const transitions = { draft: ['ready'], ready: ['done', 'draft'], done: [] } as const;
    expect(() => assertTransition({ transitions, from: 'draft', to: 'ready' })).not.toThrow();
    expect(() => assertTransition({ transitions, from: 'ready', to: 'ready' })).toThrow('it can become done, draft');
    expect(() => assertTransition({ transitions, from: 'done', to: 'draft' })).toThrow('it is final');
  });

  test('canonical JSON is the same for the same value, whatever its order', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'é' }], a: undefined, A: 1n })).toBe(
      '{"A":"1","b":[1,{"c":"é","d":null}]}',
    );
    expect(canonicalJson(undefined)).toBe('null');
    expect(canonicalJson(JSON.parse('{"__proto__":1}'))).toBe('{"__proto__":1}');
    // JavaScript would put names that are numbers first, by their value.
    expect(canonicalJson({ 9: 'b', 10: 'a', '': 0 })).toBe('{"":0,"10":"a","9":"b"}');
    expect(canonicalJson([undefined, () => 1])).toBe('[null,null]');
  });

  test('a key that is no UUID stands for the same UUID every time, and for another one of another type', () => {
    expect(resourceUuid('Account', 'user_2x')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(resourceUuid('Account', 'user_2x')).toBe(resourceUuid('Account', 'user_2x'));
    expect(resourceUuid('Account', 'user_2x')).not.toBe(resourceUuid('User', 'user_2x'));
  });
});
