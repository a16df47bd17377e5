import { getMaxListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createContext, createFixtureExecutor } from '../../tests/conformance/compose-fixture.js';
import { isIncremental } from './incremental/incremental-result.js';

/** Node 20 throws where there is none. */
function listenerLimitOf(signal: AbortSignal): number {
  try {
    return getMaxListeners(signal);
  } catch {
    return 0;
  }
}

test('however many fetches of a deferred operation listen for its end, none is taken for a leak', async () => {
  const signals: AbortSignal[] = [];
  const executor = createFixtureExecutor(
    { shop: { typeDefs: 'type Query { a: Int b: Int }', resolvers: { Query: { a: () => 1, b: () => 2 } } } },
    {
      wrap: (transport) => ({
        ...transport,
        execute(request) {
          signals.push(request.context.signal as AbortSignal);
          return transport.execute(request);
        },
      }),
    },
  );
  const source = '{ a ... @defer { b } }';
  const context = createContext({ signal: new AbortController().signal });
  const result = await executor.executeIncrementally({
    source,
    document: parse(source),
    context,
    deferredFields: 'all',
  });
  if (!isIncremental(result)) throw new Error('nothing was deferred');
  for await (const update of result.updates) expect(update).toBeDefined();
  expect(signals.map(listenerLimitOf)).toEqual([0, 0]);
  await executor.dispose();
});
