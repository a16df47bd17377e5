import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unlessHanging } from '../../../tests/testkit/hanging.js';
import { findBreakingChanges } from './schema-compatibility.js';
import { assertContent, checkDefinition, validateContent } from './schema-content.js';
import { dialect, schemaLimits } from './schema-definition.js';

const invoice = {
  $schema: dialect,
  type: 'object',
  required: ['number', 'lines'],
  additionalProperties: false,
  properties: {
    number: { type: 'string', pattern: '^[A-Z]-[0-9]+$' },
    due: { type: 'string', format: 'date' },
    lines: { type: 'array', uniqueItems: true, items: { $ref: '#/$defs/line' } },
    state: { enum: ['open', 'paid'] },
    'a/b': { type: 'null' },
  },
  $defs: { line: { type: 'object', required: ['price'], properties: { price: { type: 'number', minimum: 0 } } } },
};

const problems = async (definition: unknown, content: unknown) =>
  (await validateContent(definition, content)).map(({ path, message }) => `${path} ${message}`).sort();

describe('content', () => {
  test('that meets its schema passes', async () => {
    expect(await problems(invoice, { number: 'A-1', due: '2026-02-28', lines: [{ price: 0 }, { price: 1 }] })).toEqual(
      [],
    );
  });

  test('that does not is refused with every problem at its path', async () => {
    const content = {
      number: 'x',
      due: '2026-02-30',
      lines: [{ price: -1 }, {}, {}],
      state: 'lost',
      'a/b': 1,
      more: 1,
    };
    expect(await problems(invoice, content)).toEqual([
      '/a~1b must be null',
      '/due must match format "date"',
      '/lines must NOT have duplicate items',
      '/lines/0/price must be >= 0',
      "/lines/1/price must have required property 'price'",
      "/lines/2/price must have required property 'price'",
      '/more must NOT have additional properties',
      '/number must match pattern "^[A-Z]-[0-9]+$"',
      '/state must be equal to one of the allowed values: "open", "paid"',
    ]);
  });

  test('is refused as a user error at the input’s own path', async () => {
    await expect(
      assertContent(['items', '2', 'content'], invoice, { number: 'A-1', lines: [{}] }),
    ).rejects.toMatchObject({
      userErrors: [{ code: 'VALIDATION', field: ['items', '2', 'content', 'lines', '0', 'price'] }],
    });
  });

  test('several patterns are told apart', async () => {
    const definition = { properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } };
    expect(await problems(definition, { a: 'b', b: 'b' })).toEqual(['/a must match pattern "^a$"']);
  });
});

const nested = (levels: number): unknown => (levels === 0 ? true : { items: nested(levels - 1) });
const doubling = Object.fromEntries(
  Array.from({ length: 30 }, (_, level) => [
    `d${level}`,
    level === 29 ? true : { anyOf: [{ $ref: `#/$defs/d${level + 1}` }, { $ref: `#/$defs/d${level + 1}` }] },
  ]),
);

describe('a definition is refused', () => {
  test.each([
    ['another draft', { $schema: 'http://json-schema.org/draft-07/schema#' }, '/$schema'],
    ['a keyword that does not exist', { typo: 1 }, ''],
    ['a value that the draft does not allow', { properties: { a: { type: 'text' } } }, '/properties/a/type'],
    ['a reference to elsewhere', { $ref: 'https://example.com/schema' }, '/$ref'],
    ['a reference to nothing', { properties: { a: { $ref: '#/$defs/none' } } }, '/properties/a/$ref'],
    [
      'a reference to itself',
      { anyOf: [{ $ref: '#/$defs/a' }], $defs: { a: { items: { $ref: '#/$defs/a' } } } },
      '/$defs/a/items/$ref',
    ],
    ['a name for itself', { $id: 'https://example.com' }, '/$id'],
    ['a dynamic reference', { $dynamicRef: '#a' }, '/$dynamicRef'],
    ['references that double at each level', { $ref: '#/$defs/d0', $defs: doubling }, ''],
    ['nesting without end', nested(5_000), ''],
    ['a text as large as a book', { description: 'x'.repeat(schemaLimits.characters) }, ''],
    ['a pattern that looks back', { pattern: '(a)\\1' }, ''],
    ['a pattern of many states', { pattern: '((a{1,100}){1,100}){1,100}' }, ''],
    ['a pattern as long as a page', { pattern: 'a'.repeat(501) }, ''],
    ['an unknown format', { format: 'magic' }, ''],
    ['a text', 'schema', ''],
    ['a list', [], ''],
    [
      'a name that is machinery',
      JSON.parse('{"properties": {"__proto__": {"type": "null"}}}'),
      '/properties/__proto__',
    ],
  ])('for %s', async (_, definition, path) => {
    expect((await checkDefinition(definition)).map((problem) => problem.path)).toContain(path);
  });

  test('and not for what only looks like it inside of data and names', async () => {
    const definition = { properties: { $ref: { const: { $ref: '#/none', $id: 'x' } }, $id: { type: 'string' } } };
    expect(await checkDefinition(definition)).toEqual([]);
    expect(await problems(definition, { $id: 1 })).toEqual(['/$id must be string']);
  });
});

describe('validation ends soon', () => {
  test.each([
    ['a pattern that other engines take ages for', { items: { pattern: '^(a+)+$' } }, [`${'a'.repeat(100_000)}b`]],
    ['a pattern with many states over long texts', { items: { pattern: '(.*a){20}[cd]$' } }, ['ab'.repeat(100_000)]],
    [
      'many patterns over one text',
      { allOf: Array.from({ length: 50 }, (_, n) => ({ pattern: `(a?){${n + 50}}c` })) },
      'a'.repeat(100_000),
    ],
    ['unique items of 20,000 objects', { uniqueItems: true }, Array.from({ length: 20_000 }, (_, n) => ({ n }))],
    [
      'a large enumeration of objects over a long list',
      { items: { enum: Array.from({ length: 1_000 }, (_, n) => ({ n })) } },
      Array.from({ length: 40_000 }, () => ({})),
    ],
    ['a problem at every value', { items: { type: 'string' } }, Array.from({ length: 130_000 }, () => 0)],
  ])('for %s', async (_, definition, content) => {
    expect(await checkDefinition(definition)).toEqual([]);
    const found = await unlessHanging(() => validateContent(definition, content));
    expect(found.length).toBeLessThanOrEqual(50);
  });

  test('and what is too large for its schema is refused, not taken', async () => {
    const found = await validateContent({ items: { pattern: '(.*a){20}[cd]$' } }, ['ab'.repeat(100_000)]);
    expect(found).toEqual([{ path: '', message: expect.stringContaining('too long') }]);
    expect(await problems({}, 'x'.repeat(300_000))).toEqual([' It has more than 262144 characters as JSON.']);
  });
});

describe('compatibility of a new version', () => {
  const breaks = (older: unknown, newer: unknown) => findBreakingChanges(older, newer).map(({ path }) => path);

  test.each([
    ['the same', {}, []],
    ['a new optional property', { properties: { ...invoice.properties, note: { type: 'string' } } }, []],
    ['one more value', { properties: { ...invoice.properties, state: { enum: ['open', 'paid', 'void'] } } }, []],
    ['no longer required', { required: ['number'] }, []],
    ['anything else allowed', { additionalProperties: true }, []],
    ['another title', { title: 'Invoice' }, []],
    ['a new required property', { required: ['number', 'lines', 'due'] }, ['/required']],
    ['a value gone', { properties: { ...invoice.properties, state: { enum: ['open'] } } }, ['/properties/state/enum']],
    [
      'another type',
      { properties: { ...invoice.properties, number: { type: 'integer' } } },
      ['/properties/number/type'],
    ],
    [
      'a property gone',
      { properties: { number: invoice.properties.number, lines: invoice.properties.lines } },
      ['/properties', '/properties', '/properties'],
    ],
    [
      'another pattern',
      { properties: { ...invoice.properties, number: { type: 'string', pattern: '^[A-Z]$' } } },
      ['/properties/number/pattern'],
    ],
    [
      'a higher minimum behind a reference',
      { $defs: { line: { ...invoice.$defs.line, properties: { price: { type: 'number', minimum: 1 } } } } },
      ['/properties/lines/items/properties/price/minimum'],
    ],
  ])('%s', (_, change, expected) => {
    expect(breaks(invoice, { ...invoice, ...change })).toEqual(expected);
  });

  test('when nothing is listed, every document of the older version meets the newer', async () => {
    const leaf = fc.oneof(
      fc.constantFrom(
        {},
        true,
        false,
        { type: 'string' },
        { type: 'integer' },
        { type: ['number', 'null'] },
        { type: 'boolean' },
      ),
      fc.record({ enum: fc.uniqueArray(fc.constantFrom('a', 'b', 1, null, true), { minLength: 1 }) }),
      fc.record({ minimum: fc.integer({ min: -1, max: 2 }) }, { requiredKeys: [] }),
      fc.record({ type: fc.constant('string'), maxLength: fc.integer({ min: 0, max: 2 }) }),
      fc.record({ const: fc.constantFrom('a', 0, null) }),
      fc.constantFrom(
        { $ref: '#/$defs/d' },
        { not: { type: 'string' } },
        { anyOf: [{ type: 'string' }, { minimum: 1 }] },
      ),
    );
    const schema = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 2, withCrossShrink: true },
        leaf,
        fc.record(
          {
            type: fc.constantFrom('object', 'array', ['object', 'string']),
            properties: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('node'), { maxKeys: 3 }),
            required: fc.uniqueArray(fc.constantFrom('a', 'b')),
            additionalProperties: tie('node'),
            patternProperties: fc.constantFrom({ '^a': { type: 'string' } }, { '^[bc]': true }),
            items: tie('node'),
            prefixItems: fc.constantFrom([{ type: 'string' }], [true, { type: 'null' }]),
            minItems: fc.integer({ min: 0, max: 2 }),
            uniqueItems: fc.boolean(),
            unevaluatedProperties: fc.constant(false),
            minProperties: fc.integer({ min: 0, max: 2 }),
          },
          { requiredKeys: [] },
        ),
      ),
    })).node;
    const root = fc
      .tuple(schema, leaf)
      .map(([node, d]) => (typeof node === 'object' ? { ...node, $defs: { d: d === true ? {} : d } } : node));
    // Half of them are a change of the other, as versions are.
    const pair = fc.oneof(
      fc.tuple(root, root),
      fc
        .tuple(root, root)
        .map(([older, change]) => [
          older,
          typeof older === 'object' && typeof change === 'object' ? { ...older, ...change } : change,
        ]),
      fc
        .tuple(root, root)
        .map(([newer, change]) => [
          typeof newer === 'object' && typeof change === 'object' ? { ...newer, ...change } : change,
          newer,
        ]),
    );
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 2 },
        fc.constantFrom<unknown>('a', 'b', '', 'abc', 0, 1, 2, -1, 1.5, null, true, false),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
      ),
    })).value;
    let compatible = 0;
    await fc.assert(
      fc.asyncProperty(pair, fc.array(value, { minLength: 8, maxLength: 8 }), async ([older, newer], documents) => {
        if (findBreakingChanges(older, newer).length > 0) return;
        if ((await checkDefinition(older)).length > 0 || (await checkDefinition(newer)).length > 0) return;
        compatible += 1;
        for (const document of documents) {
          if ((await validateContent(older, document)).length > 0) continue;
          expect(await validateContent(newer, document)).toEqual([]);
        }
      }),
      { numRuns: 700, seed: 7 },
    );
    expect(compatible).toBeGreaterThan(40);
  });
});
