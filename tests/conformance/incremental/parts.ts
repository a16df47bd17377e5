/** Takes an answer in parts, and puts it together as a client does. */
import { parse, validate, type ExecutionResult } from 'graphql';
import {
  isIncremental,
  type DeferredFields,
  type IncrementalResult,
  type PartsUpdate,
  type PendingPart,
} from '../../../gateway/executor/incremental/incremental-result.js';
import type { SupergraphExecutor } from '../../../gateway/executor/types.js';
import { createContext, type Query } from '../compose-fixture.js';

/** The answer itself, or the first part of it. */
export async function begin(
  executor: SupergraphExecutor,
  source: string,
  deferredFields: DeferredFields,
  { variables, operationName, context }: Query = {},
): Promise<ExecutionResult | IncrementalResult> {
  const document = parse(source);
  const [invalid] = validate(executor.apiSchema, document);
  if (invalid !== undefined) throw new Error(`the query is not valid: ${invalid.message}`);
  return executor.executeIncrementally({
    document,
    source,
    variables,
    operationName,
    deferredFields,
    context: createContext(context),
  });
}

export interface Parts {
  readonly first: ExecutionResult;
  readonly pending: readonly PendingPart[];
  readonly updates: readonly PartsUpdate[];
  /** Every part in its place, with all errors. */
  readonly merged: ExecutionResult;
}

/** All parts to the end; a whole answer is one without updates. */
export async function takeParts(answer: ExecutionResult | IncrementalResult): Promise<Parts> {
  if (!isIncremental(answer)) {
    const whole = asJson(answer);
    return { first: whole, pending: [], updates: [], merged: whole };
  }
  const first = asJson(answer.initial);
  const pending = asJson(answer.pending);
  const merger = new Merger(first, pending);
  const updates: PartsUpdate[] = [];
  for await (const update of answer.updates) {
    const plain = asJson(update);
    updates.push(plain);
    merger.add(plain);
  }
  return { first, pending, updates, merged: merger.result() };
}

export class Merger {
  readonly #data: unknown;
  readonly #errors: unknown[];
  readonly #pending = new Map<string, PendingPart>();
  #hasNext = true;

  constructor(first: ExecutionResult, pending: readonly PendingPart[]) {
    this.#data = asJson(first.data);
    this.#errors = [...(first.errors ?? [])];
    this.#announce(pending);
  }

  /** Throws for what a client could not follow. */
  add({ pending, incremental, completed, hasNext }: PartsUpdate): void {
    if (!this.#hasNext) throw new Error('a part came after the last');
    for (const { id, subPath, data, errors } of incremental) {
      const part = this.#pending.get(id);
      if (part === undefined) throw new Error(`the part ${id} was not announced`);
      const target = at(this.#data, [...part.path, ...subPath]);
      if (target === null || typeof target !== 'object') throw new Error(`the part ${id} has no place`);
      mergeInto(target as Record<string, unknown>, data);
      this.#errors.push(...(errors ?? []));
    }
    for (const { id, errors } of completed) {
      if (!this.#pending.delete(id)) throw new Error(`the part ${id} was not pending`);
      this.#errors.push(...(errors ?? []));
    }
    this.#announce(pending);
    this.#hasNext = hasNext;
    if (!hasNext && this.#pending.size > 0) throw new Error('parts were announced that never came');
  }

  result(): ExecutionResult {
    if (this.#hasNext) throw new Error('the last part never came');
    return { data: this.#data, ...(this.#errors.length > 0 && { errors: this.#errors }) } as ExecutionResult;
  }

  #announce(pending: readonly PendingPart[]): void {
    for (const part of pending) {
      if (this.#pending.has(part.id)) throw new Error(`two parts are called ${part.id}`);
      const place = at(this.#data, part.path);
      if (place === null || typeof place !== 'object') throw new Error(`the part ${part.id} has no place`);
      this.#pending.set(part.id, part);
    }
  }
}

function at(data: unknown, path: PendingPart['path']): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | null)?.[key], data);
}

function mergeInto(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(source)) {
    const present = target[key];
    if (isObject(present) && isObject(value)) mergeInto(present, value);
    else target[key] = asJson(value);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object';
}

export function asJson<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
