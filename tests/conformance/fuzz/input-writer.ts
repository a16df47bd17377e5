/** Seeded arguments: literals and variables at any depth, left out, null, or by default. */
import {
  GraphQLBoolean,
  GraphQLNonNull,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  type GraphQLArgument,
  type GraphQLInputObjectType,
  type GraphQLInputType,
} from 'graphql';
import type { Chance } from './chance.js';

export interface InputWords {
  readonly ids: readonly string[];
  readonly texts: readonly string[];
}

interface Variable {
  readonly name: string;
  readonly type: string;
}

/** A gateway has variables of its own: a caller's may be called the same. */
const variableNames = ['representations', 'first', 'id', 'filter', 'input', 'v'];
const maxInputDepth = 3;
const condition = new GraphQLNonNull(GraphQLBoolean);

export class InputWriter {
  readonly variables: Record<string, unknown> = {};
  readonly #definitions = new Map<string, string>();
  readonly #known: Variable[] = [];
  readonly #chance: Chance;
  readonly #words: InputWords;

  constructor(chance: Chance, words: InputWords) {
    this.#chance = chance;
    this.#words = words;
  }

  /** ` (…)` or nothing. */
  definitions(): string {
    return this.#definitions.size === 0 ? '' : `(${[...this.#definitions.values()].join(', ')})`;
  }

  /** `(…)` or nothing. */
  args(definitions: readonly GraphQLArgument[]): string {
    const parts = definitions.flatMap((argument) => {
      const isOptional = !isNonNullType(argument.type) || argument.defaultValue !== undefined;
      if (isOptional && !this.#chance.of(0.25)) return [];
      return [`${argument.name}: ${this.#input(argument.type, argument.defaultValue !== undefined, 0)}`];
    });
    return parts.length === 0 ? '' : `(${parts.join(', ')})`;
  }

  condition(): string {
    const name = this.#chance.pick(['skip', 'include']);
    const value = this.#chance.of(0.3) ? String(this.#chance.of(0.5)) : this.#variable(condition, false);
    return ` @${name}(if: ${value})`;
  }

  #input(type: GraphQLInputType, hasDefault: boolean, depth: number): string {
    if (this.#chance.of(0.25)) return this.#variableFor(type, hasDefault);
    if (!isNonNullType(type) && this.#chance.of(0.06)) return 'null';
    return this.#literal(type, depth);
  }

  #literal(type: GraphQLInputType, depth: number): string {
    if (isNonNullType(type)) return this.#literal(type.ofType, depth);
    if (isListType(type)) {
      // One value stands for a list of one.
      if (this.#chance.of(0.15)) return this.#literal(type.ofType, depth);
      return `[${this.#times(() => this.#input(type.ofType, false, depth)).join(', ')}]`;
    }
    if (isInputObjectType(type)) {
      const fields = this.#fieldsOf(type, depth);
      return `{${fields.map((field) => `${field.name}: ${this.#input(field.type, field.defaultValue !== undefined, depth + 1)}`).join(', ')}}`;
    }
    return literalOf(this.#value(type, depth), type);
  }

  #value(type: GraphQLInputType, depth: number): unknown {
    if (isNonNullType(type)) return this.#value(type.ofType, depth);
    if (isListType(type)) {
      if (this.#chance.of(0.15)) return this.#value(type.ofType, depth);
      return this.#times(() => this.#nullableValue(type.ofType, depth));
    }
    if (isEnumType(type)) return this.#chance.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = this.#fieldsOf(type, depth);
      return Object.fromEntries(fields.map((field) => [field.name, this.#nullableValue(field.type, depth + 1)]));
    }
    return this.#scalar(type.name);
  }

  #scalar(name: string): unknown {
    switch (name) {
      case 'Int':
      case 'NonNegativeInt':
        return this.#chance.below(4);
      case 'Float':
        return this.#chance.below(40) / 8;
      case 'BigInt':
        return this.#chance.below(4) * 4_294_967_296;
      case 'Boolean':
        return this.#chance.of(0.5);
      case 'ID':
        return this.#chance.of(0.1) ? this.#chance.below(9) : this.#chance.pick(this.#words.ids);
      case 'DateTime':
        return `2026-01-0${1 + this.#chance.below(9)}T00:00:00Z`;
      case 'JSON':
      case 'JSONObject':
        return { a: this.#chance.below(3), b: [this.#chance.pick(this.#words.texts), null] };
      default:
        return this.#chance.pick(this.#words.texts);
    }
  }

  #nullableValue(type: GraphQLInputType, depth: number): unknown {
    return !isNonNullType(type) && this.#chance.of(0.08) ? null : this.#value(type, depth);
  }

  #fieldsOf(type: GraphQLInputObjectType, depth: number) {
    return Object.values(type.getFields()).filter(
      (field) => isRequiredInputField(field) || (depth < maxInputDepth && this.#chance.of(0.2)),
    );
  }

  #times<T>(make: () => T): T[] {
    return Array.from({ length: this.#chance.below(3) }, make);
  }

  #variableFor(type: GraphQLInputType, hasDefault: boolean): string {
    if (!isNonNullType(type)) return this.#variable(this.#chance.of(0.2) ? new GraphQLNonNull(type) : type, true);
    // Where the place has a default, a variable may be nullable although the place is not.
    return hasDefault && this.#chance.of(0.3) ? this.#variable(type.ofType, false) : this.#variable(type, false);
  }

  #variable(type: GraphQLInputType, mayBeNull: boolean): string {
    const written = String(type);
    const same = this.#known.filter((variable) => variable.type === written);
    if (same.length > 0 && this.#chance.of(0.3)) return `$${this.#chance.pick(same).name}`;
    const name = this.#freeName();
    const hasDefault = this.#chance.of(0.3);
    const byDefault = hasDefault ? ` = ${literalOf(this.#value(type, 0), type)}` : '';
    const isOptional = hasDefault || !isNonNullType(type);
    // Left out, its default counts, or the argument is as if it were not there.
    if (!isOptional || this.#chance.of(0.6)) {
      const isNull = mayBeNull && !isNonNullType(type) && this.#chance.of(0.1);
      this.variables[name] = isNull ? null : this.#value(type, 0);
    }
    this.#definitions.set(name, `$${name}: ${written}${byDefault}`);
    this.#known.push({ name, type: written });
    return `$${name}`;
  }

  #freeName(): string {
    const name = this.#chance.pick(variableNames);
    return this.#definitions.has(name) ? `${name}_${this.#definitions.size}` : name;
  }
}

function literalOf(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalOf(value, type.ofType);
  if (value === null) return 'null';
  if (isListType(type)) {
    if (!Array.isArray(value)) return literalOf(value, type.ofType);
    return `[${value.map((item) => literalOf(item, type.ofType)).join(', ')}]`;
  }
  if (isEnumType(type)) return String(value);
  if (!isInputObjectType(type)) return untypedLiteral(value);
  const fields = type.getFields();
  const parts = Object.entries(value as object).map(
    ([name, item]) => `${name}: ${literalOf(item, fields[name]?.type as GraphQLInputType)}`,
  );
  return `{${parts.join(', ')}}`;
}

function untypedLiteral(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(untypedLiteral).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([name, item]) => `${name}: ${untypedLiteral(item)}`)
    .join(', ')}}`;
}
