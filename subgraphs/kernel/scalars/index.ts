/** Owns the scalars' runtime: graphql-scalars' parsing, with outputs that are plain JSON values. */
import { GraphQLScalarType, Kind } from 'graphql';
import {
  DateTimeResolver,
  JSONObjectResolver,
  JSONResolver,
  NonNegativeIntResolver,
  URLResolver,
  UUIDResolver,
} from 'graphql-scalars';
import { badInput } from '../errors/index.js';

/**
 * Rows carry timestamps as RFC 3339 text in UTC with microseconds. graphql-scalars would answer a Date object: it costs, drops
 * the microseconds, and is no JSON value, which in-process results must be.
 */
const dateTime = new GraphQLScalarType<unknown, string>({
  ...DateTimeResolver.toConfig(),
  serialize: (value) => (value instanceof Date ? value.toISOString() : String(value)),
  parseValue: (value) => toTimestamp(DateTimeResolver.parseValue(value), value),
  parseLiteral: (node, variables) =>
    toTimestamp(DateTimeResolver.parseLiteral(node, variables), node.kind === Kind.STRING ? node.value : null),
});

/** In UTC, with the microseconds that a Date can't hold and `given` may have: else a moment read here would not find its row. */
function toTimestamp(moment: Date, given: unknown): string {
  const year = moment.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) throw badInput('Expected a date and time by RFC 3339, e.g. 2026-11-21T05:46:45Z.');
  const text = moment.toISOString();
  const fraction = /\.(\d{4,})/.exec(String(given))?.[1];
  return fraction === undefined ? text : `${text.slice(0, -'000Z'.length)}${fraction.slice(0, 6)}Z`;
}

/** `javascript:` and `file:` are URLs too; nothing in the graph means those. */
const url = new GraphQLScalarType<unknown, string>({
  ...URLResolver.toConfig(),
  serialize: String,
  parseValue: (value) => toWebUrl(URLResolver.parseValue(value)),
  parseLiteral: (node, variables) => toWebUrl(URLResolver.parseLiteral(node, variables)),
});

function toWebUrl(value: unknown): string {
  const parsed = new URL(String(value));
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw badInput('Expected an http or https URL.');
  return parsed.href;
}

/** graphql-scalars' own answers with BigInt values, which `JSON.stringify` refuses. */
const bigInt = new GraphQLScalarType<number | bigint, number | string>({
  name: 'BigInt',
  serialize: (value) => {
    const whole = toWhole(value);
    return typeof whole === 'number' ? whole : whole.toString();
  },
  parseValue: toStorable,
  parseLiteral: (node) => {
    if (node.kind !== Kind.INT && node.kind !== Kind.STRING)
      throw badInput('Expected a whole number, or its digits as text.');
    return toStorable(node.value);
  },
});

function toStorable(value: unknown): number | bigint {
  const whole = toWhole(value);
  if (typeof whole === 'bigint' && BigInt.asIntN(64, whole) !== whole) {
    throw badInput('Expected a whole number of at most 64 bits.');
  }
  return whole;
}

/** A number where a double holds it exactly, else a bigint. */
function toWhole(value: unknown): number | bigint {
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value) || /^-?\d{1,40}$/.test(String(value));
  if (!isWhole) throw badInput('Expected a whole number, or its digits as text.');
  const exact = BigInt(value as bigint | number | string);
  return exact >= Number.MIN_SAFE_INTEGER && exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : exact;
}

/** graphql-scalars' own takes 2^53, and 1e308 for 1; columns hold less than 2^31. */
const nonNegativeInt = new GraphQLScalarType<number, number>({
  ...NonNegativeIntResolver.toConfig(),
  parseValue: toCount,
  parseLiteral: (node) => toCount(node.kind === Kind.INT ? Number(node.value) : null),
});

function toCount(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 2_147_483_647) return value;
  throw badInput('Expected a whole number from 0 to 2147483647.');
}

/** By scalar name; a subgraph takes those that its schema declares. */
export const scalars: Readonly<Record<string, GraphQLScalarType>> = {
  DateTime: dateTime,
  UUID: UUIDResolver,
  JSON: JSONResolver,
  JSONObject: JSONObjectResolver,
  BigInt: bigInt,
  URL: url,
  NonNegativeInt: nonNegativeInt,
};
