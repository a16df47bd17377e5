/**
 * Made-up data for any graph: each value follows from the names of its type, object, field and arguments, so that
 * subgraphs that know nothing of each other and one schema of the whole answer the same.
 */
import {
  GraphQLError,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  type GraphQLLeafType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { canonical, digest } from './digest.js';
import type { GraphFacts } from './graph-facts.js';

/** An object of any type; an entity's identity is its number. */
export interface MockObject {
  readonly __typename: string;
  readonly identity: string;
  /** The representation it came as. */
  readonly represented?: Readonly<Record<string, unknown>>;
}

export interface FieldQuestion {
  readonly type: string;
  readonly field: string;
  readonly fieldType: GraphQLOutputType;
  readonly parent: MockObject;
  readonly args: Readonly<Record<string, unknown>>;
  /** Where the answer is made; undefined in the schema of the whole. */
  readonly subgraph: string | undefined;
}

const entitiesOfType = 12;
const codes = ['FORBIDDEN', 'RATE_LIMITED', 'INTERNAL_SERVER_ERROR'];
/** Of 10,000. */
const chances = {
  nullable: { error: 250, nothing: 500 },
  nonNull: { error: 60, nothing: 30 },
  missing: 600,
};

export class World {
  readonly #schema: GraphQLSchema;
  readonly #facts: GraphFacts;
  readonly #busiest: ReadonlySet<string>;

  constructor(schema: GraphQLSchema, facts: GraphFacts) {
    this.#schema = schema;
    this.#facts = facts;
    this.#busiest = new Set(facts.busiest.slice(0, 10));
  }

  entityOf(typename: string, represented: Readonly<Record<string, unknown>>): MockObject | null {
    // An interface with a key stands for any of its types, and ids begin with theirs.
    const type = this.#facts.keys.has(typename) ? typename : String(represented['id']).split(':')[0];
    const keys = type === undefined ? undefined : this.#facts.keys.get(type);
    if (type === undefined || keys === undefined) return null;
    const key = [...keys].find((name) => typeof represented[name] === 'string');
    const identity = key === undefined ? undefined : /\d+$/.exec(String(represented[key]))?.[0];
    return identity === undefined ? null : { __typename: type, identity, represented };
  }

  /** Whether `subgraph` says that it does not have an entity that others speak of. */
  isMissing(subgraph: string, type: string, identity: string): boolean {
    if (!this.#facts.losable.has(type) || !this.#facts.resolvableIn(type, subgraph)) return false;
    return digest(`missing ${subgraph} ${type} ${identity}`) % 10_000 < chances.missing;
  }

  /** The value as a resolver may return it: an `Error` where it fails. */
  answer(question: FieldQuestion): unknown {
    const { type, field, fieldType, parent, args, subgraph } = question;
    const name = `${type}.${field}`;
    const key = this.#keyValue(type, field, parent);
    if (key !== undefined) return key;
    const owner = this.#facts.ownerOf.get(name);
    if (subgraph === undefined && owner !== undefined && this.isMissing(owner, type, parent.identity)) {
      return isNonNullType(fieldType) ? failure('NOT_FOUND', `${type} ${parent.identity}`) : null;
    }
    let seed = `${name} ${parent.identity} ${canonical(args)}`;
    const required = this.#facts.requires.get(name);
    if (required) {
      const values = parent.represented ?? {};
      seed += canonical(subgraph === undefined ? this.#required(type, parent, required) : pick(values, required));
    }
    const isSound = this.#facts.sound.has(name);
    return this.#value(fieldType, seed, { isSound, field, producer: subgraph ?? owner });
  }

  #keyValue(type: string, field: string, { identity }: MockObject): string | undefined {
    if (!this.#facts.keys.get(type)?.has(field)) return undefined;
    return field === 'id' ? `${type}:${identity}` : `${field}-${identity}`;
  }

  /** What a gateway has to send of an object before `required` can be answered. */
  #required(type: string, parent: MockObject, { selections }: SelectionSetNode): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const selection of selections) {
      if (selection.kind !== Kind.FIELD) continue;
      const field = selection.name.value;
      const definition = this.#schema.getType(type);
      if (!definition || !('getFields' in definition)) throw new Error(`${type} has no fields`);
      const fieldType = definition.getFields()[field]?.type as GraphQLOutputType;
      const value = this.answer({ type, field, fieldType, parent, args: {}, subgraph: undefined });
      const below = value as MockObject;
      values[field] = selection.selectionSet ? this.#required(below.__typename, below, selection.selectionSet) : value;
    }
    return values;
  }

  #value(type: GraphQLOutputType, seed: string, origin: Origin): unknown {
    const isNonNull = isNonNullType(type);
    const nullable = isNonNull ? type.ofType : type;
    if (!origin.isSound) {
      const { error, nothing } = isNonNull ? chances.nonNull : chances.nullable;
      const chance = digest(`fault ${seed}`) % 10_000;
      if (chance < error) return failure(codes[digest(`code ${seed}`) % codes.length] as string, seed);
      if (chance < error + nothing) return null;
    }
    if (isListType(nullable)) {
      const length = digest(`length ${seed}`) % 4;
      return Array.from({ length }, (_, i) => this.#value(nullable.ofType, `${seed} ${i}`, origin));
    }
    if (isLeafType(nullable)) return leafValue(nullable, origin.field, digest(seed));
    return this.#object(nullable as GraphQLNamedType, seed, origin.producer);
  }

  #object(type: GraphQLNamedType, seed: string, producer: string | undefined): MockObject {
    const typename = isAbstractType(type) ? this.#memberOf(type, seed) : type.name;
    if (!this.#facts.keys.has(typename)) return { __typename: typename, identity: String(digest(seed)) };
    let number = digest(`entity ${seed}`) % entitiesOfType;
    // Nobody answers an entity that it does not have itself.
    for (let tries = 0; tries < entitiesOfType; tries++) {
      if (producer === undefined || !this.isMissing(producer, typename, String(number))) break;
      number = (number + 1) % entitiesOfType;
    }
    return { __typename: typename, identity: String(number) };
  }

  /** Mostly one of the types that many subgraphs know. */
  #memberOf(type: Parameters<GraphQLSchema['getPossibleTypes']>[0], seed: string): string {
    const members = this.#schema.getPossibleTypes(type).map(({ name }) => name);
    const busy = members.filter((name) => this.#busiest.has(name));
    const among = busy.length > 0 && digest(`busy ${seed}`) % 10 < 8 ? busy : members;
    return among[digest(`member ${seed}`) % among.length] as string;
  }
}

interface Origin {
  readonly isSound: boolean;
  readonly field: string;
  readonly producer: string | undefined;
}

function failure(code: string, about: string): GraphQLError {
  return new GraphQLError(`failed: ${about}`, { extensions: { code } });
}

function pick(values: Readonly<Record<string, unknown>>, { selections }: SelectionSetNode): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const selection of selections) {
    if (selection.kind !== Kind.FIELD) continue;
    const value = values[selection.name.value];
    const isNested = selection.selectionSet && typeof value === 'object' && value !== null;
    picked[selection.name.value] = isNested ? pick(value as Record<string, unknown>, selection.selectionSet) : value;
  }
  return picked;
}

function leafValue(type: GraphQLLeafType, field: string, number: number): unknown {
  if (isEnumType(type)) return type.getValues()[number % type.getValues().length]?.name;
  switch (type.name) {
    case 'Int':
    case 'NonNegativeInt':
      return number % 1_000;
    case 'Float':
      return (number % 1_000) / 8;
    case 'BigInt':
      return number * 4_096;
    case 'Boolean':
      return number % 2 === 0;
    case 'DateTime':
      return new Date(Date.UTC(2026, 0, 1) + (number % 100_000) * 1_000).toISOString();
    case 'JSON':
    case 'JSONObject':
      return { [field]: number % 100, list: [1, null, { id: `in ${field}` }], __typename: 'NotAType', '': null };
    default:
      return `${field} ${number}`;
  }
}
