/**
 * Whether a plan asks for all that was selected, and before each fetch for all that it sends. Below interface objects the
 * planner sometimes leaves out either, and says nothing.
 */
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type SelectionSetNode,
} from 'graphql';
import { entityOfRoot } from '../../supergraph/entity-roots.js';
import { directivesOf, enumArgument, stringArgument } from '../../supergraph/join-directives.js';
import {
  unwrapRewrite,
  type FetchOperation,
  type PathSegment,
  type PlanNode,
  type RequiredSelection,
  type Rewrite,
} from './plan-nodes.js';
import { fragmentsOf, operationOf } from './selection-tree.js';
import type { PlanEnvironment } from '../fetch/subgraph-fetch.js';

/** What is asked for at one place of the data: each key, of objects of which types. */
class Asked {
  readonly types = new Set<string>();
  readonly #below = new Map<string, Asked>();

  at(key: string): Asked {
    let below = this.#below.get(key);
    if (below === undefined) this.#below.set(key, (below = new Asked()));
    return below;
  }

  get(key: string): Asked | undefined {
    return this.#below.get(key);
  }
}

/** The place of the first field that the plan leaves out, of some type of object; null when it has all that it needs. */
export function firstLeftOut(
  plan: PlanNode | null,
  document: DocumentNode,
  { schema, graphOf }: Pick<PlanEnvironment, 'schema' | 'graphOf'>,
): string | null {
  const operation = operationOf(document);
  const root = schema.getRootType(operation.operation);
  if (!root) return null;
  const asked = new Asked();
  const typesOf = (name: string): ReadonlySet<string> => {
    const type = schema.getType(name);
    return new Set(isAbstractType(type) ? schema.getPossibleTypes(type).map((member) => member.name) : [name]);
  };
  let unknown: string | null = null;
  if (plan !== null) addPlan(plan);
  return unknown ?? leftOut(operation.selectionSet, root, typesOf(root.name), asked, '');

  function addPlan(node: PlanNode): void {
    switch (node.kind) {
      case 'Sequence':
      case 'Parallel':
        return node.nodes.forEach(addPlan);
      case 'Fetch':
        return add(node, [], node.outputRewrites);
      case 'Subscription':
        return add(node.primary, [], node.primary.outputRewrites);
      case 'Flatten':
        if (node.node.requires) require(node.node, node.path, node.node.requires, '_entities');
        return add(node.node, node.path, node.node.outputRewrites, node.node.requires ? '_entities' : undefined);
      case 'BatchFetch':
        for (const { alias, paths, requires } of node.entityBatch.aliases) {
          for (const path of paths) require(node, path, requires, alias);
        }
        for (const { alias, paths, outputRewrites } of node.entityBatch.aliases) {
          for (const path of paths) add(node, path, outputRewrites, alias);
        }
        return;
      default:
        throw new Error(`a plan node of kind ${node.kind} has no place here`);
    }
  }

  function placeOf(path: readonly PathSegment[]): Asked {
    let place = asked;
    for (const segment of path) {
      if (typeof segment === 'object' && 'Field' in segment) place = place.at(segment.Field);
    }
    return place;
  }

  /** What the fetch sends must have been asked for, and what its fields require must be in it. */
  function require(
    fetch: FetchOperation,
    path: readonly PathSegment[],
    sent: readonly RequiredSelection[],
    entities: string,
  ): void {
    const missing = firstMissing(sent, placeOf(path)) ?? firstUnsent(fetch, sent, entities);
    if (missing !== null) unknown ??= `${JSON.stringify(path)} ${missing}`;
  }

  function firstUnsent(fetch: FetchOperation, sent: readonly RequiredSelection[], entities: string): string | null {
    const names = new Set(sent.flatMap(namesOf));
    for (const selectionSet of entitiesOf(parse(fetch.operation, { noLocation: true }), entities)) {
      for (const fragment of selectionSet.selections) {
        if (fragment.kind !== Kind.INLINE_FRAGMENT) continue;
        const type = schema.getType(fragment.typeCondition?.name.value ?? '');
        if (!isObjectType(type) && !isInterfaceType(type)) continue;
        for (const field of fragment.selectionSet.selections) {
          const definition = field.kind === Kind.FIELD ? type.getFields()[field.name.value] : undefined;
          if (definition === undefined) continue;
          const unsent = plainlyRequired(definition, graphOf(fetch.serviceName)).find((name) => !names.has(name));
          if (unsent !== undefined) return unsent;
        }
      }
    }
    return null;
  }

  /** `entities` is the key under which the fetch has the entities that stand at `path`. */
  function add(
    fetch: FetchOperation,
    path: readonly PathSegment[],
    rewrites: readonly Rewrite[] | null | undefined,
    entities?: string,
  ): void {
    const sent = parse(fetch.operation, { noLocation: true });
    const { selectionSet } = operationOf(sent);
    const place = placeOf(path);
    const context = { fragments: fragmentsOf(sent), renamed: renamesOf(rewrites) };
    if (entities === undefined) return addSelections(selectionSet, null, place, context);
    for (const selected of entitiesOf(sent, entities)) addSelections(selected, null, place, context);
  }

  function addSelections(
    { selections }: SelectionSetNode,
    within: ReadonlySet<string> | null,
    place: Asked,
    context: { fragments: ReadonlyMap<string, FragmentDefinitionNode>; renamed: ReadonlyMap<string, string[]> },
  ): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        for (const name of [key, ...(context.renamed.get(key) ?? [])]) {
          const below = place.at(name);
          for (const type of within ?? [anyType]) below.types.add(type);
          if (selection.selectionSet) addSelections(selection.selectionSet, null, below, context);
        }
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : context.fragments.get(selection.name.value);
      if (fragment === undefined) continue;
      const condition = fragment.typeCondition?.name.value;
      const inside = condition === undefined ? within : intersection(typesOf(condition), within);
      addSelections(fragment.selectionSet, inside, place, context);
    }
  }

  function leftOut(
    { selections }: SelectionSetNode,
    type: GraphQLCompositeType,
    possible: ReadonlySet<string>,
    place: Asked,
    path: string,
  ): string | null {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const name = selection.typeCondition?.name.value ?? type.name;
        const condition = schema.getType(name);
        if (!isCompositeType(condition)) continue;
        const inside = intersection(typesOf(name), possible);
        const found = leftOut(selection.selectionSet, condition, inside, place, path);
        if (found !== null) return found;
        continue;
      }
      const name = selection.name.value;
      if (name === '__typename') continue;
      const key = (selection.alias ?? selection.name).value;
      const at = `${path}.${key}`;
      const below = place.get(key);
      if (below === undefined) return at;
      if (!below.types.has(anyType)) for (const one of possible) if (!below.types.has(one)) return `${at} of ${one}`;
      const field = isUnionType(type) ? undefined : type.getFields()[name];
      const inside = field ? getNamedType(field.type) : schema.getType(entityOfRoot(name) ?? '');
      if (!selection.selectionSet || !isCompositeType(inside)) continue;
      const found = leftOut(selection.selectionSet, inside, typesOf(inside.name), below, at);
      if (found !== null) return found;
    }
    return null;
  }
}

/** What a fetch selects of its entities. */
function entitiesOf(sent: DocumentNode, key: string): SelectionSetNode[] {
  return operationOf(sent).selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD && (selection.alias ?? selection.name).value === key
      ? (selection.selectionSet ?? [])
      : [],
  );
}

function namesOf(selection: RequiredSelection): readonly string[] {
  if (selection.kind === 'InlineFragment') return selection.selections.flatMap(namesOf);
  return selection.kind === 'Field' ? [selection.name] : [];
}

/** Fields that a field requires in a subgraph; without those with arguments, which are required under names of their own. */
function plainlyRequired(field: GraphQLField<unknown, unknown>, graph: string): readonly string[] {
  const texts = directivesOf(field, 'join__field').flatMap((directive) =>
    enumArgument(directive, 'graph') === graph ? (stringArgument(directive, 'requires') ?? []) : [],
  );
  return texts.flatMap((text) =>
    operationOf(parse(`{ ${text} }`, { noLocation: true })).selectionSet.selections.flatMap((selection) =>
      selection.kind === Kind.FIELD && !selection.arguments?.length ? selection.name.value : [],
    ),
  );
}

function firstMissing(selections: readonly RequiredSelection[], place: Asked): string | null {
  for (const selection of selections) {
    if (selection.kind === 'FragmentSpread') continue;
    let below: Asked | undefined = place;
    if (selection.kind === 'Field') {
      if (selection.name === '__typename') continue;
      below = place.get(selection.alias ?? selection.name) ?? place.get(selection.name);
      if (below === undefined) return selection.name;
    }
    const missing = firstMissing(selection.selections ?? [], below);
    if (missing !== null) return missing;
  }
  return null;
}

/** Asked for without a condition. */
const anyType = '*';

function intersection(types: ReadonlySet<string>, within: ReadonlySet<string> | null): ReadonlySet<string> {
  return within === null ? types : new Set([...types].filter((type) => within.has(type)));
}

function renamesOf(rewrites: readonly Rewrite[] | null | undefined): ReadonlyMap<string, string[]> {
  const renamed = new Map<string, string[]>();
  for (const rewrite of (rewrites ?? []).map(unwrapRewrite)) {
    const last = rewrite.path.at(-1);
    if (!('renameKeyTo' in rewrite) || last === undefined || !('Key' in last)) continue;
    renamed.set(last.Key, [...(renamed.get(last.Key) ?? []), rewrite.renameKeyTo]);
  }
  return renamed;
}
