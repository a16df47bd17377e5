/** What one execution of one operation has gathered so far. */
import type { GraphQLError, OperationTypeNode } from 'graphql';
import type { JsonObject } from './selection-tree.js';
import type { GatewayContext } from './types.js';

export class Run {
  /** By canonical keys. Grows with each fetch; never handed out. */
  readonly data: JsonObject = {};
  /** At paths of {@link data}, until its gathering has ended. */
  errors: GraphQLError[] = [];
  readonly operationType: OperationTypeNode;
  readonly #failed = new Map<JsonObject, Set<string>>();
  readonly #missing = new Set<JsonObject>();

  readonly context: GatewayContext;
  /** As the client sent them, with the operation's defaults. */
  readonly variables: Readonly<Record<string, unknown>>;

  constructor(operationType: OperationTypeNode, context: GatewayContext, variables: Readonly<Record<string, unknown>>) {
    this.operationType = operationType;
    this.context = context;
    this.variables = variables;
  }

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
}
