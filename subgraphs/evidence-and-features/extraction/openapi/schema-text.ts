/** JSON Schemas in a few words: what a field is, as a person would say it. */
import { cut } from '../../domain/extracted-evidence.js';
import { member, referencedName, resolve, toList, toObject, toText, type Obj } from './values.js';

/** Deeper structures have names of their own, or are left to the document. */
const deepest = 4;
const mostFields = 200;

/** `string`, `Comment`, `array of User`, `one of A, B`. */
export function typeOf(schema: unknown, depth = 0): string {
  const name = referencedName(schema);
  if (name !== null) return name;
  if (depth > deepest) return 'any';
  const array = member(schema, 'items');
  if (array !== undefined) return `array of ${typeOf(array, depth + 1)}`;
  for (const [keyword, words] of [
    ['oneOf', 'one of'],
    ['anyOf', 'any of'],
    ['allOf', 'all of'],
  ] as const) {
    const options = toList(member(schema, keyword));
    if (options.length === 1) return typeOf(options[0], depth + 1);
    if (options.length > 1)
      return `${words} ${options
        .slice(0, 10)
        .map((option) => typeOf(option, depth + 1))
        .join(', ')}`;
  }
  const type = member(schema, 'type');
  const format = toText(member(schema, 'format'));
  const plain = Array.isArray(type) ? type.filter((each) => typeof each === 'string').join(' or ') : toText(type);
  if (plain === null || plain === '') return member(schema, 'properties') === undefined ? 'any' : 'object';
  return format === null ? plain : `${plain} (${format})`;
}

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string | null;
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
    }));
    return [...own, ...toList(member(resolved, 'allOf')).flatMap((inner) => read(inner, depth + 1))];
  };
  return read(schema, 0).slice(0, mostFields);
}

/** `email (string, required), nickname (string)` */
export function sayFields(fields: readonly Field[]): string {
  return fields.map(({ name, type, isRequired }) => `${name} (${type}${isRequired ? ', required' : ''})`).join(', ');
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
