/** Every domain has the same rooms, so that who knows one knows all. */
import { type DocumentNode, Kind, parse } from 'graphql';
import type { Fault, Tree } from './tree.js';

const domainRooms = [
  'README.md',
  'domain',
  'entities.ts',
  'index.ts',
  'process.ts',
  'repository',
  'resolvers',
  'schema.graphql',
];
/** The platform subgraph belongs to all domains and has no rules and tables of its own. */
const platformRooms = ['README.md', 'index.ts', 'process.ts', 'schema.graphql'];
/** Use cases, where they do not stand in `repository/` yet. */
const optionalRooms = ['operations', 'tests'];

/** The folders of subgraphs, the platform's included. */
function subgraphFolders(tree: Tree): string[] {
  const names = [...tree.keys()].map((path) => /^subgraphs\/([^/]+)\//.exec(path)?.[1] ?? 'kernel');
  return [...new Set(names)].filter((name) => name !== 'kernel').map((name) => `subgraphs/${name}`);
}

/**
 * A domain that has a contract or a door has every room. A room that only some domains need (a worker, say) is allowed
 * when the domain's README names it.
 */
export function roomFaults(tree: Tree): Fault[] {
  return subgraphFolders(tree).flatMap((folder) => {
    const present = new Set(pathsUnder(tree, folder).map((path) => path.split('/')[0] ?? ''));
    const isServed = present.has('schema.graphql') || present.has('index.ts');
    const rooms = folder === 'subgraphs/platform' ? platformRooms : domainRooms;
    const required = isServed ? rooms : [];
    const readme = tree.get(`${folder}/README.md`) ?? '';
    const missing = required.filter((room) => !present.has(room)).map((room) => `${folder} has no ${room}`);
    const strange = [...present]
      .filter((room) => !domainRooms.includes(room) && !optionalRooms.includes(room))
      .filter((room) => !readme.includes(`\`${room}\``) && !readme.includes(`\`${room}/`))
      .map((room) => `${folder}/${room} is a room that ${folder}/README.md does not name`);
    return [...missing, ...strange];
  });
}

/** A resolver's file carries the exact GraphQL name of what it resolves. */
export function resolverNameFaults(tree: Tree): Fault[] {
  const faults: Fault[] = [];
  for (const subgraph of subgraphFolders(tree)) {
    const schema = tree.get(`${subgraph}/schema.graphql`);
    const folder = `${subgraph}/resolvers`;
    const files = pathsUnder(tree, folder).filter((path) => path.endsWith('.ts'));
    if (schema === undefined || files.length === 0) continue;
    const known = resolvableNames(parse(schema));
    for (const file of files) {
      const stem = file.replace(/(\.test)?\.ts$/, '');
      if (stem === 'index' || stem.startsWith('tests/')) continue;
      if (!known.has(stem)) faults.push(`${folder}/${file} is named after nothing in ${subgraph}/schema.graphql`);
    }
  }
  return faults;
}

/** `Feature`, `mutation/featureConfirm`, `searchEvidence` of Query, …: the names a resolver file may have. */
function resolvableNames(schema: DocumentNode): Set<string> {
  const names = new Set<string>();
  for (const definition of schema.definitions) {
    if (!('name' in definition) || definition.name === undefined) continue;
    const type = definition.name.value;
    names.add(type);
    const isRoot = ['Query', 'Mutation', 'Subscription'].includes(type);
    if (
      !isRoot ||
      (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION)
    ) {
      continue;
    }
    for (const field of definition.fields ?? []) {
      names.add(`${type.toLowerCase()}/${field.name.value}`);
      if (type === 'Query') names.add(field.name.value);
    }
  }
  return names;
}

function pathsUnder(tree: Tree, folder: string): string[] {
  return [...tree.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1));
}
