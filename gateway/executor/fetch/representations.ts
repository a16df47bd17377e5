/** Builds the representations that a fetch of entities sends, each different one once. */
import { toJsonValue } from '../../json/json-value.js';
import type { RequiredSelection } from '../plan/plan-nodes.js';
import type { JsonObject } from '../plan/selection-tree.js';
import type { SatisfiesType } from '../plan/type-conditions.js';

/** Adds to `representation` what is required of `entity`. */
export type BuildRepresentation = (entity: JsonObject, representation: JsonObject) => void;

/** `nameOf` tells the field of a canonical key that something is required under. */
export type NameOfRequired = (key: string) => string | undefined;

export function compileRepresentation(
  selections: readonly RequiredSelection[],
  satisfies: SatisfiesType,
  nameOf: NameOfRequired,
): BuildRepresentation {
  const parts = selections.map((selection) => compileSelection(selection, satisfies, nameOf));
  if (parts.length === 1) return parts[0] as BuildRepresentation;
  return (entity, representation) => {
    for (const part of parts) part(entity, representation);
  };
}

function compileSelection(
  selection: RequiredSelection,
  satisfies: SatisfiesType,
  nameOf: NameOfRequired,
): BuildRepresentation {
  if (selection.kind === 'FragmentSpread') throw new Error(`the plan requires the fragment ${selection.value}`);
  if (selection.kind === 'InlineFragment') {
    const build = compileRepresentation(selection.selections, satisfies, nameOf);
    const condition = selection.typeCondition;
    if (condition == null) return build;
    return (entity, representation) => {
      const typename = entity['__typename'];
      if (typeof typename !== 'string' || satisfies(typename, condition)) build(entity, representation);
    };
  }
  const asked = selection.alias ?? selection.name;
  const key = nameOf(asked) ?? asked;
  // The planner selects a required field under its alias in one fetch and under its own name in another; a field with
  // arguments stands under its own name only for somebody else's.
  const first = selection.name === key ? asked : selection.name;
  const nested = selection.selections?.length ? compileNested(selection.selections, satisfies, nameOf) : null;
  return (entity, representation) => {
    const value = entity[first] === undefined ? entity[asked] : entity[first];
    if (value === undefined) return;
    representation[key] = nested === null ? toLeaf(value) : toNested(value, nested, representation[key]);
  };
}

/** Of an object of several possible types the subgraph has to know which it is. */
function compileNested(
  selections: readonly RequiredSelection[],
  satisfies: SatisfiesType,
  nameOf: NameOfRequired,
): BuildRepresentation {
  const build = compileRepresentation(selections, satisfies, nameOf);
  const isOfSeveralTypes = selections.some(({ kind }) => kind === 'InlineFragment');
  if (!isOfSeveralTypes) return build;
  return (object, nested) => {
    if (typeof object['__typename'] === 'string') nested['__typename'] = object['__typename'];
    build(object, nested);
  };
}

function toLeaf(value: unknown): unknown {
  return typeof value === 'object' ? toJsonValue(value) : value;
}

/** `earlier` is what another type condition already took of the same field. */
function toNested(value: unknown, build: BuildRepresentation, earlier: unknown): unknown {
  if (value === null || typeof value !== 'object') return null;
  if (Array.isArray(value)) {
    return value.map((item: unknown, i) => toNested(item, build, Array.isArray(earlier) ? earlier[i] : undefined));
  }
  const nested = (earlier ?? {}) as JsonObject;
  build(value as JsonObject, nested);
  return nested;
}

/** Tells apart any two representations; lengths are part of it, so no value can pretend to be two. */
export function identityOf(representation: JsonObject): string {
  let identity = '';
  for (const key in representation) {
    const value = representation[key];
    if (typeof value === 'string') identity += `${key}"${value.length}:${value}`;
    else {
      const text = JSON.stringify(value);
      identity += `${key}=${text.length}:${text}`;
    }
  }
  return identity;
}

/** The representations of one `_entities` argument, and which object of the data each one stands for. */
export class RepresentationList {
  readonly representations: JsonObject[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #byKey = new Map<unknown, number>();

  /** Its index among {@link representations}, the same for equal ones. */
  add(representation: JsonObject): number {
    const identity = identityOf(representation);
    let index = this.#indexes.get(identity);
    if (index === undefined) {
      index = this.representations.length;
      this.#indexes.set(identity, index);
      this.representations.push(representation);
    }
    return index;
  }

  /** As {@link add}, for one type and one key field: nothing is built for an entity that is there already. */
  addKey(typename: string, key: string, value: unknown): number {
    let index = this.#byKey.get(value);
    if (index === undefined) {
      index = this.representations.length;
      this.#byKey.set(value, index);
      this.representations.push({ __typename: typename, [key]: value });
    }
    return index;
  }
}

/** The type and the field of requirements that are nothing but a key of one field, by far the most common ones. */
export function singleKeyOf(requires: readonly RequiredSelection[]): { type: string; key: string } | null {
  const [part, second] = requires;
  if (second !== undefined || part?.kind !== 'InlineFragment' || part.typeCondition == null) return null;
  const names = part.selections.map((selection) =>
    selection.kind === 'Field' && !selection.selections?.length && selection.alias == null ? selection.name : null,
  );
  const [key, another] = names.filter((name) => name !== '__typename');
  return key == null || another !== undefined || names.length !== 2 ? null : { type: part.typeCondition, key };
}
