/** Knows what each field requires, in supergraphs where something is required with arguments. */
import { Kind, type SelectionSetNode } from 'graphql';

export interface FieldPlace {
  /** In the `join__Graph` enum. */
  readonly graph: string;
  readonly type: string;
  readonly field: string;
}

/**
 * What one field requires: where the data has it, by its place in a representation. A type condition may have another
 * source for the same place.
 */
export type Sources = ReadonlyMap<string, ReadonlySet<string>>;

export class ArgumentedRequirements {
  readonly #names = new Map<string, string>();
  readonly #sources = new Map<string, Sources>();

  /** `required` has every field with arguments under its canonical key. */
  add(place: FieldPlace, required: SelectionSetNode): void {
    const sources = new Map<string, Set<string>>();
    this.#collect(required, '', '', sources);
    this.#sources.set(keyOf(place), sources);
  }

  /** The name of the field that is required under a canonical key; undefined for every other name. */
  nameOf(key: string): string | undefined {
    return this.#names.get(key);
  }

  /** Undefined when the field requires nothing. */
  sourcesOf(place: FieldPlace): Sources | undefined {
    return this.#sources.get(keyOf(place));
  }

  /** True when no two fields can require the same place of a representation from different sources. */
  get isPlain(): boolean {
    return this.#names.size === 0;
  }

  #collect(required: SelectionSetNode, at: string, from: string, sources: Map<string, Set<string>>): void {
    for (const selection of required.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        this.#collect(selection.selectionSet, at, from, sources);
        continue;
      }
      const name = selection.name.value;
      const key = selection.alias?.value ?? name;
      if (selection.alias) this.#names.set(key, name);
      const place = `${at}.${name}`;
      const source = `${from}.${key}`;
      sources.set(place, (sources.get(place) ?? new Set<string>()).add(source));
      if (selection.selectionSet) this.#collect(selection.selectionSet, place, source, sources);
    }
  }
}

function keyOf({ graph, type, field }: FieldPlace): string {
  return `${graph} ${type}.${field}`;
}

/** False when a representation can't have what both ask for. */
export function areCompatible(one: Sources, other: Sources): boolean {
  for (const [place, sources] of one) {
    const others = other.get(place);
    if (others === undefined) continue;
    if (sources.size !== others.size || [...sources].some((source) => !others.has(source))) return false;
  }
  return true;
}
