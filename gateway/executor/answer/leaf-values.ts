/** What a leaf may be: the values that the schema allows, in the form in which callers get them. */
import { isEnumType, isNonNullType, type GraphQLLeafType, type GraphQLOutputType, type GraphQLSchema } from 'graphql';
import { ExactNumber } from '../../json/exact-json.js';
import { toJsonValue } from '../../json/json-value.js';

/** Stands for a value that the leaf's type does not allow. */
export const notAllowed = Symbol('not allowed');

export type ReadLeaf = (value: unknown) => unknown;

/** Values that their type allows as they are: what `typeof` says of them, or a number of 32 bits. */
export type PlainLeaf = 'string' | 'boolean' | 'int';

const plain = new Map<string, PlainLeaf>([
  ['String', 'string'],
  ['ID', 'string'],
  ['Boolean', 'boolean'],
  ['Int', 'int'],
]);

/** Null for a type whose values {@link compileLeaf} has to read one by one. */
export function plainLeafOf(type: GraphQLOutputType): PlainLeaf | null {
  const nullable = isNonNullType(type) ? type.ofType : type;
  return 'name' in nullable ? (plain.get(nullable.name) ?? null) : null;
}

export function isInt(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}

/** A subgraph has serialised its values already: what it sends is taken by its JSON type, and nothing is made to fit. */
const builtIn = new Map<string, ReadLeaf>([
  ['String', (value) => (typeof value === 'string' ? value : notAllowed)],
  ['Boolean', (value) => (typeof value === 'boolean' ? value : notAllowed)],
  [
    'Float',
    (value) => {
      const number = value instanceof ExactNumber ? Number(value.text) : value;
      return typeof number === 'number' && Number.isFinite(number) ? number : notAllowed;
    },
  ],
  ['Int', (value) => (isInt(value) ? value : notAllowed)],
  // Many databases have numbers for keys, and their subgraphs hand them on; to callers an ID is always text.
  [
    'ID',
    (value) => {
      if (typeof value === 'string') return value;
      if (value instanceof ExactNumber) return /^-?\d+$/.test(value.text) ? value.text : notAllowed;
      return typeof value === 'number' && Number.isInteger(value) ? String(value) : notAllowed;
    },
  ],
]);

/** `supergraph` has the enum values that callers may not see. */
export function compileLeaf(type: GraphQLLeafType, supergraph: GraphQLSchema): ReadLeaf {
  if (!isEnumType(type)) return builtIn.get(type.name) ?? toLeaf;
  const visible = new Set<unknown>(type.getValues().map(({ name }) => name));
  const whole = supergraph.getType(type.name);
  const known = new Set<unknown>(isEnumType(whole) ? whole.getValues().map(({ name }) => name) : []);
  return (value) => {
    if (visible.has(value)) return value;
    // A value that callers may not see is null, as if the field had none.
    return known.has(value) ? null : notAllowed;
  };
}

/** Of a custom scalar the gateway knows nothing: it passes as it is. */
function toLeaf(value: unknown): unknown {
  if (typeof value === 'object') return toJsonValue(value);
  // JSON has no word for it: what was written as 1e400 would reach the caller as null.
  return typeof value === 'number' && !Number.isFinite(value) ? notAllowed : value;
}
