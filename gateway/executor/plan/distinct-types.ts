/** Gives fields of one name but of types that don't merge names of their own in a fetch, and their name back in its answer. */
import {
  isCompositeType,
  Kind,
  parse,
  parseType,
  print,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import { directivesOf, enumArgument, stringArgument } from '../../supergraph/join-directives.js';
import type { FetchOperation, Rewrite } from './plan-nodes.js';
import { writtenOut } from './written-out.js';

export interface DistinctTypes {
  readonly operation: string;
  /** To be applied before the plan's own: of the whole answer, or by response key of its `_entities`. */
  readonly rewrites: readonly Rewrite[];
  readonly rewritesOf: ReadonlyMap<string, readonly Rewrite[]>;
}

/** A selection set at a place, and the type that it is of; undefined around entities, whose fragments name theirs. */
interface Part {
  readonly type: GraphQLNamedType | undefined;
  readonly selectionSet: SelectionSetNode;
}

/**
 * A subgraph refuses `... on A { f } ... on B { f }` where one `f` is a String and the other an Int, or only one may be
 * null. The client wrote an alias for that; without it, and for the keys that a plan adds, the fetch needs its own.
 * Null when there is nothing to tell apart.
 */
export function withDistinctTypes(node: FetchOperation, graph: string, schema: GraphQLSchema): DistinctTypes | null {
  // Types differ only between fragments.
  if (node.operation.split('...').length < 3) return null;
  const written = writtenOut(parse(node.operation, { noLocation: true }));
  const { operation, selectionSet } = written;
  const distinction = new Distinction(schema, graph);
  const entities = selectionSet.selections.filter((selection) => isEntities(selection));
  const rewritesOf = new Map<string, readonly Rewrite[]>();
  for (const field of entities) {
    if (!field.selectionSet) continue;
    const rewrites = distinction.of([{ type: undefined, selectionSet: field.selectionSet }], []);
    if (rewrites.length > 0) rewritesOf.set(keyOf(field), rewrites);
  }
  const type = schema.getRootType(operation) ?? undefined;
  const rewrites = entities.length > 0 ? [] : distinction.of([{ type, selectionSet }], []);
  if (rewrites.length === 0 && rewritesOf.size === 0) return null;
  return { operation: print(written), rewrites, rewritesOf };
}

function isEntities(selection: { readonly kind: string }): selection is FieldNode {
  return selection.kind === Kind.FIELD && (selection as FieldNode).name.value === '_entities';
}

function keyOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

class Distinction {
  readonly #schema: GraphQLSchema;
  readonly #graph: string;

  constructor(schema: GraphQLSchema, graph: string) {
    this.#schema = schema;
    this.#graph = graph;
  }

  /** Changes the document, which was parsed for this alone. The renames below come first: they go by the names above. */
  of(parts: readonly Part[], path: readonly string[]): Rewrite[] {
    const keys = new Map<string, Map<string, string>>();
    const below = new Map<string, Part[]>();
    const own: Rewrite[] = [];
    for (const { field, type } of parts.flatMap((part) => this.#fieldsOf(part))) {
      const returned = this.#typeOf(type, field.name.value);
      if (returned === undefined) continue;
      const named = this.#schema.getType(nameOf(returned));
      const key = keyOf(field);
      const signature = isCompositeType(named) ? print(returned).replace(nameOf(returned), '{}') : print(returned);
      let ofKey = keys.get(key);
      if (ofKey === undefined) keys.set(key, (ofKey = new Map<string, string>()));
      let distinct = ofKey.get(signature);
      if (distinct === undefined) {
        distinct = ofKey.size === 0 ? key : `_weft_${ofKey.size}_${key}`;
        ofKey.set(signature, distinct);
        if (distinct !== key) {
          own.push({ KeyRenamer: { path: [...path, distinct].map((name) => ({ Key: name })), renameKeyTo: key } });
        }
      }
      if (distinct !== key) Object.assign(field, { alias: { kind: Kind.NAME, value: distinct } });
      if (!field.selectionSet) continue;
      const part = { type: named, selectionSet: field.selectionSet };
      below.set(distinct, [...(below.get(distinct) ?? []), part]);
    }
    return [...[...below].flatMap(([key, inside]) => this.of(inside, [...path, key])), ...own];
  }

  #fieldsOf({ type, selectionSet }: Part): { field: FieldNode; type: GraphQLNamedType | undefined }[] {
    return selectionSet.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return { field: selection, type };
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
      const condition = selection.typeCondition && this.#schema.getType(selection.typeCondition.name.value);
      return this.#fieldsOf({ type: condition ?? type, selectionSet: selection.selectionSet });
    });
  }

  /** As the subgraph has it, which may say more than the supergraph does. */
  #typeOf(type: GraphQLNamedType | undefined, name: string): TypeNode | undefined {
    const field = type && 'getFields' in type ? type.getFields()[name] : undefined;
    if (field === undefined || !('args' in field)) return undefined;
    const own = directivesOf(field, 'join__field').find((one) => enumArgument(one, 'graph') === this.#graph);
    const said = own && stringArgument(own, 'type');
    return said === undefined
      ? parseType(String(field.type), { noLocation: true })
      : parseType(said, { noLocation: true });
  }
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}
