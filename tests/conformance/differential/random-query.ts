/** Seeded random operations, valid by construction but for merges that the caller's validation throws out. */
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { seeded } from '../../testkit/seeded.js';

export interface RandomOperation {
  readonly source: string;
  readonly variables: Record<string, unknown>;
}

export function randomOperation(schema: GraphQLSchema, seed: number): RandomOperation {
  return new OperationWriter(schema, seeded(seed)).write();
}

const maxDepth = 5;

const conditionTypes = new WeakMap<GraphQLCompositeType, readonly GraphQLCompositeType[]>();

class OperationWriter {
  readonly #schema: GraphQLSchema;
  readonly #random: () => number;
  readonly #variables: Record<string, unknown> = {};
  readonly #definitions: string[] = [];
  readonly #fragments: string[] = [];
  #aliases = 0;
  /** Fields and fragments that may still be written, so that operations stay small. */
  #budget = 28;

  constructor(schema: GraphQLSchema, random: () => number) {
    this.#schema = schema;
    this.#random = random;
  }

  write(): RandomOperation {
    const isMutation = this.#chance(0.08) && this.#schema.getMutationType() != null;
    const root = isMutation ? this.#schema.getMutationType() : this.#schema.getQueryType();
    if (!root) throw new Error('the schema has no root type');
    const selections = this.#selections(root, 0);
    const variables = this.#definitions.length > 0 ? `(${this.#definitions.join(', ')})` : '';
    const operation = `${isMutation ? 'mutation' : 'query'} Random${variables} ${selections}`;
    return { source: [operation, ...this.#fragments].join('\n'), variables: this.#variables };
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }

  #selections(type: GraphQLCompositeType, depth: number): string {
    const parts: string[] = [];
    const count = 1 + Math.floor(this.#random() * 4);
    for (let i = 0; i < count; i++) {
      if (this.#chance(0.12)) parts.push(this.#alias(0.3) + '__typename' + this.#conditions());
      else if (depth > 0 && this.#budget > 0 && (isUnionType(type) || this.#chance(0.2))) {
        parts.push(this.#fragment(type, depth));
      } else {
        const field = this.#field(type, depth);
        if (field !== null) parts.push(field);
      }
    }
    return `{ ${parts.length > 0 ? parts.join(' ') : '__typename'} }`;
  }

  #field(type: GraphQLCompositeType, depth: number): string | null {
    if (isUnionType(type)) return null;
    const fields = Object.values(type.getFields()).filter(
      ({ type: fieldType }) => (depth < maxDepth && this.#budget > 0) || !isCompositeType(getNamedType(fieldType)),
    );
    if (fields.length === 0) return null;
    this.#budget -= 1;
    const field = this.#pick(fields);
    const args = field.args.map((argument) => this.#argument(argument)).filter((text) => text !== null);
    const named = getNamedType(field.type);
    const alias = this.#alias(args.length > 0 ? 1 : 0.15);
    const selections = isCompositeType(named) ? ` ${this.#selections(named, depth + 1)}` : '';
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${this.#conditions()}${selections}`;
  }

  #alias(probability: number): string {
    return this.#chance(probability) ? `a${this.#aliases++}: ` : '';
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    this.#budget -= 2;
    const condition = this.#pick(this.#conditionsFor(type));
    const selections = this.#selections(condition, depth);
    if (this.#chance(0.3)) {
      const name = `F${this.#fragments.length}`;
      this.#fragments.push(`fragment ${name} on ${condition.name} ${selections}`);
      return `...${name}${this.#conditions()}`;
    }
    const on = condition === type && this.#chance(0.5) ? '' : ` on ${condition.name}`;
    return `...${on}${this.#conditions()} ${selections}`;
  }

  /** Types whose objects may also be of `type`. */
  #conditionsFor(type: GraphQLCompositeType): readonly GraphQLCompositeType[] {
    const known = conditionTypes.get(type);
    if (known !== undefined) return known;
    const possible = new Set(isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type]);
    const conditions = Object.values(this.#schema.getTypeMap()).filter((other): other is GraphQLCompositeType => {
      if (isObjectType(other)) return possible.has(other);
      if (!isInterfaceType(other) && !isUnionType(other)) return false;
      return this.#schema.getPossibleTypes(other).some((member) => possible.has(member));
    });
    conditionTypes.set(type, conditions);
    return conditions;
  }

  #conditions(): string {
    if (!this.#chance(0.12)) return '';
    const name = this.#chance(0.5) ? 'skip' : 'include';
    if (this.#chance(0.3)) return ` @${name}(if: ${String(this.#chance(0.5))})`;
    return ` @${name}(if: ${this.#variable('Boolean!', this.#chance(0.5))})`;
  }

  #argument({ name, type, defaultValue }: GraphQLArgument): string | null {
    const optional = !isNonNullType(type) || defaultValue !== undefined;
    if (optional && this.#chance(0.4)) return null;
    if (this.#chance(0.4)) return `${name}: ${this.#variable(String(type), this.#value(type))}`;
    return `${name}: ${toLiteral(this.#value(type), type)}`;
  }

  #variable(type: string, value: unknown): string {
    const name = `v${this.#definitions.length}`;
    this.#definitions.push(`$${name}: ${type}`);
    this.#variables[name] = value;
    return `$${name}`;
  }

  #value(type: GraphQLInputType): unknown {
    if (isNonNullType(type)) return this.#value(type.ofType);
    if (isListType(type)) return [this.#value(type.ofType), this.#value(type.ofType)];
    if (isEnumType(type)) return this.#pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(() => this.#chance(0.6));
      return Object.fromEntries(fields.map((field) => [field.name, this.#value(field.type)]));
    }
    switch (type.name) {
      case 'Int':
        return Math.floor(this.#random() * 4);
      case 'Boolean':
        return this.#chance(0.5);
      case 'ID':
        return `${this.#pick(['p', 'm', 'u'])}${Math.floor(this.#random() * 30)}`;
      default:
        return this.#pick(['sku-p3', 'sku-p7', 'b', 'round', 'say "hi"\n']);
    }
  }
}

function toLiteral(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return toLiteral(value, type.ofType);
  if (Array.isArray(value) && isListType(type))
    return `[${value.map((item) => toLiteral(item, type.ofType)).join(', ')}]`;
  if (isEnumType(type)) return String(value);
  if (isInputObjectType(type)) {
    const fields = type.getFields();
    const parts = Object.entries(value as object).map(([name, item]) => {
      const field = fields[name];
      return field === undefined ? '' : `${name}: ${toLiteral(item, field.type)}`;
    });
    return `{ ${parts.join(', ')} }`;
  }
  return JSON.stringify(value);
}
