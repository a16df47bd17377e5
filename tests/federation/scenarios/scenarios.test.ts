import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isInterfaceType } from 'graphql';
import { subgraphNames } from '../../../schema/index.js';
import { openTestDatabase, type TestDatabase } from '../../testkit/index.js';
import { openGraph, type Graph, type Shape } from './graph.js';
import { questions } from './questions.js';
import { populate } from './world.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
  await populate(opened.database);
});
afterAll(() => opened.close());

describe.each(['in process', 'over HTTP'] satisfies Shape[])(
  'with its subgraphs %s, the graph answers in one request',
  (shape) => {
    let graph: Graph;
    beforeAll(async () => void (graph = await openGraph(opened.database, shape)));
    afterAll(() => graph.close());

    test.each(questions)('$name', async ({ query, data, statements }) => {
      const answer = await graph.ask(query);
      expect(answer.result).toEqual({ data });
      expect(answer.statements).toBe(statements);
    });
  },
);

test('every type with a global id is found by it', async () => {
  const graph = await openGraph(opened.database, 'in process');
  const { apiSchema } = graph.executor;
  const node = apiSchema.getType('Node');
  const types = isInterfaceType(node) ? apiSchema.getPossibleTypes(node).map(({ name }) => name) : [];
  expect(types.length).toBeGreaterThan(40);
  for (const type of types) {
    const { result } = await graph.ask(`{ node(id: "${type}:00000000-0000-4000-8000-0000000000ff") { id } }`);
    // Of another form than this one's, an id is malformed; its type is known all the same.
    if (result.errors === undefined) expect(result).toEqual({ data: { node: null } });
    else expect(result.errors[0]?.message).toMatch(`expected ${type}:`);
  }
  await graph.close();
});

/** `data` with null at `path`; lists are gone through. */
function withNull(data: any, [key = '', ...rest]: readonly string[]): any {
  if (Array.isArray(data) && !/^[0-9]+$/.test(key)) return data.map((item) => withNull(item, [key, ...rest]));
  const value = rest.length === 0 ? null : withNull(data[key], rest);
  return Array.isArray(data) ? data.map((item, n) => (n === Number(key) ? value : item)) : { ...data, [key]: value };
}

describe.each(subgraphNames)('while the subgraph %s is down', (stopped) => {
  let graph: Graph;
  beforeAll(async () => void (graph = await openGraph(opened.database, 'over HTTP', { stopped })));
  afterAll(() => graph.close());

  test.each(questions)(
    'its part is null with one error for each fetch, and the rest is answered: $name',
    async ({ query, data, without }) => {
      const { result } = await graph.ask(query);
      const nulls = without[stopped] ?? [];
      expect(result.data).toEqual(nulls.reduce((partial, path) => withNull(partial, path.split('.')), data));
      const errors = result.errors ?? [];
      expect(errors.length).toBeLessThanOrEqual(nulls.length);
      expect(errors.length > 0).toBe(nulls.length > 0);
      for (const error of errors) {
        expect(error).toMatchObject({
          message: `The subgraph ${stopped} is unavailable.`,
          extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph: stopped },
        });
      }
    },
  );
});
