import { describe, expect, test } from '@jest/globals';
import { buildSchema, getVariableValues, type OperationDefinitionNode, parse, validate } from 'graphql';
import { checkScalars } from './check-scalars.js';

const schema = buildSchema(`
  scalar DateTime scalar UUID scalar JSON scalar JSONObject scalar BigInt scalar URL scalar NonNegativeInt scalar Foreign
  input Filter { at: DateTime, id: UUID, any: JSON, object: JSONObject, whole: BigInt, url: URL, count: NonNegativeInt, other: Foreign }
  type Query { things(filter: Filter): Int }
`);
checkScalars(schema);

const inline = (filter: string) =>
  validate(schema, parse(`{ things(filter: { ${filter} }) }`)).map(({ message }) => message);
function byVariable(filter: Record<string, unknown>) {
  const [operation] = parse('query ($filter: Filter) { things(filter: $filter) }').definitions;
  return getVariableValues(schema, (operation as OperationDefinitionNode).variableDefinitions ?? [], { filter });
}

describe('scalars at the gateway', () => {
  test.each([
    { field: 'at', literal: '"yesterday"', value: 'yesterday' },
    { field: 'at', literal: '12', value: 12 },
    { field: 'id', literal: '"1"', value: '1' },
    { field: 'object', literal: '[1]', value: [1] },
    { field: 'whole', literal: '"1.5"', value: '1.5' },
    { field: 'url', literal: '"javascript:alert(1)"', value: 'javascript:alert(1)' },
    { field: 'count', literal: '-1', value: -1 },
  ])('$literal is refused for $field, in the text and in a variable', ({ field, literal, value }) => {
    expect(inline(`${field}: ${literal}`)).toHaveLength(1);
    expect(byVariable({ [field]: value }).errors).toHaveLength(1);
  });

  test('what is right goes on as it was sent', () => {
    const filter = {
      at: '2026-11-21T05:46:45.123456+02:00',
      id: '827D4402-5E20-865D-B997-EFE5FC73C22A',
      any: [{ a: null }],
      object: { a: [1] },
      whole: '1234567890123456789',
      url: 'http://example.com',
      count: 0,
      other: 'anything',
    };
    expect(byVariable(filter)).toEqual({ coerced: { filter } });
    expect(inline('at: "2026-11-21T05:46:45Z", whole: 1234567890123456789, any: [{ a: null }], other: {}')).toEqual([]);
  });
});
