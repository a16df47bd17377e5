/** What the SDL of a graph's subgraphs says of each entity and field, as far as made-up data depends on it. */
import {
  Kind,
  parse,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  type SelectionSetNode,
} from 'graphql';

export interface GraphFacts {
  /** The key fields of each entity, over all subgraphs. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
  /** Subgraphs where an entity can be asked for by its key. */
  readonly resolvableIn: (type: string, subgraph: string) => boolean;
  /** The one subgraph that answers a field, `Type.field`. None for keys and for what is shared. */
  readonly ownerOf: ReadonlyMap<string, string>;
  /** What `Type.field` requires. */
  readonly requires: ReadonlyMap<string, SelectionSetNode>;
  /** Fields that several subgraphs depend on: a fault of theirs would be met on one way and not on another. */
  readonly sound: ReadonlySet<string>;
  /** Entities that one subgraph may lack while others have them. */
  readonly losable: ReadonlySet<string>;
  /** Entities by the number of subgraphs that know them, most first: where plans have the most to do. */
  readonly busiest: readonly string[];
}

type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;

export function readGraphFacts(sdls: Readonly<Record<string, string>>): GraphFacts {
  const gathered = new FactsReader();
  for (const [subgraph, sdl] of Object.entries(sdls)) gathered.read(subgraph, parse(sdl, { noLocation: true }));
  return gathered.facts();
}

export function parseFieldSet(text: string): SelectionSetNode {
  const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`not a field set: ${text}`);
  return definition.selectionSet;
}

class FactsReader {
  readonly #keys = new Map<string, Set<string>>();
  readonly #keySets = new Map<string, Set<string>>();
  readonly #places = new Map<string, Set<string>>();
  readonly #resolvable = new Set<string>();
  readonly #answeredBy = new Map<string, Set<string>>();
  readonly #requires = new Map<string, SelectionSetNode>();
  readonly #types = new Map<string, Map<string, string>>();

  read(subgraph: string, document: DocumentNode): void {
    for (const definition of document.definitions) {
      const isObject =
        definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION;
      if (isObject) this.#readType(subgraph, definition);
    }
  }

  #readType(subgraph: string, node: ObjectNode): void {
    const type = node.name.value;
    for (const key of (node.directives ?? []).filter(({ name }) => name.value === 'key')) {
      const fields = textArgument(key, 'fields');
      if (fields.includes('{')) throw new Error(`${type} has a nested key, which made-up data does not have`);
      if (!/resolvable: false/.test(printed(key))) this.#resolvable.add(`${subgraph}.${type}`);
      addTo(this.#places, type, subgraph);
      addTo(this.#keySets, type, fields);
      for (const field of fields.split(/[\s,]+/)) addTo(this.#keys, type, field);
    }
    for (const field of node.fields ?? []) this.#readField(subgraph, type, field);
  }

  #readField(subgraph: string, type: string, field: FieldDefinitionNode): void {
    const name = `${type}.${field.name.value}`;
    const types = this.#types.get(type) ?? new Map<string, string>();
    this.#types.set(type, types.set(field.name.value, namedTypeOf(field)));
    const requires = field.directives?.find((directive) => directive.name.value === 'requires');
    if (requires) this.#requires.set(name, parseFieldSet(textArgument(requires, 'fields')));
    const isExternal = field.directives?.some((directive) => directive.name.value === 'external');
    if (!isExternal) addTo(this.#answeredBy, name, subgraph);
  }

  facts(): GraphFacts {
    const ownerOf = new Map<string, string>();
    for (const [name, subgraphs] of this.#answeredBy) {
      const [owner] = subgraphs;
      if (subgraphs.size === 1 && owner !== undefined) ownerOf.set(name, owner);
    }
    const sound = new Set<string>();
    for (const [type, keys] of this.#keys) {
      for (const key of keys) {
        sound.add(`${type}.${key}`);
        ownerOf.delete(`${type}.${key}`);
      }
    }
    const required = new Set<string>();
    for (const [name, selectionSet] of this.#requires) {
      this.#require(name.split('.')[0] ?? '', selectionSet, sound, required);
    }
    const entities = [...this.#keySets].filter(([type, keys]) => keys.size === 1 && !required.has(type));
    const count = (type: string) => (this.#places.get(type)?.size ?? 0) * 10 + (this.#keySets.get(type)?.size ?? 0);
    return {
      keys: this.#keys,
      resolvableIn: (type, subgraph) => this.#resolvable.has(`${subgraph}.${type}`),
      ownerOf,
      requires: this.#requires,
      sound,
      losable: new Set(entities.map(([type]) => type)),
      busiest: [...this.#keys.keys()].sort((left, right) => count(right) - count(left)),
    };
  }

  #require(type: string, { selections }: SelectionSetNode, sound: Set<string>, required: Set<string>): void {
    required.add(type);
    for (const selection of selections) {
      if (selection.kind !== Kind.FIELD) throw new Error('made-up data knows no fragments in field sets');
      const field = selection.name.value;
      sound.add(`${type}.${field}`);
      const below = this.#types.get(type)?.get(field) ?? '';
      if (selection.selectionSet) this.#require(below, selection.selectionSet, sound, required);
    }
  }
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

function textArgument(directive: ConstDirectiveNode, name: string): string {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value?.kind !== Kind.STRING) throw new Error(`@${directive.name.value} has no ${name}`);
  return value.value.trim();
}

function printed(directive: ConstDirectiveNode): string {
  return (directive.arguments ?? [])
    .map(({ name, value }) => `${name.value}: ${value.kind === Kind.BOOLEAN ? String(value.value) : ''}`)
    .join();
}

function namedTypeOf({ type }: FieldDefinitionNode): string {
  let node = type;
  while (node.kind !== Kind.NAMED_TYPE) node = node.type;
  return node.name.value;
}
