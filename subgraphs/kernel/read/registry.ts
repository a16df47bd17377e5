/** Entity maps together, and what each of them leads to. */
import type { EntityMap } from './entity-map.js';
import { filterFields } from './fields.js';
import type { ModelInput } from './model-input.js';
import { relatedBy, type Related } from './related.js';

const registries = new WeakMap<EntityMap, MapRegistry>();

export class MapRegistry {
  readonly #homes = new Map<EntityMap, ReadonlyMap<string, EntityMap>>();
  readonly #related = new Map<EntityMap, ReadonlyMap<string, Related>>();

  constructor(models: readonly Pick<ModelInput, 'entities'>[]) {
    for (const { entities } of models) {
      const byType = new Map(entities.map((map) => [map.type, map]));
      for (const map of entities) {
        this.#homes.set(map, byType);
        registries.set(map, this);
      }
    }
  }

  /** The registry that the map was put into last; one without maps for a map that stands alone. */
  static of(map: EntityMap): MapRegistry {
    return registries.get(map) ?? new MapRegistry([]);
  }

  has(map: EntityMap): boolean {
    return this.#homes.has(map);
  }

  /** The map of `type` in the domain of `from`. */
  beside(from: EntityMap, type: string): EntityMap | undefined {
    return this.#homes.get(from)?.get(type);
  }

  /** What a row of `entity` leads to, by name, unless the map says something else by that name. */
  related(entity: EntityMap): ReadonlyMap<string, Related> {
    let found = this.#related.get(entity);
    if (found === undefined) this.#related.set(entity, (found = new Map(this.#relationsOf(entity))));
    return found;
  }

  *#relationsOf(entity: EntityMap): Generator<[string, Related]> {
    const taken = { ...filterFields(entity), ...entity.customFilters };
    for (const [name, relation] of Object.entries(entity.relations ?? {})) {
      if (relation.kind === 'reference' || taken[name] !== undefined) continue;
      const target = this.beside(entity, relation.type);
      // A table that is read alone is a select of its own plan: not for each row of another.
      if (target !== undefined && target.isReadAlone !== true) yield [name, relatedBy(name, relation, target)];
    }
  }
}
