/** Reads a supergraph: its API, its subgraphs, and its planner. */
import { QueryPlanner } from '@graphql-hive/router-query-planner';
import {
  buildASTSchema,
  isAbstractType,
  isEnumType,
  parse,
  print,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import type { ArgumentedRequirements } from '../executor/plan/argumented-requirements.js';
import type { SubgraphDescription } from '../executor/types.js';
import { buildApiSchema } from './api-schema.js';
import {
  countKeys,
  withEntityRoots,
  withSingleKeyRoots,
  type EntityRoots,
  type SingleKeyRoots,
} from './entity-roots.js';
import { withPlannableFieldSets } from './field-sets.js';
import { booleanArgument, directivesOf, enumArgument, stringArgument } from './join-directives.js';
import { assertEnforceable } from './links.js';
import { withNamedKeys, type NamedKeys } from './nested-keys.js';

/** What plans are made of. */
export interface PlanningGraph {
  readonly planner: QueryPlanner;
  /** Made when first needed: most supergraphs never do. */
  readonly entityRoots: () => { readonly planner: QueryPlanner; readonly keyFields: EntityRoots['keyFields'] };
  /** As {@link entityRoots}, from one key of each entity; `index` counts its keys. */
  readonly singleKeyRoots: (index: number) => {
    readonly planner: QueryPlanner;
    readonly types: SingleKeyRoots['types'];
  };
  /** How many keys each entity has. */
  readonly keyCounts: () => ReadonlyMap<string, number>;
}

export interface Supergraph extends PlanningGraph {
  readonly sdl: string;
  /** With everything in it, for the executor alone. */
  readonly schema: GraphQLSchema;
  readonly apiSchema: GraphQLSchema;
  /** `graph` is its name in the `join__Graph` enum. */
  readonly subgraphs: readonly (SubgraphDescription & { readonly graph: string })[];
  readonly requirements: ArgumentedRequirements;
  /** The interfaces that are object types to a subgraph, by its `graph`. */
  readonly interfaceObjects: ReadonlyMap<string, ReadonlySet<string>>;
  /** Abstract types of the API some of whose types callers may not see. */
  readonly partlyHidden: ReadonlySet<string>;
  /** The same with a name in the place of each nested key; null where there is none. Made when first needed. */
  readonly namedKeys: () => (PlanningGraph & Pick<NamedKeys, 'keys'>) | null;
  /** Of `@override(label:)`; read once, because each reading crosses into native code. */
  readonly overrideLabels: readonly string[];
  readonly overridePercentages: readonly number[];
}

/** Throws a StartupError that says what is wrong with `sdl`. */
export function readSupergraph(sdl: string): Supergraph {
  try {
    const document = parse(sdl, { noLocation: true });
    assertEnforceable(document);
    const schema = buildASTSchema(document, { assumeValid: true, assumeValidSDL: true });
    if (!schema.getQueryType()) throw new Error('it has no query type');
    const subgraphs = subgraphsOf(schema);
    const plannable = withPlannableFieldSets(document);
    const queryType = schema.getQueryType()?.name ?? 'Query';
    const planner = new QueryPlanner(plannable.document === document ? sdl : print(plannable.document));
    const { overrideLabels, overridePercentages } = planner;
    const apiSchema = buildApiSchema(document);
    const partlyHidden = partlyHiddenTypes(schema, apiSchema);
    return {
      sdl,
      schema,
      partlyHidden,
      subgraphs,
      apiSchema,
      requirements: plannable.requirements,
      interfaceObjects: interfaceObjectsOf(schema),
      ...planningGraph(planner, plannable.document, queryType),
      namedKeys: once(() => {
        const named = withNamedKeys(plannable.document);
        if (named === null) return null;
        const { document: withNames, keys } = named;
        return { ...planningGraph(new QueryPlanner(print(withNames)), withNames, queryType), keys };
      }),
      overrideLabels,
      overridePercentages,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(`The supergraph can't be used: ${reason}`, { cause: error });
  }
}

function planningGraph(planner: QueryPlanner, document: DocumentNode, queryType: string): PlanningGraph {
  return {
    planner,
    entityRoots: once(() => {
      const { sdl: rooted, keyFields } = withEntityRoots(document, queryType);
      return { planner: new QueryPlanner(rooted), keyFields };
    }),
    singleKeyRoots: onceEach((index: number) => {
      const { sdl: rooted, types } = withSingleKeyRoots(document, queryType, index);
      return { planner: new QueryPlanner(rooted), types };
    }),
    keyCounts: once(() => countKeys(document)),
  };
}

function interfaceObjectsOf(schema: GraphQLSchema): Supergraph['interfaceObjects'] {
  const found = new Map<string, Set<string>>();
  for (const type of Object.values(schema.getTypeMap())) {
    for (const directive of directivesOf(type, 'join__type')) {
      if (booleanArgument(directive, 'isInterfaceObject') !== true) continue;
      const graph = enumArgument(directive, 'graph') ?? '';
      found.set(graph, (found.get(graph) ?? new Set()).add(type.name));
    }
  }
  return found;
}

function partlyHiddenTypes(schema: GraphQLSchema, apiSchema: GraphQLSchema): ReadonlySet<string> {
  const hidden = new Set<string>();
  for (const type of Object.values(apiSchema.getTypeMap())) {
    const whole = schema.getType(type.name);
    if (!isAbstractType(type) || !isAbstractType(whole)) continue;
    if (schema.getPossibleTypes(whole).length > apiSchema.getPossibleTypes(type).length) hidden.add(type.name);
  }
  return hidden;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function onceEach<Key, T>(make: (key: Key) => T): (key: Key) => T {
  const made = new Map<Key, T>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) made.set(key, (value = make(key)));
    return value;
  };
}

function subgraphsOf(schema: GraphQLSchema): Supergraph['subgraphs'] {
  const graphs = schema.getType('join__Graph');
  if (!isEnumType(graphs)) throw new Error('it has no join__Graph: compose the subgraphs with Federation 2 first');
  return graphs.getValues().map((value) => {
    const [directive] = directivesOf(value, 'join__graph');
    if (directive === undefined) throw new Error(`the subgraph ${value.name} has no @join__graph`);
    return {
      graph: value.name,
      name: stringArgument(directive, 'name') ?? value.name,
      url: stringArgument(directive, 'url') ?? '',
    };
  });
}
