/** JSON whose numbers stay exact: one that a double would change is kept as it is written. */
import { randomUUID } from 'node:crypto';
import {
  isInputObjectType,
  isListType,
  isNonNullType,
  isSpecifiedScalarType,
  Kind,
  type GraphQLInputType,
  type ValueNode,
} from 'graphql';

/** Stands before an exact number in texts that are not finished. Nobody outside of this process knows it. */
const sign = randomUUID();
const signed = new RegExp(`"${sign}(-?\\d[\\d.eE+-]*)"`, 'g');
let isInUse = false;

/** A number of JSON as it was written. `JSON.stringify` can't write it, so what it writes is finished by {@link finishJson}. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): string {
    isInUse = true;
    return sign + this.text;
  }
}

/** What `JSON.stringify` wrote, with the exact numbers in it as numbers. Every text that leaves this process passes here. */
export function finishJson(text: string): string {
  return isInUse && text.includes(sign) ? text.replace(signed, '$1') : text;
}

/** Objects and lists in which there may be exact numbers: nothing else has to be looked through for them. */
const marked = new WeakSet<object>();

function mark<T extends object>(container: T): T {
  marked.add(container);
  return container;
}

export function mayHoldExactNumbers(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value instanceof ExactNumber || marked.has(value));
}

const fewestDigits = 16;

/**
 * Whether there are 16 digits in a row: nearly never. Looks at every sixteenth character, and at those before it when that
 * is a digit: a tenth of the parser's time, where a regular expression takes two thirds of it.
 */
function hasManyDigits(text: string): boolean {
  let i = fewestDigits - 1;
  while (i < text.length) {
    let start = i;
    while (start > i - fewestDigits && isDigit(text.charCodeAt(start))) start -= 1;
    if (start === i - fewestDigits) return true;
    i = start + fewestDigits;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** An integer of 16 digits or a fraction of 17: a double prints no more. */
const tooManyDigits = /(?<![\d.])\d{16}|\d\.\d{17}/;

/** As `JSON.parse`, with an {@link ExactNumber} in place of each number that would be another one afterwards. */
export function parseJson(text: string): unknown {
  return hasManyDigits(text) && tooManyDigits.test(text) ? parseExactly(text) : JSON.parse(text);
}

const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const quote = 34;
const backslash = 92;

/** Numbers are put into strings that no text can hold, so that the parser stays V8's own, and taken out again. */
function parseExactly(text: string): unknown {
  const prefix = randomUUID();
  let written = '';
  let from = 0;
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === quote) {
      i = endOfString(text, i);
      continue;
    }
    numberToken.lastIndex = i;
    const token = code === 45 || isDigit(code) ? numberToken.exec(text)?.[0] : undefined;
    if (token === undefined) {
      i += 1;
      continue;
    }
    if (!isExact(token)) {
      written += `${text.slice(from, i)}"${prefix}${token}"`;
      from = i + token.length;
    }
    i += token.length;
  }
  if (from === 0) return JSON.parse(text);
  const holder: unknown[] = [JSON.parse(written + text.slice(from))];
  takeOut(holder, prefix);
  return holder[0];
}

/** The index after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes += 1;
    if (escapes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Up to 17 digits of a fraction are what a double may print; an integer is exact when it prints as it is written. */
function isExact(token: string): boolean {
  if (token.length < 16) return true;
  if (/[.eE]/.test(token)) {
    const digits = /^-?[0.]*([\d.]*)/.exec(token)?.[1]?.replace('.', '') ?? '';
    return digits.length <= 17;
  }
  return String(Number(token)) === token;
}

/** With a stack of its own: what is nested deeper than the stack must not end the process. */
function takeOut(root: unknown[], prefix: string): void {
  const open: object[] = [root];
  for (let container = open.pop(); container !== undefined; container = open.pop()) {
    marked.add(container);
    for (const [key, value] of Object.entries(container) as [string, unknown][]) {
      // A number in the place of a key is no JSON.
      if (key.startsWith(prefix)) throw new SyntaxError('a key is no string');
      if (typeof value === 'object' && value !== null) open.push(value);
      else if (typeof value === 'string' && value.startsWith(prefix)) {
        (container as Record<string, unknown>)[key] = new ExactNumber(value.slice(prefix.length));
      }
    }
  }
}

/** `value` as a variable of `type` may have it: only a custom scalar takes an exact number. */
export function fitExactNumbers(value: unknown, type: GraphQLInputType): unknown {
  if (!mayHoldExactNumbers(value)) return value;
  if (isNonNullType(type)) return fitExactNumbers(value, type.ofType);
  if (isListType(type)) {
    if (!Array.isArray(value)) return fitExactNumbers(value, type.ofType);
    return mark(value.map((item: unknown) => fitExactNumbers(item, type.ofType)));
  }
  if (value instanceof ExactNumber) {
    if (!isSpecifiedScalarType(type)) return value;
    return type.name === 'ID' && /^-?\d+$/.test(value.text) ? value.text : Number(value.text);
  }
  if (!isInputObjectType(type)) return value;
  const fields = type.getFields();
  const entries = Object.entries(value as object) as [string, unknown][];
  const fitted = entries.map(([key, item]) => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    return [key, field === undefined ? item : fitExactNumbers(item, field.type)];
  });
  return mark(Object.fromEntries(fitted) as object);
}

/** `value` for code that knows plain numbers only. */
export function toPlainNumbers(value: unknown): unknown {
  if (value instanceof ExactNumber) return Number(value.text);
  if (!mayHoldExactNumbers(value)) return value;
  if (Array.isArray(value)) return value.map(toPlainNumbers);
  const entries = Object.entries(value as object) as [string, unknown][];
  return Object.fromEntries(entries.map(([key, item]) => [key, toPlainNumbers(item)]));
}

/** A literal without variables, its numbers exact. Undefined when all of them are, as they are. */
export function exactLiteral(node: ValueNode): unknown {
  let isInexact = false;
  const read = (value: ValueNode): unknown => {
    switch (value.kind) {
      case Kind.INT:
      case Kind.FLOAT:
        if (isExact(value.value)) return Number(value.value);
        isInexact = true;
        return new ExactNumber(value.value);
      case Kind.LIST:
        return mark(value.values.map(read));
      case Kind.OBJECT:
        return mark(Object.fromEntries(value.fields.map((field) => [field.name.value, read(field.value)])) as object);
      case Kind.NULL:
        return null;
      case Kind.VARIABLE:
        throw new Error('a default value has a variable');
      default:
        return value.value;
    }
  };
  const exact = read(node);
  return isInexact ? exact : undefined;
}
