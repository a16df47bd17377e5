/** The `sql` tag: parameterised, named SQL. */
import { createHash } from 'node:crypto';
import type { BoundStatement } from './database.js';

/** What `sql` makes: a statement ready to run, and a fragment for another `sql`. */
export interface SqlStatement extends BoundStatement {
  readonly [fragment]: Fragment;
}

const fragment: unique symbol = Symbol('sql fragment');

/** Literal texts and the values between them: always one text more than values. */
interface Fragment {
  readonly texts: readonly string[];
  readonly values: readonly unknown[];
}

class Sql implements SqlStatement {
  readonly [fragment]: Fragment;
  #statement: { readonly name: string; readonly text: string } | undefined;

  constructor(parts: Fragment, statement?: { readonly name: string; readonly text: string }) {
    this[fragment] = parts;
    this.#statement = statement;
  }

  get name(): string {
    return (this.#statement ??= toStatement(this[fragment].texts)).name;
  }

  get text(): string {
    return (this.#statement ??= toStatement(this[fragment].texts)).text;
  }

  get values(): readonly unknown[] {
    return this[fragment].values;
  }
}

/** Statements of call sites without fragments: the strings array of a template is the same object on every call. */
const callSites = new WeakMap<TemplateStringsArray, { readonly name: string; readonly text: string }>();

/**
 * Every `${value}` becomes a parameter, except another `sql`, which is put in place with its own parameters. A leading
 * comment such as `evidence.documentsByIds` becomes the statement's name, under which connections keep it prepared.
 */
function tag(strings: TemplateStringsArray, ...values: readonly unknown[]): SqlStatement {
  if (!values.some(isFragment)) {
    let statement = callSites.get(strings);
    if (statement === undefined) callSites.set(strings, (statement = toStatement(strings)));
    return new Sql({ texts: strings, values }, statement);
  }
  const texts: string[] = [strings[0] ?? ''];
  const flat: unknown[] = [];
  const append = (text: string): void => {
    texts.push((texts.pop() ?? '') + text);
  };
  values.forEach((value, index) => {
    if (isFragment(value)) {
      const inner = value[fragment];
      append(inner.texts[0] ?? '');
      inner.values.forEach((innerValue, innerIndex) => {
        flat.push(innerValue);
        texts.push(inner.texts[innerIndex + 1] ?? '');
      });
    } else {
      flat.push(value);
      texts.push('');
    }
    append(strings[index + 1] ?? '');
  });
  return new Sql({ texts, values: flat });
}

/** Text as it stands: only for identifiers and keywords that the code itself wrote, never for anything a caller sent. */
function raw(text: string): SqlStatement {
  return new Sql({ texts: [text], values: [] });
}

/** Fragments one after the other, with `separator` (code's own text) between. */
function join(fragments: readonly SqlStatement[], separator = ', '): SqlStatement {
  const [first, ...rest] = fragments;
  if (first === undefined) return raw('');
  return rest.reduce((joined, next) => tag`${joined}${raw(separator)}${next}`, first);
}

/** A JSON parameter of any kind, where a bare string, number or array would be taken as text or as a PostgreSQL array. */
function json(value: unknown): string {
  return JSON.stringify(value ?? null);
}

export const sql = Object.assign(tag, { raw, join, json });

function isFragment(value: unknown): value is SqlStatement {
  return value instanceof Sql;
}

function toStatement(texts: readonly string[]): { name: string; text: string } {
  const text = texts.reduce((joined, next, index) => `${joined}$${index}${next}`);
  return { name: statementName(text), text };
}

const leadingComment = /^\s*\/\*\s*([\w.$-]{1,46})\s*\*\//;

/** Names by text: a statement that is put together from fragments is a new object on every call, and often the same text. */
const names = new Map<string, string>();
/** More texts than this are not a program's own: the cache starts again instead of growing. */
const mostNames = 5_000;

/** At most 63 bytes: what the leading comment says, and 16 hex digits that stand for exactly this text. */
export function statementName(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
    name = `${leadingComment.exec(text)?.[1] ?? 'sql'}:${hash}`;
    if (names.size >= mostNames) names.clear();
    names.set(text, name);
  }
  return name;
}
