import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpSupergraphExecutor } from '../../../gateway/supergraph/index.js';
import { isIncremental, type IncrementalResult } from '../../../gateway/executor/incremental/incremental-result.js';
import type { SupergraphExecutor } from '../../../gateway/executor/types.js';
import { composeFixture, createFixtureExecutor } from '../compose-fixture.js';
import { serveSubgraphs, type HttpSubgraphs } from '../http-subgraphs.js';
import { Gates, gatedSubgraphs } from './gated-graph.js';
import { asJson, begin, takeParts } from './parts.js';

describe.each(['in-process', 'over HTTP'])('with subgraphs %s', (transport) => {
  const gates = new Gates();
  const fetches: string[] = [];
  const texts: string[] = [];
  let executor: SupergraphExecutor;
  let http: HttpSubgraphs | undefined;

  beforeAll(async () => {
    const subgraphs = gatedSubgraphs(gates);
    if (transport === 'in-process') {
      executor = createFixtureExecutor(subgraphs, {
        wrap: (inner, name) => ({
          ...inner,
          execute(request) {
            fetches.push(name);
            texts.push(request.text);
            return inner.execute(request);
          },
        }),
      });
      return;
    }
    http = await serveSubgraphs(subgraphs);
    executor = createHttpSupergraphExecutor(composeFixture(subgraphs), { urls: http.urls });
  });

  beforeEach(() => {
    gates.reset();
    fetches.length = 0;
  });

  afterAll(async () => {
    gates.reset();
    await executor.dispose();
    await http?.close();
  });

  async function inParts(source: string): Promise<IncrementalResult> {
    const answer = await begin(executor, source, 'new');
    if (!isIncremental(answer)) throw new Error(`the answer is whole: ${JSON.stringify(answer)}`);
    return answer;
  }

  test.each([
    [
      'another subgraph',
      '{ product(id: "p1") { name ... @defer { rating } } }',
      'rating',
      { product: { name: 'name of p1' } },
    ],
    [
      'the same subgraph',
      '{ product(id: "p1") { id ... @defer { slowText } } }',
      'slowText',
      { product: { id: 'p1' } },
    ],
    ['the root', '{ fast ... @defer { slowRoot } }', 'slowRoot', { fast: 'fast' }],
    ['a value at the root', '{ stats { count ... @defer { slowSum } } }', 'slowSum', { stats: { count: 3 } }],
    [
      'an interface',
      '{ node(id: "p1") { id ... on Product @defer { slowText } } }',
      'slowText',
      { node: { id: 'p1' } },
    ],
    ['items of a page', '{ page { total ... @defer { nodes { slowText } } } }', 'slowText', { page: { total: 3 } }],
    [
      'what the first part does not select at all',
      '{ product(id: "p1") { ... @defer { rating } } }',
      'rating',
      { product: {} },
    ],
    [
      'a mutation',
      'mutation { rename(id: "p1", name: "new") { ok ... @defer { product { slowText } } } }',
      'slowText',
      { rename: { ok: true } },
    ],
    [
      'a part of what the first part selects too',
      '{ product(id: "p1") { size { width } ... @defer { size { width } rating } } }',
      'rating',
      { product: { size: { width: 2 } } },
    ],
  ])('the first part comes before %s is asked', async (_what, source, gate, first) => {
    const answer = await inParts(source);
    expect(asJson(answer.initial)).toEqual({ data: first });
    expect(gates.asked).toEqual([]);
    gates.open(gate);
    const { merged, updates } = await takeParts(answer);
    expect(gates.asked).not.toEqual([]);
    expect(updates.at(-1)?.hasNext).toBe(false);
    gates.open(gate);
    expect(merged).toEqual(asJson(await whole(source)));
  });

  async function whole(source: string) {
    const { merged } = await takeParts(await begin(executor, source.replaceAll('@defer', '@include(if: true)'), 'new'));
    return merged;
  }

  test('each part is sent when it is ready, not when those announced before it are', async () => {
    const answer = await inParts(`{
      product(id: "p1") { id ... @defer(label: "first") { rating } ... @defer(label: "second") { slowText } }
    }`);
    expect(answer.pending.map(({ label, path }) => ({ label, path }))).toEqual([
      { label: 'first', path: ['product'] },
      { label: 'second', path: ['product'] },
    ]);
    gates.open('slowText');
    const second = await answer.updates.next();
    expect(second.value).toMatchObject({ incremental: [{ data: { slowText: 'slowText came' } }], hasNext: true });
    gates.open('rating');
    const first = await answer.updates.next();
    expect(first.value).toMatchObject({ incremental: [{ data: { rating: 'rating came' } }], hasNext: false });
    expect(await answer.updates.next()).toEqual({ done: true, value: undefined });
  });

  test('an inner part comes after the one around it, which does not wait for it', async () => {
    const answer = await inParts(`{
      product(id: "p1") { id ... @defer(label: "outer") { reviews { id ... @defer(label: "inner") { author { name } } } } }
    }`);
    expect(answer.pending).toEqual([expect.objectContaining({ label: 'outer', path: ['product'] })]);
    gates.open('reviews');
    const outer = await answer.updates.next();
    expect(outer.value).toMatchObject({
      incremental: [{ data: { reviews: [{ id: 'p1-r1' }, { id: 'p1-r2' }] } }],
      pending: [
        { label: 'inner', path: ['product', 'reviews', 0] },
        { label: 'inner', path: ['product', 'reviews', 1] },
      ],
      hasNext: true,
    });
    expect(gates.asked).not.toContain('name');
    gates.open('name');
    const inner = await answer.updates.next();
    expect(inner.value).toMatchObject({
      incremental: [{ data: { author: { name: 'name of u1' } } }, { data: { author: { name: expect.any(String) } } }],
      hasNext: false,
    });
  });

  test('of several keys the one is used that the first part has without asking another subgraph', async () => {
    const answer = await inParts('{ found { ... @defer { inStock } } }');
    expect(asJson(answer.initial)).toEqual({ data: { found: [{}, {}, {}] } });
    if (transport === 'in-process') expect(fetches).toEqual(['search']);
    gates.open('inStock');
    const { merged } = await takeParts(answer);
    expect(merged.data).toEqual({ found: Array(3).fill({ inStock: 'inStock came' }) });
    if (transport === 'in-process') expect(fetches).toEqual(['search', 'stock']);
  });

  test('an entity that the root leads to is asked of the root again, where that is as near as its key', async () => {
    const answer = await inParts('{ node(id: "p1") { id ... on Product @defer { slowText weight } } }');
    gates.open('slowText');
    const { merged } = await takeParts(answer);
    expect(merged.data).toEqual({ node: { id: 'p1', slowText: 'slowText came', weight: 7 } });
    if (transport === 'in-process') expect(texts.at(-1)).toMatch(/node\(id: "p1"\)/);
  });

  test('a list has a part for each object, all fetched at once', async () => {
    const answer = await inParts('{ products { id ... @defer(label: "item") { rating } } }');
    expect(answer.pending.map(({ path }) => path)).toEqual([
      ['products', 0],
      ['products', 1],
      ['products', 2],
    ]);
    gates.open('rating');
    const { updates } = await takeParts(answer);
    expect(updates).toHaveLength(1);
    expect(updates[0]?.incremental).toHaveLength(3);
    if (transport === 'in-process') expect(fetches).toEqual(['catalog', 'reviews']);
  });

  test('a field that needs another is deferred with what it needs', async () => {
    const answer = await inParts('{ product(id: "p1") { id ... @defer { postage } } }');
    if (transport === 'in-process') expect(fetches).toEqual(['catalog']);
    const { merged } = await takeParts(answer);
    expect(merged).toEqual({ data: { product: { id: 'p1', postage: 14 } } });
  });
});
