/** Gives each error of an answer in parts to the part that shows what failed. */
import type { GraphQLError } from 'graphql';
import { answerError } from '../answer/answer-error.js';
import type { ResponsePath } from '../fetch/data-path.js';
import type { DeferUsage } from '../operation/deferred-operation.js';
import { trimErrorPaths, type PlaceErrors } from '../answer/error-paths.js';
import type { DeferredPlace, IncrementalRun } from './incremental-run.js';
import { toResponsePath } from '../answer/response-shape.js';
import { childOf, type SelectionTree } from '../plan/selection-tree.js';

export interface PartTrees {
  /** What the first part selects. */
  readonly first: SelectionTree;
  /** What a fragment selects without the deferred ones inside it. */
  readonly own: (usage: DeferUsage) => SelectionTree;
  /** And with them. */
  readonly whole: (usage: DeferUsage) => SelectionTree;
}

export class PartErrors {
  readonly #run: IncrementalRun;
  readonly #place: PlaceErrors;
  readonly #trees: PartTrees;
  /** All that was said or waits to be: what explains a null is looked for here. */
  readonly #known: GraphQLError[] = [];
  /** By object and fragment: the errors that wait for it. */
  readonly #waiting = new Map<string, Map<DeferUsage, GraphQLError[]>>();
  /** The last that each fragment's fetches gave: one is said for all objects that they were for. */
  readonly #last = new Map<DeferUsage, GraphQLError>();

  constructor(run: IncrementalRun, place: PlaceErrors, trees: PartTrees) {
    this.#run = run;
    this.#place = place;
    this.#trees = trees;
  }

  /** Runs `shape` for the first part. */
  first<T>(shape: () => T): {
    readonly result: T;
    readonly errors: readonly GraphQLError[];
    readonly places: readonly DeferredPlace[];
  } {
    const { result, gathered, said, places } = this.#shape(shape);
    this.#expect(places);
    const mine: GraphQLError[] = [];
    for (const error of gathered) {
      if (covers(this.#trees.first, error.path ?? []) || !this.#wait(error)) mine.push(error);
    }
    return { result, errors: trimErrorPaths([...mine, ...said], result, this.#trees.first), places };
  }

  /** Runs `shape` for one fragment at one object; with a null for result there is always an error. */
  of<T>(
    { usage, path: node }: DeferredPlace,
    shape: () => T,
  ): { readonly result: T; readonly errors: readonly GraphQLError[]; readonly places: readonly DeferredPlace[] } {
    const path = toResponsePath(node);
    const { result, gathered, said, places } = this.#shape(shape);
    for (const error of gathered) if (!this.#wait(error)) this.#waitFor(usage, path, error);
    const waited = this.#settle(usage, path);
    const inside = result === null ? [] : places;
    this.#expect(inside);
    const own = this.#trees.own(usage);
    const mine: GraphQLError[] = [];
    for (const error of waited) {
      const below = belowPath(error.path ?? [], path);
      if (below !== null && covers(own, below)) mine.push(error);
      else if (!this.#wait(error)) mine.push(trimmed(error, path, own));
    }
    const last = mine.at(-1);
    if (last !== undefined) this.#last.set(usage, last);
    const errors = [...mine, ...said];
    if (result === null && errors.length === 0) errors.push(this.#sharedFailure(usage, path));
    return { result, errors, places: inside };
  }

  /** The fetches of several objects fail with one error, said at the first of them. */
  #sharedFailure(usage: DeferUsage, path: ResponsePath): GraphQLError {
    const { message, extensions } = this.#last.get(usage) ?? {
      message: 'Internal error.',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
    return answerError(message, { path, extensions });
  }

  /** `gathered` came from the fetches, `said` from the shaping itself. */
  #shape<T>(shape: () => T) {
    const run = this.#run;
    const gathered = this.#place(run);
    for (const error of gathered) this.#known.push(error);
    const before = this.#known.length;
    run.errors = this.#known;
    try {
      const result = shape();
      return { result, gathered, said: this.#known.slice(before), places: run.takePlaces() };
    } finally {
      run.errors = [];
    }
  }

  #expect(places: readonly DeferredPlace[]): void {
    for (const { usage, path: node } of places) {
      const path = toResponsePath(node);
      const key = keyOf(path, path.length);
      const here = this.#waiting.get(key);
      if (here === undefined) this.#waiting.set(key, new Map([[usage, []]]));
      else if (!here.has(usage)) here.set(usage, []);
    }
  }

  #settle(usage: DeferUsage, path: ResponsePath): readonly GraphQLError[] {
    const key = keyOf(path, path.length);
    const here = this.#waiting.get(key);
    const errors = here?.get(usage) ?? [];
    here?.delete(usage);
    if (here?.size === 0) this.#waiting.delete(key);
    return errors;
  }

  /** True when a fragment that is still to come shows what failed. */
  #wait(error: GraphQLError): boolean {
    const path = error.path ?? [];
    for (let length = path.length; length >= 0; length--) {
      for (const [usage, errors] of this.#waiting.get(keyOf(path, length)) ?? []) {
        if (!covers(this.#trees.whole(usage), path.slice(length))) continue;
        errors.push(error);
        return true;
      }
    }
    return false;
  }

  /** For what nobody shows: the part at hand says it. */
  #waitFor(usage: DeferUsage, path: ResponsePath, error: GraphQLError): void {
    this.#waiting.get(keyOf(path, path.length))?.get(usage)?.push(error);
  }
}

function keyOf(path: ResponsePath, length: number): string {
  return JSON.stringify(path.slice(0, length));
}

/** Null when `path` is not at or below `place`. */
function belowPath(path: ResponsePath, place: ResponsePath): ResponsePath | null {
  return place.every((key, i) => path[i] === key) ? path.slice(place.length) : null;
}

function covers(tree: SelectionTree, path: ResponsePath): boolean {
  return knownLength(tree, path) === path.length;
}

function knownLength(tree: SelectionTree, path: ResponsePath): number {
  let at: SelectionTree | null = tree;
  for (let i = 0; i < path.length; i++) {
    const key = path[i] as string | number;
    if (typeof key === 'number') continue;
    const child: SelectionTree | null | undefined = at === null ? undefined : childOf(at, key);
    if (child === undefined) return i;
    at = child;
  }
  return path.length;
}

function trimmed(error: GraphQLError, place: ResponsePath, tree: SelectionTree): GraphQLError {
  const below = belowPath(error.path ?? [], place);
  const path = below === null ? place : [...place, ...below.slice(0, knownLength(tree, below))];
  return answerError(error.message, { path, extensions: error.extensions });
}
