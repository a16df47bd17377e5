import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse, validate, type ExecutionResult } from 'graphql';
import { withAuthorization } from '../../gateway/index.js';
import type { DeferredFields } from '../../gateway/executor/incremental/incremental-result.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { createContext } from '../conformance/compose-fixture.js';
import { asJson, begin, takeParts, type Parts } from '../conformance/incremental/parts.js';
import { createGraph } from './graph/index.js';

const fetched: string[] = [];
const graph = withAuthorization(createGraph({ onFetch: (subgraph) => void fetched.push(subgraph) }));

const anonymous = Identity.anonymous;
const signedIn = Identity.of({ subject: 'user-1', scopes: [] });
const payroll = Identity.of({ subject: 'user-2', scopes: ['hr:read', 'safe:open'] });
const callers = { anonymous, signedIn, payroll };

beforeEach(() => void (fetched.length = 0));
afterAll(() => graph.dispose());

async function parts(source: string, identity: Identity, fields: DeferredFields): Promise<Parts> {
  return takeParts(await begin(graph, source, fields, { context: { identity } }));
}

async function whole(source: string, identity: Identity): Promise<ExecutionResult> {
  const document = parse(source);
  expect(validate(graph.apiSchema, document)).toEqual([]);
  return asJson(await graph.execute({ document, source, context: createContext({ identity }) }));
}

describe.each(['all', 'new'] as const)('parts with %s fields', (fields) => {
  test('what the caller may not see is null in its own part, with the error there', async () => {
    const { first, updates } = await parts('{ users { name ... @defer { email stars } } }', anonymous, fields);
    expect(first).toEqual({ data: { users: [{ name: 'Ada' }, { name: 'Bob' }] } });
    expect(updates.flatMap(({ incremental }) => incremental)).toEqual(
      [0, 1].map((index) => ({
        id: String(index),
        subPath: [],
        data: { email: null, stars: 5 },
        errors: [expect.objectContaining({ path: ['users', index, 'email'], extensions: { code: 'UNAUTHENTICATED' } })],
      })),
    );
  });

  test('where it may not be null, the part fails and says why', async () => {
    const { updates, merged } = await parts('{ users { name ... @defer { login stars } } }', anonymous, fields);
    expect(updates.flatMap(({ completed }) => completed)).toMatchObject(
      [0, 1].map((index) => ({ errors: [{ path: ['users', index, 'login'] }] })),
    );
    expect(merged.data).toEqual({ users: [{ name: 'Ada' }, { name: 'Bob' }] });
  });

  test('no subgraph is asked for it', async () => {
    const source = '{ users { name ... @defer { bonus } } }';
    const { merged } = await parts(source, anonymous, fields);
    expect(fetched).toEqual(['account']);
    expect(merged).toEqual(await whole(source, anonymous));
  });

  test('a first part that is null for it is the only one', async () => {
    const { merged, updates } = await parts('{ payroll ... @defer { reviews } }', anonymous, fields);
    expect([updates, merged.data]).toEqual([[], null]);
    expect(fetched).not.toContain('reviews');
  });

  test('two callers of one operation each get theirs, in any order', async () => {
    const source = '{ users { name ... @defer { email salary stars } } }';
    for (const identity of [anonymous, payroll, signedIn, anonymous, payroll]) {
      const { merged } = await parts(source, identity, fields);
      const expected = await whole(source, identity);
      expect(merged.data).toEqual(expected.data);
      expect(new Set(pathsOf(merged))).toEqual(new Set(pathsOf(expected)));
    }
  });

  test.each(Object.entries(callers))('%s gets in parts what comes whole', async (_name, identity) => {
    for (const source of [
      '{ hello ... @defer { search { ... on Book { title price } ... on Film { minutes } ... on Safe { content } } } }',
      '{ hello ... @defer { badge tier safe { content } me { name ... @defer { bonus email } } } }',
      'mutation { touch }',
      '{ shelf { id } ... @defer { shelf { id title ... on Book { price } } reviews } }',
    ]) {
      const { merged } = await parts(source, identity, fields);
      const expected = await whole(source, identity);
      expect(merged.data).toEqual(expected.data);
      expect(new Set(pathsOf(merged))).toEqual(new Set(pathsOf(expected)));
    }
  });
});

function pathsOf({ errors }: ExecutionResult): string[] {
  return (errors ?? []).map(({ path, extensions }) => JSON.stringify([path, extensions?.['code']]));
}
