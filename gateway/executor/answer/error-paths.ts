/** Says errors where the client looks for them: under the names it chose, and at nothing that it didn't select. */
import { getNamedType, isCompositeType, isInterfaceType, isObjectType, isUnionType } from 'graphql';
import type {
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLSchema,
  OperationDefinitionNode,
  GraphQLError,
} from 'graphql';
import { answerError } from './answer-error.js';
import type { SourceKey, SourceKeys } from '../operation/source-keys.js';
import type { ResponsePath } from '../fetch/data-path.js';
import { gatherFields, isSelected, type SelectionGroup } from '../operation/field-groups.js';
import type { Run } from '../run.js';
import { childOf, type SelectionTree } from '../plan/selection-tree.js';

/** Stands in a path for what only the plan selected; no field is called so. */
const unselected = '';

/** The errors that a run gathered, each at every place of the response that shows what failed. */
export type PlaceErrors = (run: Run) => GraphQLError[];

export interface ErrorPlacing {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly sourceKeys: SourceKeys;
}

export function compileErrorPlaces(placing: ErrorPlacing): PlaceErrors {
  let root: Selected | undefined;
  return ({ errors, data, variables }) =>
    errors.flatMap((error) => {
      if (error.path === undefined) return error;
      root ??= rootOf(placing);
      const paths: ResponsePath[] = [];
      place(root, data, error.path, 0, [], variables, paths);
      return paths.map((path) => answerError(error.message, { path, extensions: error.extensions }));
    });
}

interface SelectedField {
  readonly key: string;
  readonly isSelected: ((variables: Run['variables']) => boolean) | null;
  /** What is selected below; null for a leaf. */
  readonly below: Selected | null;
}

/** What a place of the operation selects, by type and canonical key; worked out when an error first needs it. */
class Selected {
  readonly #placing: ErrorPlacing;
  readonly #type: GraphQLCompositeType;
  readonly #groups: readonly SelectionGroup[];
  readonly #keyOf: SourceKey;
  readonly #byType = new Map<string, Map<string, SelectedField[]>>();

  constructor(
    placing: ErrorPlacing,
    type: GraphQLCompositeType,
    groups: readonly SelectionGroup[],
    keyOf: SourceKey = placing.sourceKeys.below,
  ) {
    this.#placing = placing;
    this.#type = type;
    this.#groups = groups;
    this.#keyOf = keyOf;
  }

  /** The fields that show what `object` has under `source`. */
  fieldsOf(object: unknown, source: string): readonly SelectedField[] {
    const typename = isObjectType(this.#type) ? this.#type.name : typenameOf(object);
    // An object that propagated to null has left no type: the first type that selects the field is as good as any.
    const types = typename === undefined ? this.#possibleTypes() : [typename];
    for (const type of types) {
      const fields = this.#ofType(type).get(source);
      if (fields !== undefined) return fields;
    }
    return [];
  }

  #possibleTypes(): string[] {
    if (isObjectType(this.#type)) return [this.#type.name];
    const objects = this.#placing.schema.getPossibleTypes(this.#type).map(({ name }) => name);
    return isInterfaceType(this.#type) ? [this.#type.name, ...objects] : objects;
  }

  #ofType(name: string): Map<string, SelectedField[]> {
    let fields = this.#byType.get(name);
    if (fields === undefined) {
      fields = new Map();
      const type = this.#placing.schema.getType(name);
      if (isCompositeType(type) && !isUnionType(type)) {
        const { schema, fragments } = this.#placing;
        for (const group of gatherFields(schema, type, this.#groups, fragments)) {
          const [first] = group.nodes;
          const definition = type.getFields()[group.name];
          if (first === undefined || definition === undefined) continue;
          const source = this.#keyOf(first.node);
          const below = getNamedType(definition.type);
          fields.set(source, [
            ...(fields.get(source) ?? []),
            {
              key: group.key,
              isSelected: isSelected(group),
              below: isCompositeType(below) ? new Selected(this.#placing, below, group.groups) : null,
            },
          ]);
        }
        // Names of types come from subgraphs: only those of the schema are remembered.
        this.#byType.set(name, fields);
      }
    }
    return fields;
  }
}

function rootOf(placing: ErrorPlacing): Selected {
  const { schema, operation } = placing;
  const type = schema.getRootType(operation.operation);
  if (!type) throw new Error(`the schema has no ${operation.operation} type`);
  const groups = [{ selections: operation.selectionSet.selections, conditions: null }];
  return new Selected(placing, type, groups, placing.sourceKeys.ofRoot);
}

function typenameOf(object: unknown): string | undefined {
  const typename = (object as { __typename?: unknown } | null | undefined)?.__typename;
  return typeof typename === 'string' ? typename : undefined;
}

/** Adds to `found` the response's paths for `path` of the data, from its step `i` on. */
function place(
  selected: Selected | null,
  value: unknown,
  path: ResponsePath,
  i: number,
  at: ResponsePath,
  variables: Run['variables'],
  found: ResponsePath[],
): void {
  const step = path[i];
  if (step === undefined) {
    found.push(at);
    return;
  }
  if (typeof step === 'number') {
    place(selected, Array.isArray(value) ? value[step] : null, path, i + 1, [...at, step], variables, found);
    return;
  }
  const fields = (selected?.fieldsOf(value, step) ?? []).filter((field) => field.isSelected?.(variables) !== false);
  if (fields.length === 0) {
    found.push([...at, unselected]);
    return;
  }
  const object = value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null;
  // What failed may be selected under one name of an object and not under another, which has nothing to say of it then.
  const whole: ResponsePath[] = [];
  let cut: ResponsePath | undefined;
  for (const { key, below } of fields) {
    const shown: ResponsePath[] = [];
    place(below, object?.[step], path, i + 1, [...at, key], variables, shown);
    for (const one of shown) {
      if (one.at(-1) === unselected) cut ??= one;
      else whole.push(one);
    }
    // Where the object is null there is but one place to say it.
    if (object === null && whole.length > 0) break;
  }
  if (whole.length > 0) found.push(...whole);
  else if (cut !== undefined) found.push(cut);
}

/**
 * A subgraph may fail on a field that only the plan asked for: a key, a `@requires` dependency, perhaps one that callers
 * may not know of. Its error is said where the response ends. No place has the same error twice.
 */
export function trimErrorPaths(
  errors: readonly GraphQLError[],
  data: unknown,
  selected: SelectionTree,
): readonly GraphQLError[] {
  const said = new Set<string>();
  return errors.flatMap((error) => {
    const { path } = error;
    if (path === undefined) return error;
    const known = knownLength(path, data, selected);
    // Two fetches of a plan may have asked for the same.
    const what = JSON.stringify([path.slice(0, known), error.message, error.extensions['code']]);
    if (said.has(what)) return [];
    said.add(what);
    if (known === path.length) return error;
    return answerError(error.message, { path: path.slice(0, known), extensions: error.extensions });
  });
}

/** Below a null the response says nothing of what was selected: there the operation does. */
function knownLength(path: readonly (string | number)[], data: unknown, selected: SelectionTree): number {
  let value = data;
  let tree: SelectionTree | null = selected;
  for (let i = 0; i < path.length; i++) {
    const key = path[i] as string | number;
    if (typeof key === 'string') {
      const child: SelectionTree | null | undefined = tree === null ? undefined : childOf(tree, key);
      if (child === undefined) return i;
      tree = child;
    }
    if (value === null || typeof value !== 'object') continue;
    if (!Object.hasOwn(value, key)) return i;
    value = (value as Record<string | number, unknown>)[key];
  }
  return path.length;
}
