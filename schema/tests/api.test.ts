import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import { acceptedBreaks } from '../accepted-breaks.js';
import { breakingChanges, unexplained, withoutDescriptions } from '../breaking-changes.js';

const read = (...path: string[]) => readFileSync(packagePath(...path), 'utf8');
const api = read('schema', 'api.graphql');
const released = read('schema', 'released.graphql');
const changelog = read('CHANGELOG.md');

describe('the API', () => {
  test('breaks nothing of the last release that is not accepted with a reason', () => {
    expect(unexplained(breakingChanges(released, api), acceptedBreaks)).toEqual({ unaccepted: [], outdated: [] });
  });

  test('every accepted break is told in the changelog', () => {
    expect(acceptedBreaks.filter(({ change }) => !changelog.includes(change))).toEqual([]);
    expect(acceptedBreaks.filter(({ reason }) => reason.length < 20)).toEqual([]);
  });

  test('every type, field, argument and value is described for the caller', () => {
    const silent: string[] = [];
    const note = (place: string, { description }: { description?: string | null | undefined }): void => {
      if (description == null || description.trim() === '') silent.push(place);
    };
    const schema = buildSchema(api);
    for (const type of Object.values(schema.getTypeMap())) {
      if (isIntrospectionType(type) || type.astNode == null) continue;
      const isRoot = ['Query', 'Mutation', 'Subscription'].includes(type.name);
      if (!isRoot) note(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) note(`${type.name}.${value.name}`, value);
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields())) note(`${type.name}.${field.name}`, field);
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        note(`${type.name}.${field.name}`, field);
        for (const argument of field.args) note(`${type.name}.${field.name}(${argument.name}:)`, argument);
      }
    }
    expect(silent).toEqual([]);
  });
});

describe('changes since a release', () => {
  const before = 'type Query { a: Int b(c: Int): Int }';

  test('what breaks a caller is found, and what does not is not', () => {
    expect(breakingChanges(before, 'type Query { a: String b(c: Int): Int }')).toEqual([
      'Query.a changed type from Int to String.',
    ]);
    expect(breakingChanges(before, 'type Query { a: Int b(c: Int d: Int): Int e: Int }')).toEqual([]);
  });

  test('one that is not accepted is told, and so is an acceptance that nothing needs any more', () => {
    const accepted = [{ change: 'Query.a was removed.', reason: 'Nobody could call it.' }];
    expect(unexplained(['Query.b was removed.'], accepted)).toEqual({
      unaccepted: ['Query.b was removed.'],
      outdated: ['Query.a was removed.'],
    });
    expect(unexplained(['Query.a was removed.'], accepted)).toEqual({ unaccepted: [], outdated: [] });
  });

  test('what is kept of a release has no descriptions and the same meaning', () => {
    const kept = withoutDescriptions(api);
    expect(kept).not.toContain('"""');
    expect(breakingChanges(api, kept)).toEqual([]);
    expect(breakingChanges(kept, api)).toEqual([]);
  });
});
