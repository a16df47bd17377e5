import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { compileFetch, interpretFetch } from './compiled-fetch.js';

const schema = buildSchema(`
  scalar JSON
  enum Kind { A B }
  input Text { eq: String in: [String!] }
  input Filter { name: Text and: [Filter!] not: Filter kind: Kind n: Int = 3 lists: [[Int!]] json: JSON }
  type Query { echo(filter: Filter, list: [Filter!], kinds: [Kind!], ids: [ID], json: JSON, first: Int = 20): JSON }
`);
schema.getQueryType()!.getFields()['echo']!.resolve = (_source, args) => args as unknown;

describe('a compiled fetch reads its variables as graphql-js does', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['an input that contains itself', '$f: Filter | filter: $f', { f: { and: [{ not: { kind: 'A' } }], json: [1] } }],
    ['a list of such inputs', '$f: [Filter!] | list: $f', { f: { kind: 'B' } }],
    ['a default of an input', '$f: Filter = {name: {eq: "d"}} | filter: $f', {}],
    ['an input that is null', '$f: Filter | filter: $f', { f: null }],
    ['an input that is left out', '$f: Filter | filter: $f', {}],
    ['an input with a field too many', '$f: Filter | filter: $f', { f: { other: 1 } }],
    ['an input of another type', '$f: Filter | filter: $f', { f: { name: { eq: 5 } } }],
    ['nothing, inside a literal: the field is left out', '$x: String | filter: {name: {eq: $x}}', {}],
    ['null, inside a literal', '$x: String | filter: {name: {eq: $x}}', { x: null }],
    ['nothing, where the input has a default', '$x: Int | filter: {n: $x}', {}],
    ['one value for a list, inside a literal', '$x: [Int!] | filter: {lists: [$x, [1]]}', { x: 1 }],
    ['null for an item that may be none', '$x: Kind | kinds: [$x]', { x: null }],
    ['an enum inside a list', '$x: Kind!, $y: Kind! | kinds: [$x, B, $y]', { x: 'A', y: 'B' }],
    ['a value inside a JSON literal', '$x: JSON | json: {a: [$x], b: 1}', { x: { c: null } }],
    ['a value inside JSON inside an input', '$x: JSON | filter: {json: {a: $x}}', { x: 1 }],
    ['plain values', '$x: [ID], $n: Int | ids: $x, first: $n', { x: [1, null], n: 2 }],
  ])('%s', async (_name, operation, variables) => {
    const [definitions, usage] = operation.split(' | ');
    const document = parse(
      `query(${definitions}) { a: echo(${usage}) ...f } fragment f on Query { b: echo(${usage}) }`,
    );
    const compiled = await compileFetch(schema, document);
    expect(await compiled({}, variables)).toEqual(await interpretFetch(schema, document)({}, variables));
  });
});
