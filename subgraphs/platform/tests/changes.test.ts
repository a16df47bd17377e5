import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse, subscribe, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { assembleSdl } from '../../../schema/subgraph-sdl.js';
import { untilFollowing } from '../../../tests/testkit/feed.js';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { Identity } from '../../kernel/auth/index.js';
import type { RequestContext } from '../../kernel/context.js';
import { countStatements, type Database } from '../../kernel/db/index.js';
import { appendEvents, currentCursor, Entitlement, readEvents, type NewEvent } from '../../kernel/events/index.js';
import { entity, field, MapRegistry } from '../../kernel/read/index.js';
import { buildSubgraph } from '../../kernel/subgraph/index.js';
import { model } from '../entities.js';
import { createSubgraph } from '../index.js';

const maps = [
  entity({
    type: 'Repository',
    table: 'traceability.repositories',
    key: { column: 'full_name', sqlType: 'text' },
    fields: { id: field.id('Repository', 'full_name', 'text') },
    visible: (auth) => (auth.has('repositories:none') ? 'none' : 'all'),
  }),
  entity({
    type: 'Wallet',
    table: 'scanning.wallets',
    key: { column: 'id', sqlType: 'uuid' },
    fields: { id: field.id('Wallet', 'id') },
    visible: (auth) =>
      auth.has('wallets:all') ? 'all' : (table, parameters) => `${table}.user_id = ${parameters.add(auth.subject)}`,
  }),
];

const walletOf = (digit: number): string => `Wallet:00000000-0000-4000-8000-00000000000${digit}`;
const annsWallet = walletOf(1);
const bobsWallet = walletOf(2);
const goneWallet = walletOf(3);
const otherGoneWallet = walletOf(4);

const as = (subject: string, ...scopes: string[]) => Identity.of({ subject, scopes });
let opened: TestDatabase;
let schema: GraphQLSchema;
let start: string;

beforeAll(async () => {
  opened = await openTestDatabase();
  const file = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  const entities = ['Commit', 'Repository', 'Wallet']
    .map((name) => `type ${name} @key(fields: "id") { id: ID! }`)
    .join(' ');
  const sdl = assembleSdl(
    'platform',
    {
      shared: file('../../../schema/shared.graphql'),
      subgraphs: { platform: file('../schema.graphql'), domain: `${entities} type Query { a: Int }` },
    },
    new MapRegistry({ platform: model }),
  );
  schema = buildSubgraph(createSubgraph(maps), sdl);
  await opened.database.script(`
    insert into traceability.repositories (name, git_url, owner, repo) values ('api', 'api', 'Acme', 'api');
    insert into scanning.users (clerk_user_id) values ('ann'), ('bob');
    insert into scanning.wallets (id, user_id) values ('${annsWallet.slice(7)}', 'ann'), ('${bobsWallet.slice(7)}', 'bob');
  `);
});
afterAll(() => opened.close());
beforeEach(async () => void (start = await currentCursor(opened.database)));

const api: NewEvent = {
  type: 'Repository',
  id: 'Repository:acme/api',
  action: 'repositoryUpdated',
  repository: 'acme/api',
};
const removed: NewEvent = { type: 'Repository', id: 'Repository:acme/gone', action: 'repositoryRemoved' };
const credited = (id: string, account: string): NewEvent => ({ type: 'Wallet', id, action: 'walletCredited', account });

const append = (...events: NewEvent[]) => opened.database.transaction((tx) => appendEvents(tx, events));

interface Changes {
  /** The next change; fails the test when the feed has ended. */
  next(): Promise<Record<string, any>>;
  statements(): number;
  end(): Promise<void>;
}

const selection = 'cursor type entityId action repository node { __typename id }';

async function follow(auth: Identity, args = '', fields = selection): Promise<Changes> {
  const counter = countStatements(opened.database);
  const contextValue: RequestContext = {
    auth,
    requestId: 'test',
    db: counter.db,
    database: counter.db,
    loaders: new Map(),
    signal: undefined,
  };
  const document = parse(`subscription { changes${args} { ${fields} } }`);
  const events = await subscribe({ schema, document, contextValue });
  if (!(Symbol.asyncIterator in events)) throw events.errors?.[0]?.originalError ?? new Error('refused');
  return {
    next: async () => ((await events.next()).value as ExecutionResult<Record<string, any>>).data?.['changes'],
    statements: counter.count,
    end: async () => void (await events.return(undefined)),
  };
}

/** The ids of all changes up to the one of `acme/end`, which everybody may see. */
async function entitiesUntilEnd(changes: Changes): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const { entityId } = await changes.next();
    if (entityId === end.id) return ids;
    ids.push(entityId);
  }
}
const end: NewEvent = { type: 'Repository', id: 'Repository:acme/end', action: 'repositoryRemoved' };

test('a change leads to its entity, which is null when it is gone', async () => {
  await append(api, removed);
  const changes = await follow(as('ann'), `(after: "${start}")`);
  expect(await changes.next()).toEqual({
    cursor: expect.any(String),
    type: 'Repository',
    entityId: 'Repository:acme/api',
    action: 'repositoryUpdated',
    repository: 'acme/api',
    node: { __typename: 'Repository', id: 'Repository:acme/api' },
  });
  expect(await changes.next()).toMatchObject({ entityId: 'Repository:acme/gone', node: null });
  await changes.end();
});

const mixed = [
  credited(annsWallet, 'ann'),
  credited(bobsWallet, 'bob'),
  credited(goneWallet, 'ann'),
  credited(otherGoneWallet, 'bob'),
  // What no domain has: never sent.
  { type: 'Unicorn', id: 'Unicorn:1', action: 'seen' },
  { type: 'Wallet', id: 'Wallet:no-uuid', action: 'seen' },
];

test.each([
  ['their own rows, and what was theirs and is gone', as('ann'), [annsWallet, goneWallet]],
  [
    'every row and all that is gone, where they may see every row',
    as('eve', 'wallets:all'),
    [annsWallet, bobsWallet, goneWallet, otherGoneWallet, 'Wallet:no-uuid'],
  ],
  ['nothing of what they may not see', as('eve'), []],
])('a subscriber is sent %s, in replay and live', async (_, auth, expected) => {
  await append(...mixed, end);
  const changes = await follow(auth, `(after: "${start}")`);
  expect(await entitiesUntilEnd(changes)).toEqual(expected);
  const live = entitiesUntilEnd(changes);
  await untilFollowing(opened.database);
  await append(...mixed, end);
  expect(await live).toEqual(expected);
  await changes.end();
});

test('a row that is there and hidden is not sent to the account that the event names', async () => {
  await append(credited(bobsWallet, 'ann'), end);
  const changes = await follow(as('ann'), `(after: "${start}")`);
  expect(await entitiesUntilEnd(changes)).toEqual([]);
  await changes.end();
});

test('a page of changes is read with one statement and authorised with one a type, and with none where every row may be seen and none is asked for', async () => {
  await append(...Array.from({ length: 60 }, (_, n) => (n % 2 === 0 ? api : credited(annsWallet, 'ann'))), end);
  const withNodes = await follow(as('ann'), `(after: "${start}")`);
  expect(await entitiesUntilEnd(withNodes)).toHaveLength(60);
  expect(withNodes.statements()).toBe(1 + 2);
  await withNodes.end();
  const withoutNodes = await follow(as('eve', 'wallets:all'), `(after: "${start}")`, 'entityId');
  expect(await entitiesUntilEnd(withoutNodes)).toHaveLength(60);
  expect(withoutNodes.statements()).toBe(1);
  await withoutNodes.end();
});

test('live subscribers who see the same share one look at a change', async () => {
  const crowd = await Promise.all(Array.from({ length: 20 }, () => follow(as('ann'), `(after: "${start}")`)));
  const waiting = crowd.map((changes) => changes.next());
  await untilFollowing(opened.database);
  await append(api);
  for (const { entityId } of await Promise.all(waiting)) expect(entityId).toBe(api.id);
  expect(crowd.reduce((sum, changes) => sum + changes.statements(), 0)).toBe(1);
  await Promise.all(crowd.map((changes) => changes.end()));
});

test('a look that is shared does not end with the caller who began it', async () => {
  await append(credited(annsWallet, 'ann'));
  const { events } = await readEvents(opened.database, { after: start, limit: 10 });
  const entitlement = new Entitlement(maps);
  const gone = opened.database.lane({ kind: 'caller', caller: 'ann', request: '1', signal: AbortSignal.abort() });
  const pages = await Promise.all(
    [gone, opened.database].map((db) => entitlement.admit({ db, auth: as('ann'), rows: true })(events)),
  );
  expect(pages.map((page) => page.map(({ id }) => id))).toEqual([[annsWallet], [annsWallet]]);
});

test('a look that failed is not kept: the next caller looks again', async () => {
  await append(credited(annsWallet, 'ann'));
  const { events } = await readEvents(opened.database, { after: start, limit: 10 });
  const entitlement = new Entitlement(maps);
  const lost: Database = { ...opened.database, lane: () => lost, query: () => Promise.reject(new Error('lost')) };
  await expect(entitlement.admit({ db: lost, auth: as('ann'), rows: true })(events)).rejects.toThrow('lost');
  const page = await entitlement.admit({ db: opened.database, auth: as('ann'), rows: true })(events);
  expect(page.map(({ id }) => id)).toEqual([annsWallet]);
});

test('types, actions and repository narrow the feed', async () => {
  await append(api, credited(annsWallet, 'ann'), removed, end);
  const idsOf = async (filter: string) => {
    const changes = await follow(as('ann'), `(after: "${start}", ${filter})`);
    const ids = [(await changes.next())['entityId']];
    await changes.end();
    return ids;
  };
  expect(await idsOf('types: ["Wallet"]')).toEqual([annsWallet]);
  expect(await idsOf('actions: ["repositoryRemoved"]')).toEqual([removed.id]);
  expect(await idsOf('repositoryId: "Repository:Acme/API"')).toEqual([api.id]);
  expect(await idsOf('repository: "Acme/API"')).toEqual([api.id]);
});

test('resumes after the cursor of any change', async () => {
  await append(api, credited(annsWallet, 'ann'), removed);
  const first = await follow(as('ann'), `(after: "${start}")`);
  const { cursor } = await first.next();
  await first.end();
  const second = await follow(as('ann'), `(after: "${cursor}")`);
  expect([await second.next(), await second.next()]).toMatchObject([
    { entityId: annsWallet },
    { entityId: removed.id },
  ]);
  await second.end();
});

test.each([
  ['an anonymous caller', Identity.anonymous, '', 'UNAUTHENTICATED'],
  ['a type that does not exist', as('ann'), '(types: ["Unicorn"])', 'BAD_USER_INPUT'],
  ['more than 100 names', as('ann'), `(actions: ${JSON.stringify(Array(101).fill('a'))})`, 'BAD_USER_INPUT'],
])('refuses %s', async (_, auth, args, code) => {
  await expect(follow(auth, args)).rejects.toMatchObject({ code });
});

test('a caller for whom a type is hidden as a whole is sent none of it', async () => {
  await append(api, removed, credited(annsWallet, 'ann'));
  const changes = await follow(as('ann', 'repositories:none'), `(after: "${start}")`);
  expect(await changes.next()).toMatchObject({ entityId: annsWallet });
  await changes.end();
});
