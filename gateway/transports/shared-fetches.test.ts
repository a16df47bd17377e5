import { describe, expect, test } from '@jest/globals';
import { parse, type ExecutionResult } from 'graphql';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { createContext } from '../../tests/conformance/compose-fixture.js';
import type { GatewayContext, SubgraphRequest, SubgraphTransport } from '../executor/types.js';
import { SharedFetches } from './shared-fetches.js';

const document = parse('{ _entities { id } }');

function toRequest(context: Partial<GatewayContext> = {}, overrides: Partial<SubgraphRequest> = {}): SubgraphRequest {
  return {
    subgraph: 'books',
    operationType: 'query',
    text: 'entities',
    document,
    operationName: undefined,
    variables: { representations: [{ id: '1' }] },
    shareable: true,
    context: createContext(context),
    ...overrides,
  };
}

function createHeldTransport() {
  const requests: { request: SubgraphRequest; answer: (result: ExecutionResult) => void }[] = [];
  const transport: SubgraphTransport = {
    execute: (request) => new Promise((answer) => requests.push({ request, answer })),
    subscribe: () => Promise.reject(new Error('not here')),
    dispose: () => Promise.resolve(),
  };
  return { requests, shared: new SharedFetches().wrap(transport) };
}

const ada = Identity.of({ subject: 'ada', scopes: ['b', 'a'] });
const adaAgain = Identity.of({ subject: 'ada', scopes: ['a', 'b'] });
const bob = Identity.of({ subject: 'bob', scopes: ['a', 'b'] });

describe('fetches of entities on their way', () => {
  test('are shared among equal requests of one identity', async () => {
    const { requests, shared } = createHeldTransport();
    const answers = [ada, adaAgain].map(async (identity) => shared.execute(toRequest({ identity })));
    expect(requests).toHaveLength(1);
    requests[0]?.answer({ data: { n: 1 } });
    expect(await Promise.all(answers)).toEqual([{ data: { n: 1 } }, { data: { n: 1 } }]);
    void shared.execute(toRequest({ identity: ada }));
    expect(requests).toHaveLength(2);
  });

  test('are not shared with another identity, token, scope, set of variables, or with a fetch of no entities', () => {
    const { requests, shared } = createHeldTransport();
    void shared.execute(toRequest({ identity: ada }));
    void shared.execute(toRequest({ identity: bob }));
    void shared.execute(toRequest({ identity: Identity.of({ subject: 'ada', scopes: ['a'] }) }));
    void shared.execute(toRequest({ identity: ada, headers: { authorization: 'Bearer other' } }));
    void shared.execute(toRequest({ identity: ada }, { variables: { representations: [{ id: 1 }] } }));
    void shared.execute(toRequest({ identity: ada }, { shareable: false }));
    expect(requests).toHaveLength(6);
  });

  test('that began before a mutation are given to nobody who asks after it', () => {
    const { requests, shared } = createHeldTransport();
    void shared.execute(toRequest({ identity: ada }));
    void shared.execute(toRequest({ identity: ada }, { operationType: 'mutation', shareable: false }));
    void shared.execute(toRequest({ identity: ada }));
    expect(requests).toHaveLength(3);
  });

  test('go on for the others when one caller leaves, and end when all have left', async () => {
    const { requests, shared } = createHeldTransport();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = shared.execute(toRequest({ signal: first.signal }));
    const two = shared.execute(toRequest({ signal: second.signal }));
    first.abort();
    await expect(one).rejects.toBeDefined();
    expect(requests[0]?.request.context.signal?.aborted).toBe(false);
    second.abort();
    await expect(two).rejects.toBeDefined();
    expect(requests[0]?.request.context.signal?.aborted).toBe(true);
  });
});
