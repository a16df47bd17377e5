/** What a JSON Schema of a caller may be, so that holding content against it always ends, and soon. */
import { deepestJson, isDeeper } from './json-bounds.js';
import { toPointer } from './template-paths.js';

export const schemaLimits = {
  /** Characters of a definition as JSON. */
  characters: 100_000,
  /** Objects and list elements of a definition, with what its references lead to counted at each of them. */
  nodes: 5_000,
  /** Characters of a pattern. */
  pattern: 500,
  /** Characters of content as JSON: what the database keeps of an item. */
  content: 262_144,
  /** Nodes of a definition times values of a content: half a second. */
  work: 50_000_000,
  /** States of a pattern times characters that it is held against, over one content: half a second. */
  patternWork: 10_000_000,
} as const;

export const dialect = 'https://json-schema.org/draft/2020-12/schema';

export interface SchemaProblem {
  /** JSON pointer into the definition, or into the content. */
  readonly path: string;
  readonly message: string;
}

/** Keywords whose values are data and not schemas. */
export const dataKeywords: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'examples']);
/** Ways to name and find schemas that a definition of one document has no use for, and that could make it endless. */
const refused = new Set(['$id', '$anchor', '$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$vocabulary']);

type Path = readonly PropertyKey[];

export interface DefinitionSize {
  readonly problems: readonly SchemaProblem[];
  /** With references followed. */
  readonly nodes: number;
}

/** What can be said of a definition without compiling it. */
export function measureDefinition(definition: unknown): DefinitionSize {
  if (isDeeper(definition))
    return { problems: [{ path: '', message: `It is nested deeper than ${deepestJson}.` }], nodes: 0 };
  const characters = JSON.stringify(definition ?? null).length;
  if (characters > schemaLimits.characters) {
    const message = `It has ${characters} characters as JSON, at most ${schemaLimits.characters} are taken.`;
    return { problems: [{ path: '', message }], nodes: 0 };
  }
  return new Measure(definition).result();
}

class Measure {
  private readonly definition: unknown;
  private readonly problems: SchemaProblem[] = [];
  /** Of what references lead to; null while it is being counted, so that a reference into itself is seen. */
  private readonly counted = new Map<string, number | null>();

  constructor(definition: unknown) {
    this.definition = definition;
  }

  result(): DefinitionSize {
    const nodes = this.count(this.definition, []);
    if (nodes > schemaLimits.nodes && this.problems.length === 0) {
      const message = `It has ${nodes} parts with its references followed, at most ${schemaLimits.nodes} are taken.`;
      return { problems: [{ path: '', message }], nodes };
    }
    return { problems: this.problems, nodes };
  }

  private fail(path: Path, message: string): void {
    this.problems.push({ path: toPointer(path), message });
  }

  private count(value: unknown, path: Path): number {
    if (typeof value !== 'object' || value === null) return 1;
    let nodes = 1;
    for (const [name, inner] of Object.entries(value)) {
      const place = [...path, name];
      if (name === '__proto__') this.fail(place, 'This name can not be used.');
      else if (name === '$ref' && typeof inner === 'string') nodes += this.follow(inner, place);
      else if (typeof inner === 'string') this.checkText(name, inner, place);
      else nodes += dataKeywords.has(name) ? size(inner) : this.count(inner, place);
    }
    return Math.min(nodes, Number.MAX_SAFE_INTEGER);
  }

  private checkText(name: string, text: string, place: Path): void {
    if (refused.has(name)) this.fail(place, `${name} can not be used: write out the schema, or refer to #/$defs/….`);
    if (name === '$schema' && (place.length > 1 || text.replace(/#$/, '') !== dialect))
      this.fail(place, `Schemas are of draft 2020-12, ${dialect}.`);
  }

  private follow(reference: string, place: Path): number {
    const known = this.counted.get(reference);
    if (known === null) {
      this.fail(place, `${reference} leads back to itself: a document could not be held against it in bounded time.`);
      return 0;
    }
    if (known !== undefined) return known;
    const target = reference.startsWith('#/') ? resolvePointer(this.definition, reference) : undefined;
    if (target === undefined) {
      this.fail(place, `${reference} leads nowhere within this definition.`);
      return 0;
    }
    this.counted.set(reference, null);
    const nodes = this.count(target.value, target.path);
    this.counted.set(reference, nodes);
    return nodes;
  }
}

/** Values in a value, itself included. */
export function size(value: unknown): number {
  let count = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    count += 1;
    if (typeof next === 'object' && next !== null) for (const inner of Object.values(next)) waiting.push(inner);
  }
  return count;
}

/** `#/$defs/a` in `definition`; undefined when there is nothing. */
export function resolvePointer(
  definition: unknown,
  reference: string,
): { readonly value: unknown; readonly path: readonly string[] } | undefined {
  let value = definition;
  const path: string[] = [];
  for (const part of reference.split('/').slice(1)) {
    const name = unescapePart(part);
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
    path.push(name);
  }
  return { value, path };
}

function unescapePart(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return part;
  }
}
