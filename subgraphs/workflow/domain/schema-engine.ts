/** JSON Schema (draft 2020-12) with bounds: patterns in linear time, unique items by their text, and a budget for both. */
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { RE2JS } from 're2js';
import { isDeeper } from './json-bounds.js';
import { toJsonText } from './json-text.js';
import { measureDefinition, schemaLimits, size, type SchemaProblem } from './schema-definition.js';
import { toPointer } from './template-paths.js';

/** Reported of one content. */
const mostProblems = 50;
/** Up to this much work every problem is looked for; beyond, only the first: a large content may have a problem at every value. */
const workForAll = 100_000;
/** Days that are in the calendar are looked at by code; the others' full patterns could be slow. */
const exactFormats = ['date', 'date-time', 'time'] as const;
const quickFormats = ['email', 'uri', 'uuid', 'ipv4', 'ipv6', 'hostname'] as const;
/** Definitions that are kept compiled. */
const mostCompiled = 200;

interface Compiled {
  readonly nodes: number;
  readonly all: ValidateFunction;
  /** Ends at the first problem; made for the first large content. */
  readonly first: () => ValidateFunction;
}

class PatternBudgetSpent extends Error {}

export class SchemaEngine {
  readonly #all: Ajv2020;
  readonly #first: Ajv2020;
  readonly #compiled = new Map<string, Compiled>();
  /** What patterns may still cost of the content that is being validated. */
  #patternBudget = 0;

  private constructor(
    create: (allErrors: boolean, pattern: (source: string) => Pattern) => Ajv2020,
    re2: typeof RE2JS,
  ) {
    const pattern = (source: string): Pattern => this.#toPattern(re2, source);
    this.#all = create(true, pattern);
    this.#first = create(false, pattern);
  }

  /** Ajv and the pattern engine are loaded here: 50 ms that only who validates pays. */
  static async load(): Promise<SchemaEngine> {
    const [{ Ajv2020 }, { default: addFormats }, { RE2JS }] = await Promise.all([
      import('ajv/dist/2020.js'),
      import('ajv-formats'),
      import('re2js'),
    ]);
    const create = (allErrors: boolean, pattern: (source: string) => Pattern): Ajv2020 => {
      const regExp = Object.assign((source: string) => pattern(source), { code: 'pattern' });
      const ajv = new Ajv2020({
        allErrors,
        strictTypes: false,
        strictTuples: false,
        strictRequired: false,
        addUsedSchema: false,
        logger: false,
        code: { regExp: regExp },
      });
      addFormats.default(ajv, { mode: 'full', formats: [...exactFormats] });
      addFormats.default(ajv, { mode: 'fast', formats: [...quickFormats] });
      ajv.removeKeyword('uniqueItems');
      ajv.addKeyword({
        keyword: 'uniqueItems',
        type: 'array',
        schemaType: 'boolean',
        validate: (isAsked: boolean, items: readonly unknown[]) => !isAsked || areDistinct(items),
        error: { message: 'must NOT have duplicate items' },
      });
      return ajv;
    };
    return new SchemaEngine(create, RE2JS);
  }

  /** Everything that keeps `definition` from being used. */
  check(definition: unknown): readonly SchemaProblem[] {
    const { problems } = measureDefinition(definition);
    if (problems.length > 0) return problems;
    if (typeof definition !== 'boolean' && (typeof definition !== 'object' || definition === null))
      return [{ path: '', message: 'A schema is an object, or true or false.' }];
    if (this.#all.validateSchema(definition) !== true) return toProblems(this.#all.errors);
    try {
      this.#compile(definition);
      return [];
    } catch (error) {
      return [{ path: '', message: compileMessage(error) }];
    }
  }

  /** What is wrong with `content`, by its paths; empty when nothing is. `definition` must have passed {@link check}. */
  validate(definition: unknown, content: unknown): readonly SchemaProblem[] {
    if (isDeeper(content)) return [{ path: '', message: 'It is nested too deep.' }];
    if (JSON.stringify(content ?? null).length > schemaLimits.content)
      return [{ path: '', message: `It has more than ${schemaLimits.content} characters as JSON.` }];
    const { nodes, all, first } = this.#compile(definition);
    const work = nodes * size(content);
    if (work > schemaLimits.work) return [{ path: '', message: 'It is too large to be held against this schema.' }];
    const validator = work > workForAll ? first() : all;
    this.#patternBudget = schemaLimits.patternWork;
    try {
      return validator(content) ? [] : toProblems(validator.errors);
    } catch (error) {
      if (!(error instanceof PatternBudgetSpent)) throw error;
      return [{ path: '', message: 'Its texts are too long to be held against the patterns of this schema.' }];
    }
  }

  #compile(definition: unknown): Compiled {
    const text = JSON.stringify(definition);
    const known = this.#compiled.get(text);
    if (known !== undefined) return known;
    const { nodes } = measureDefinition(definition);
    const schema = JSON.parse(text) as object | boolean;
    let first: ValidateFunction | undefined;
    const compiled = {
      nodes,
      all: compile(this.#all, schema),
      first: () => (first ??= compile(this.#first, schema)),
    };
    const oldest = this.#compiled.keys().next();
    if (this.#compiled.size >= mostCompiled && oldest.done !== true) this.#compiled.delete(oldest.value);
    this.#compiled.set(text, compiled);
    return compiled;
  }

  #toPattern(re2: typeof RE2JS, source: string): Pattern {
    if (source.length > schemaLimits.pattern)
      throw new Error(`a pattern has at most ${schemaLimits.pattern} characters`);
    const pattern = re2.compile(source.replace(/\\u([0-9a-fA-F]{4})/g, '\\x{$1}'));
    const states = pattern.programSize();
    return {
      // Ajv tells patterns apart by this.
      toString: () => source,
      test: (text) => {
        this.#patternBudget -= states * (text.length + 1);
        if (this.#patternBudget < 0) throw new PatternBudgetSpent();
        return pattern.matcher(text).find();
      },
    };
  }
}

interface Pattern {
  toString(): string;
  test(text: string): boolean;
}

/** Kept here alone: Ajv would keep every schema that it has ever compiled. */
function compile(ajv: Ajv2020, schema: object | boolean): ValidateFunction {
  try {
    return ajv.compile(schema);
  } finally {
    if (typeof schema === 'object') ajv.removeSchema(schema);
  }
}

function areDistinct(items: readonly unknown[]): boolean {
  return new Set(items.map((item) => toJsonText(item))).size === items.length;
}

function toProblems(errors: readonly ErrorObject[] | null | undefined): SchemaProblem[] {
  return (errors ?? []).slice(0, mostProblems).map((error) => ({ path: pathOf(error), message: messageOf(error) }));
}

/** The property that is missing, or that should not be there, is part of the path. */
function pathOf({ instancePath, params }: ErrorObject): string {
  const named = params as Readonly<Record<string, unknown>>;
  const name = named['missingProperty'] ?? named['additionalProperty'] ?? named['unevaluatedProperty'];
  return typeof name === 'string' ? `${instancePath}${toPointer([name])}` : instancePath;
}

function messageOf({ message, params }: ErrorObject): string {
  const allowed = (params as { readonly allowedValues?: readonly unknown[] }).allowedValues;
  const values =
    allowed === undefined
      ? ''
      : `: ${allowed
          .slice(0, 20)
          .map((value) => JSON.stringify(value))
          .join(', ')}`;
  return `${message ?? 'is not allowed'}${values}`;
}

/** Ajv's own words for a keyword or format that it does not know, and the pattern engine's for a pattern. */
function compileMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : 'it can not be used';
  return message.replace(/^strict mode: /, '').slice(0, 300);
}
