/**
 * Whether documents of an older version of a schema still meet a newer one, by comparing the schemas. It errs on one side
 * only: what it can't show to be compatible it lists, and when it lists nothing every old document is valid.
 */
import { toJsonText } from './json-text.js';
import { resolvePointer, type SchemaProblem } from './schema-definition.js';
import { toPointer } from './template-paths.js';

type Schema = Readonly<Record<string, unknown>>;
type Path = readonly string[];

/** Everything that breaks, by its path in the newer definition. */
export function findBreakingChanges(older: unknown, newer: unknown): readonly SchemaProblem[] {
  const comparison = new Comparison(older, newer);
  comparison.compare(older, newer, []);
  return comparison.breaks;
}

/** Say nothing of which documents are valid. */
const annotations = new Set([
  ...['$schema', '$comment', '$defs', 'definitions', 'title', 'description', 'default', 'examples'],
  ...['deprecated', 'readOnly', 'writeOnly', 'contentMediaType', 'contentEncoding', 'contentSchema'],
]);
/** Compared by rules of their own; of every other keyword any change may break. */
const compared = new Set([
  ...['type', 'enum', 'const', 'required', 'properties', 'additionalProperties', 'items', '$ref', 'uniqueItems'],
]);
const atLeast = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']);
const atMost = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']);

class Comparison {
  readonly breaks: SchemaProblem[] = [];
  readonly #older: unknown;
  readonly #newer: unknown;
  /** Whether an equal reference means the same in both. */
  readonly #refersAlike: boolean;

  constructor(older: unknown, newer: unknown) {
    this.#older = older;
    this.#newer = newer;
    const isWithinDefs = [older, newer].every((root) => !/"\$ref":"(?!#\/\$defs\/)/.test(JSON.stringify(root ?? null)));
    this.#refersAlike = isWithinDefs && equal(toObject(older)['$defs'], toObject(newer)['$defs']);
  }

  compare(given: unknown, next: unknown, path: Path): void {
    const older = this.#follow(this.#older, given);
    const newer = this.#follow(this.#newer, next);
    if (isAnything(newer) || older === false || sameMeaning(older, newer, this.#refersAlike)) return;
    if (newer === false) return this.#break(path, 'nothing is allowed here any more');
    const before = toObject(older);
    const after = toObject(newer);
    const whole = ['unevaluatedProperties', 'unevaluatedItems'].find((keyword) => after[keyword] !== undefined);
    if (whole !== undefined)
      return this.#break([...path, whole], 'depends on all that stands beside it, which has changed');
    this.#compareTypes(before, after, path);
    this.#compareValues(before, after, path);
    this.#compareBounds(before, after, path);
    this.#compareObjects(before, after, path);
    this.#compareItems(before, after, path);
    this.#compareRest(before, after, path);
  }

  #break(path: Path, message: string): void {
    this.breaks.push({ path: toPointer(path), message });
  }

  #follow(root: unknown, schema: unknown): unknown {
    let current = schema;
    // Definitions have no references into themselves; the bound is for what was stored by other means.
    for (let steps = 0; steps < 50; steps += 1) {
      const reference = toObject(current)['$ref'];
      if (typeof reference !== 'string' || Object.keys(toObject(current)).some((name) => !isReference(name)))
        return current;
      current = resolvePointer(root, reference)?.value ?? true;
    }
    return current;
  }

  #compareTypes(before: Schema, after: Schema, path: Path): void {
    if (after['type'] === undefined) return;
    const allowed = toList(after['type']);
    const missing = typesOf(before).filter(
      (type) => !allowed.includes(type) && !(type === 'integer' && allowed.includes('number')),
    );
    if (missing.length > 0) this.#break([...path, 'type'], `no longer takes ${missing.join(', ')}`);
  }

  #compareValues(before: Schema, after: Schema, path: Path): void {
    for (const keyword of ['enum', 'const'] as const) {
      if (after[keyword] === undefined) continue;
      const allowed = keyword === 'enum' ? toList(after['enum']) : [after['const']];
      const given = valuesOf(before);
      const missing = given?.filter((value) => !allowed.some((other) => equal(value, other)));
      if (missing === undefined) this.#break([...path, keyword], 'takes only some values, where it took any');
      else if (missing.length > 0) this.#break([...path, keyword], `no longer takes ${shown(missing)}`);
    }
  }

  #compareBounds(before: Schema, after: Schema, path: Path): void {
    for (const [keyword, value] of Object.entries(after)) {
      const was = before[keyword];
      const isTighter =
        (atLeast.has(keyword) && !(Number(was ?? Number.NaN) >= Number(value))) ||
        (atMost.has(keyword) && !(Number(was ?? Number.NaN) <= Number(value))) ||
        (keyword === 'uniqueItems' && value === true && was !== true);
      if (isTighter)
        this.#break(
          [...path, keyword],
          `${shown([value])} is narrower than ${was === undefined ? 'none' : shown([was])}`,
        );
    }
  }

  #compareObjects(before: Schema, after: Schema, path: Path): void {
    const wasRequired = toList(before['required']);
    for (const name of toList(after['required']).filter((each) => !wasRequired.includes(each)))
      this.#break([...path, 'required'], `${shown([name])} is required now`);
    const known = toObject(before['properties']);
    const properties = toObject(after['properties']);
    const additional = before['additionalProperties'] ?? true;
    const others = before['patternProperties'] === undefined ? additional : true;
    for (const [name, schema] of Object.entries(properties))
      this.compare(Object.hasOwn(known, name) ? known[name] : others, schema, [...path, 'properties', name]);
    const rest = after['additionalProperties'] ?? true;
    for (const [name, schema] of Object.entries(known)) {
      if (!Object.hasOwn(properties, name)) this.#compareRemoved(name, schema, rest, path);
    }
    // What is additional depends on patternProperties too, of which every change is listed as one.
    this.compare(additional, rest, [...path, 'additionalProperties']);
  }

  #compareRemoved(name: string, schema: unknown, rest: unknown, path: Path): void {
    if (rest === false && schema !== false)
      this.#break([...path, 'properties'], `${shown([name])} is not allowed any more`);
    else this.compare(schema, rest, [...path, 'additionalProperties']);
  }

  #compareItems(before: Schema, after: Schema, path: Path): void {
    if (after['items'] !== undefined) this.compare(before['items'] ?? true, after['items'], [...path, 'items']);
  }

  #compareRest(before: Schema, after: Schema, path: Path): void {
    for (const keyword of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (annotations.has(keyword) || compared.has(keyword) || atLeast.has(keyword) || atMost.has(keyword)) continue;
      const isSame = sameMeaning(before[keyword], after[keyword], this.#refersAlike);
      // A keyword that is gone takes more than before, unless what stands beside it is read in its light.
      if (isSame || (after[keyword] === undefined && !shapesOthers.has(keyword))) continue;
      this.#break([...path, keyword], 'has changed, and can not be shown to take all that it took');
    }
    if (before['$ref'] !== after['$ref'] || (before['$ref'] !== undefined && !this.#refersAlike)) {
      if (after['$ref'] !== undefined) this.#break([...path, '$ref'], 'refers to something else');
    }
  }
}

/** Without them, `additionalProperties`, `items` and the branches beside them mean something else. */
const shapesOthers = new Set(['patternProperties', 'prefixItems', 'if', 'then', 'else', 'contains', 'minContains']);

function isReference(name: string): boolean {
  return name === '$ref' || annotations.has(name);
}

function isAnything(schema: unknown): boolean {
  return (
    schema === true ||
    (typeof schema === 'object' && Object.keys(toObject(schema)).every((name) => annotations.has(name)))
  );
}

/** Equal texts are the same schema unless they refer to what differs. */
function sameMeaning(older: unknown, newer: unknown, sameRoot: boolean): boolean {
  return equal(older, newer) && (sameRoot || !JSON.stringify(older ?? null).includes('"$ref"'));
}

const allTypes = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];

function typesOf(schema: Schema): readonly unknown[] {
  if (schema['type'] !== undefined) return toList(schema['type']);
  const values = valuesOf(schema);
  return values === undefined ? allTypes : values.map(typeOf);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

function valuesOf(schema: Schema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']];
  return Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : undefined;
}

function equal(a: unknown, b: unknown): boolean {
  return toJsonText(a) === toJsonText(b);
}

function toObject(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {};
}

function toList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function shown(values: readonly unknown[]): string {
  const text = values
    .slice(0, 10)
    .map((value) => JSON.stringify(value))
    .join(', ');
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
