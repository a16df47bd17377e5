/** What a subgraph says of its entities and root fields. */
import type { EntityMap } from './entity-map.js';

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
}
