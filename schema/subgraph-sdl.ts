/**
 * The whole SDL of a subgraph: the federation header, the shared definitions it reaches, and its own schema.graphql with what
 * follows from its entity maps. Composition reads it and the running subgraph serves it, so both always speak of the same contract.
 */
import { existsSync, readFileSync } from 'node:fs';
import { type DocumentNode, Kind, parse, print, Source } from 'graphql';
import { packagePath } from '../subgraphs/kernel/config/index.js';
import { completeContract, completeInputs } from '../subgraphs/kernel/contract/index.js';
import { MapRegistry, type ModelInput } from '../subgraphs/kernel/read/index.js';
import { entityInterface, entityStubs } from './entity-stubs.js';
import { directiveNames, reachableDefinitions, typeDefinitions } from './shared-definitions.js';
import { subgraphNames } from './subgraphs.js';

/** The lowest version that has all we use (labels of `@override`), so that the most routers can serve the result. */
const federationVersion = 'v2.7';
const federationDirectives = new Set([
  'authenticated',
  'composeDirective',
  'external',
  'extends',
  'inaccessible',
  'interfaceObject',
  'key',
  'override',
  'policy',
  'provides',
  'requires',
  'requiresScopes',
  'shareable',
  'tag',
]);

/** SDL sources by subgraph, and the shared ones: read from the package, or given by a test. */
export interface SchemaSources {
  readonly shared: string;
  readonly subgraphs: Readonly<Record<string, string>>;
}

/** Of every subgraph that has a schema.graphql. */
export function readSources(): SchemaSources {
  const paths = subgraphNames
    .map((name) => [name, packagePath('subgraphs', name, 'schema.graphql')] as const)
    .filter(([, path]) => existsSync(path));
  return {
    shared: readFileSync(packagePath('schema', 'shared.graphql'), 'utf8'),
    subgraphs: Object.fromEntries(paths.map(([name, path]) => [name, readFileSync(path, 'utf8')])),
  };
}

/** A subgraph's name and entity maps; its definition has both. */
export interface MappedSubgraph {
  readonly name: string;
  readonly model: ModelInput;
}

/**
 * The contract of a subgraph, as composed and as served. Throws with file and line when a source can't be parsed. With the maps
 * of all domains in `registry`, filters and orders reach from one into another, and their types come along.
 */
export function subgraphDocument(
  { name, model }: MappedSubgraph,
  sources: SchemaSources = readSources(),
  registry = new MapRegistry({ [name]: model }),
): DocumentNode {
  if (sources.subgraphs[name] === undefined) throw new Error(`there is no subgraph ${name}`);
  const { shared, ofSubgraph, inputs } = parsed(sources);
  const others = Object.keys(sources.subgraphs).filter((other) => other !== name);
  const mapped = Object.keys(registry.models).filter((other) => sources.subgraphs[other] !== undefined);
  const around = (domain: string) => ({
    registry,
    others: mapped.filter((other) => other !== domain).map(ofSubgraph),
  });
  const own = completeContract(ofSubgraph(name), model, around(name));
  const foreign = mapped
    .filter((other) => other !== name)
    .map((other) =>
      onceFor(registry, inputs, other, () =>
        completeInputs(ofSubgraph(other), registry.models[other] ?? noMaps, around(other)),
      ),
    );
  const reachedInputs = reachableDefinitions(joined(foreign), [own]);
  const node = entityInterface(own);
  const stubs = node === undefined ? null : entityStubs(node, own, others.map(ofSubgraph));
  const documents = [reachedInputs, ...(stubs === null ? [] : [stubs]), own];
  const reached = reachableDefinitions(shared, documents);
  const head = parse(header([...documents, reached]), { noLocation: true });
  const definitions = [head, reached, ...documents].flatMap((part) => part.definitions);
  return { kind: Kind.DOCUMENT, definitions };
}

export function subgraphSdl(
  subgraph: MappedSubgraph,
  sources: SchemaSources = readSources(),
  registry?: MapRegistry,
): string {
  return `${print(subgraphDocument(subgraph, sources, registry))}\n`;
}

type ByRegistry = WeakMap<MapRegistry, Map<string, DocumentNode>>;

/** Made once for a registry, however many subgraphs reach into it. */
function onceFor(registry: MapRegistry, made: ByRegistry, name: string, make: () => DocumentNode): DocumentNode {
  const known = made.get(registry) ?? new Map<string, DocumentNode>();
  made.set(registry, known);
  const document = known.get(name) ?? make();
  known.set(name, document);
  return document;
}

const noMaps: ModelInput = { entities: [], queries: {} };

function joined(documents: readonly DocumentNode[]): DocumentNode {
  return { kind: Kind.DOCUMENT, definitions: documents.flatMap(({ definitions }) => definitions) };
}

/** The SDL of the subgraph `name` among those of `registry`; one that has no maps there is completed without. */
export function assembleSdl(name: string, sources: SchemaSources, registry = new MapRegistry({})): string {
  return subgraphSdl({ name, model: registry.models[name] ?? noMaps }, sources, registry);
}

interface ParsedSources {
  readonly shared: DocumentNode;
  ofSubgraph(name: string): DocumentNode;
  /** Input types of each domain, as others take them over. */
  readonly inputs: ByRegistry;
}

const parsedSources = new WeakMap<SchemaSources, ParsedSources>();

/** Each source is parsed once, however many subgraphs are assembled from it. */
function parsed(sources: SchemaSources): ParsedSources {
  const known = parsedSources.get(sources);
  if (known !== undefined) return known;
  const shared = parse(new Source(sources.shared, 'schema/shared.graphql'));
  const documents = new Map<string, DocumentNode>();
  const made: ParsedSources = {
    shared,
    inputs: new WeakMap(),
    ofSubgraph(name) {
      const document = documents.get(name) ?? parseOwn(name, sources.subgraphs[name] ?? '', shared);
      documents.set(name, document);
      return document;
    },
  };
  parsedSources.set(sources, made);
  return made;
}

function parseOwn(name: string, text: string, shared: DocumentNode): DocumentNode {
  const path = `subgraphs/${name}/schema.graphql`;
  const document = parse(new Source(text, path));
  if (document.definitions.some(({ kind }) => kind === Kind.SCHEMA_EXTENSION || kind === Kind.SCHEMA_DEFINITION)) {
    throw new Error(`${path} has a schema definition: the federation header is written by schema/subgraph-sdl.ts`);
  }
  const sharedTypes = typeDefinitions(shared);
  for (const type of typeDefinitions(document).keys()) {
    if (sharedTypes.has(type)) throw new Error(`${path} defines ${type}, which is schema/shared.graphql's`);
  }
  return document;
}

function header(documents: readonly DocumentNode[]): string {
  const used = new Set(documents.flatMap((document) => [...directiveNames(document)]));
  const imports = [...used].filter((name) => federationDirectives.has(name)).sort();
  const list = imports.map((name) => `"@${name}"`).join(', ');
  return `extend schema @link(url: "https://specs.apollo.dev/federation/${federationVersion}", import: [${list}])`;
}
