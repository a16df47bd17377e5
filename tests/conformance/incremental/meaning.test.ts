import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  isIncremental,
  type DeferredFields,
  type IncrementalResult,
} from '../../../gateway/executor/incremental/incremental-result.js';
import type { GatewayContext, SupergraphExecutor } from '../../../gateway/executor/types.js';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import { createFixtureExecutor, query, type Query } from '../compose-fixture.js';
import { Gates, gatedSubgraphs } from './gated-graph.js';
import { asJson, begin, takeParts, type Parts } from './parts.js';

const everyGate = ['rating', 'slowText', 'reviews', 'name', 'strictRating', 'slowRoot', 'slowSum', 'inStock'];

describe('what the parts of a deferred operation say', () => {
  const gates = new Gates();
  const texts: string[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  let executor: SupergraphExecutor;

  beforeAll(() => {
    executor = createFixtureExecutor(gatedSubgraphs(gates), {
      wrap: (inner) => ({
        ...inner,
        execute(request) {
          texts.push(request.text);
          signals.push(request.context.signal);
          return inner.execute(request);
        },
      }),
    });
  });

  beforeEach(() => {
    gates.reset();
    texts.length = 0;
    signals.length = 0;
  });

  afterAll(async () => {
    gates.reset();
    await executor.dispose();
  });

  async function inParts(
    source: string,
    fields: DeferredFields = 'new',
    request: Query = {},
  ): Promise<IncrementalResult> {
    const answer = await begin(executor, source, fields, request);
    if (!isIncremental(answer)) throw new Error(`the answer is whole: ${JSON.stringify(answer)}`);
    return answer;
  }

  async function parts(source: string, fields: DeferredFields = 'new', request: Query = {}): Promise<Parts> {
    gates.open(...everyGate);
    return takeParts(await begin(executor, source, fields, request));
  }

  test('a field of the first part comes again where a part holds all of its fragment, and not where it holds what is new', async () => {
    const source = '{ product(id: "p1") { id name ... @defer { id name rating } } }';
    const whole = { id: 'p1', name: 'name of p1', rating: 'rating came' };
    expect((await parts(source, 'all')).updates[0]?.incremental[0]?.data).toEqual(whole);
    expect((await parts(source, 'new')).updates[0]?.incremental[0]?.data).toEqual({ rating: 'rating came' });
  });

  test('what is new below an object that the first part has comes under its path from the fragment', async () => {
    const { pending, updates } = await parts(
      '{ product(id: "p1") { id } ... @defer { product(id: "p1") { id rating } } }',
    );
    expect(pending).toEqual([{ id: '0', path: [] }]);
    expect(updates[0]?.incremental).toEqual([
      { id: '0', subPath: ['product'], data: { rating: 'rating came' }, errors: [] },
    ]);
  });

  test('the same in a list comes for each of its items', async () => {
    const { updates } = await parts('{ products { id } ... @defer { products { rating } } }');
    expect(updates[0]?.incremental.map(({ subPath }) => subPath)).toEqual([
      ['products', 0],
      ['products', 1],
      ['products', 2],
    ]);
  });

  test('a fragment that adds nothing is not announced', async () => {
    const { pending } = await parts(`{
      product(id: "p1") { id ... @defer(label: "empty") { id } ... @defer(label: "full") { rating } }
    }`);
    expect(pending.map(({ label }) => label)).toEqual(['full']);
  });

  test('an operation in which nothing can be fetched apart is answered whole', async () => {
    const source = '{ product(id: "p1") { id ... @defer { id __typename } } }';
    expect(await parts(source, 'all')).toMatchObject({
      updates: [],
      merged: { data: { product: { id: 'p1', __typename: 'Product' } } },
    });
  });

  test.each([
    ['literal', '{ product(id: "p1") { id ... @defer(if: false) { rating } } }', undefined],
    ['variable', 'query ($d: Boolean!) { product(id: "p1") { id ... @defer(if: $d) { rating } } }', { d: false }],
    ['default', 'query ($d: Boolean = false) { product(id: "p1") { id ... @defer(if: $d) { rating } } }', undefined],
  ])('a %s that is false keeps the fields with the rest', async (_what, source, variables) => {
    const { updates, merged } = await parts(source, 'new', variables && { variables });
    expect(updates).toEqual([]);
    expect(merged).toEqual({ data: { product: { id: 'p1', rating: 'rating came' } } });
  });

  test.each([
    ['true', { d: true }],
    ['left out', {}],
  ])('a variable that is %s defers', async (_what, variables) => {
    const source = 'query ($d: Boolean) { product(id: "p1") { id ... @defer(if: $d) { rating } } }';
    expect((await parts(source, 'new', { variables })).updates).toHaveLength(1);
  });

  test('a condition that is null is refused', async () => {
    const source = 'query ($d: Boolean) { product(id: "p1") { id ... @defer(if: $d) { rating } } }';
    const { merged } = await parts(source, 'new', { variables: { d: null } });
    expect(merged.errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })]);
  });

  test('one operation is answered in parts or whole as its variables say, in any order', async () => {
    const source = `query ($d: Boolean!, $s: Boolean!) {
      product(id: "p1") { id ...F @defer(if: $d, label: "f") @skip(if: $s) }
    }
    fragment F on Product { rating name @skip(if: $d) }`;
    const inTurn = [];
    for (const variables of [
      { d: true, s: false },
      { d: false, s: false },
      { d: true, s: true },
      { d: true, s: false },
    ]) {
      const { updates, merged } = await parts(source, 'new', { variables });
      inTurn.push([updates.length, merged.data?.['product']]);
    }
    const rated = { id: 'p1', rating: 'rating came' };
    expect(inTurn).toEqual([
      [1, rated],
      [0, { ...rated, name: 'name of p1' }],
      [0, { id: 'p1' }],
      [1, rated],
    ]);
  });

  test.each(['all', 'new'] as const)(
    'a null in a fragment takes away the fragment and no more (%s fields)',
    async (fields) => {
      const { first, updates, merged } = await parts(
        '{ products { id ... @defer(label: "strict") { strictRating rating } } }',
        fields,
      );
      expect(first).toEqual({ data: { products: [{ id: 'p1' }, { id: 'p2' }, { id: 'p3' }] } });
      const completed = updates.flatMap((update) => update.completed);
      expect(completed).toEqual([
        { id: '0' },
        { id: '1', errors: [expect.objectContaining({ path: ['products', 1, 'strictRating'] })] },
        { id: '2' },
      ]);
      expect(merged.data).toEqual({
        products: [
          { id: 'p1', strictRating: 'strict p1', rating: 'rating came' },
          { id: 'p2' },
          { id: 'p3', strictRating: 'strict p3', rating: 'rating came' },
        ],
      });
    },
  );

  test('a null of one fragment leaves the others whole', async () => {
    const { merged } = await parts(`{
      product(id: "p2") { id ... @defer { strictRating } ... @defer { rating } }
    }`);
    expect(merged.data).toEqual({ product: { id: 'p2', rating: 'rating came' } });
    expect(merged.errors).toEqual([expect.objectContaining({ path: ['product', 'strictRating'] })]);
  });

  test.each(['all', 'new'] as const)(
    'nothing comes below what the first part made null (%s fields)',
    async (fields) => {
      const { first, pending } = await parts(
        '{ fast product(id: "p1") { failing ... @defer { rating } } ... @defer { slowRoot } }',
        fields,
      );
      expect(first.data).toEqual({ fast: 'fast', product: null });
      expect(pending.map(({ path }) => path)).toEqual([[]]);
      expect(gates.asked).not.toContain('rating');
    },
  );

  test.each(['all', 'new'] as const)(
    'what a part selects again stays null where the first part said so (%s fields)',
    async (fields) => {
      const { merged } = await parts(
        '{ fast product(id: "p1") { failing } ... @defer { slowRoot product(id: "p1") { id } } }',
        fields,
      );
      expect(merged.data).toEqual({ fast: 'fast', product: null, slowRoot: 'slowRoot came' });
    },
  );

  test('an error is said in the part that shows the null, and once', async () => {
    const { first, updates } = await parts(
      '{ product(id: "p1") { id size { width } ... @defer { size { width depth } rating } } }',
    );
    expect(first).toEqual({ data: { product: { id: 'p1', size: { width: 2 } } } });
    expect(updates.flatMap(({ completed }) => completed)).toEqual([
      { id: '0', errors: [expect.objectContaining({ path: ['product', 'size', 'depth'] })] },
    ]);
  });

  test('fields under several names are each in their part', async () => {
    const { first, merged } = await parts(
      '{ a: product(id: "p1") { key: id ... @defer { r: rating id: name } } b: product(id: "p1") { n: name } }',
    );
    expect(first.data).toEqual({ a: { key: 'p1' }, b: { n: 'name of p1' } });
    expect(merged.data).toEqual({ a: { key: 'p1', r: 'rating came', id: 'name of p1' }, b: { n: 'name of p1' } });
  });

  test('a fragment that is spread at several places is delivered at each', async () => {
    const { pending, merged } = await parts(`
      { a: product(id: "p1") { id ...F @defer(label: "a") } b: product(id: "p2") { id ...F @defer(label: "b") } }
      fragment F on Product { rating ... @defer(label: "inner") { slowText } }
    `);
    expect(pending.map(({ label, path }) => [label, path])).toEqual([
      ['a', ['a']],
      ['b', ['b']],
    ]);
    const whole = (id: string) => ({ id, rating: 'rating came', slowText: 'slowText came' });
    expect(merged).toEqual({ data: { a: whole('p1'), b: whole('p2') } });
  });

  test.each(['representations', '_id', 'v_id'])('a variable may be called $%s', async (name) => {
    const source = `query ($${name}: ID!) { product(id: $${name}) { id ... @defer { rating } } }`;
    const { merged } = await parts(source, 'new', { variables: { [name]: 'p2' } });
    expect(merged).toEqual({ data: { product: { id: 'p2', rating: 'rating came' } } });
  });

  test('a caller that takes no parts gets the same at once', async () => {
    gates.open(...everyGate);
    const source = '{ product(id: "p1") { id ... @defer { rating ... @defer { slowText } } } }';
    const whole = { product: { id: 'p1', rating: 'rating came', slowText: 'slowText came' } };
    expect(await query(executor, source)).toEqual({ data: whole });
  });

  test('subgraphs never see @defer', async () => {
    await parts('{ fast product(id: "p1") { id ... @defer(label: "l") { rating slowText } } ... @defer { slowRoot } }');
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.filter((text) => text.includes('defer'))).toEqual([]);
  });

  describe('at its end', () => {
    const source = '{ product(id: "p1") { id ... @defer(label: "never") { rating } ... @defer { slowText } } }';

    test('a caller that leaves ends the fetches that are under way, and nothing more comes', async () => {
      const answer = await inParts(source);
      const next = answer.updates.next();
      await gates.askedFor('rating');
      await answer.updates.return?.();
      expect(await next).toEqual({ done: true, value: undefined });
      expect(signals.at(-1)?.aborted).toBe(true);
    });

    test('a caller that leaves before it asks for more makes no subgraph work', async () => {
      const answer = await inParts(source);
      const before = texts.length;
      await answer.updates.return?.();
      expect(await answer.updates.next()).toEqual({ done: true, value: undefined });
      expect(texts).toHaveLength(before);
    });

    test('past the time limit what has come is delivered, and each part that is left fails', async () => {
      const controller = new AbortController();
      const context: Partial<GatewayContext> = { signal: controller.signal };
      const answer = await inParts(source, 'new', { context });
      gates.open('slowText');
      const first = await answer.updates.next();
      expect(first.value).toMatchObject({ incremental: [{ data: { slowText: 'slowText came' } }], hasNext: true });
      controller.abort(new RequestError('TIMEOUT', 'It took too long.'));
      const last = await answer.updates.next();
      expect(asJson(last.value)).toMatchObject({
        completed: [{ errors: [{ message: 'It took too long.', path: ['product'], extensions: { code: 'TIMEOUT' } }] }],
        hasNext: false,
      });
    });
  });
});
