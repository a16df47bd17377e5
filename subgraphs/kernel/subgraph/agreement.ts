/** Checks that a subgraph's contract and its maps say the same: a field nobody resolves stops the start, not a request. */
import {
  Kind,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputObjectTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  type TypeNode,
} from 'graphql';
import {
  filterFields,
  countsOf,
  MapRegistry,
  enumValueOf,
  expressionOrders,
  isOrderable,
  ordersOf,
  type EntityMap,
  type Model,
  type ResolverMap,
} from '../read/index.js';

export function namedTypeOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type);
}

type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;

export function isObjectNode(node: DefinitionNode): node is ObjectNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION;
}

const rootTypes: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

/** Every disagreement between the contract and what resolves it; empty when they agree. */
export function findDisagreements(document: DocumentNode, model: Model, resolvers: ResolverMap): string[] {
  const faults: string[] = [];
  const objects = document.definitions.filter(isObjectNode);
  for (const object of objects) {
    const type = object.name.value;
    const map = model.has(type) ? model.entity(type) : null;
    for (const field of object.fields ?? []) {
      const name = field.name.value;
      const isResolved = resolvers[type]?.[name] !== undefined;
      if (rootTypes.has(type) ? !isResolved : map !== null && !isResolved && map.fields[name] === undefined) {
        faults.push(`${type}.${name} is in the schema, and nothing resolves it`);
      }
      if (
        field.arguments?.some((argument) => argument.name.value === 'filter' || argument.name.value === 'orderBy') ===
        true
      ) {
        faults.push(...connectionFaults(type, field, document, model));
      }
    }
  }
  const declared = new Map(
    objects.map((object) => [object.name.value, new Set((object.fields ?? []).map((field) => field.name.value))]),
  );
  for (const map of model.entities) faults.push(...mapFaults(map, declared.get(map.type), resolvers));
  return faults;
}

function mapFaults(map: EntityMap, declared: ReadonlySet<string> | undefined, resolvers: ResolverMap): string[] {
  if (declared === undefined) return [`${map.type} has an entity map and is not in the schema`];
  const names = [...Object.keys(map.fields), ...Object.keys(map.relations ?? {}), ...Object.keys(map.computed ?? {})];
  const faults = names
    .filter((name) => !declared.has(name))
    .map((name) => `${map.type}.${name} is in the entity map and not in the schema`);
  for (const name of Object.keys(map.computed ?? {})) {
    if (resolvers[map.type]?.[name] === undefined) faults.push(`${map.type}.${name} is computed and has no resolver`);
  }
  return faults;
}

/** The filter input and the order enum of a connection offer exactly what the map can do. */
function connectionFaults(type: string, field: FieldDefinitionNode, document: DocumentNode, model: Model): string[] {
  const target = namedTypeOf(field.type).replace(/Connection$/, '');
  if (!model.has(target)) return [];
  const map = model.entity(target);
  const place = `${type}.${field.name.value}`;
  const relation = model.has(type) ? model.entity(type).relations?.[field.name.value] : undefined;
  const related = MapRegistry.of(map).related(map);
  const counts = countsOf(map, MapRegistry.of(map)).map(({ name }) => name);
  const facets = MapRegistry.of(map).facetFields(map);
  const ofOthers = facets.map(({ name }) => name);
  const faults: string[] = [];
  const filter = inputOf(field, 'filter', document);
  if (filter !== null) {
    const named = [...(map.filters ?? []), ...Object.keys({ ...map.filterFields, ...map.customFilters })];
    const able = [
      'and',
      'or',
      'not',
      ...named,
      ...Object.keys(filterFields(map)),
      ...related.keys(),
      ...counts,
      ...ofOthers,
    ];
    faults.push(...difference(place, 'filter', names(filter.fields), { named, able }));
  }
  const orderBy = inputOf(field, 'orderBy', document);
  const orderType = orderBy?.fields?.find((input) => input.name.value === 'field')?.type;
  const order =
    orderType === undefined ? undefined : document.definitions.find((node) => isEnum(node, namedTypeOf(orderType)));
  if (order?.kind === Kind.ENUM_TYPE_DEFINITION) {
    const own = relation?.kind === 'connection' ? relation : null;
    const named = Object.keys({ ...map.orders, ...own?.orders });
    const ordered = facets.flatMap(({ name, field: facet }) => (isOrderable(facet) ? enumValueOf(name) : []));
    const able = [
      ...Object.keys({ ...ordersOf(map, own), ...expressionOrders(map) }),
      ...counts.map(enumValueOf),
      ...ordered,
    ];
    faults.push(...difference(place, 'orderBy', names(order.values), { named, able }));
  }
  return faults;
}

function isEnum(node: DefinitionNode, name: string): boolean {
  return node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === name;
}

function inputOf(
  field: FieldDefinitionNode,
  argument: string,
  document: DocumentNode,
): InputObjectTypeDefinitionNode | null {
  const type = field.arguments?.find((node) => node.name.value === argument)?.type;
  if (type === undefined) return null;
  const name = namedTypeOf(type);
  const found = document.definitions.find(
    (node) => node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION && node.name.value === name,
  );
  return found?.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? found : null;
}

function names(nodes: readonly { readonly name: { readonly value: string } }[] | undefined): string[] {
  return (nodes ?? []).map((node) => node.name.value);
}

/** What is offered and can't be done, and what the map names on purpose and is not offered. */
function difference(
  place: string,
  argument: string,
  declared: readonly string[],
  { named, able }: { named: readonly string[]; able: readonly string[] },
): string[] {
  const missing = declared
    .filter((name) => !able.includes(name))
    .map((name) => `${place}(${argument}:) offers ${name}, and no map can do it`);
  const unused = named
    .filter((name) => !declared.includes(name))
    .map((name) => `${place}(${argument}:) does not offer ${name}, which the map can do`);
  return [...missing, ...unused];
}
