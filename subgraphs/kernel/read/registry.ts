/**
 * The entity maps of every domain that shares the database, and what each of them leads to: by relations of its own, and by
 * what other domains say of the same entities. The maps are data, so no domain imports another.
 */
import type { StatementScope } from './prefetch.js';
import type { EntityMap, FieldMap, ReferenceRelation, UnionRelation } from './entity-map.js';
import { filterFields } from './fields.js';
import type { ModelInput } from './model-input.js';
import {
  relatedByExtension,
  relatedById,
  relatedByReference,
  relatedByRelation,
  relatedOverFacet,
  valueOfExtension,
  valueOfFacet,
  type Related,
  type RelatedMany,
  type RelatedOne,
} from './related.js';

const registries = new WeakMap<EntityMap, MapRegistry>();

/** A field that another domain has of the same entity, or computes of it. */
export interface FacetField {
  readonly kind: 'facet';
  readonly name: string;
  readonly field: FieldMap;
  /** Its value for the row `table`; null where the other domain has no row that the caller may see. */
  readonly expression: (table: string, scope: StatementScope) => string;
}

export class MapRegistry {
  readonly #homes = new Map<EntityMap, ReadonlyMap<string, EntityMap>>();
  readonly #byType = new Map<string, EntityMap[]>();
  readonly #related = new Map<EntityMap, ReadonlyMap<string, Related>>();

  /** By the name of the domain. */
  constructor(readonly models: Readonly<Record<string, ModelInput | undefined>>) {
    for (const { entities } of this.#models()) {
      const home = new Map(entities.map((map) => [map.type, map]));
      for (const map of entities) {
        this.#homes.set(map, home);
        this.#byType.set(map.type, [...(this.#byType.get(map.type) ?? []), map]);
      }
    }
  }

  /** The registry that reads of the map go by; one without maps for a map that stands alone. */
  static of(map: EntityMap): MapRegistry {
    return registries.get(map) ?? new MapRegistry({});
  }

  /** Reads of all its maps go by it from now on. */
  adopt(): void {
    for (const map of this.#homes.keys()) registries.set(map, this);
  }

  /** The map of `type` in the domain of `from`. */
  beside(from: EntityMap, type: string): EntityMap | undefined {
    return this.#homes.get(from)?.get(type);
  }

  areBeside(one: EntityMap, other: EntityMap): boolean {
    return this.#homes.get(one) === this.#homes.get(other);
  }

  /** The map of the domain that an entity belongs to: the others call their connections of it by another name. */
  #ownerOf(type: string): EntityMap | undefined {
    const maps = this.#byType.get(type) ?? [];
    return maps.find(({ connectionName }) => connectionName === undefined) ?? maps[0];
  }

  /** The ways from other domains to the maps of `model`. */
  entrances({ entities }: ModelInput): (RelatedOne | RelatedMany)[] {
    const own = new Set(entities);
    return [...this.#homes.keys()].flatMap((from) => {
      if (own.has(from)) return [];
      const ways = [...this.related(from).values()];
      const single = ways.flatMap((each) => (each.kind === 'union' ? each.members : each.kind === 'one' ? [each] : []));
      const many = ways.filter((each) => each.kind === 'many');
      return [...single, ...many].filter(({ target }) => own.has(target));
    });
  }

  /** What a row of `entity` leads to, by name, unless the map says something else by that name. */
  related(entity: EntityMap): ReadonlyMap<string, Related> {
    let found = this.#related.get(entity);
    if (found === undefined) this.#related.set(entity, (found = this.#relatedOf(entity)));
    return found;
  }

  #relatedOf(entity: EntityMap): ReadonlyMap<string, Related> {
    const taken = { ...filterFields(entity), ...entity.customFilters };
    const found = new Map<string, Related>();
    for (const related of [...this.#own(entity), ...this.#ofFacets(entity), ...this.#ofExtensions(entity)])
      if (taken[related.name] === undefined && !found.has(related.name)) found.set(related.name, related);
    return found;
  }

  *#own(entity: EntityMap): Generator<Related> {
    for (const [name, relation] of Object.entries(entity.relations ?? {})) {
      if (relation.kind === 'reference') {
        yield* this.#reference(name, relation);
      } else if (relation.kind === 'union') {
        const members = [...this.#members(relation)];
        if (members.length > 0) yield { kind: 'union', name, members };
      } else {
        const target = this.beside(entity, relation.type);
        // A table that is read alone is a select of its own plan: not for each row of another.
        if (target !== undefined && target.isReadAlone !== true) yield relatedByRelation(name, relation, target);
      }
    }
  }

  *#reference(name: string, relation: ReferenceRelation): Generator<Related> {
    const target = this.#ownerOf(relation.type);
    const [pair, ...others] = Object.entries(relation.key);
    if (target === undefined || pair === undefined || others.length > 0) return;
    const [field, column] = pair;
    const key = target.alternateKeys?.[field];
    if (key !== undefined) yield relatedByReference(name, { target, key, column });
  }

  *#members({ types, column }: UnionRelation): Generator<RelatedOne> {
    for (const type of types) {
      const target = this.#ownerOf(type);
      if (target !== undefined) yield relatedById(type.charAt(0).toLowerCase() + type.slice(1), { target, column });
    }
  }

  /** The same entity in other domains. */
  #facets(entity: EntityMap): EntityMap[] {
    return (this.#byType.get(entity.type) ?? []).filter((map) => map !== entity);
  }

  *#ofFacets(entity: EntityMap): Generator<Related> {
    for (const facet of this.#facets(entity))
      for (const related of this.#own(facet))
        if (related.kind !== 'union') yield relatedOverFacet(related, { entity, facet });
  }

  *#ofExtensions(entity: EntityMap): Generator<Related> {
    for (const { entities, extensions = [] } of this.#models()) {
      for (const { type, relations } of extensions) {
        if (type !== entity.type) continue;
        for (const [name, relation] of Object.entries(relations)) {
          const target = entities.find((map) => map.type === relation.type);
          if (target !== undefined) yield relatedByExtension(name, { relation, target, entity });
        }
      }
    }
  }

  /** What other domains say of the entity itself, beside what its own map says. */
  facetFields(entity: EntityMap): FacetField[] {
    const taken = new Set([...Object.keys({ ...filterFields(entity), ...entity.customFilters })]);
    const ofFacets = this.#facets(entity).flatMap((facet) =>
      Object.entries(filterFields(facet)).flatMap(([name, field]) => {
        if (facet.fields[name] === undefined) return [];
        const expression: FacetField['expression'] = (table, scope) =>
          valueOfFacet(field, { entity, facet }, table, scope);
        return [{ kind: 'facet' as const, name, field, expression }];
      }),
    );
    return [...ofFacets, ...this.#extensionFields(entity)].filter(({ name }) => {
      const isFirst = !taken.has(name);
      taken.add(name);
      return isFirst;
    });
  }

  *#extensionFields(entity: EntityMap): Generator<FacetField> {
    for (const { entities, extensions = [] } of this.#models()) {
      for (const { type, relations, fields = {} } of extensions) {
        if (type !== entity.type) continue;
        for (const [name, added] of Object.entries(fields)) {
          const { kind, sqlType, over, requires = [] } = added;
          const relation = relations[over];
          const target = entities.find((map) => map.type === relation?.type);
          if (relation === undefined || target === undefined) throw new Error(`${type}.${name} is over no relation`);
          // The domain's own map of the entity may not have what it is computed from: only another's has.
          if (requires.some((required) => entity.fields[required] === undefined)) continue;
          const related = relatedByExtension(over, { relation, target, entity });
          const field = { kind, sqlType, source: '', isDerived: true } as const;
          const expression: FacetField['expression'] = (table, scope) =>
            valueOfExtension(added, { related, entity }, table, scope);
          yield { kind: 'facet', name, field, expression };
        }
      }
    }
  }

  #models(): ModelInput[] {
    return Object.values(this.models).filter((model) => model !== undefined);
  }
}
