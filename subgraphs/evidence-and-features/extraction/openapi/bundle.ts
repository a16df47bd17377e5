/** Several files of one description put together: what `$ref` finds in another file stands in the description itself. */
import type { PassedOver } from '../../domain/document-reading.js';
import { ExtractionError } from '../../domain/extracted-evidence.js';
import { isObject, member, toObject, type Obj } from './values.js';

export interface Bundle {
  readonly document: Obj;
  /** References to what is not there. */
  readonly missing: readonly PassedOver[];
}

/** Values of all files together; a set that refers to itself in many ways grows. */
const mostValues = 2_000_000;
const deepest = 300;
/** Below these stands a schema; elsewhere a reference is replaced by what it refers to. */
const schemaPlaces = new Set([
  'schema',
  'items',
  'additionalProperties',
  'not',
  'contains',
  'payload',
  'if',
  'then',
  'else',
]);
const schemaMaps = new Set(['properties', 'patternProperties', 'schemas', 'definitions', '$defs', 'dependentSchemas']);
const schemaLists = new Set(['oneOf', 'anyOf', 'allOf', 'prefixItems']);

/** `files`: values by their path; `root`: the path of the description among them, or of a single file. */
export function bundle(root: string, files: ReadonlyMap<string, unknown>): Bundle {
  const document = files.get(root);
  if (!isObject(document)) return { document: {}, missing: [] };
  if (!refersElsewhere(document)) return { document, missing: [] };
  return new Bundler(root, files).run(document);
}

/** Iterative, as documents may nest deeper than the stack; most descriptions are whole, and are left as they are. */
function refersElsewhere(document: Obj): boolean {
  const seen = new Set<object>();
  const waiting: unknown[] = [document];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const reference = member(value, '$ref');
    if (typeof reference === 'string' && !reference.startsWith('#')) return true;
    for (const inner of Object.values(value)) waiting.push(inner);
  }
  return false;
}

class Bundler {
  readonly #root: string;
  readonly #files: ReadonlyMap<string, unknown>;
  readonly #missing = new Map<string, PassedOver>();
  /** Schemas of other files by where they are from; their name is taken before they are read, so that circles end. */
  readonly #names = new Map<string, string>();
  readonly #schemas: Record<string, unknown> = {};
  readonly #taken: Set<string>;
  #isOld = false;
  #values = 0;

  constructor(root: string, files: ReadonlyMap<string, unknown>) {
    this.#root = root;
    this.#files = files;
    const document = files.get(root);
    this.#isOld = member(document, 'swagger') !== undefined;
    const named = this.#isOld ? member(document, 'definitions') : member(member(document, 'components'), 'schemas');
    this.#taken = new Set(Object.keys(toObject(named)));
    // `User: { $ref: schemas/user.yaml }` names that file for everybody who refers to it.
    for (const [name, schema] of Object.entries(toObject(named))) {
      const reference = member(schema, '$ref');
      if (typeof reference !== 'string' || reference.startsWith('#')) continue;
      const target = this.#locate(reference, root);
      if (target !== null && !this.#names.has(target.key)) this.#names.set(target.key, name);
    }
  }

  run(document: Obj): Bundle {
    const copied = toObject(this.#copy(document, { file: this.#root, isSchema: false, depth: 0, trail: [], at: [] }));
    const missing = [...this.#missing.values()];
    if (Object.keys(this.#schemas).length === 0) return { document: copied, missing };
    if (this.#isOld) {
      return {
        document: { ...copied, definitions: { ...toObject(copied['definitions']), ...this.#schemas } },
        missing,
      };
    }
    const components = toObject(copied['components']);
    const schemas = { ...toObject(components['schemas']), ...this.#schemas };
    return { document: { ...copied, components: { ...components, schemas } }, missing };
  }

  #copy(value: unknown, at: Place): unknown {
    this.#values += 1;
    if (this.#values > mostValues) throw new ExtractionError('The files refer to each other too often.');
    if (at.depth > deepest) throw new ExtractionError('The file nests too deeply.');
    if (Array.isArray(value)) {
      const isSchema = at.isSchema && schemaLists.has(at.at.at(-1) ?? '');
      return value.map((each, n) =>
        this.#copy(each, { ...at, isSchema, depth: at.depth + 1, at: [...at.at, String(n)] }),
      );
    }
    if (!isObject(value)) return value;
    const reference = value['$ref'];
    if (typeof reference === 'string' && (at.file !== this.#root || !reference.startsWith('#'))) {
      const beside = Object.fromEntries(Object.entries(value).filter(([key]) => key !== '$ref'));
      const found = this.#follow(reference, at);
      return isObject(found) && Object.keys(beside).length > 0 && found['$ref'] === undefined
        ? { ...found, ...beside }
        : found;
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => {
        const isSchema = schemaPlaces.has(key) || schemaMaps.has(at.at.at(-1) ?? '') || schemaLists.has(key);
        return [key, this.#copy(each, { ...at, isSchema, depth: at.depth + 1, at: [...at.at, key] })];
      }),
    );
  }

  #follow(reference: string, at: Place): unknown {
    const target = this.#locate(reference, at.file);
    if (target === null) {
      // Kept as it is, so that nobody takes it for something empty that was read.
      return { $ref: reference };
    }
    const { key, file, value, name } = target;
    const isOwn = at.at.length === 3 && at.at[0] === 'components' && this.#names.get(key) === at.at[2];
    const isOwnOld = at.at.length === 2 && at.at[0] === 'definitions' && this.#names.get(key) === at.at[1];
    if (at.isSchema && !isOwn && !(isOwnOld && this.#isOld))
      return { $ref: this.#nameSchema({ key, file, value, name, at }) };
    if (at.trail.includes(key)) return {};
    return this.#copy(value, { ...at, file, depth: at.depth + 1, trail: [...at.trail, key] });
  }

  #nameSchema({ key, file, value, name, at }: Target & { readonly at: Place }): string {
    const prefix = this.#isOld ? '#/definitions/' : '#/components/schemas/';
    const known = this.#names.get(key);
    if (known !== undefined) return prefix + known;
    let free = name;
    for (let n = 2; this.#taken.has(free); n += 1) free = `${name}${n}`;
    this.#taken.add(free);
    this.#names.set(key, free);
    this.#schemas[free] = this.#copy(value, { file, isSchema: false, depth: at.depth + 1, trail: [key], at: [] });
    return prefix + free;
  }

  /** Null for what is not there; it is noted once. */
  #locate(reference: string, from: string): Target | null {
    const [address = '', fragment = ''] = reference.split('#');
    if (/^[a-z][a-z0-9+.-]*:/i.test(address))
      return this.#note(reference, address, 'stands on the network, from where nothing is fetched');
    const file = address === '' ? from : join(from, address);
    if (!this.#files.has(file)) {
      return this.#note(
        reference,
        file,
        'is another file: upload the files of a description together, as a ZIP archive',
      );
    }
    const parts = fragment
      .split('/')
      .filter((part) => part !== '')
      .map(decode);
    const value = parts.reduce<unknown>(
      (found, part) => (Array.isArray(found) ? (found as unknown[])[Number(part)] : member(found, part)),
      this.#files.get(file),
    );
    if (value === undefined) return this.#note(reference, `${file}#${fragment}`, 'is not in its file');
    const base = /([^/]+?)(?:\.\w+)?$/.exec(file)?.[1] ?? file;
    const raw = parts.at(-1) ?? base;
    const name = raw.replace(/[^\p{L}\p{N}_.-]+/gu, '_');
    return { key: `${file}#${parts.join('/')}`, file, value, name };
  }

  #note(reference: string, what: string, reason: string): null {
    if (!this.#missing.has(what))
      this.#missing.set(what, { text: reference, reason: `${what} ${reason}`, line: null, column: null });
    return null;
  }
}

interface Place {
  readonly file: string;
  readonly isSchema: boolean;
  readonly depth: number;
  /** What is being put in its place around here, so that circles end. */
  readonly trail: readonly string[];
  readonly at: readonly string[];
}

interface Target {
  readonly key: string;
  readonly file: string;
  readonly value: unknown;
  readonly name: string;
}

/** A path relative to a file's folder; what would lead above the top stays there. */
function join(from: string, address: string): string {
  const parts = address.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of decode(address).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return part;
  }
}
