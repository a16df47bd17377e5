/** A malformed id is a user error at its place in the input, whichever mutation has it, and however deep it stands there. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  execute,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredInputField,
  parse,
  type GraphQLInputType,
} from 'graphql';
import { openTestDatabase, type TestDatabase } from '../testkit/index.js';
import { auditor, domains } from './every-domain.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.close());

const uuid = '00000000-0000-4000-8000-000000000000';
const samples: Readonly<Record<string, unknown>> = {
  ...{ String: 'text', Int: 1, Float: 1, Boolean: true, NonNegativeInt: 1, BigInt: 1, JSON: {}, JSONObject: {} },
  ...{ DateTime: '2026-01-01T00:00:00Z', URL: 'https://example.com/', UUID: uuid },
};

interface Place {
  readonly path: readonly string[];
  readonly name: string;
}

/** Where the input takes an id: inside lists in their first item. */
function idPlaces(type: GraphQLInputType, name: string, path: readonly string[] = []): Place[] {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return idPlaces(nullable.ofType, name, [...path, '0']);
  if (isInputObjectType(nullable))
    return Object.values(nullable.getFields()).flatMap((field) =>
      idPlaces(field.type, field.name, [...path, field.name]),
    );
  return getNamedType(nullable).name === 'ID' ? [{ path, name }] : [];
}

const types = domains.flatMap(({ maps }) => [...maps.keys()]);

/** An id of the type that the field's name ends with. */
function wellFormed(name: string): string {
  const thing = name.replace(/Ids?$/, '').toLowerCase();
  const type = types
    .filter((each) => thing.endsWith(each.toLowerCase()))
    .sort((one, other) => other.length - one.length)[0];
  return `${type ?? 'Requirement'}:${type === 'Repository' ? 'acme/api' : uuid}`;
}

/** The least that the type accepts, and `malformed` at `target`. */
function inputOf(type: GraphQLInputType, name: string, target: readonly string[] | null, malformed: string): unknown {
  const nullable = getNullableType(type);
  const below = (key: string) => (target?.[0] === key ? target.slice(1) : null);
  if (isListType(nullable)) {
    const inner = below('0');
    return inner === null ? [] : [inputOf(nullable.ofType, name, inner, malformed)];
  }
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields());
    const given = fields.filter((field) => below(field.name) !== null || isRequiredInputField(field));
    return Object.fromEntries(
      given.map((field) => [field.name, inputOf(field.type, field.name, below(field.name), malformed)]),
    );
  }
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  const named = getNamedType(nullable).name;
  if (named !== 'ID') return samples[named];
  return target === null ? wellFormed(name) : malformed;
}

const cases = domains.flatMap(({ schema }) =>
  Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap(({ name, args: [input] }) =>
    input === undefined
      ? []
      : idPlaces(input.type, '').map(
          (place) => [`${name} ${place.path.join('.')}`, { schema, name, input, place }] as const,
        ),
  ),
);

describe('a malformed id', () => {
  test.each(cases)('in %s', async (_title, { schema, name, input, place: { path } }) => {
    for (const malformed of ['nonsense', 'Unicorn:1']) {
      const { data, errors } = await execute({
        schema,
        document: parse(
          `mutation ($input: ${String(input.type)}) { ${name}(input: $input) { userErrors { code field message } } }`,
        ),
        variableValues: { input: inputOf(input.type, '', path, malformed) },
        contextValue: {
          ...{ auth: auditor, requestId: 'test', db: opened.database, database: opened.database },
          ...{ loaders: new Map(), signal: undefined },
        },
      });
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        [name]: { userErrors: [{ code: 'VALIDATION', field: path, message: expect.any(String) }] },
      });
    }
  });
});
