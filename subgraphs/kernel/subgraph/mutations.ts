/** What every mutation answers alike: malformed ids as user errors at their place, and all that its payload guarantees. */
import {
  Kind,
  type DocumentNode,
  type InputValueDefinitionNode,
  type ObjectTypeDefinitionNode,
  type TypeNode,
} from 'graphql';
import { MalformedId, userErrorOf } from '../errors/index.js';
import type { ResolverMap } from '../read/index.js';
import { isObjectNode, namedTypeOf } from './agreement.js';

type Resolve = (root: unknown, args: { readonly input?: unknown }, ...rest: readonly unknown[]) => unknown;
type Inputs = ReadonlyMap<string, readonly InputValueDefinitionNode[]>;
type Payload = Readonly<Record<string, unknown>>;

/** The mutations among `resolvers`, each with what all have in common. */
export function completeMutations(document: DocumentNode, resolvers: ResolverMap): ResolverMap {
  const inputs: Inputs = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? [[node.name.value, node.fields ?? []]] : [],
    ),
  );
  const objects = document.definitions.filter(isObjectNode);
  const completed = { ...resolvers['Mutation'] };
  for (const object of objects.filter(({ name }) => name.value === 'Mutation')) {
    for (const field of object.fields ?? []) {
      const resolve = completed[field.name.value] as Resolve | undefined;
      const input = field.arguments?.find(({ name }) => name.value === 'input');
      const payload = objects.filter(({ name }) => name.value === namedTypeOf(field.type));
      if (resolve === undefined || input === undefined || payload.length === 0) continue;
      completed[field.name.value] = complete(resolve, { input: input.type, inputs, nothing: nothingOf(payload) });
    }
  }
  return { ...resolvers, Mutation: completed };
}

function complete(
  resolve: Resolve,
  { input, inputs, nothing }: { input: TypeNode; inputs: Inputs; nothing: Payload },
): Resolve {
  return async (root, args, ...rest) => {
    try {
      const payload = (await resolve(root, args, ...rest)) as Payload | null;
      return payload === null ? null : { ...nothing, ...payload };
    } catch (error) {
      if (!(error instanceof MalformedId)) throw error;
      const places = [...placesOf(error.id, { value: args.input, type: input, path: [] }, inputs)];
      const expected = places.find((path) => path.some((name) => namesType(name, error.expectedType)));
      const place = expected ?? places[0];
      // An id that is not the caller's is no mistake of the caller's.
      if (place === undefined) throw error;
      return { ...nothing, userErrors: [userErrorOf('VALIDATION', place, error.message)] };
    }
  };
}

/** `parentFeatureId` and `sourceFeatureIds` are of a `Feature`. */
function namesType(name: string, type: string | null): boolean {
  return type !== null && new RegExp(`${type}Ids?$`, 'i').test(name);
}

interface Given {
  readonly value: unknown;
  readonly type: TypeNode;
  readonly path: readonly string[];
}

/** Where in an input an `ID` has this value. */
function* placesOf(id: string, { value, type, path }: Given, inputs: Inputs): Generator<readonly string[]> {
  if (value === null || value === undefined) return;
  if (type.kind === Kind.NON_NULL_TYPE) {
    yield* placesOf(id, { value, type: type.type, path }, inputs);
  } else if (type.kind === Kind.LIST_TYPE) {
    for (const [index, item] of (value as readonly unknown[]).entries())
      yield* placesOf(id, { value: item, type: type.type, path: [...path, String(index)] }, inputs);
  } else if (type.name.value === 'ID') {
    if (value === id) yield path;
  } else {
    for (const { name, type: below } of inputs.get(type.name.value) ?? []) {
      const given = (value as Payload)[name.value];
      yield* placesOf(id, { value: given, type: below, path: [...path, name.value] }, inputs);
    }
  }
}

/** Of a mutation that did nothing: no items, none counted, not so. */
function nothingOf(payload: readonly Pick<ObjectTypeDefinitionNode, 'fields'>[]): Payload {
  const fields = payload.flatMap((node) => node.fields ?? []);
  return Object.fromEntries(
    fields.flatMap(({ name, type }) =>
      type.kind !== Kind.NON_NULL_TYPE || name.value === 'userErrors' ? [] : [[name.value, emptyOf(type.type)]],
    ),
  );
}

function emptyOf(type: TypeNode): unknown {
  if (type.kind === Kind.LIST_TYPE) return [];
  return namedTypeOf(type) === 'Boolean' ? false : 0;
}
