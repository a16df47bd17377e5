import { describe, expect, test } from '@jest/globals';
import { type GraphQLObjectType, buildSchema, isEnumType, isObjectType } from 'graphql';
import { userErrorCodes } from '../../subgraphs/kernel/errors/index.js';
import { composeFrom, staleFiles } from '../compose.js';
import { CompositionError, composeSubgraphs, firstDifference } from '../composition.js';
import { loadEntityModels } from '../entity-models.js';
import { assembleSubgraphs, isComposedFrom } from '../fingerprint.js';
import { readSources, type SchemaSources } from '../subgraph-sdl.js';
import { fixture, fixtureWith } from './fixture.js';

const composed = composeFrom(fixture);
const api = buildSchema(composed.apiSdl);

function objectType(name: string): GraphQLObjectType {
  const type = api.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is no object type`);
  return type;
}

describe('composition', () => {
  test('gives every entity of every domain the fields of Node', () => {
    for (const name of ['Requirement', 'Repository', 'WorkItem']) {
      expect(objectType(name).getInterfaces().map(String)).toEqual(['Node']);
      expect(Object.keys(objectType(name).getFields())).toEqual(expect.arrayContaining(['id', 'changedAt']));
    }
  });

  test('shows in the API nothing of the shared definitions that no subgraph uses', () => {
    expect(api.getType('StringFilter')).toBeDefined();
    expect(api.getType('FloatFilter')).toBeUndefined();
    expect(api.getType('BigInt')).toBeUndefined();
  });

  test('the shared UserErrorCode has exactly the codes the kernel can give', () => {
    const codes = api.getType('UserErrorCode');
    const names = isEnumType(codes) ? codes.getValues().map(({ name }) => name) : [];
    expect(names.sort()).toEqual([...userErrorCodes].sort());
  });

  test('writes the same text whatever order the sources come in', () => {
    const reversed = Object.fromEntries(Object.entries(fixture.subgraphs).reverse());
    expect(composeFrom({ ...fixture, subgraphs: reversed }).supergraphSdl).toBe(composed.supergraphSdl);
  });

  test('marks the supergraph with what it was composed from: any other source is known to be newer', () => {
    const isFresh = (sources: SchemaSources) => isComposedFrom(composed.supergraphSdl, assembleSubgraphs(sources, {}));
    expect(isFresh(fixture)).toBe(true);
    expect(isFresh(fixtureWith({ workflow: 'type Query { b: Int }' }))).toBe(false);
  });

  test('writes the routing URL of each subgraph into the supergraph', () => {
    expect(composed.supergraphSdl).toContain('@join__graph(name: "workflow", url: "http://127.0.0.1:4105/graphql")');
  });

  test('refuses subgraphs that contradict each other, naming the field', () => {
    const clash = /* GraphQL */ `
      type Query {
        b: Int
      }
      type Requirement @key(fields: "id") {
        id: ID!
        title: Int
      }
    `;
    expect(() => composeFrom(fixtureWith({ workflow: clash }))).toThrow(CompositionError);
    expect(() => composeFrom(fixtureWith({ workflow: clash }))).toThrow(/Requirement\.title/);
  });

  test('refuses a field that no query could ever reach', () => {
    const lonely = 'type Query { a: Thing } type Thing { b: Int }';
    const other = 'type Thing { c: Int }';
    const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@shareable"])';
    expect(() =>
      composeSubgraphs([
        { name: 'one', url: 'http://one', sdl: `${link} ${lonely}` },
        { name: 'two', url: 'http://two', sdl: `${link} ${other}` },
      ]),
    ).toThrow(/Thing\.c/);
  });

  test('names the first line on which two API schemas differ', () => {
    expect(firstDifference('a\nb', 'a\nb')).toBeNull();
    expect(firstDifference('a\nb\nc', 'a\nb')).toBe('line 3 is "c" or undefined');
  });
});

describe('the committed graph', () => {
  test('is what the subgraphs compose to, and both composers agree on its API', async () => {
    expect(staleFiles(composeFrom(readSources(), await loadEntityModels()))).toEqual([]);
  });
});
