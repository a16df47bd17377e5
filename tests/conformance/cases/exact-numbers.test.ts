import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startForeignGateway, type ForeignGateway } from '../foreign-gateway.js';

const big = '9007199254740993';
let gateway: ForeignGateway;

beforeAll(async () => {
  gateway = await startForeignGateway({
    numbers: {
      typeDefs: `scalar Long scalar Anything
        input Filter { above: Long ratio: Float ids: [ID!] }
        type Query {
          big: Long least: Long list: [Long!] any: Anything float: Float id: ID int: Int huge: Long
          echo(n: Long, any: Anything, ratio: Float, id: ID, filter: Filter, int: Int): String items: [Item]
        }
        type Item @key(fields: "serial") { serial: Long! }`,
      answer: () => ({
        body: `{"data":{"big":${big},"least":-9223372036854775808,"list":[${big},1],"any":{"deep":[{"n":${big}}]},
          "float":${big},"id":${big},"int":${big},"huge":1e400,"echo":"e",
          "items":[{"__typename":"Item","serial":${big}},{"__typename":"Item","serial":9007199254740992}]}}`,
      }),
    },
    names: {
      typeDefs: 'scalar Long type Item @key(fields: "serial") { serial: Long! name: String }',
      answer: () => ({ body: '{"data":{"_entities":[{"name":"odd"},{"name":"even"}]}}' }),
    },
  });
});
afterAll(() => gateway.close());

describe('an integer beyond 2^53', () => {
  test('reaches the caller as the subgraph wrote it, wherever a custom scalar takes it', async () => {
    const { text } = await gateway.post({ query: '{ big least list any }' });
    expect(text.trim()).toBe(
      `{"data":{"big":${big},"least":-9223372036854775808,"list":[${big},1],"any":{"deep":[{"n":${big}}]}}}`,
    );
  });

  test.each(['multipart/mixed;deferSpec=20220824', 'text/event-stream'])(
    'also in an answer that is sent as %s',
    async (accept) => {
      const { text } = await gateway.post({ query: '{ items { serial ... @defer { name } } }' }, { accept });
      expect(text).toContain(`[{"serial":${big}},{"serial":9007199254740992}]`);
      expect(text).toContain('"odd"');
    },
  );

  test('is a number for a Float, text for an ID, and no Int', async () => {
    const { text } = await gateway.post({ query: '{ float id int }' });
    expect(JSON.parse(text)).toMatchObject({
      data: { float: 9_007_199_254_740_992, id: big, int: null },
      errors: [{ path: ['int'] }],
    });
  });

  test('tells entities apart by it, and is sent to the subgraph that has them', async () => {
    const { text } = await gateway.post({ query: '{ items { serial name } }' });
    expect(text).toContain(`{"serial":${big},"name":"odd"},{"serial":9007199254740992,"name":"even"}`);
    expect(gateway.asked['names']?.at(-1)?.text).toContain(`"serial":${big}`);
  });

  test('reaches the subgraph as the caller wrote it: in a variable, in one of its parts, as its default, as a literal', async () => {
    const sent = async (query: string, variables = '{}') => {
      await gateway.post(`{"query":${JSON.stringify(query)},"variables":${variables}}`);
      return gateway.asked['numbers']?.at(-1)?.text;
    };
    expect(await sent('query($n: Long) { echo(n: $n) }', `{"n":${big}}`)).toContain(`"n":${big}`);
    expect(await sent('query($n: Long = 9007199254740995) { echo(n: $n) }')).toContain('9007199254740995');
    expect(await sent('query($a: Anything) { echo(any: $a) }', `{"a":{"b":[${big}]}}`)).toContain(`{"b":[${big}]}`);
    expect(await sent('query($f: Filter) { echo(filter: $f) }', `{"f":{"above":${big},"ids":[${big}]}}`)).toContain(
      `{"above":${big},"ids":["${big}"]}`,
    );
    expect(await sent('{ echo(n: 9007199254740997) }')).toContain('9007199254740997');
  });

  test('reaches the subgraph as the caller wrote it by GET too', async () => {
    const search = new URLSearchParams({ query: 'query($n: Long) { echo(n: $n) }', variables: `{"n":${big}}` });
    const headers = { 'apollo-require-preflight': 'true' };
    expect((await fetch(`${gateway.url}?${search}`, { headers })).status).toBe(200);
    expect(gateway.asked['numbers']?.at(-1)?.text).toContain(`"n":${big}`);
  });

  test.each(['variables', 'extensions'])('is no object in the place of the %s', async (name) => {
    const { text } = await gateway.post(`{"query":"{ big }","${name}":${big}}`);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  test('is a number as a variable of type Float, text as an ID, and refused as an Int', async () => {
    const query = 'query($r: Float, $i: ID) { echo(ratio: $r, id: $i) }';
    const { status } = await gateway.post(`{"query":"${query}","variables":{"r":${big},"i":${big}}}`);
    expect(status).toBe(200);
    expect(gateway.asked['numbers']?.at(-1)?.text).toContain(`"${big}"`);
    const refused = await gateway.post(`{"query":"query($i: Int) { echo(int: $i) }","variables":{"i":${big}}}`);
    expect(JSON.parse(refused.text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  test('that not even a number can be is null with an error, not a silent null', async () => {
    const { text } = await gateway.post({ query: '{ huge }' });
    expect(JSON.parse(text)).toMatchObject({ data: { huge: null }, errors: [{ path: ['huge'] }] });
  });
});
