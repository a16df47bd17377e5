/** What one execution of one operation has gathered so far. */
import { randomUUID } from 'node:crypto';
import type { GraphQLError, OperationTypeNode } from 'graphql';
import type { ResponsePath } from './fetch/data-path.js';
import { ErrorIndex } from './answer/error-index.js';
import type { JsonObject } from './plan/selection-tree.js';
import type { GatewayContext } from './types.js';

/** Values of one answer that the schema does not allow. */
export interface RefusedValues {
  /** In the error of each of them, and in the log. */
  readonly errorId: string;
  /** Of the first. */
  readonly message: string;
  readonly path: ResponsePath;
  count: number;
}

export class Run {
  /** By canonical keys. Grows with each fetch; never handed out. */
  readonly data: JsonObject = {};
  /** At paths of {@link data}, until its gathering has ended. */
  errors: GraphQLError[] = [];
  readonly operationType: OperationTypeNode;
  readonly #failed = new Map<JsonObject, Set<string>>();
  readonly #missing = new Set<JsonObject>();
  readonly #waiting = new Set<(reason: unknown) => void>();
  readonly #said = new ErrorIndex();
  #indexed = 0;
  #refused: RefusedValues | null = null;

  readonly context: GatewayContext;
  /** As the client sent them, with the operation's defaults. */
  readonly variables: Readonly<Record<string, unknown>>;

  constructor(operationType: OperationTypeNode, context: GatewayContext, variables: Readonly<Record<string, unknown>>) {
    this.operationType = operationType;
    this.context = context;
    this.variables = variables;
  }

  /** Calls `giveUp` when the request ends before what it waits for; answers what to call when that has come. */
  untilEnd(giveUp: (reason: unknown) => void): () => void {
    const { signal } = this.context;
    if (signal === undefined) return () => {};
    // One listener for all that a run waits for: adding one costs more than the rest of it.
    if (this.#waiting.size === 0) signal.addEventListener('abort', this.#onEnd);
    this.#waiting.add(giveUp);
    return () => {
      if (this.#waiting.delete(giveUp) && this.#waiting.size === 0) signal.removeEventListener('abort', this.#onEnd);
    };
  }

  readonly #onEnd = (): void => {
    const reason: unknown = this.context.signal?.reason;
    for (const giveUp of [...this.#waiting]) giveUp(reason);
  };

  /** Remembers that these fields are null because their fetch failed, which one error has already said. */
  markFailed(object: JsonObject, keys: readonly string[]): void {
    const failed = this.#failed.get(object);
    if (failed === undefined) this.#failed.set(object, new Set(keys));
    else for (const key of keys) failed.add(key);
  }

  hasFailed(object: JsonObject, key: string): boolean {
    return this.#failed.get(object)?.has(key) ?? false;
  }

  /** Remembers that the entity this object stands for is gone, or not for this caller. */
  markMissing(object: JsonObject): void {
    this.#missing.add(object);
  }

  isMissing(object: JsonObject): boolean {
    return this.#missing.has(object);
  }

  /** True when an error of this run is said at `path`, above it or below it. */
  explains(path: ResponsePath): boolean {
    for (; this.#indexed < this.errors.length; this.#indexed++) {
      this.#said.add(this.errors[this.#indexed]?.path ?? []);
    }
    return this.#said.explains(path);
  }

  /** Counts a value that the schema does not allow; answers the id of the errors about them. */
  refuse(message: string, path: ResponsePath): string {
    this.#refused ??= { errorId: randomUUID(), message, path, count: 0 };
    this.#refused.count += 1;
    return this.#refused.errorId;
  }

  get refused(): RefusedValues | null {
    return this.#refused;
  }
}
