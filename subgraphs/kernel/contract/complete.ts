/**
 * Completes a hand-written schema.graphql with what its entity maps say already. A field whose type is `XConnection` gets
 * its arguments, and the connection, edge, filter and order types come with it; a mutation gets its input argument and its
 * payload. What a person has written about any of them stays and is filled up.
 */
import { parse, type DocumentNode } from 'graphql';
import { MapRegistry, type ModelInput } from '../read/index.js';
import { findConnections, type ConnectionPlace } from './connections.js';
import { connectionTypes, pagingArguments } from './connection-types.js';
import { figureFields, figureTypes } from './figure-types.js';
import { filterTypes } from './filter-types.js';
import { keyDescriptions, lookupFields } from './lookups.js';
import { foldExtensions, mergeDefinitions } from './merge.js';
import { mutationTypes } from './mutation-types.js';
import { orderTypes } from './order-types.js';
import { withScopeSentences } from './requirements.js';
import { WrittenContract } from './written.js';

export function completeContract(source: DocumentNode, model: ModelInput): DocumentNode {
  const document = foldExtensions(source);
  const written = new WrittenContract(document);
  const places = findConnections(written, model);
  const registry = new MapRegistry([model]);
  const derived = [
    ...places.map(pagingArguments),
    ...oncePer(places, (place) => place.connection).flatMap(connectionTypes),
    ...oncePer(places, (place) => place.connection).map(figureFields),
    ...oncePer(places, (place) => place.entity.type).flatMap((place) => figureTypes(written, place, registry)),
    ...filterTypes(
      written,
      oncePer(places, (place) => place.filter).map(({ entity }) => entity),
      registry,
    ),
    ...orderTypes(
      written,
      oncePer(places, (place) => place.order),
      registry,
    ),
    ...lookupFields(written, model),
    ...keyDescriptions(written, model),
    ...mutationTypes(written, model),
  ].join('\n');
  const merged = derived === '' ? document : mergeDefinitions(document, parse(derived, { noLocation: true }));
  return withScopeSentences(merged);
}

/** The first place of each name; none of those without. */
function oncePer(places: readonly ConnectionPlace[], nameOf: (place: ConnectionPlace) => string | null) {
  const first = new Map<string, ConnectionPlace>();
  for (const place of places) {
    const name = nameOf(place);
    if (name !== null && !first.has(name)) first.set(name, place);
  }
  return [...first.values()];
}
