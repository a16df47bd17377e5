/** Shapes an answer in parts: notes which fragments are put off at which objects, and what each has to deliver there. */
import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type InlineFragmentNode,
} from 'graphql';
import type { DeferredOperation, DeferUsage } from '../operation/deferred-operation.js';
import { gatherFields, type FieldGroup, type SelectionGroup } from '../operation/field-groups.js';
import type { DeferredFields } from './incremental-result.js';
import { IncrementalRun, type Piece } from './incremental-run.js';
import {
  compileShape,
  shapeFields,
  shapeOf,
  toResponsePath,
  type PathNode,
  type ShapeEnvironment,
  type ShapeObject,
} from '../answer/response-shape.js';
import type { Run } from '../run.js';
import type { JsonObject } from '../plan/selection-tree.js';
import type { Shield } from '../operation/shield.js';
import type { SourceKeys } from '../operation/source-keys.js';

export interface DeferredShapeInput {
  readonly schema: GraphQLSchema;
  readonly supergraphSchema: GraphQLSchema;
  readonly sourceKeys: SourceKeys;
  readonly deferred: DeferredOperation;
  readonly fields: DeferredFields;
  readonly shield: Shield | undefined;
}

type OutputType = GraphQLObjectType | GraphQLInterfaceType;

/** Of the first part; shaping it, or a later one, notes the places of the fragments inside. */
export function compileFirstShape({
  schema,
  supergraphSchema,
  sourceKeys,
  deferred,
  fields,
  shield,
}: DeferredShapeInput): ShapeObject {
  const environment: ShapeEnvironment = {
    schema,
    supergraphSchema,
    sourceKeys,
    operation: deferred.operation,
    fragments: new Map(),
    shield,
    deferral: {
      isDeferred: (fragment) => deferred.usageOf(fragment) !== undefined,
      placesOf: (type, groups, fragments) => {
        const notes = fragments.map((fragment) => compileNote(type, groups, fragment));
        return (source, shaped, run, path) => {
          for (const note of notes) note(source, [shaped], run, path);
        };
      },
      withoutNulled: (complete) => (value, run, parent, key) => {
        const places = placesOf(run);
        const before = places.length;
        const completed = complete(value, run, parent, key);
        if (completed === null) places.length = before;
        return completed;
      },
    },
  };
  const compileNote = (type: OutputType, groups: readonly SelectionGroup[], fragment: InlineFragmentNode): Note => {
    const usage = deferred.usageOf(fragment) as DeferUsage;
    const own = [{ selections: fragment.selectionSet.selections, conditions: null }];
    return fields === 'all'
      ? noteWhole(
          usage,
          once(() => shapeOf(type, own, environment)),
        )
      : noteNew(
          usage,
          once(() => new Walk(type, groups, own, environment, compileNote)),
        );
  };
  return compileShape(environment);
}

/** `layers`: what the parts so far have answered for the object. */
type Note = (source: JsonObject, layers: readonly JsonObject[], run: Run, path: PathNode | null) => void;

function noteWhole(usage: DeferUsage, shape: () => ShapeObject): Note {
  return (source, layers, run, path) => {
    placesOf(run).push({
      usage,
      path,
      deliver(later) {
        const data = shape()(source, later, path);
        if (data === null || layers.some((layer) => takesAway(data, layer))) return null;
        if (layers.filter((layer) => takeNulls(data, layer)).length > 0) {
          const depth = toResponsePath(path).length;
          later.places = later.places.filter((place) => isThere(data, toResponsePath(place.path).slice(depth)));
        }
        return [{ subPath: [], data }];
      },
    });
  };
}

/** True when a null has reached an object that a part before has answered: of the fragment, that leaves nothing to deliver. */
function takesAway(data: unknown, earlier: unknown): boolean {
  if (earlier === null || typeof earlier !== 'object') return false;
  if (data === null) return true;
  if (typeof data !== 'object') return false;
  return Object.entries(earlier).some(([key, before]) => {
    const value = (data as Record<string, unknown>)[key];
    return value !== undefined && takesAway(value, before);
  });
}

/** What a part before has answered null, because of a null in what it selects below, stays null. True when something was taken. */
function takeNulls(data: unknown, earlier: unknown): boolean {
  if (data === null || earlier === null || typeof data !== 'object' || typeof earlier !== 'object') return false;
  let taken = false;
  for (const [key, before] of Object.entries(earlier)) {
    const values = data as Record<string, unknown>;
    const value = values[key];
    if (value === undefined || value === null || typeof value !== 'object') continue;
    if (before !== null) taken = takeNulls(value, before) || taken;
    else {
      values[key] = null;
      taken = true;
    }
  }
  return taken;
}

function isThere(data: unknown, path: readonly (string | number)[]): boolean {
  let value = data;
  for (const key of path) value = (value as Record<string | number, unknown> | null | undefined)?.[key];
  return value !== null && value !== undefined;
}

function noteNew(usage: DeferUsage, walk: () => Walk): Note {
  return (source, layers, run, path) => {
    // With nothing of its own the fragment is not announced; those inside it are.
    if (!walk().finds(source, layers)) return void walk().deliver(source, layers, run, path, [], []);
    placesOf(run).push({
      usage,
      path,
      deliver(later) {
        const pieces: Piece[] = [];
        return walk().deliver(source, layers, later, path, [], pieces) ? pieces : null;
      },
    });
  };
}

function placesOf(run: Run): IncrementalRun['places'] {
  if (!(run instanceof IncrementalRun)) throw new Error('an answer that is whole has no parts');
  return run.places;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

type CompileNote = (type: OutputType, groups: readonly SelectionGroup[], fragment: InlineFragmentNode) => Note;

/** The fields that a fragment adds to those of the parts before it, at an object and below what it shares with them. */
class Walk {
  readonly #shape: ShapeObject | null;
  readonly #shared: { readonly key: string; readonly source: string; readonly below: WalkValue }[] = [];
  readonly #notes: readonly Note[];

  constructor(
    type: OutputType,
    delivered: readonly SelectionGroup[],
    own: readonly SelectionGroup[],
    environment: ShapeEnvironment,
    compileNote: CompileNote,
  ) {
    const { schema, fragments } = environment;
    const isDeferred = (fragment: InlineFragmentNode) => environment.deferral?.isDeferred(fragment) === true;
    const inside: InlineFragmentNode[] = [];
    const putOff = (fragment: InlineFragmentNode) => isDeferred(fragment) && inside.push(fragment) > 0;
    const known = new Map<string, FieldGroup>();
    for (const group of gatherFields(schema, type, delivered, fragments, isDeferred)) {
      known.set(group.key, group);
    }
    const fresh: FieldGroup[] = [];
    for (const group of gatherFields(schema, type, own, fragments, putOff)) {
      const before = known.get(group.key);
      const [first] = group.nodes;
      if (before === undefined || first === undefined) {
        fresh.push(group);
        continue;
      }
      const definition = type.getFields()[group.name];
      const below = definition === undefined ? undefined : getNamedType(definition.type);
      if (!isCompositeType(below) || group.groups.length === 0) continue;
      const walk = new WalkValue(below, before.groups, group.groups, environment, compileNote);
      this.#shared.push({ key: group.key, source: environment.sourceKeys.below(first.node), below: walk });
    }
    this.#shape = fresh.length === 0 ? null : shapeFields(type, fresh, environment);
    this.#notes = inside.map((fragment) => compileNote(type, [...delivered, ...own], fragment));
  }

  finds(source: JsonObject, layers: readonly JsonObject[]): boolean {
    if (this.#shape !== null) return true;
    return this.#shared.some(({ key, source: at, below }) => below.finds(source[at], valuesAt(layers, key)));
  }

  /** Adds to `pieces`. False when a null reached the fragment. */
  deliver(
    source: JsonObject,
    layers: readonly JsonObject[],
    run: Run,
    path: PathNode | null,
    subPath: readonly (string | number)[],
    pieces: Piece[],
  ): boolean {
    let all = layers;
    if (this.#shape !== null) {
      const data = this.#shape(source, run, path);
      if (data === null) return false;
      pieces.push({ subPath, data });
      all = [...layers, data];
    }
    for (const { key, source: at, below } of this.#shared) {
      const inside = valuesAt(all, key);
      if (!below.deliver(source[at], inside, run, { previous: path, key }, [...subPath, key], pieces)) return false;
    }
    for (const note of this.#notes) note(source, all, run, path);
    return true;
  }
}

/** As {@link Walk}, for a value that may be a list, or of several types. */
class WalkValue {
  readonly #type: GraphQLCompositeType;
  readonly #walks = new Map<string, Walk>();
  readonly #walkOf: (type: OutputType) => Walk;
  readonly #schema: GraphQLSchema;

  constructor(
    type: GraphQLCompositeType,
    delivered: readonly SelectionGroup[],
    own: readonly SelectionGroup[],
    environment: ShapeEnvironment,
    compileNote: CompileNote,
  ) {
    this.#type = type;
    this.#schema = environment.schema;
    this.#walkOf = (object) => new Walk(object, delivered, own, environment, compileNote);
  }

  finds(value: unknown, layers: readonly unknown[]): boolean {
    if (layers.length === 0 || value === null || typeof value !== 'object') return false;
    if (Array.isArray(value)) return value.some((item: unknown, i) => this.finds(item, valuesAt(layers, i)));
    return this.#walk(value as JsonObject)?.finds(value as JsonObject, layers as JsonObject[]) ?? false;
  }

  deliver(
    value: unknown,
    layers: readonly unknown[],
    run: Run,
    path: PathNode,
    subPath: readonly (string | number)[],
    pieces: Piece[],
  ): boolean {
    // What no part before shows, a null among them has taken away.
    if (layers.length === 0 || value === null || typeof value !== 'object') return true;
    if (Array.isArray(value)) {
      return value.every((item: unknown, i) =>
        this.deliver(item, valuesAt(layers, i), run, { previous: path, key: i }, [...subPath, i], pieces),
      );
    }
    const source = value as JsonObject;
    return this.#walk(source)?.deliver(source, layers as JsonObject[], run, path, subPath, pieces) ?? true;
  }

  #walk(source: JsonObject): Walk | undefined {
    const said = source['__typename'];
    const name = isObjectType(this.#type) || typeof said !== 'string' ? this.#type.name : said;
    let walk = this.#walks.get(name);
    if (walk === undefined) {
      const type = this.#schema.getType(name);
      if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
      this.#walks.set(name, (walk = this.#walkOf(type)));
    }
    return walk;
  }
}

function valuesAt(layers: readonly unknown[], key: string | number): unknown[] {
  return layers.flatMap((layer) => {
    const value = (layer as Record<string | number, unknown>)[key];
    // In a list of its own, so that a list is not flattened.
    return value === null || typeof value !== 'object' ? [] : [value];
  });
}
