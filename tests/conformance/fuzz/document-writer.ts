/** Seeded documents of the kinds that gateways get wrong, valid but for a few that the caller's validation throws out. */
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  parse,
  validate,
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { Chance } from './chance.js';
import { InputWriter, type InputWords } from './input-writer.js';
import { areExclusive, branchOf, ResponseScope } from './response-scope.js';

export interface FuzzDocument {
  readonly source: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface WritingPlace {
  readonly schema: GraphQLSchema;
  readonly words: InputWords;
  /** Types that are chosen more often than others. */
  readonly busiest: readonly string[];
  readonly hasSubscriptions: boolean;
}

/** The first valid document of this seed. */
export function writeDocument(place: WritingPlace, seed: number): FuzzDocument & { readonly document: DocumentNode } {
  for (let attempt = 0; ; attempt++) {
    const written = new DocumentWriter(place, new Chance(seed + attempt * 0x9e3779b1)).write();
    const document = parse(written.source);
    if (validate(place.schema, document).length === 0) return { ...written, document };
  }
}

const maxDepth = 8;

/** Names that a planner, a language or a subgraph protocol uses itself. */
const reservedNames = [
  '__typename',
  '_0',
  '_entities',
  '_internal_qp_alias_0',
  '_e0',
  'constructor',
  'hasOwnProperty',
  'id_1',
  'representations',
  'toString',
];

interface Spot {
  readonly type: GraphQLCompositeType;
  readonly scope: ResponseScope;
  /** Of the objects around, from the root. */
  readonly around: readonly string[];
  readonly depth: number;
}

class DocumentWriter {
  readonly #place: WritingPlace;
  readonly #chance: Chance;
  readonly #inputs: InputWriter;
  readonly #fragments: { readonly name: string; readonly on: string; text: string | null }[] = [];
  /** Fields and fragments that may still be written, so that documents stay small. */
  #budget: number;

  constructor(place: WritingPlace, chance: Chance) {
    this.#place = place;
    this.#chance = chance;
    this.#inputs = new InputWriter(chance, place.words);
    this.#budget = 4 + chance.below(36);
  }

  write(): FuzzDocument {
    const { kind, type } = this.#root();
    const spot: Spot = { type, scope: new ResponseScope(), around: [], depth: 0 };
    const selections = kind === 'subscription' ? this.#subscribed(spot) : this.#selections(spot);
    const isNamed = this.#chance.of(0.7);
    const hasOther = isNamed && this.#chance.of(0.05);
    const operation = `${kind} ${isNamed ? 'Fuzz' : ''}${this.#inputs.definitions()} ${selections}`;
    const fragments = this.#fragments.map(({ name, on, text }) => `fragment ${name} on ${on} ${text ?? ''}`);
    const parts = [operation, ...fragments, ...(hasOther ? ['query Other { __typename }'] : [])];
    return {
      source: parts.join('\n'),
      operationName: hasOther ? 'Fuzz' : undefined,
      variables: this.#inputs.variables,
    };
  }

  #root(): { kind: string; type: GraphQLObjectType } {
    const { schema, hasSubscriptions } = this.#place;
    const chance = this.#chance.below(100);
    const mutation = schema.getMutationType();
    const subscription = schema.getSubscriptionType();
    if (chance < 10 && mutation) return { kind: 'mutation', type: mutation };
    if (chance < 15 && hasSubscriptions && subscription) return { kind: 'subscription', type: subscription };
    const query = schema.getQueryType();
    if (!query) throw new Error('the schema has no query type');
    return { kind: 'query', type: query };
  }

  /** A subscription has one root field, without conditions. */
  #subscribed(spot: Spot): string {
    for (;;) {
      const field = this.#field(spot, false);
      if (field !== null) return `{ ${field} }`;
    }
  }

  #selections(spot: Spot): string {
    const parts: string[] = [];
    const count = 1 + this.#chance.below(4);
    for (let i = 0; i < count; i++) {
      const part = this.#selection(spot);
      if (part !== null) parts.push(part);
    }
    return `{ ${parts.length > 0 ? parts.join(' ') : '__typename'} }`;
  }

  #selection(spot: Spot): string | null {
    const { type, depth } = spot;
    if (this.#chance.of(0.1)) return this.#typename(spot);
    const isFragment = depth > 0 ? isAbstractType(type) && this.#chance.of(0.7) : false;
    if (this.#budget > 0 && (isFragment || isUnionType(type) || this.#chance.of(0.12))) return this.#fragment(spot);
    return this.#field(spot, true);
  }

  #typename(spot: Spot): string {
    const key = this.#chance.of(0.5) ? '__typename' : this.#chance.pick(['t', 'id', 'name', 'kind', '_0']);
    const field = { name: '__typename', args: '', type: typenameType(this.#place.schema), branch: branchAt(spot) };
    if (!spot.scope.accepts(key, field)) return '__typename';
    spot.scope.add(key, field);
    return `${key === '__typename' ? '' : `${key}: `}__typename${this.#condition()}`;
  }

  #field(spot: Spot, mayHaveCondition: boolean): string | null {
    const { type, scope, depth } = spot;
    if (isUnionType(type)) return null;
    const field = this.#pickField(type, spot);
    if (field === undefined) return null;
    this.#budget -= 1;
    const args = this.#inputs.args(field.args);
    const scoped = { name: field.name, args, type: field.type, branch: branchAt(spot) };
    const key = this.#keyFor(field, type, (candidate) => scope.accepts(candidate, scoped));
    if (key === null) return null;
    scope.add(key, scoped);
    const named = getNamedType(field.type);
    const below = isCompositeType(named)
      ? ` ${this.#selections({ type: named, scope: scope.below(key), around: branchAt(spot), depth: depth + 1 })}`
      : '';
    const alias = key === field.name ? '' : `${key}: `;
    return `${alias}${field.name}${args}${mayHaveCondition ? this.#condition() : ''}${below}`;
  }

  #pickField(type: Exclude<GraphQLCompositeType, { getTypes: unknown }>, spot: Spot) {
    const fields = type.getFields();
    const isOpen = spot.depth < maxDepth && this.#budget > 0;
    const isAllowed = (field: GraphQLField<unknown, unknown>) => isOpen || !isCompositeType(getNamedType(field.type));
    // What another type's objects are asked here as well: under the same key, perhaps with other arguments.
    if (this.#chance.of(0.3)) {
      const names = [...spot.scope.fields()].flatMap(([, scoped]) =>
        scoped.filter(({ branch }) => areExclusive(branch, branchAt(spot))).map(({ name }) => name),
      );
      const shared = names.map((name) => fields[name]).filter((field) => field !== undefined);
      if (shared.length > 0) return this.#chance.pick(shared.filter(isAllowed));
    }
    const allowed = Object.values(fields).filter(isAllowed);
    if (allowed.length === 0) return undefined;
    const deep = allowed.filter((field) => isCompositeType(getNamedType(field.type)));
    return this.#chance.pick(deep.length > 0 && this.#chance.of(0.45) ? deep : allowed);
  }

  #keyFor(
    { name }: GraphQLField<unknown, unknown>,
    type: GraphQLCompositeType,
    accepts: (key: string) => boolean,
  ): string | null {
    const candidates: string[] = [];
    const chance = this.#chance.below(100);
    if (chance < 15 && !isUnionType(type)) candidates.push(this.#chance.pick(Object.keys(type.getFields())));
    else if (chance < 25) candidates.push(this.#chance.pick(reservedNames));
    else if (chance < 40) candidates.push(this.#chance.pick(['a', 'b', 'id', 'node', 'key']));
    candidates.push(name, `${name}_${this.#chance.below(3)}`, `x${this.#chance.below(1_000)}`);
    return candidates.find(accepts) ?? null;
  }

  #fragment(spot: Spot): string | null {
    this.#budget -= 1;
    const known = this.#fragments.filter(({ text, on }) => text !== null && this.#mayBe(spot.type, on));
    if (known.length > 0 && this.#chance.of(0.15)) return `...${this.#chance.pick(known).name}${this.#condition()}`;
    const condition = this.#pickCondition(spot.type);
    const inside = { ...spot, type: condition };
    // What a fragment says of another type narrows what the objects may be, and widens nothing.
    if (this.#chance.of(0.3)) {
      const fragment = { name: `F${this.#fragments.length}`, on: condition.name, text: null as string | null };
      this.#fragments.push(fragment);
      fragment.text = this.#selections(inside);
      return `...${fragment.name}${this.#condition()}`;
    }
    const on = condition === spot.type && this.#chance.of(0.5) ? '' : ` on ${condition.name}`;
    return `...${on}${this.#condition()} ${this.#selections(inside)}`;
  }

  #mayBe(type: GraphQLCompositeType, on: string): boolean {
    return conditionsFor(this.#place.schema, type).some(({ name }) => name === on);
  }

  #pickCondition(type: GraphQLCompositeType): GraphQLCompositeType {
    const conditions = conditionsFor(this.#place.schema, type);
    const busy = conditions.filter(({ name }) => this.#place.busiest.includes(name));
    if (busy.length > 0 && this.#chance.of(0.6)) return this.#chance.pick(busy);
    const abstract = conditions.filter((condition) => !isObjectType(condition));
    return this.#chance.pick(abstract.length > 0 && this.#chance.of(0.4) ? abstract : conditions);
  }

  #condition(): string {
    return this.#chance.of(0.1) ? this.#inputs.condition() : '';
  }
}

function branchAt({ around, type }: Spot): readonly string[] {
  return [...around, branchOf(type)];
}

function typenameType(schema: GraphQLSchema) {
  const type = schema.getType('String');
  if (!type || isCompositeType(type)) throw new Error('a schema without strings');
  return type as never;
}

const knownConditions = new WeakMap<GraphQLCompositeType, readonly GraphQLCompositeType[]>();

/** Types whose objects may also be of `type`. */
function conditionsFor(schema: GraphQLSchema, type: GraphQLCompositeType): readonly GraphQLCompositeType[] {
  const known = knownConditions.get(type);
  if (known !== undefined) return known;
  const possible = new Set(isAbstractType(type) ? schema.getPossibleTypes(type) : [type]);
  const conditions = Object.values(schema.getTypeMap()).filter((other): other is GraphQLCompositeType => {
    if (isObjectType(other)) return possible.has(other);
    if (!isInterfaceType(other) && !isUnionType(other)) return false;
    return schema.getPossibleTypes(other).some((member) => possible.has(member));
  });
  knownConditions.set(type, conditions);
  return conditions;
}
