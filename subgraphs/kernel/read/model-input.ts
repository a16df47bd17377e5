/** What a domain says of itself as data: its entities, its root fields, and what it adds to entities of others. */
import type { EntityExtension, EntityMap } from './entity-map.js';

/** `Query` fields that the maps alone answer. */
export type QueryMap =
  | { readonly kind: 'connection'; readonly type: string }
  /** One entity by one of these arguments: `id` is a global id, any other names one of `alternateKeys`. */
  | { readonly kind: 'one'; readonly type: string; readonly arguments: readonly string[] };

export const query = {
  connection: (type: string): QueryMap => ({ kind: 'connection', type }),
  one: (type: string, ...names: readonly string[]): QueryMap => ({
    kind: 'one',
    type,
    arguments: names.length === 0 ? ['id'] : names,
  }),
} as const;

export interface ModelInput {
  readonly entities: readonly EntityMap[];
  readonly queries: Readonly<Record<string, QueryMap>>;
  readonly extensions?: readonly EntityExtension[];
  /** Enum of the graph → its value → the spelling that the database stores. Of others both are the same. */
  readonly enums?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** `["IN_PROGRESS"]` → `{ IN_PROGRESS: "in_progress" }`: the graph's spelling to a column's lower-case one. */
export function storedLowerCase<Value extends string>(values: readonly Value[]): Record<Value, Lowercase<Value>> {
  return Object.fromEntries(values.map((value) => [value, value.toLowerCase()])) as Record<Value, Lowercase<Value>>;
}
