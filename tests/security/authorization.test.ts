import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse, validate, type ExecutionResult } from 'graphql';
import { withAuthorization } from '../../gateway/index.js';
import type { GatewayContext, SupergraphExecutor } from '../../gateway/executor/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { createGraph } from './graph/index.js';

const fetched: string[] = [];
const onFetch = (subgraph: string) => void fetched.push(subgraph);
const graphs: Record<string, SupergraphExecutor> = {
  'under their own names': withAuthorization(createGraph({ onFetch })),
  'imported under other names': withAuthorization(createGraph({ onFetch, renamed: true })),
};

const anonymous = Identity.anonymous;
const signedIn = caller();

function caller(...scopes: string[]): Identity {
  return Identity.of({ subject: 'user-1', scopes });
}

function contextOf(identity: Identity): GatewayContext {
  return { requestId: 'test', headers: {}, identity, perSubgraph: new Map() };
}

beforeEach(() => void (fetched.length = 0));
afterAll(() => Promise.all(Object.values(graphs).map((graph) => graph.dispose())));

describe.each(Object.entries(graphs))('directives %s', (_name, graph) => {
  async function ask(
    source: string,
    identity: Identity,
    variables?: Record<string, unknown>,
  ): Promise<ExecutionResult> {
    const document = parse(source);
    expect(validate(graph.apiSchema, document)).toEqual([]);
    const result = await graph.execute({ document, source, variables, context: contextOf(identity) });
    return JSON.parse(JSON.stringify(result)) as ExecutionResult;
  }

  function denied(...path: (string | number)[]) {
    return expect.objectContaining({ path });
  }

  test('a field for authenticated callers is null with UNAUTHENTICATED, and the rest answers', async () => {
    expect(await ask('{ hello users { name email } }', anonymous)).toEqual({
      data: {
        hello: 'hello world',
        users: [
          { name: 'Ada', email: null },
          { name: 'Bob', email: null },
        ],
      },
      errors: [
        {
          message: 'Sign in: this needs an authenticated caller.',
          path: ['users', 0, 'email'],
          extensions: { code: 'UNAUTHENTICATED' },
        },
        expect.objectContaining({ path: ['users', 1, 'email'] }),
      ],
    });
    expect(await ask('{ users { email } }', signedIn)).toEqual({
      data: { users: [{ email: 'ada@example.com' }, { email: 'bob@example.com' }] },
    });
  });

  test('a field that needs a scope is null with FORBIDDEN and the scopes, for a caller without it', async () => {
    const { data, errors } = await ask('{ user(id: 1) { id salary } }', signedIn);
    expect(data).toEqual({ user: { id: '1', salary: null } });
    expect(errors).toEqual([
      {
        message: 'This needs the scope hr:read.',
        path: ['user', 'salary'],
        extensions: { code: 'FORBIDDEN', requiredScopes: [['hr:read']] },
      },
    ]);
    expect(await ask('{ user(id: 1) { salary } }', caller('hr:read'))).toEqual({ data: { user: { salary: 100 } } });
  });

  test('scopes are any of the lists, and all of a list', async () => {
    for (const identity of [caller('hr:read'), caller('hr:pay'), signedIn, anonymous]) {
      const { data, errors } = await ask('{ hello payroll }', identity);
      expect(data).toBeNull();
      expect(errors).toEqual([denied('payroll')]);
    }
    for (const identity of [caller('hr:read', 'hr:pay'), caller('admin')]) {
      expect(await ask('{ payroll }', identity)).toEqual({ data: { payroll: 'paid' } });
    }
  });

  test('a non-null field that is denied nulls the nearest place that may be null', async () => {
    const { data, errors } = await ask('{ hello user(id: 1) { login } users { login } }', anonymous);
    expect(data).toBeNull();
    expect(errors).toEqual([denied('user', 'login'), denied('users', 0, 'login'), denied('users', 1, 'login')]);
    expect((await ask('{ hello user(id: 1) { login } }', anonymous)).data).toEqual({
      hello: 'hello world',
      user: null,
    });
    expect((await ask('{ user(id: 1) { login } }', signedIn)).data).toEqual({ user: { login: 'ada' } });
  });

  test('nothing is planned or fetched when nothing of the operation is left', async () => {
    const { data, errors } = await ask('{ me { name } badge tier safe { id } }', anonymous);
    expect(data).toEqual({ me: null, badge: null, tier: null, safe: null });
    expect(errors).toHaveLength(4);
    expect(fetched).toEqual([]);
  });

  test('protected scalars and enums protect every field of their type', async () => {
    expect((await ask('{ badge tier }', signedIn)).data).toEqual({ badge: 'star', tier: null });
    expect(await ask('{ badge tier }', caller('tier:read'))).toEqual({ data: { badge: 'star', tier: 'GOLD' } });
  });

  test('a field behind fragments and aliases is denied as it is when written out', async () => {
    const source = `
      query { user(id: 1) { ...Outer ... on User { mail: email } ... { email } } }
      fragment Outer on User { name ...Inner }
      fragment Inner on User { pay: salary }
    `;
    const { data, errors } = await ask(source, anonymous);
    expect(data).toEqual({ user: { name: 'Ada', pay: null, mail: null, email: null } });
    expect(errors).toHaveLength(3);
    expect((await ask(source, caller('hr:read'))).data).toEqual({
      user: { name: 'Ada', pay: 100, mail: 'ada@example.com', email: 'ada@example.com' },
    });
  });

  test('through an interface, each object decides: what one of them protects the others still answer', async () => {
    const { data, errors } = await ask('{ shelf { title price } }', anonymous);
    expect(data).toEqual({ shelf: [{ title: 'Logic', price: null }, { title: 'Motion', price: 20 }, null] });
    expect(errors).toEqual([denied('shelf', 0, 'price'), denied('shelf', 2)]);
    expect((await ask('{ shelf { title price } }', caller('safe:open'))).data).toEqual({
      shelf: [
        { title: 'Logic', price: 10 },
        { title: 'Motion', price: 20 },
        { title: 'Steel', price: 30 },
      ],
    });
  });

  test('an object of a protected type is null wherever it appears, and a list of non-null items with it', async () => {
    const source = '{ search { ... on Film { minutes } ... on Safe { content } __typename } safe { content } }';
    const { data, errors } = await ask(source, signedIn);
    expect(data).toEqual({ search: null, safe: null });
    expect(errors).toEqual([denied('search', 2), denied('safe')]);
    expect((await ask(source, caller('safe:open'))).data).toEqual({
      search: [{ __typename: 'Book' }, { minutes: 90, __typename: 'Film' }, { content: 'gold', __typename: 'Safe' }],
      safe: { content: 'gold' },
    });
  });

  test("a field whose @requires reads a protected field of another subgraph is its reader's only with the scope", async () => {
    expect((await ask('{ users { stars bonus } }', signedIn)).data).toEqual({
      users: [
        { stars: 5, bonus: null },
        { stars: 5, bonus: null },
      ],
    });
    expect(await ask('{ users { bonus } }', caller('hr:read'))).toEqual({
      data: { users: [{ bonus: 10 }, { bonus: 20 }] },
    });
  });

  test('mutations: a denied field does not run, the others do', async () => {
    const source = 'mutation { touch rename(id: 1, name: "Eve") { name } }';
    const { data, errors } = await ask(source, signedIn);
    expect(data).toEqual({ touch: 'touched', rename: null });
    expect(errors).toEqual([denied('rename')]);
    expect((await ask(source, caller('users:write'))).data).toEqual({ touch: 'touched', rename: { name: 'Eve' } });
  });

  test('a field that @include or @skip leaves out is neither null nor an error', async () => {
    const source = `query ($with: Boolean = false) {
      user(id: 1) { name email @include(if: $with) ... @skip(if: true) { salary } }
    }`;
    expect(await ask(source, anonymous)).toEqual({ data: { user: { name: 'Ada' } } });
    expect((await ask(source, anonymous, { with: true })).data).toEqual({ user: { name: 'Ada', email: null } });
  });

  test('a place that the answer does not have gives no error', async () => {
    expect(await ask('{ user(id: 99) { email } }', anonymous)).toEqual({ data: { user: null } });
  });

  test('fields answer in the order in which they were asked for, nulls among them', async () => {
    const { data } = await ask('{ user(id: 1) { email name salary id } }', anonymous);
    expect(Object.keys(data?.['user'] as object)).toEqual(['email', 'name', 'salary', 'id']);
  });

  test('a response key like that of the gateway’s own selection changes nothing', async () => {
    const source = '{ shelf { _weft_typename: title price } }';
    expect((await ask(source, anonymous)).data).toEqual({
      shelf: [{ _weft_typename: 'Logic', price: null }, { _weft_typename: 'Motion', price: 20 }, null],
    });
  });

  test('each event of a subscription is filtered, and a denied subscription does not start', async () => {
    const subscribe = async (source: string, identity: Identity) => {
      const document = parse(source);
      const events = await graph.subscribe({ document, source, context: contextOf(identity) });
      const results: ExecutionResult[] = [];
      if (!(Symbol.asyncIterator in events)) return events;
      for await (const event of events) results.push(JSON.parse(JSON.stringify(event)) as ExecutionResult);
      return results;
    };
    expect(await subscribe('subscription { ticks(count: 1) { number secret by { name email } } }', anonymous)).toEqual([
      {
        data: { ticks: { number: 1, secret: null, by: { name: 'Ada', email: null } } },
        errors: [denied('ticks', 'secret'), denied('ticks', 'by', 'email')],
      },
    ]);
    expect(await subscribe('subscription { ticks(count: 1) { secret by { email } } }', signedIn)).toEqual([
      { data: { ticks: { secret: 's1', by: { email: 'ada@example.com' } } } },
    ]);
    expect(await subscribe('subscription { secretTicks(count: 1) { number } }', signedIn)).toEqual({
      errors: [denied('secretTicks')],
    });
    expect(await subscribe('subscription { secretTicks(count: 1) { number } }', caller('ticks:read'))).toHaveLength(1);
  });
});
