/** A fetch of entities: a representation goes out for each different object, what comes back is merged into them all. */
import type { ExecutionResult } from 'graphql';
import { directivesOf, enumArgument } from '../../supergraph/join-directives.js';
import { collectObjects, locateObjects, toDataPath, type DataPath, type ResponsePath } from './data-path.js';
import { withDistinctTypes } from '../plan/distinct-types.js';
import type { HasCompleteKey } from '../plan/entity-keys.js';
import { widenInterfaceObject } from '../plan/interface-objects.js';
import { mergeObject, type VagueNames } from './merge.js';
import type {
  BatchFetchNode,
  EntityBatchAlias,
  FetchNode,
  PathSegment,
  RequiredSelection,
} from '../plan/plan-nodes.js';
import { compileRepresentation, RepresentationList, singleKeyOf, type BuildRepresentation } from './representations.js';
import { compileRewrites, type ApplyRewrite } from './rewrites.js';
import type { PlanStep } from './root-fetch.js';
import type { Run } from '../run.js';
import { childOf, type JsonObject } from '../plan/selection-tree.js';
import { splitRequirements } from '../plan/split-requirements.js';
import { AnswerRewrites, isJsonObject, SubgraphFetch, type PlanEnvironment } from './subgraph-fetch.js';
import type { SatisfiesType } from '../plan/type-conditions.js';

/** `_entities` under one response key, for the objects at some paths of the data. */
interface EntityBranch {
  readonly key: string;
  readonly representationsVariable: string;
  readonly paths: readonly DataPath[];
  readonly build: BuildRepresentation;
  /** The type of every object here, when the plan has but one: an answer may have left its name out. */
  readonly onlyType: string | undefined;
  readonly singleKey: { readonly type: string; readonly key: string } | null;
  readonly inputRewrites: readonly ApplyRewrite[];
  /** What the subgraph calls a type that it knows by an interface object alone; null where it has none. */
  readonly nameOfType: ((typename: string) => string) | null;
  /** Of one entity, as are the rewrites' paths. */
  readonly rewrites: AnswerRewrites;
}

/** The objects of one run that a branch is for: `targets[i]` is merged from the entity at `indexes[i]`. */
interface BranchTargets {
  readonly branch: EntityBranch;
  readonly list: RepresentationList;
  readonly targets: JsonObject[];
  readonly indexes: number[];
}

export function compileEntityFetch(
  path: readonly PathSegment[],
  node: FetchNode,
  environment: PlanEnvironment,
): PlanStep {
  const alias = {
    alias: '_entities',
    representationsVariableName: 'representations',
    paths: [path],
    requires: node.requires ?? [],
    inputRewrites: node.inputRewrites ?? null,
    outputRewrites: node.outputRewrites ?? null,
  };
  return compileBatchFetch({ ...node, kind: 'BatchFetch', entityBatch: { aliases: [alias] } }, environment);
}

export function compileBatchFetch(node: BatchFetchNode, environment: PlanEnvironment): PlanStep {
  const graph = environment.graphOf(node.serviceName);
  const split = splitRequirements(node, graph, environment.requirements);
  const distinct = withDistinctTypes(split, graph, environment.schema);
  const { aliases } = split.entityBatch;
  if (distinct === null) return compileBranches(new SubgraphFetch(split, environment, true), aliases, environment);
  const renamed = aliases.map((alias) => ({
    ...alias,
    outputRewrites: [...(distinct.rewritesOf.get(alias.alias) ?? []), ...(alias.outputRewrites ?? [])],
  }));
  const fetch = new SubgraphFetch({ ...split, operation: distinct.operation }, environment, true);
  return compileBranches(fetch, renamed, environment);
}

function compileBranches(
  fetch: SubgraphFetch,
  aliases: readonly EntityBatchAlias[],
  environment: PlanEnvironment,
): PlanStep {
  const { satisfies } = environment;
  const hasCompleteKey = environment.keysOf(fetch.subgraph);
  const fresh = fetch.transport.freshAnswers === true;
  const nameOfType = interfaceNames(fetch, environment);
  const branches = aliases.map((alias): EntityBranch => {
    const tree = childOf(fetch.tree, alias.alias);
    if (!tree) throw new Error(`the plan's fetch of ${fetch.subgraph} has no ${alias.alias}`);
    const requires = widenInterfaceObject(alias.requires, alias.inputRewrites, environment.conditionTypes, satisfies);
    return {
      key: alias.alias,
      representationsVariable: alias.representationsVariableName,
      paths: alias.paths.map(toDataPath),
      build: compileRepresentation(requires, satisfies, (key) => environment.requirements.nameOf(key)),
      onlyType: onlyTypeOf(requires),
      singleKey: alias.inputRewrites?.length || nameOfType !== null ? null : singleKeyOf(requires),
      nameOfType,
      inputRewrites: compileRewrites(alias.inputRewrites, satisfies),
      rewrites: new AnswerRewrites(tree, alias.outputRewrites, satisfies),
    };
  });

  return (run) => {
    const variables = fetch.variablesOf(run);
    const lists = new Map<string, RepresentationList>();
    const work: BranchTargets[] = [];
    for (const branch of branches) {
      let list = lists.get(branch.representationsVariable);
      if (list === undefined) {
        list = new RepresentationList();
        lists.set(branch.representationsVariable, list);
        variables[branch.representationsVariable] = list.representations;
      }
      const found = findTargets(branch, run, list, hasCompleteKey, satisfies);
      if (found.targets.length > 0) work.push(found);
    }
    if (work.length === 0) return;
    return fetch.send(
      run,
      variables,
      (answer) => mergeAnswer(fetch, run, work, answer, satisfies, fresh),
      (error) => failBranches(fetch, run, work, error, satisfies),
    );
  };
}

function interfaceNames(
  { vagueNames, subgraph }: SubgraphFetch,
  { schema, satisfies, graphOf }: PlanEnvironment,
): ((typename: string) => string) | null {
  if (vagueNames === null) return null;
  const graph = graphOf(subgraph);
  const names = new Map<string, string>();
  return (typename) => {
    let name = names.get(typename);
    if (name === undefined) {
      const type = schema.getType(typename);
      const isKnown =
        type !== undefined && directivesOf(type, 'join__type').some((one) => enumArgument(one, 'graph') === graph);
      name = isKnown ? typename : ([...vagueNames].find((one) => satisfies(typename, one)) ?? typename);
      if (type !== undefined) names.set(typename, name);
    }
    return name;
  };
}

function onlyTypeOf(requires: readonly RequiredSelection[]): string | undefined {
  const [first, second] = requires;
  return second === undefined && first?.kind === 'InlineFragment' ? (first.typeCondition ?? undefined) : undefined;
}

function findTargets(
  branch: EntityBranch,
  run: Run,
  list: RepresentationList,
  hasCompleteKey: HasCompleteKey,
  satisfies: SatisfiesType,
): BranchTargets {
  const found: JsonObject[] = [];
  for (const path of branch.paths) collectObjects(run.data, path, found, satisfies);
  const targets: JsonObject[] = [];
  const indexes: number[] = [];
  for (const object of found) {
    const simple = branch.singleKey === null ? null : addSingleKey(branch.singleKey, object, list);
    if (simple !== null) {
      targets.push(object);
      indexes.push(simple);
      continue;
    }
    const representation: JsonObject = {};
    branch.build(object, representation);
    representation['__typename'] ??= object['__typename'] ?? branch.onlyType;
    for (const rewrite of branch.inputRewrites) rewrite(representation);
    const typename = representation['__typename'];
    if (branch.nameOfType !== null && typeof typename === 'string')
      representation['__typename'] = branch.nameOfType(typename);
    if (!hasValue(representation) || !hasCompleteKey(representation)) continue;
    targets.push(object);
    indexes.push(list.add(representation));
  }
  return { branch, list, targets, indexes };
}

/** Null for whatever isn't the plain case: it is then built, and judged, as any other. */
function addSingleKey(
  { type, key }: { type: string; key: string },
  object: JsonObject,
  list: RepresentationList,
): number | null {
  const value = object[key];
  if (object['__typename'] !== type || (typeof value !== 'string' && typeof value !== 'number')) return null;
  return list.addKey(type, key, value);
}

/** A representation of nothing but its type is of no entity. */
function hasValue(representation: JsonObject): boolean {
  for (const key in representation) {
    if (key !== '__typename' && representation[key] !== null) return true;
  }
  return false;
}

function mergeAnswer(
  fetch: SubgraphFetch,
  run: Run,
  work: readonly BranchTargets[],
  { data, errors }: ExecutionResult,
  satisfies: SatisfiesType,
  fresh: boolean,
): void {
  if (errors?.length) addErrors(fetch, run, work, errors, satisfies);
  else if (!isJsonObject(data)) throw new Error('the answer has neither data nor errors');
  for (const item of work) {
    const entities = data?.[item.branch.key];
    const asked = item.list.representations.length;
    if (Array.isArray(entities) && entities.length === asked) {
      mergeEntities(run, item, entities, fresh, failedEntities(errors, item.branch.key), fetch.vagueNames);
      refuseNonObjects(fetch, run, item, entities, satisfies);
      continue;
    }
    // Of a list of another length nobody knows which entity is whose: rather none than another's.
    if (!errors?.length) {
      const found = Array.isArray(entities) ? `${entities.length} entities` : 'no list';
      const problem = new Error(`it answered ${found} for ${item.branch.key} where ${asked} entities were asked`);
      run.errors.push(fetch.errorsOf(run).ofFailure(problem, firstPath(run, [item], satisfies)));
    }
    markFailed(run, item);
  }
}

const none: ReadonlySet<unknown> = new Set();

/** Indexes of the entities that errors speak of: one of these that is null has failed, and is not missing. */
function failedEntities(errors: ExecutionResult['errors'], key: string): ReadonlySet<unknown> {
  if (!errors?.length) return none;
  const said = errors.filter(({ path }) => path?.[0] === key);
  return new Set(said.map(({ path }) => path?.[1]));
}

function isEntity(value: unknown): boolean {
  return value === null || value === undefined || isJsonObject(value);
}

/** Null stands for an entity that is not there; anything else that is no object is said at each place that waits for it. */
function refuseNonObjects(
  fetch: SubgraphFetch,
  run: Run,
  item: BranchTargets,
  entities: readonly unknown[],
  satisfies: SatisfiesType,
): void {
  if (entities.every(isEntity)) return;
  const callerErrors = fetch.errorsOf(run);
  const paths = locateTargets(run, item.branch, satisfies);
  const problem = new Error('an entity of its answer is no object');
  const below = firstKey(item);
  item.targets.forEach((target, i) => {
    const at = paths.get(target);
    if (at === undefined || isEntity(entities[item.indexes[i] as number])) return;
    paths.delete(target);
    run.errors.push(callerErrors.ofFailure(problem, [...at, ...below]));
    run.markFailed(target, item.branch.rewrites.tree.keys);
  });
}

function mergeEntities(
  run: Run,
  item: BranchTargets,
  entities: unknown[],
  fresh: boolean,
  failed: ReadonlySet<unknown>,
  vague: VagueNames,
): void {
  const { branch, targets, indexes } = item;
  const { rewrites } = branch;
  // An entity that several objects wait for is copied into each; one that a single object waits for becomes part of it.
  const uses = new Uint32Array(entities.length);
  if (fresh) for (const index of indexes) uses[index] = (uses[index] ?? 0) + 1;
  for (let i = 0; i < targets.length; i++) {
    const index = indexes[i] as number;
    const entity: unknown = entities[index];
    if (!isJsonObject(entity)) {
      const target = targets[i] as JsonObject;
      if (failed.has(index)) run.markFailed(target, rewrites.tree.keys);
      else run.markMissing(target);
      continue;
    }
    const own = uses[index] === 1;
    mergeObject(rewrites.tree, targets[i] as JsonObject, rewrites.apply(entity, own), rewrites.isOwn(own), vague);
  }
}

function addErrors(
  fetch: SubgraphFetch,
  run: Run,
  work: readonly BranchTargets[],
  errors: NonNullable<ExecutionResult['errors']>,
  satisfies: SatisfiesType,
): void {
  const callerErrors = fetch.errorsOf(run);
  const located = new Map<BranchTargets, (index: number) => readonly ResponsePath[]>();
  for (const error of errors) {
    const [key, index, ...rest] = error.path ?? [];
    const item = work.find(({ branch }) => branch.key === key);
    if (item === undefined || typeof index !== 'number') {
      run.errors.push(callerErrors.ofAnswer(error, firstPath(run, work, satisfies)));
      continue;
    }
    let pathsOf = located.get(item);
    if (pathsOf === undefined) located.set(item, (pathsOf = locateEntities(run, item, satisfies)));
    const below = item.branch.rewrites.rewritePath(rest);
    const places: ResponsePath[] = pathsOf(index).map((at) => [...at, ...below]);
    // Of an entity that was not asked for it is said all the same.
    if (places.length === 0) places.push(firstPath(run, work, satisfies));
    for (const place of places) run.errors.push(callerErrors.ofAnswer(error, place));
  }
}

/** Where each entity of an answer stands in the response, by its index. */
function locateEntities(
  run: Run,
  { branch, targets, indexes }: BranchTargets,
  satisfies: SatisfiesType,
): (index: number) => readonly ResponsePath[] {
  const ofTarget = locateTargets(run, branch, satisfies);
  const ofEntity = new Map<number, ResponsePath[]>();
  targets.forEach((target, i) => {
    const path = ofTarget.get(target);
    if (path === undefined) return;
    // Two paths of the plan may lead to one object: its errors are said once.
    ofTarget.delete(target);
    const index = indexes[i] as number;
    const known = ofEntity.get(index);
    if (known === undefined) ofEntity.set(index, [path]);
    else known.push(path);
  });
  return (index) => ofEntity.get(index) ?? [];
}

/** Each object has one place: the data is a tree. */
function locateTargets(run: Run, branch: EntityBranch, satisfies: SatisfiesType): Map<JsonObject, ResponsePath> {
  const paths = new Map<JsonObject, ResponsePath>();
  for (const path of branch.paths) {
    for (const { object, at } of locateObjects(run.data, path, satisfies)) paths.set(object, at);
  }
  return paths;
}

/** Where an error of the fetch as a whole is said: the first field of the first object that it leaves null. */
function firstPath(run: Run, work: readonly BranchTargets[], satisfies: SatisfiesType): ResponsePath {
  const item = work[0] as BranchTargets;
  const at = locateTargets(run, item.branch, satisfies).get(item.targets[0] as JsonObject) ?? [];
  return [...at, ...firstKey(item)];
}

function firstKey({ branch }: BranchTargets): readonly string[] {
  return branch.rewrites.tree.keys.filter((key) => key !== '__typename').slice(0, 1);
}

function failBranches(
  fetch: SubgraphFetch,
  run: Run,
  work: readonly BranchTargets[],
  error: unknown,
  satisfies: SatisfiesType,
): void {
  run.errors.push(fetch.errorsOf(run).ofFailure(error, firstPath(run, work, satisfies)));
  for (const item of work) markFailed(run, item);
}

function markFailed(run: Run, { branch, targets }: BranchTargets): void {
  for (const target of targets) run.markFailed(target, branch.rewrites.tree.keys);
}
