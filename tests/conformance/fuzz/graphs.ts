/** Builds the graphs that are fuzzed, and the ways of asking them. */
import { readFileSync } from 'node:fs';
import { buildSchema, printSchema, type GraphQLSchema } from 'graphql';
import { createExecutor } from '../../../gateway/executor/index.js';
import type { GatewayContext, SubgraphTransport, SupergraphExecutor } from '../../../gateway/executor/types.js';
import { createHttpSupergraphExecutor, readSupergraph, type Supergraph } from '../../../gateway/supergraph/index.js';
import { createInProcessTransport } from '../../../gateway/transports/index.js';
import { loadEntityModels, readSources, subgraphSdl } from '../../../schema/index.js';
import { MapRegistry } from '../../../subgraphs/kernel/read/index.js';
import { packagePath } from '../../../subgraphs/kernel/config/index.js';
import { composeFixture, fixtureSchema } from '../compose-fixture.js';
import { differentialSubgraphs } from '../differential/graph.js';
import { buildMergedSchema } from '../differential/merged-schema.js';
import { serveSchemas } from '../http-subgraphs.js';
import { Chance } from './chance.js';
import type { WritingPlace } from './document-writer.js';
import type { GraphName } from './graph-names.js';
import { readGraphFacts } from './graph-facts.js';
import { buildMockSubgraph } from './mock-subgraphs.js';
import { buildLenientReference, buildReference } from './reference.js';
import { World } from './world.js';

export interface Way {
  readonly name: string;
  readonly executor: SupergraphExecutor;
  /** Mutation fields in the order in which their subgraphs began them; the caller empties it. */
  readonly mutations: string[];
}

export interface RunningGraph {
  readonly reference: GraphQLSchema;
  /** Null where nothing says which errors there may be beside those that caused a null. */
  readonly lenient: GraphQLSchema | null;
  readonly mutations: string[];
  waysFor(seed: number): readonly Way[];
  overridesFor(seed: number): Pick<GatewayContext, 'overrideLabels' | 'overridePercentage'>;
  close(): Promise<void>;
}

/** What writing documents needs: nothing runs for it. */
export async function writingPlaceOf(name: GraphName): Promise<WritingPlace> {
  return name === 'weft' ? placeOfWeft() : placeOfDifferential();
}

export function startGraph(name: GraphName): Promise<RunningGraph> {
  return name === 'weft' ? startWeft() : startDifferential();
}

function supergraphOfWeft(): string {
  return readFileSync(packagePath('schema', 'supergraph.graphql'), 'utf8');
}

async function sdlsOfWeft(): Promise<Record<string, string>> {
  const models = await loadEntityModels();
  const registry = new MapRegistry(models);
  const sources = readSources();
  const sdls = Object.entries(models).map(([name, model]) => [
    name,
    model && subgraphSdl({ name, model }, sources, registry),
  ]);
  return Object.fromEntries(sdls) as Record<string, string>;
}

async function placeOfWeft(): Promise<WritingPlace> {
  const { busiest, keys } = readGraphFacts(await sdlsOfWeft());
  const apiSdl = readFileSync(packagePath('schema', 'api.graphql'), 'utf8');
  const ids = [...keys.keys()].flatMap((type) => [`${type}:1`, `${type}:7`]);
  const texts = ['fullName-3', 'githubLogin-4', 'a', 'say "hi"\n', ''];
  return { schema: buildSchema(apiSdl), words: { ids, texts }, busiest: busiest.slice(0, 10), hasSubscriptions: true };
}

async function startWeft(): Promise<RunningGraph> {
  const supergraphSdl = supergraphOfWeft();
  const supergraph = readSupergraph(supergraphSdl);
  const sdls = await sdlsOfWeft();
  const world = new World(supergraph.apiSchema, readGraphFacts(sdls));
  const mutations: string[] = [];
  const schemasFor = (observed: string[]) =>
    Object.fromEntries(
      Object.entries(sdls).map(([name, sdl]) => [
        name,
        buildMockSubgraph(name, sdl, world, (call) => observed.push(call)),
      ]),
    );
  const ways = await startWays(supergraph, schemasFor);
  return {
    ...ways,
    reference: buildReference(supergraph.apiSchema, world, (call) => mutations.push(call)),
    lenient: buildLenientReference(supergraph.apiSchema, world),
    mutations,
    overridesFor: () => ({}),
  };
}

function placeOfDifferential(): WritingPlace {
  const { apiSchema } = readSupergraph(composeFixture(differentialSubgraphs));
  const ids = ['p', 'm', 'u'].flatMap((prefix) => Array.from({ length: 30 }, (_, i) => `${prefix}${i}`));
  const texts = ['sku-p3', 'sku-p7', 'b', 'round', 'say "hi"\n'];
  const schema = buildSchema(printSchema(apiSchema));
  return { schema, words: { ids, texts }, busiest: ['Product', 'Book', 'Movie'], hasSubscriptions: false };
}

async function startDifferential(): Promise<RunningGraph> {
  const supergraph = readSupergraph(composeFixture(differentialSubgraphs));
  const schemasFor = () =>
    Object.fromEntries(Object.entries(differentialSubgraphs).map(([name, fixture]) => [name, fixtureSchema(fixture)]));
  return {
    ...(await startWays(supergraph, schemasFor)),
    reference: buildMergedSchema(supergraph.apiSchema),
    lenient: null,
    mutations: [],
    overridesFor(seed) {
      const chance = new Chance(seed);
      return { overridePercentage: chance.below(100), overrideLabels: chance.of(0.5) ? ['beta'] : [] };
    },
  };
}

type SchemasFor = (observed: string[]) => Readonly<Record<string, GraphQLSchema>>;

async function startWays(
  supergraph: Supergraph,
  schemasFor: SchemasFor,
): Promise<Pick<RunningGraph, 'waysFor' | 'close'>> {
  const overHttp: string[] = [];
  const inProcess: string[] = [];
  const http = await serveSchemas(schemasFor(overHttp));
  const schemas = schemasFor(inProcess);
  const executorOf = (compileAfter: number) =>
    createExecutor(supergraph, {
      transports: ({ name }) => inProcessTransport(name, schemas[name] as GraphQLSchema, compileAfter),
      maxOperations: 10,
    });
  const interpreted = { name: 'interpreted', executor: executorOf(Infinity), mutations: inProcess };
  const compiled = { name: 'compiled', executor: executorOf(0), mutations: inProcess };
  const remote = {
    name: 'http',
    executor: createHttpSupergraphExecutor(supergraph.sdl, { urls: http.urls, maxOperations: 10 }),
    mutations: overHttp,
  };
  return {
    // Compiling a fetch that is sent once costs ten times what it saves.
    waysFor: (seed) => [seed % 8 === 0 ? compiled : interpreted, remote],
    async close() {
      await Promise.all([interpreted, compiled, remote].map(({ executor }) => executor.dispose()));
      await http.close();
    },
  };
}

function inProcessTransport(name: string, schema: GraphQLSchema, compileAfter: number): SubgraphTransport {
  return createInProcessTransport({ name, schema, contextFor: (context) => context, compileAfter });
}
