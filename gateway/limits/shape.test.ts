import { expect, test } from '@jest/globals';
import { getIntrospectionQuery, parse } from 'graphql';
import { defaultLimits } from './limits.js';
import { measureDocument } from './shape.js';

const measured = (source: string) => () => measureDocument(parse(source), defaultLimits);

test('what an introspection lists is listed under one name, as lists are as long as the schema', () => {
  const twice = /At most 1 names for one list or for the schema in an introspection are allowed, and this has 2/;
  for (const source of [
    '{ __schema { types { name } more: types { name } } }',
    '{ __schema { types { name } ...F } } fragment F on __Schema { more: types { name } }',
    '{ __schema { types { fields { name } more: fields { name } } } }',
    '{ __schema { types { name } } more: __schema { types { name } } }',
    '{ __type(name: "A") { possibleTypes { name } ... on __Type { more: possibleTypes { name } } } }',
  ]) {
    expect(measured(source)).toThrow(twice);
  }
  for (const source of [
    getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, schemaDescription: true }),
    '{ all: __schema { types { name n: name } ...F } } fragment F on __Schema { types { kind } queryType { name } }',
    '{ a: __type(name: "A") { fields { name } } b: __type(name: "B") { fields { name } } __typename }',
    '{ items { a: nodes { name } b: nodes { name } } }',
  ]) {
    expect(measured(source)).not.toThrow();
  }
});

test('operations and fragments of a document, and variables of an operation, are bounded before validation walks them', () => {
  const many = (count: number, text: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => text(i)).join(' ');
  expect(measured(many(100, (i) => `query Q${i} { a }`))).not.toThrow();
  expect(measured(many(101, (i) => `query Q${i} { a }`))).toThrow(
    'At most 100 operations in the document are allowed.',
  );
  expect(measured(`{ a } ${many(251, (i) => `fragment F${i} on Query { a }`)}`)).toThrow('At most 250 fragments');
  expect(measured(`query (${many(250, (i) => `$v${i}: Int`)}) { a }`)).not.toThrow();
  expect(measured(`query (${many(251, (i) => `$v${i}: Int`)}) { a }`)).toThrow('At most 250 variables of an operation');
});

test('values that are written out are bounded, over all lists and objects of a document', () => {
  const list = (count: number) => `[${'1 '.repeat(count)}]`;
  expect(measured(`{ a(list: ${list(1_000)}) }`)).not.toThrow();
  expect(measured(`{ a(list: ${list(1_001)}) }`)).toThrow(
    'At most 1000 values in lists and objects that are written out',
  );
  expect(measured(`{ a(one: ${list(600)}) b(other: { list: ${list(600)} }) }`)).toThrow('At most 1000 values');
});
