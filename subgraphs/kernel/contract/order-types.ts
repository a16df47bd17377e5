/** The SDL of what a connection can be ordered by. */
import {
  countsOf,
  enumValueOf,
  ordersOf,
  type ConnectionRelation,
  type EntityMap,
  type MapRegistry,
} from '../read/index.js';
import { baseName, type ConnectionPlace } from './connections.js';
import { countsTag, describeCount, sortsTag } from './tags.js';
import { camelCase, describe, inWords, type WrittenContract } from './written.js';

/** The orders of the connections, and of all that to-one relations lead to from there. */
export function orderTypes(
  written: WrittenContract,
  places: readonly ConnectionPlace[],
  registry: MapRegistry,
): string[] {
  const named = new Map(
    places.map(({ order, entity, relation }) => [
      order ?? '',
      { entity, relation: relation?.orders === undefined ? null : relation },
    ]),
  );
  // A map goes on to what is added while it is walked through.
  return [...walk()];

  function* walk(): Generator<string> {
    for (const [name, { entity, relation }] of named) {
      for (const { target } of toOne(entity, registry)) {
        const below = `${baseName(target)}Order`;
        if (!named.has(below)) named.set(below, { entity: target, relation: null });
      }
      yield orderType(name, { written, entity, relation, registry });
    }
  }
}

/** To-one relations to what has an order. */
function toOne(entity: EntityMap, registry: MapRegistry) {
  return [...registry.related(entity).values()].filter(
    ({ kind, target }) => kind === 'one' && Object.keys(ordersOf(target, null)).length > 0,
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
    enum ${name}Field { ${[...values, ...counts].join('\n')} }`;
}
