/** The SDL of what a connection can be ordered by. */
import {
  countsOf,
  enumValueOf,
  expressionOrders,
  isOrderable,
  ordersOf,
  type ConnectionRelation,
  type EntityMap,
  type MapRegistry,
  type RelatedOne,
} from '../read/index.js';
import { baseName, type ConnectionPlace, type ContractMaps } from './connections.js';
import { countsTag, describeCount, sortsTag } from './tags.js';
import { camelCase, describe, inWords, type WrittenContract } from './written.js';

/** The orders of the connections, and of all that to-one relations lead to from there. */
export function orderTypes(
  written: WrittenContract,
  places: readonly ConnectionPlace[],
  { registry, model }: ContractMaps,
): string[] {
  const own = new Set(model.entities);
  const named = new Map(
    places.map(({ order, entity, relation }) => [
      order ?? '',
      { entity, relation: relation?.orders === undefined ? null : relation },
    ]),
  );
  const reach = ({ target }: { readonly target: EntityMap }): void => {
    const name = `${baseName(target)}Order`;
    if (own.has(target) && isOrdered(target) && !named.has(name)) named.set(name, { entity: target, relation: null });
  };
  for (const entrance of registry.entrances(model)) if (entrance.kind === 'one') reach(entrance);
  // A map goes on to what is added while it is walked through.
  return [...walk()];

  function* walk(): Generator<string> {
    for (const [name, { entity, relation }] of named) {
      for (const related of toOne(entity, registry)) reach(related);
      yield orderType(name, { written, entity, relation, registry });
    }
  }
}

function isOrdered(entity: EntityMap): boolean {
  return Object.keys(ordersOf(entity, null)).length > 0;
}

/** To-one relations to what has an order. */
function toOne(entity: EntityMap, registry: MapRegistry): RelatedOne[] {
  return [...registry.related(entity).values()].flatMap((related) =>
    related.kind === 'one' && isOrdered(related.target) ? [related] : [],
  );
}

interface OrderOf {
  readonly written: WrittenContract;
  readonly entity: EntityMap;
  readonly relation: ConnectionRelation | null;
  readonly registry: MapRegistry;
}

function orderType(name: string, { written, entity, relation, registry }: OrderOf): string {
  const indexed = { ...entity.orders, ...relation?.orders };
  const values = Object.keys(ordersOf(entity, relation)).map((value) => {
    const field = camelCase(value);
    const shown = written.field(entity.type, field)?.description?.value;
    const tag = indexed[value] === undefined ? ` @tag(name: "${sortsTag}")` : '';
    return `${describe(shown ?? `By its ${inWords(field)}.`)} ${value}${tag}`;
  });
  const expressions = Object.entries(expressionOrders(entity)).map(([value, { isDerived }]) => {
    const field = camelCase(value);
    const words = written.field(entity.type, field)?.description?.value ?? `By its ${inWords(field)}.`;
    return `${describe(words)} ${value} @tag(name: "${isDerived === true ? countsTag : sortsTag}")`;
  });
  const taken = new Set([...Object.keys(ordersOf(entity, relation)), ...Object.keys(expressionOrders(entity))]);
  const facets = registry.facetFields(entity).flatMap(({ name: field, field: map }) => {
    const value = enumValueOf(field);
    if (!isOrderable(map) || taken.has(value)) return [];
    const words = written.fieldAnywhere(entity.type, field)?.description?.value ?? `By its ${inWords(field)}.`;
    // Each row looks for its row in another table.
    return `${describe(words)} ${value} @tag(name: "${countsTag}")`;
  });
  const counts = countsOf(entity, registry).map(
    ({ name: count }) => `${describe(describeCount(count))} ${enumValueOf(count)} @tag(name: "${countsTag}")`,
  );
  const relations = toOne(entity, registry).map(
    ({ name: one, target }) =>
      `${describe(`By its ${inWords(one)}. What has none comes last, or first where the order is descending.`)} ${one}: ${baseName(target)}Order @tag(name: "${sortsTag}")`,
  );
  const choice = relations.length === 0 ? '' : ': by one field, or by one of what it leads to';
  return `"An order of \`${entity.type}\`${choice}. Equal ones are ordered by id."
    input ${name} {
      "What to order by."
      field: ${name}Field${relations.length === 0 ? '!' : ''}
      "Which end comes first."
      direction: OrderDirection! = ASC
      ${relations.join('\n')}
      "How equal ones are ordered, the first entry first. At most 4 fields in all."
      thenBy: [${name}!]
    }
    "What a \`${entity.type}\` can be ordered by."
    enum ${name}Field { ${[...values, ...expressions, ...facets, ...counts].join('\n')} }`;
}
