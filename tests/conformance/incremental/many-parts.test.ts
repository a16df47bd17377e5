import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isIncremental } from '../../../gateway/executor/incremental/incremental-result.js';
import type { SupergraphExecutor } from '../../../gateway/executor/types.js';
import { createFixtureExecutor } from '../compose-fixture.js';
import { begin, takeParts } from './parts.js';

const count = 1_050;
/** Parts in one message. */
const most = 200;

interface Id {
  readonly id: string;
}

describe('an answer of many parts that are ready at once', () => {
  let executor: SupergraphExecutor;

  beforeAll(() => {
    const things = Array.from({ length: count }, (_, i) => ({ id: String(i) }));
    executor = createFixtureExecutor({
      things: {
        typeDefs: `type Query { things: [Thing!]! } type Thing @key(fields: "id") { id: ID! }`,
        resolvers: { Query: { things: () => things } },
      },
      notes: {
        typeDefs: `type Thing @key(fields: "id") { id: ID! note: String broken: String inner: Inner }
          type Inner @key(fields: "id") { id: ID! }`,
        resolvers: {
          Thing: {
            note: ({ id }: Id) => `note ${id}`,
            broken: ({ id }: Id) => {
              throw new Error(`none for ${id}`);
            },
            inner: ({ id }: Id) => ({ id }),
          },
        },
      },
      texts: {
        typeDefs: `type Inner @key(fields: "id") { id: ID! text: String }`,
        resolvers: { Inner: { text: ({ id }: Id) => `text ${id}` } },
      },
    });
  });
  afterAll(() => executor.dispose());

  test.each(['all', 'new'] as const)(
    'comes in bounded messages, in order, the last of them alone the last (%s)',
    async (fields) => {
      const answer = await begin(executor, '{ things { id ... @defer { note } } }', fields);
      const { pending, updates, merged } = await takeParts(answer);
      expect(updates.map(({ completed }) => completed.length)).toEqual([most, most, most, most, most, count % most]);
      expect(updates.map(({ hasNext }) => hasNext)).toEqual([true, true, true, true, true, false]);
      expect(updates.flatMap(({ completed }) => completed.map(({ id }) => id))).toEqual(pending.map(({ id }) => id));
      expect((merged.data as any).things).toEqual(
        Array.from({ length: count }, (_, i) => expect.objectContaining({ id: String(i), note: `note ${i}` })),
      );
    },
  );

  test('lets others have their turn between two messages', async () => {
    const answer = await begin(executor, '{ things { id ... @defer { note } } }', 'new');
    if (!isIncremental(answer)) throw new Error('the answer is whole');
    await answer.updates.next();
    const order: string[] = [];
    const other = new Promise<void>((resolve) => {
      setImmediate(() => {
        order.push('other');
        resolve();
      });
    });
    await answer.updates.next();
    order.push('message');
    await other;
    expect(order).toEqual(['other', 'message']);
    await answer.updates.return?.();
    expect(await answer.updates.next()).toEqual({ done: true, value: undefined });
  });

  test('loses nothing that is inside of what came in an earlier message, and no error', async () => {
    const source = '{ things { id ... @defer { broken inner { id ... @defer { text } } } } }';
    const { merged, updates } = await takeParts(await begin(executor, source, 'new'));
    expect((merged.data as any).things).toEqual(
      Array.from({ length: count }, (_, i) => ({
        id: String(i),
        broken: null,
        inner: { id: String(i), text: `text ${i}` },
      })),
    );
    expect(merged.errors?.map(({ path }) => path?.[1]).sort((one, other) => Number(one) - Number(other))).toEqual(
      Array.from({ length: count }, (_, i) => i),
    );
    expect(Math.max(...updates.map(({ completed }) => completed.length))).toBe(most);
  });
});
