/** How PostgreSQL's text becomes values: one table for both engines, so that a row is the same object on either. */
import { parse as parseArray } from 'postgres-array';

type ValueParser = (text: string) => unknown;

const asText: ValueParser = (text) => text;

/** Fixed-width fractions, because `…:45Z` would sort after `…:45.1Z` and a timestamp must order as text. */
export function toTimestamp(text: string): string {
  if (text[10] !== ' ' || !text.endsWith('+00')) return text; // infinity, years BC or past 9999: as printed
  const fraction = text.length - 23; // '2026-11-21 05:46:45' is 19 characters, the dot one more, '+00' three
  const padding = fraction < 0 ? '.000000' : '000000'.slice(fraction);
  return `${text.slice(0, 10)}T${text.slice(11, -3)}${padding}Z`;
}

export function toInteger(text: string): number | bigint {
  if (text.length <= 15) return Number(text);
  const exact = BigInt(text);
  return exact >= Number.MIN_SAFE_INTEGER && exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : exact;
}

const toBytes: ValueParser = (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'));

/** [type, its array type, parser]: object identifiers that PostgreSQL fixes for good (pg_type.dat). */
const builtInTypes: readonly (readonly [number, number, ValueParser])[] = [
  [16, 1000, (text) => text === 't'], // bool
  [17, 1001, toBytes], // bytea
  [18, 1002, asText], // "char"
  [19, 1003, asText], // name
  [20, 1016, toInteger], // int8
  [21, 1005, Number], // int2
  [23, 1007, Number], // int4
  [25, 1009, asText], // text
  [26, 1028, Number], // oid
  [114, 199, JSON.parse], // json
  [700, 1021, Number], // float4
  [701, 1022, Number], // float8
  [869, 1041, asText], // inet
  [1042, 1014, asText], // bpchar
  [1043, 1015, asText], // varchar
  [1082, 1182, asText], // date
  [1083, 1183, asText], // time
  [1114, 1115, asText], // timestamp
  [1184, 1185, toTimestamp], // timestamptz
  [1700, 1231, asText], // numeric
  [2950, 2951, asText], // uuid
  [3802, 3807, JSON.parse], // jsonb
  [5069, 271, asText], // xid8
];

/** The parsers of one database: the built-in types, and the array types of its own enums, domains and extensions. */
export class ValueTypes {
  readonly #parsers = new Map<number, ValueParser>();

  constructor() {
    for (const [type, arrayType, parser] of builtInTypes) {
      this.#parsers.set(type, parser);
      this.#parsers.set(arrayType, arrayOf(parser));
    }
  }

  /** The shape that `pg` asks for; the text format is the only one requested. */
  readonly getTypeParser = (type: number): ValueParser => this.#parsers.get(type) ?? asText;

  /** Array types that this database made itself have object identifiers of its own: the answer of {@link ownArrayTypes}. */
  learn(rows: readonly { type: number; arrayType: number }[]): void {
    for (const { type, arrayType } of rows) {
      this.#parsers.set(arrayType, arrayOf(this.getTypeParser(type)));
    }
  }
}

/** Array types made after initdb (identifiers from 16384 on). */
export const ownArrayTypes = `select t.oid as "type", t.typarray as "arrayType" from pg_catalog.pg_type t
where t.typarray >= 16384 and t.typtype in ('b', 'd', 'e')`;

function arrayOf(parser: ValueParser): ValueParser {
  return (text) => parseArray(text, parser);
}
