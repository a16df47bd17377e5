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

const numberGrammar = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const numberToken = new RegExp(numberGrammar, 'y');

/** Stands before an exact number in texts that are not finished. Nobody outside of this process knows it. */
const sign = randomUUID();
const signed = new RegExp(`"${sign}(${numberGrammar})"`, 'g');
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

/** A double keeps every number of fewer digits. */
const fewestDigits = 16;

/**
 * Whether there is a number that a double would change, or a text that has the form of one: nearly never. Looks at every sixteenth
 * character, and at those before it when that is a digit or a point: a tenth of the parser's time, where a regular expression
 * takes two thirds of it.
 */
function mayHaveInexactNumber(text: string): boolean {
  let i = fewestDigits - 1;
  while (i < text.length) {
    let start = i;
    while (start > i - fewestDigits && isOfNumber(text.charCodeAt(start))) start -= 1;
    if (start === i - fewestDigits) {
      numberToken.lastIndex = start + 1;
      const token = numberToken.exec(text)?.[0];
      if (token !== undefined && !isExact(token)) return true;
      start = i + 1;
      while (isOfNumber(text.charCodeAt(start))) start += 1;
    }
    i = start + fewestDigits;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isOfNumber(code: number): boolean {
  return code <= 57 && (code >= 48 || code === 46);
}

/** As `JSON.parse`, with an {@link ExactNumber} in place of each number that would be another one afterwards. */
export function parseJson(text: string): unknown {
  return mayHaveInexactNumber(text) ? parseExactly(text) : JSON.parse(text);
}

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

/** Whether the double of it prints the same number, however that is written. */
function isExact(token: string): boolean {
  if (token.length < fewestDigits) return true;
  const printed = String(Number(token));
  return printed === token || canonicalNumber(printed) === canonicalNumber(token);
}

/** Its digits without zeros around them, and the power of ten that they are multiplied by. The sign is the same in any case. */
function canonicalNumber(text: string): string {
  const parts = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (parts === null) return text;
  const [, whole = '', fraction = '', exponent = '0'] = parts;
  const digits = whole + fraction;
  let from = 0;
  while (digits[from] === '0') from += 1;
  // Not by a regular expression: one would look at the zeros within the digits again for each of them.
  let to = digits.length;
  while (to > from && digits[to - 1] === '0') to -= 1;
  return from === to ? '0' : `${digits.slice(from, to)}e${Number(exponent) - fraction.length + digits.length - to}`;
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
