import { describe, expect, test } from '@jest/globals';
import { seeded } from '../../testkit/seeded.js';
import { createFixtureExecutor, query, type SubgraphFixtures } from '../compose-fixture.js';

interface Item {
  readonly id: string;
  readonly [field: string]: unknown;
}

describe('@requires with arguments', () => {
  const fixtures: SubgraphFixtures = {
    base: {
      typeDefs: `type Query { part: Part parts: [Part!]! crate: Crate }
        type Crate { parts: [Part!]! first: Part }
        type Part @key(fields: "id") { id: ID! price(in: String = "EUR", factor: Int): String box(of: String): Box plain: Box }
        type Box { side(n: Int): String lid: Lid }
        type Lid { color(of: Int): String }`,
      resolvers: {
        Query: {
          part: () => ({ id: '1' }),
          parts: () => [{ id: '1' }, { id: '2' }],
          crate: () => ({ parts: [{ id: '1' }, { id: '2' }], first: { id: '2' } }),
        },
        Part: {
          price: ({ id }: Item, args: { in: string; factor?: number }) =>
            id === '2' && args.in === 'GBP' ? null : `${id}${args.in}${args.factor ?? ''}`,
          box: ({ id }: Item, { of }: { of?: string }) => ({ of: `${id}${of ?? ''}` }),
          plain: ({ id }: Item) => ({ of: `plain${id}` }),
        },
        Box: {
          side: ({ of }: { of: string }, { n }: { n?: number }) => `${of}/${n ?? ''}`,
          lid: ({ of }: { of: string }) => ({ of }),
        },
        Lid: { color: ({ of }: { of: string }, args: { of?: number }) => `${of}#${args.of ?? ''}` },
      },
    },
    shop: {
      typeDefs: `type Part @key(fields: "id") {
          id: ID! price(in: String = "EUR", factor: Int): String @external box(of: String): Box @external plain: Box @external
          usd: String @requires(fields: "price(in: \\"USD\\")")
          gbp: String @requires(fields: "price(factor: 2, in: \\"GBP\\")")
          eur: String @requires(fields: "price")
          both: String @requires(fields: "price(in: \\"USD\\") box(of: \\"x\\") { side(n: 1) }")
          left: String @requires(fields: "box(of: \\"x\\") { side(n: 2) lid { color(of: 3) } }")
          right: String @requires(fields: "box(of: \\"y  z\\") { side(n: 2) lid { color(of: 4) } }")
          one: String @requires(fields: "plain { side(n: 1) }")
          two: String @requires(fields: "plain { side(n: 2) lid { color(of: 2) } }")
          three: String @requires(fields: "plain { lid { color(of: 3) } }")
          free: String
          used: Tag @requires(fields: "price(in: \\"USD\\")")
          sold: Tag @requires(fields: "price(in: \\"GBP\\")")
        }
        type Tag { price: String from: String a: Tag b: Tag }
        type Box { side(n: Int): String @external lid: Lid @external } type Lid { color(of: Int): String @external }`,
      resolvers: {
        Part: Object.fromEntries([
          ...['usd', 'gbp', 'eur'].map((name) => [name, ({ price }: Item) => `${name}:${String(price)}`]),
          ...[
            ['both', 'price', 'box', 'side'],
            ['left', 'box', 'side', 'color'],
            ['right', 'box', 'side', 'color'],
            ['one', 'plain', 'side'],
            ['two', 'plain', 'side', 'color'],
            ['three', 'plain', 'color'],
          ].map(([name, ...wanted]) => [
            name,
            // A representation may hold what fields beside this one require.
            ({ price, box, plain }: Record<string, { side?: string; lid?: { color?: string } }>) => {
              const from = wanted.includes('box') ? box : plain;
              const has: Record<string, unknown> = { price, side: from?.side, color: from?.lid?.color };
              return wanted.flatMap((part) => (part in has ? [String(has[part])] : [])).join(' ');
            },
          ]),
          ['free', () => 'free'],
          ...['used', 'sold'].map((name) => [
            name,
            ({ price }: Item) => {
              const leaf = { price, from: name };
              const below = { ...leaf, a: leaf, b: leaf };
              return { ...leaf, a: below, b: below };
            },
          ]),
        ]) as Record<string, unknown>,
      },
    },
    tax: {
      typeDefs: `type Part @key(fields: "id") { id: ID! usd: String @external gbp: String @external
          sum: String @requires(fields: "usd gbp") price(in: String = "EUR", factor: Int): String @external
          third: String @requires(fields: "price(in: \\"CHF\\")") }`,
      resolvers: {
        Part: {
          sum: ({ usd, gbp }: Item) => `${String(usd)}+${String(gbp)}`,
          third: ({ price }: Item) => String(price),
        },
      },
    },
  };
  const expected = (id: string): Record<string, string> => ({
    usd: `usd:${id}USD`,
    gbp: id === '2' ? 'gbp:null' : `gbp:${id}GBP2`,
    eur: `eur:${id}EUR`,
    both: `${id}USD ${id}x/1`,
    left: `${id}x/2 ${id}x#3`,
    right: `${id}y  z/2 ${id}y  z#4`,
    one: `plain${id}/1`,
    two: `plain${id}/2 plain${id}#2`,
    three: `plain${id}#3`,
    free: 'free',
    sum: `usd:${id}USD+${id === '2' ? 'gbp:null' : `gbp:${id}GBP2`}`,
    third: `${id}CHF`,
  });
  const executor = createFixtureExecutor(fixtures);
  const fields = Object.keys(expected('1'));

  const pick = (id: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, expected(id)[name]]));

  const random = seeded(7);
  const choices = Array.from({ length: 24 }, () => fields.filter(() => random() < 0.4));

  test.each([...fields.map((field) => [field]), fields, ...choices].filter(({ length }) => length > 0))(
    'each field gets what it requires, whatever is selected beside it: %s',
    async (...args) => {
      const names = args.filter((name): name is string => typeof name === 'string');
      const selection = names.join(' ');
      expect(
        await query(
          executor,
          `query ($c: String) { part { ${selection} } crate { parts { price(in: $c) ${selection} plain { side } } first { own: price(in: "USD") ${selection} } } }`,
          { variables: { c: 'JPY' } },
        ),
      ).toEqual({
        data: {
          part: pick('1', names),
          crate: {
            parts: ['1', '2'].map((id) => ({
              price: `${id}JPY`,
              ...pick(id, names),
              plain: { side: `plain${id}/` },
            })),
            first: { own: '2USD', ...pick('2', names) },
          },
        },
      });
    },
  );

  test('also where a plan moves what repeats into fragments', async () => {
    const below = 'price from a { price from } b { price from }';
    const selection = `price from a { ${below} } b { ${below} }`;
    const tag = (price: string, from: string) => {
      const leaf = { price, from };
      return { ...leaf, a: { ...leaf, a: leaf, b: leaf }, b: { ...leaf, a: leaf, b: leaf } };
    };
    expect(await query(executor, `{ part { used { ${selection} } sold { ${selection} } } }`)).toEqual({
      data: { part: { used: tag('1USD', 'used'), sold: tag('1GBP', 'sold') } },
    });
  });
});
