/** JSON Schemas in a few words: what a field is, as a person would say it, and what its values have to meet. */
import { cut } from '../../domain/extracted-evidence.js';
import { isObject, member, referencedName, resolve, toList, toObject, toText, type Obj } from './values.js';

/** Deeper structures have names of their own, or are left to the document. */
const deepest = 4;
const mostFields = 200;
const mostValues = 50;

/** `string`, `Comment`, `array of User`, `one of A, B`, `map of integer`, `string or null`. */
export function typeOf(schema: unknown, depth = 0): string {
  if (schema === true) return 'any';
  if (schema === false) return 'nothing';
  const name = referencedName(schema);
  const plain = name ?? typeWithout(schema, depth);
  return member(schema, 'nullable') === true ? `${plain} or null` : plain;
}

function typeWithout(schema: unknown, depth: number): string {
  if (depth > deepest) return 'any';
  const array = member(schema, 'items');
  const tuple = toList(member(schema, 'prefixItems'));
  const orNull = toList(member(schema, 'type')).includes('null') ? ' or null' : '';
  if (tuple.length > 0) return `list of ${sayAll(tuple, depth)}${orNull}`;
  if (array !== undefined) return `array of ${typeOf(array, depth + 1)}${orNull}`;
  for (const [keyword, words] of [
    ['oneOf', 'one of'],
    ['anyOf', 'any of'],
    ['allOf', 'all of'],
  ] as const) {
    const options = toList(member(schema, keyword));
    if (options.length === 1) return typeOf(options[0], depth + 1);
    if (options.length > 1) return `${words} ${sayAll(options, depth)}`;
  }
  const constant = member(schema, 'const');
  if (constant !== undefined) return `always ${cut(JSON.stringify(constant), 100)}`;
  const type = member(schema, 'type');
  const format = toText(member(schema, 'format'));
  const names = Array.isArray(type) ? type.filter((each) => typeof each === 'string') : [];
  const plain = names.length > 0 ? names.join(' or ') : toText(type);
  const values =
    member(schema, 'additionalProperties') ?? Object.values(toObject(member(schema, 'patternProperties')))[0];
  const isObjectType = plain === null || plain === '' || /^object\b/.test(plain);
  if (isObjectType && member(schema, 'properties') === undefined && (isObject(values) || values === true)) {
    return `map of ${typeOf(values, depth + 1)}${orNull}`;
  }
  if (plain === null || plain === '') return member(schema, 'properties') === undefined ? 'any' : 'object';
  return format === null ? plain : `${plain} (${format})`;
}

function sayAll(options: readonly unknown[], depth: number): string {
  return options
    .slice(0, 10)
    .map((option) => typeOf(option, depth + 1))
    .join(', ');
}

/** What values have to meet, by the keywords of JSON Schema. */
export type Constraints = Readonly<Record<string, unknown>>;

const keywords = [
  'format',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'enum',
  'const',
  'default',
  'readOnly',
  'writeOnly',
  'nullable',
  'contentEncoding',
  'contentMediaType',
] as const;

/** Those that are not said by default: `uniqueItems: false` asks for nothing. */
export function constraintsOf(schema: unknown): Constraints {
  const found: Record<string, unknown> = {};
  for (const keyword of keywords) {
    const value = member(schema, keyword);
    if (value === undefined || value === null || value === false) continue;
    if (keyword === 'enum') found[keyword] = toList(value).slice(0, mostValues);
    else if (typeof value === 'string') found[keyword] = cut(value, 500);
    else if (typeof value !== 'object' || JSON.stringify(value).length <= 500) found[keyword] = value;
  }
  return found;
}

const words: Readonly<Record<string, (value: unknown) => string>> = {
  minLength: (value) => `at least ${String(value)} characters`,
  maxLength: (value) => `at most ${String(value)} characters`,
  pattern: (value) => `matches ${cut(String(value), 80)}`,
  minimum: (value) => `at least ${String(value)}`,
  maximum: (value) => `at most ${String(value)}`,
  exclusiveMinimum: (value) => (value === true ? 'exclusive minimum' : `above ${String(value)}`),
  exclusiveMaximum: (value) => (value === true ? 'exclusive maximum' : `below ${String(value)}`),
  multipleOf: (value) => `a multiple of ${String(value)}`,
  minItems: (value) => `at least ${String(value)} items`,
  maxItems: (value) => `at most ${String(value)} items`,
  uniqueItems: () => 'no two items alike',
  minProperties: (value) => `at least ${String(value)} entries`,
  maxProperties: (value) => `at most ${String(value)} entries`,
  enum: (value) => `one of ${cut(toList(value).map(String).join(', '), 200)}`,
  readOnly: () => 'read only',
  writeOnly: () => 'write only',
};

/** `at least 8 characters`, in the order above; what the type says already is left out. */
export function sayConstraints(constraints: Constraints): string[] {
  return Object.entries(constraints).flatMap(([keyword, value]) => words[keyword]?.(value) ?? []);
}

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string | null;
  readonly constraints: Constraints;
}

/** The fields of an object schema, those of its `allOf` parts included; a part that is named twice is read once. */
export function fieldsOf(document: Obj, schema: unknown): Field[] {
  const seen = new Set<unknown>();
  const read = (part: unknown, depth: number): Field[] => {
    const resolved = resolve(document, part);
    if (seen.has(resolved) || depth > deepest) return [];
    seen.add(resolved);
    const required = new Set(toList(member(resolved, 'required')));
    const own = Object.entries(toObject(member(resolved, 'properties'))).map(([name, value]) => ({
      name,
      type: typeOf(value),
      isRequired: required.has(name),
      description: toText(member(value, 'description')),
      constraints: constraintsOf(value),
    }));
    return [...own, ...toList(member(resolved, 'allOf')).flatMap((inner) => read(inner, depth + 1))];
  };
  return read(schema, 0).slice(0, mostFields);
}

/** `email (string, required, at most 100 characters), nickname (string)` */
export function sayFields(fields: readonly Field[]): string {
  return fields
    .map(({ name, type, isRequired, constraints }) => {
      const said = [type, ...(isRequired ? ['required'] : []), ...sayConstraints(constraints)];
      return `${name} (${said.join(', ')})`;
    })
    .join(', ');
}

/** As evidence keeps them: `{ email: { type: "string", required: true, maxLength: 100 } }`. */
export function toRawFields(fields: readonly Field[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.map(({ name, type, isRequired, constraints }) => [name, { ...constraints, type, required: isRequired }]),
  );
}

/** As evidence of an endpoint keeps it: `{ email: "string" }`; the type in words where there are no fields. */
export function toShape(document: Obj, schema: unknown): Record<string, string> | string | null {
  if (schema === undefined) return null;
  const fields = fieldsOf(document, schema);
  if (fields.length === 0) return typeOf(schema);
  return Object.fromEntries(fields.map(({ name, type }) => [name, type]));
}

export function firstSentences(text: string | null, longest = 600): string | null {
  return text === null ? null : cut(text, longest);
}
