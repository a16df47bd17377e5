/** A mutation's root fields run one after the other, in the document's order, each with all that it selects. */
import { composeServices } from '@apollo/composition';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { createFixtureExecutor, query, type SubgraphFixtures } from '../compose-fixture.js';

interface Key {
  readonly id: string;
}

describe('a mutation over two subgraphs', () => {
  const log: string[] = [];
  const sent: string[] = [];
  let balance = 0;

  const fixtures: SubgraphFixtures = {
    ledger: {
      typeDefs: `
        interface Writes { credit(n: Int!): Account }
        type Query { balance: Int account: Account accounts: [Account!]! }
        type Mutation implements Writes { credit(n: Int!): Account refuse: Account audit: Audit! audits: [Audit!]! }
        type Audit { note: String query: Query again: Query }
        type Account @key(fields: "id") { id: ID! balance: Int }`,
      resolvers: {
        Query: { balance: () => balance, account: () => ({ id: 'main' }), accounts: () => [{ id: 'a' }, { id: 'b' }] },
        Mutation: {
          credit: async (_: unknown, { n }: { n: number }) => {
            log.push(`credit ${n}`);
            await setImmediate();
            balance += n;
            return { id: `c${n}`, balance };
          },
          refuse: () => {
            log.push('refuse');
            throw Object.assign(new Error('no'), { extensions: { code: 'BAD_USER_INPUT' } });
          },
          audit: () => ({ note: 'n', query: {}, again: {} }),
          audits: () => [{ query: {} }, { query: null }, { query: {} }],
        },
      },
    },
    mirror: {
      typeDefs: `
        type Query { viewer: Viewer failing: String must(be: String): String! }
        type Mutation { double: Int }
        type Viewer @key(fields: "id") { id: ID! name(upper: Boolean): String seen: Int }
        type Account @key(fields: "id") { id: ID! seen: Int }`,
      resolvers: {
        Query: {
          viewer: () => ({ id: 'v', name: 'Vi' }),
          failing: () => {
            throw Object.assign(new Error('failed'), { extensions: { code: 'BAD_USER_INPUT' } });
          },
          must: () => null,
        },
        Mutation: { double: () => (log.push('double'), (balance *= 2)) },
        Viewer: {
          name: ({ name }: { name: string }, { upper }: { upper?: boolean }) => (upper ? name.toUpperCase() : name),
          seen: () => balance,
        },
        Account: {
          seen: async ({ id }: Key) => {
            await setImmediate();
            log.push(`seen ${id}`);
            return balance;
          },
        },
      },
    },
  };

  const executor = createFixtureExecutor(fixtures, {
    compose: composeServices,
    wrap: (transport, name) => ({
      ...transport,
      execute: (request) => (sent.push(`${name} ${request.operationType}`), transport.execute(request)),
    }),
  });

  const ask = (source: string, variables?: Record<string, unknown>) =>
    query(executor, source, variables === undefined ? {} : { variables });

  beforeEach(() => {
    log.length = 0;
    sent.length = 0;
    balance = 0;
  });

  test('what a field selects of another subgraph is read before the next field writes', async () => {
    const answer = await ask('mutation { a: credit(n: 1) { seen } double b: credit(n: 5) { seen id } }');
    expect(answer).toEqual({ data: { a: { seen: 1 }, double: 2, b: { seen: 7, id: 'c5' } } });
    expect(log).toEqual(['credit 1', 'seen c1', 'double', 'credit 5', 'seen c5']);
  });

  test('two fields of one subgraph too', async () => {
    const answer = await ask('mutation { a: credit(n: 1) { seen } b: credit(n: 1) { seen } }');
    expect(answer).toEqual({ data: { a: { seen: 1 }, b: { seen: 2 } } });
    expect(log).toEqual(['credit 1', 'seen c1', 'credit 1', 'seen c1']);
  });

  test('what a nested Query selects is read before the next field writes', async () => {
    const answer = await ask('mutation { audit { query { viewer { seen } } } credit(n: 4) { id } double }');
    expect(answer).toEqual({ data: { audit: { query: { viewer: { seen: 0 } } }, credit: { id: 'c4' }, double: 8 } });
  });

  test.each([
    ['a spread first', 'mutation { ...F double } fragment F on Mutation { credit(n: 1) { id } }'],
    ['an inline fragment first', 'mutation { ... on Mutation { credit(n: 1) { id } } double }'],
    ['an interface of the mutation type', 'mutation { ... on Writes { credit(n: 1) { id } } double }'],
    [
      'fragments within fragments',
      'mutation { ...F } fragment F on Mutation { ... { ...G } double } fragment G on Writes { credit(n: 1) { id } }',
    ],
    ['a field that comes again', 'mutation { credit(n: 1) { id } double ... { credit(n: 1) { balance } } }'],
    ['a fragment that comes again', 'mutation { ...F double ...F } fragment F on Mutation { credit(n: 1) { id } }'],
    ['skipped ones before', 'mutation { double @skip(if: true) credit(n: 1) { id } double: double }'],
  ])('fragments keep the order: %s', async (_title, source) => {
    await ask(source);
    expect(log).toEqual(['credit 1', 'double']);
  });

  test('a field between two of another subgraph stays there, and the answer has the order of the document', async () => {
    const source = `mutation ($x: Int!, $no: Boolean!) { d1: double ...F @include(if: $no) ... on Mutation { c: credit(n: $x) { id } } d2: double }
      fragment F on Mutation { skipped: credit(n: 9) { id } }`;
    const { data } = await ask(source, { x: 3, no: false });
    expect(log).toEqual(['double', 'credit 3', 'double']);
    expect(Object.keys(data ?? {})).toEqual(['d1', 'c', 'd2']);
  });

  test('neighbours that one subgraph answers whole are one fetch', async () => {
    await ask(
      'mutation { a: credit(n: 1) { id } ... { b: credit(n: 2) { id } } c: double d: credit(n: 3) { id } e: credit(n: 4) { seen } }',
    );
    expect(log).toEqual(['credit 1', 'credit 2', 'double', 'credit 3', 'credit 4', 'seen c4']);
    expect(sent).toEqual(['ledger mutation', 'mirror mutation', 'ledger mutation', 'ledger mutation', 'mirror query']);
  });

  test('a field that fails leaves the next ones to run', async () => {
    const { data, errors } = await ask('mutation { r: refuse { id seen } double credit(n: 2) { seen } }');
    expect(data).toEqual({ r: null, double: 0, credit: { seen: 2 } });
    expect(errors?.map(({ path }) => path)).toEqual([['r']]);
  });

  test('Query below a payload is answered by every subgraph that has a part of it, under any name and in lists', async () => {
    const answer =
      await ask(`mutation { x: audit { note q: query { v: viewer { n: name(upper: true) name } balance __typename }
      again { account { seen } accounts { id seen } } } audits { query { viewer { id } } } }`);
    expect(answer).toEqual({
      data: {
        x: {
          note: 'n',
          q: { v: { n: 'VI', name: 'Vi' }, balance: 0, __typename: 'Query' },
          again: {
            account: { seen: 0 },
            accounts: [
              { id: 'a', seen: 0 },
              { id: 'b', seen: 0 },
            ],
          },
        },
        audits: [{ query: { viewer: { id: 'v' } } }, { query: null }, { query: { viewer: { id: 'v' } } }],
      },
    });
  });

  test('errors and nulls below a nested Query stand where it is', async () => {
    const { data, errors } = await ask(
      'mutation { a: audit { q: query { f: failing viewer { id } } } audits { query { m: must(be: "x") } } }',
    );
    expect(data).toEqual({
      a: { q: { f: null, viewer: { id: 'v' } } },
      audits: [{ query: null }, { query: null }, { query: null }],
    });
    expect(errors?.map(({ path }) => path?.join('.'))).toEqual(['a.q.f', 'audits.0.query.m', 'audits.2.query.m']);
  });
});
