import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { execute, parse, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { assembleSdl } from '../../../schema/subgraph-sdl.js';
import {
  auditEntriesSettled,
  auditTrailSealed,
  openTestDatabase,
  type TestDatabase,
} from '../../../tests/testkit/index.js';
import { Identity } from '../../kernel/auth/index.js';
import type { RequestContext } from '../../kernel/context.js';
import { countStatements } from '../../kernel/db/index.js';
import { entity, field, MapRegistry } from '../../kernel/read/index.js';
import { buildSubgraph } from '../../kernel/subgraph/index.js';
import { settleSealing, write } from '../../kernel/write/index.js';
import { model } from '../entities.js';
import { createSubgraph } from '../index.js';

const repository = entity({
  type: 'Repository',
  table: 'traceability.repositories',
  key: { column: 'full_name', sqlType: 'text' },
  fields: { id: field.id('Repository', 'full_name', 'text') },
  visible: (auth) => (auth.has('repositories:none') ? 'none' : 'all'),
});
const scan = entity({
  type: 'Scan',
  table: 'traceability.scans',
  key: { column: 'id', sqlType: 'uuid' },
  fields: { id: field.id('Scan', 'id') },
  visible: () => 'all',
});

const auditor = Identity.of({ subject: 'auditor', scopes: ['audit:read'] });
const ann = Identity.of({ subject: 'ann', scopes: [] });
let opened: TestDatabase;
let schema: GraphQLSchema;

beforeAll(async () => {
  opened = await openTestDatabase();
  const file = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  const domain =
    'type Repository @key(fields: "id") { id: ID! } type Scan @key(fields: "id") { id: ID! } type Commit @key(fields: "id") { id: ID! } type Query { a: Int }';
  const sdl = assembleSdl(
    'platform',
    {
      shared: file('../../../schema/shared.graphql'),
      subgraphs: { platform: file('../schema.graphql'), traceability: domain },
    },
    new MapRegistry({ platform: model }),
  );
  schema = buildSubgraph(createSubgraph([repository, scan]), sdl);
  for (const [auth, name] of [
    [ann, 'api'],
    [Identity.of({ subject: 'bob', scopes: [] }), 'web'],
  ] as const) {
    for (const action of ['repositoryRegistered', 'repositoryUpdated']) {
      await write(
        { auth, requestId: `request-${name}`, database: opened.database },
        { operation: 'test' },
        async (tx) => {
          if (action === 'repositoryRegistered') {
            await tx.query(
              `insert into traceability.repositories (name, git_url, owner, repo) values ($1, $1, 'Acme', $1)`,
              [name],
            );
          }
          tx.record({ type: 'Repository', key: `acme/${name}`, action, details: { name: [null, name] } });
          return {};
        },
      );
    }
  }
  await auditEntriesSettled(opened.database);
});

afterAll(async () => {
  await settleSealing(opened.database);
  await opened.close();
});

async function ask(
  source: string,
  auth: Identity = auditor,
  variableValues: Record<string, unknown> = {},
): Promise<{ result: ExecutionResult<Record<string, any>>; statements: number }> {
  const counter = countStatements(opened.database);
  const contextValue: RequestContext = {
    auth,
    requestId: 'test',
    db: counter.db,
    database: opened.database,
    loaders: new Map(),
    signal: undefined,
  };
  const result = await execute({ schema, document: parse(source), contextValue, variableValues });
  return { result: result as ExecutionResult<Record<string, any>>, statements: counter.count() };
}

describe('the audit trail', () => {
  test('tells who did what to which entity, newest first, in two statements', async () => {
    const { result, statements } = await ask(`{ auditTrail(first: 2) { totalCount nodes {
      user action resourceType entity { __typename id } payload requestId seal { sequence } } } }`);
    expect(result.errors).toBeUndefined();
    expect(result.data?.['auditTrail']).toMatchObject({
      totalCount: 4,
      nodes: [
        {
          user: 'bob',
          action: 'repositoryUpdated',
          resourceType: 'Repository',
          entity: { __typename: 'Repository', id: 'Repository:acme/web' },
          payload: { name: [null, 'web'] },
          requestId: 'request-web',
        },
        { user: 'bob', action: 'repositoryRegistered' },
      ],
    });
    // The entries with their seals, and which of their entities are there.
    expect(statements).toBe(2);
  });

  test('shows a caller without audit:read their own actions only, and nobody anything', async () => {
    const own = await ask('{ auditTrail { nodes { user } totalCount } }', ann);
    expect(own.result.data?.['auditTrail']).toEqual({ nodes: [{ user: 'ann' }, { user: 'ann' }], totalCount: 2 });
    const none = await ask('{ auditTrail { totalCount } }', Identity.anonymous);
    expect(none).toEqual({ result: { data: { auditTrail: { totalCount: 0 } } }, statements: 0 });
  });

  test('of many entities is one statement', async () => {
    const { result, statements } = await ask(
      `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Repository { auditTrail(first: 1) { totalCount nodes { action user } } } } }`,
      auditor,
      { r: ['api', 'web', 'gone'].map((name) => ({ __typename: 'Repository', id: `Repository:acme/${name}` })) },
    );
    const updatedBy = (user: string) => ({
      auditTrail: { totalCount: 2, nodes: [{ action: 'repositoryUpdated', user }] },
    });
    expect(result.data?.['_entities']).toEqual([
      updatedBy('ann'),
      updatedBy('bob'),
      { auditTrail: { totalCount: 0, nodes: [] } },
    ]);
    expect(statements).toBe(1);
  });

  test('is filtered by entity, user, action and time', async () => {
    const { result } = await ask(`{
      a: auditTrail(filter: { entityId: { eq: "Repository:acme/api" } }) { totalCount }
      b: auditTrail(filter: { user: { eq: "bob" }, action: { eq: "repositoryUpdated" } }) { totalCount }
      c: auditTrail(filter: { timestamp: { gt: "2100-01-01T00:00:00Z" } }) { totalCount }
      d: auditTrail(orderBy: { field: TIMESTAMP, direction: ASC }, first: 1) { nodes { user } } }`);
    expect(result.data).toEqual({
      a: { totalCount: 2 },
      b: { totalCount: 1 },
      c: { totalCount: 0 },
      d: { nodes: [{ user: 'ann' }] },
    });
  });
});

describe('node', () => {
  test('answers what exists and may be seen, null without an error for the rest, one statement a type', async () => {
    const ids = [
      'Repository:acme/api',
      'Repository:acme/gone',
      'Scan:00000000-0000-4000-8000-000000000001',
      'Repository:acme/web',
    ];
    const { result, statements } = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', ann, { ids });
    expect(result).toEqual({ data: { nodes: [{ id: ids[0] }, null, null, { id: ids[3] }] } });
    expect(statements).toBe(2);
    const unseen = await ask(
      `{ node(id: "${ids[0]}") { id } }`,
      Identity.of({ subject: 'eve', scopes: ['repositories:none'] }),
    );
    expect(unseen.result).toEqual({ data: { node: null } });
  });

  test('answers the id as its audit trail is kept under it, however the caller spelled the UUID', async () => {
    const id = 'Scan:0000abcd-0000-4000-8000-000000000001';
    await opened.database.query(
      `insert into traceability.scans (id, repository_id, commit_sha, status, started_at)
       select $1, id, repeat('a', 40), 'pending', now() from traceability.repositories limit 1`,
      [id.slice('Scan:'.length)],
    );
    const { result } = await ask(`{ node(id: "${id.replace('abcd', 'ABCD')}") { id } }`);
    expect(result).toEqual({ data: { node: { id } } });
  });

  test('answers audit entries as well, with their fields, and not those of others', async () => {
    const [entry] = (await ask('{ auditTrail(first: 1, filter: { user: { eq: "bob" } }) { nodes { id action } } }'))
      .result.data?.['auditTrail'].nodes;
    const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id auditTrail { totalCount } ... on AuditEntry { action } } }`;
    const { result } = await ask(query, auditor, { ids: [entry.id] });
    expect(result).toEqual({
      data: { nodes: [{ __typename: 'AuditEntry', ...entry, auditTrail: { totalCount: 0 } }] },
    });
    expect((await ask(query, ann, { ids: [entry.id] })).result).toEqual({ data: { nodes: [null] } });
  });

  test.each([
    ['nonsense', 'Malformed id "nonsense": expected Type:key, e.g. Requirement:0b1d….'],
    ['Unicorn:1', 'There are no entities of type Unicorn.'],
    ['Scan:1', 'Malformed id "Scan:1": expected Scan: and a UUID.'],
  ])('refuses %s with a typed error', async (id, message) => {
    const { result, statements } = await ask('query ($id: ID!) { node(id: $id) { id } }', ann, { id });
    expect(result.errors?.[0]).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT' } });
    expect(statements).toBe(0);
  });

  test('refuses more than 100 ids at once', async () => {
    const { result } = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', ann, {
      ids: Array(101).fill('Repository:a/b'),
    });
    expect(result.errors?.[0]?.message).toBe('ids has 101 ids: at most 100.');
  });
});

describe('verifyAuditTrail', () => {
  const verify = `query ($from: BigInt, $after: AuditAnchorInput, $first: Int, $anchor: AuditAnchorInput) {
    verifyAuditTrail(fromSequence: $from, after: $after, first: $first, anchor: $anchor) {
      isIntact entriesChecked isComplete verifiedTo { sequence entryHash } head { sequence entryHash }
      firstFault { reason sequence entryId entry { user } } } }`;

  /** Each part as the one before says, to the end or the first fault. */
  async function inParts(first: number): Promise<Record<string, any>[]> {
    const parts: Record<string, any>[] = [];
    for (let after: unknown = null; ;) {
      const part: Record<string, any> = (await ask(verify, auditor, { after, first })).result.data?.[
        'verifyAuditTrail'
      ];
      parts.push(part);
      if (part['isComplete'] || !part['isIntact']) return parts;
      after = part['verifiedTo'];
    }
  }

  test('needs audit:read', async () => {
    const { result } = await ask(verify, ann);
    expect(result.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScopes: ['audit:read'] });
  });

  test('finds an untouched trail intact, whole or from a link on, and its head as anchor', async () => {
    const first = (await ask(verify)).result.data?.['verifyAuditTrail'];
    expect(first).toMatchObject({ isIntact: true, entriesChecked: 4, head: { sequence: 4 }, firstFault: null });
    expect(first).toMatchObject({ isComplete: true, verifiedTo: first.head });
    const again = (await ask(verify, auditor, { from: 3, anchor: first.head })).result.data?.['verifyAuditTrail'];
    expect(again).toMatchObject({ isIntact: true, entriesChecked: 2 });
  });

  test.each([1, 3, 4, 50_000])('parts of %i links come to what one pass over all says', async (size) => {
    const whole = (await ask(verify)).result.data?.['verifyAuditTrail'];
    const parts = await inParts(size);
    expect(parts).toHaveLength(Math.ceil(4 / size));
    expect(parts.map((part) => part['isComplete'])).toEqual(parts.map((_, n) => n === parts.length - 1));
    expect(parts.reduce((sum, part) => sum + Number(part['entriesChecked']), 0)).toBe(whole.entriesChecked);
    expect(parts.at(-1)).toMatchObject({ isIntact: true, verifiedTo: whole.head, head: whole.head });
  });

  test('a caller who is through comes again at the same link, and is told so while there is nothing more', async () => {
    const { head } = (await ask(verify)).result.data?.['verifyAuditTrail'];
    expect((await ask(verify, auditor, { after: head })).result.data?.['verifyAuditTrail']).toMatchObject({
      isIntact: true,
      entriesChecked: 0,
      isComplete: true,
      verifiedTo: head,
    });
  });

  test('a part that does not follow the part before is at fault there', async () => {
    for (const sequence of ['2', '99', '9223372036854775807']) {
      const after = { sequence, entryHash: 'f'.repeat(64) };
      expect((await ask(verify, auditor, { after, first: 1 })).result.data?.['verifyAuditTrail']).toMatchObject({
        isIntact: false,
        verifiedTo: null,
        firstFault: {
          reason: 'ANCHOR_MISMATCH',
          sequence: Number.isSafeInteger(Number(sequence)) ? Number(sequence) : sequence,
        },
      });
    }
  });

  test('a part takes a few statements, wherever it begins', async () => {
    const { head } = (await ask(verify)).result.data?.['verifyAuditTrail'];
    for (const variables of [{}, { first: 2 }, { from: 3 }, { after: head, anchor: head }])
      expect((await ask(verify, auditor, variables)).statements).toBeLessThanOrEqual(7);
  });

  test.each([
    [{ from: 0 }, 'fromSequence must be 1 or more, and fit in 64 bits.'],
    [{ from: '9223372036854775808' }, expect.stringContaining('Expected a whole number of at most 64 bits.')],
    [{ anchor: { sequence: 1, entryHash: 'x' } }, 'anchor.entryHash must be 64 lower-case hexadecimal digits.'],
    [{ after: { sequence: 1, entryHash: 'x' } }, 'after.entryHash must be 64 lower-case hexadecimal digits.'],
    [{ after: { sequence: 1, entryHash: 'f'.repeat(64) }, from: 2 }, 'Give fromSequence or after, not both.'],
    [{ first: 0 }, 'first must be 1 to 50000, got 0.'],
    [{ first: 50_001 }, 'first must be 1 to 50000, got 50001.'],
  ])('refuses %j', async (variables, message) => {
    const { result } = await ask(verify, auditor, variables);
    expect(result.errors?.[0]).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT' } });
  });

  /** As somebody with the superuser's password might: triggers off, change, triggers on, and everything undone after the look. */
  async function tampered(change: string): Promise<Record<string, any>> {
    await auditTrailSealed(opened.database);
    const tables = ['traceability.audit_log', 'traceability.audit_seals'];
    await opened.database.script(`create table public.kept_log as table traceability.audit_log;
      create table public.kept_seals as table traceability.audit_seals;
      ${tables.map((table) => `alter table ${table} disable trigger all;`).join('\n')} ${change};`);
    const { result } = await ask(verify);
    const parts = await inParts(1);
    await opened.database.script(`delete from traceability.audit_seals; delete from traceability.audit_log;
      insert into traceability.audit_log overriding system value select * from public.kept_log;
      insert into traceability.audit_seals select * from public.kept_seals;
      drop table public.kept_log; drop table public.kept_seals;
      ${tables.map((table) => `alter table ${table} enable trigger all; alter table ${table} enable always trigger refuse_change, enable always trigger refuse_truncate;`).join('\n')}`);
    const whole = result.data?.['verifyAuditTrail'];
    // The part that holds it finds it, and says the same of it.
    const { isIntact, verifiedTo, firstFault } = parts.at(-1) as Record<string, any>;
    expect({ isIntact, verifiedTo, firstFault }).toEqual({
      isIntact: false,
      verifiedTo: null,
      firstFault: whole.firstFault,
    });
    expect(parts.slice(0, -1).every((part) => part['isIntact'])).toBe(true);
    return whole;
  }

  const second = '(select audit_id from traceability.audit_seals where sequence = 2)';
  test.each([
    [
      'ENTRY_CHANGED',
      `update traceability.audit_log set "user" = 'eve' where id = ${second}`,
      { sequence: 2, entry: { user: 'eve' } },
    ],
    [
      'ENTRY_CHANGED',
      `update traceability.audit_log set timestamp = timestamp + interval '1 microsecond' where id = ${second}`,
      { sequence: 2 },
    ],
    ['ENTRY_MISSING', `delete from traceability.audit_log where id = ${second}`, { sequence: 2, entry: null }],
    ['SEQUENCE_GAP', `delete from traceability.audit_seals where sequence = 2`, { sequence: 3 }],
    [
      'SEAL_CHANGED',
      `update traceability.audit_seals set entry_hash = repeat('a', 64) where sequence = 2`,
      { sequence: 2 },
    ],
  ])('finds %s behind the triggers’ back, and names the entry: %s', async (reason, change, fault) => {
    expect(await tampered(change)).toMatchObject({ isIntact: false, firstFault: { reason, ...fault } });
  });

  test('finds a trail that was rewritten whole, by a link noted before', async () => {
    const { head } = (await ask(verify)).result.data?.['verifyAuditTrail'];
    const anchor = { sequence: head.sequence, entryHash: 'f'.repeat(64) };
    const { result } = await ask(verify, auditor, { anchor });
    expect(result.data?.['verifyAuditTrail']).toMatchObject({
      isIntact: false,
      firstFault: { reason: 'ANCHOR_MISMATCH', sequence: head.sequence },
    });
  });
});
