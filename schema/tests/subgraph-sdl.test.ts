import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { assembleSdl } from '../subgraph-sdl.js';
import { fixture, fixtureWith } from './fixture.js';

const typeNames = (sdl: string): string[] =>
  parse(sdl)
    .definitions.flatMap((definition) => ('name' in definition && definition.name ? [definition.name.value] : []))
    .sort();

describe('the SDL of a subgraph', () => {
  test('has the shared definitions it reaches, through one another too, and no others', () => {
    const names = typeNames(assembleSdl('traceability', fixture));
    expect(names).toEqual(
      expect.arrayContaining(['OrderDirection', 'PageInfo', 'StringFilter', 'UserError', 'UserErrorCode']),
    );
    expect(names).not.toContain('DateTime');
    expect(names).not.toContain('IntFilter');
  });

  test('imports exactly the federation directives it applies', () => {
    expect(assembleSdl('traceability', fixture)).toContain('import: ["@authenticated", "@key", "@shareable"]');
    expect(assembleSdl('workflow', fixture)).toContain('import: ["@key"]');
  });

  test('of the platform has a stub of every entity another domain resolves by id, once', () => {
    const names = typeNames(assembleSdl('platform', fixture));
    expect(names.filter((name) => name === 'Requirement')).toHaveLength(1);
    expect(names).toEqual(expect.arrayContaining(['Repository', 'Requirement', 'WorkItem']));
    expect(names).not.toContain('Subject');
  });

  test('of the platform leaves an entity alone that it defines itself', () => {
    const own = `${fixture.subgraphs['platform'] ?? ''} type WorkItem implements Node @key(fields: "id") { id: ID! changedAt: DateTime }`;
    const names = typeNames(assembleSdl('platform', fixtureWith({ platform: own })));
    expect(names.filter((name) => name === 'WorkItem')).toHaveLength(1);
  });

  test('refuses a source that redefines a shared type, naming the file and the type', () => {
    const sources = fixtureWith({ workflow: 'type PageInfo { a: Int }' });
    expect(() => assembleSdl('workflow', sources)).toThrow('subgraphs/workflow/schema.graphql defines PageInfo');
  });

  test('refuses a source with a header of its own', () => {
    const sources = fixtureWith({
      workflow: 'extend schema @link(url: "https://example.com/x") type Query { a: Int }',
    });
    expect(() => assembleSdl('workflow', sources)).toThrow('subgraphs/workflow/schema.graphql has a schema definition');
  });

  test('names file and line of a syntax error', () => {
    expect(() => assembleSdl('workflow', fixtureWith({ workflow: 'type Query {\n  a Int\n}' }))).toThrow(
      /Syntax Error/,
    );
    try {
      assembleSdl('workflow', fixtureWith({ workflow: 'type Query {\n  a Int\n}' }));
    } catch (error) {
      expect(String(error)).toContain('subgraphs/workflow/schema.graphql:2:5');
    }
  });
});
