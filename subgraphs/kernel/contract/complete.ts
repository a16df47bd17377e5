/**
 * Completes a hand-written schema.graphql with what its entity maps say already. A field whose type is `XConnection` gets
 * its arguments, and the connection, edge, filter and order types come with it; a mutation gets its input argument and its
 * payload. What a person has written about any of them stays and is filled up.
 */
import { Kind, parse, type DocumentNode } from 'graphql';
import { MapRegistry, type ModelInput } from '../read/index.js';
import { findConnections, type ConnectionPlace, type ContractMaps } from './connections.js';
import { connectionTypes, pagingArguments } from './connection-types.js';
import { figureFields, figureTypes } from './figure-types.js';
import { filterTypes } from './filter-types.js';
import { keyDescriptions, lookupFields } from './lookups.js';
import { foldExtensions, mergeDefinitions } from './merge.js';
import { mutationTypes } from './mutation-types.js';
import { orderTypes } from './order-types.js';
import { withScopeSentences } from './requirements.js';
import { WrittenContract } from './written.js';

/** The maps of all domains, and the contracts of the others, whose words describe what their maps say of entities of this one. */
export interface Surroundings {
  readonly registry: MapRegistry;
  readonly others: readonly DocumentNode[];
}

export function completeContract(
  source: DocumentNode,
  model: ModelInput,
  { registry, others }: Surroundings = { registry: new MapRegistry({ own: model }), others: [] },
): DocumentNode {
  const document = foldExtensions(source);
  const written = writtenContract(document, others);
  const places = findConnections(written, model);
  const derived = [
    ...places.map(pagingArguments),
    ...oncePer(places, (place) => place.connection).flatMap(connectionTypes),
    ...oncePer(places, (place) => place.connection).map(figureFields),
    ...oncePer(places, (place) => place.entity.type).flatMap((place) => figureTypes(written, place, registry)),
    ...inputTypes(written, places, { model, registry }),
    ...lookupFields(written, model),
    ...keyDescriptions(written, model),
    ...mutationTypes(written, model),
  ];
  return withScopeSentences(withDerived(document, derived));
}

/** What of the completed contract other domains' conditions and orders are made of: its input types and enums. */
export function completeInputs(
  source: DocumentNode,
  model: ModelInput,
  { registry, others }: Surroundings,
): DocumentNode {
  const document = foldExtensions(source);
  const written = writtenContract(document, others);
  const inputs = document.definitions.filter(
    ({ kind }) => kind === Kind.INPUT_OBJECT_TYPE_DEFINITION || kind === Kind.ENUM_TYPE_DEFINITION,
  );
  const derived = inputTypes(written, findConnections(written, model), { model, registry });
  return withDerived({ ...document, definitions: inputs }, derived);
}

function writtenContract(document: DocumentNode, others: Surroundings['others']): WrittenContract {
  return new WrittenContract(
    document,
    others.map((other) => new WrittenContract(other)),
  );
}

function inputTypes(written: WrittenContract, places: readonly ConnectionPlace[], maps: ContractMaps): string[] {
  const filtered = oncePer(places, (place) => place.filter).map(({ entity }) => entity);
  const ordered = oncePer(places, (place) => place.order);
  return [...filterTypes(written, filtered, maps), ...orderTypes(written, ordered, maps)];
}

function withDerived(document: DocumentNode, derived: readonly string[]): DocumentNode {
  if (derived.length === 0) return document;
  return mergeDefinitions(document, parse(derived.join('\n'), { noLocation: true }));
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
