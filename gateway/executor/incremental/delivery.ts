/** Delivers the parts of an answer that come after its first: fetched when that is on its way, each sent as it is ready. */
import { setImmediate } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import type { DeferUsage } from '../operation/deferred-operation.js';
import type { CompletedPart, PartData, PartsUpdate, PendingPart } from './incremental-result.js';
import type { DeferredPlace, IncrementalRun } from './incremental-run.js';
import { toResponsePath } from '../answer/response-shape.js';
import type { PlanStep } from '../fetch/root-fetch.js';
import type { PartErrors } from './part-errors.js';

export interface DeliveryInput {
  readonly run: IncrementalRun;
  /** What is fetched for a fragment; without an entry its data came with the part before. */
  readonly steps: ReadonlyMap<DeferUsage, PlanStep>;
  readonly errors: PartErrors;
  /** What a caller is told of a fault that is the gateway's own. */
  readonly toError: (error: unknown) => GraphQLError;
  /** Called once, whoever ended it. */
  readonly onEnd: () => void;
}

/** Parts that are shaped and sent together: other requests have their turn before the next. */
const mostParts = 200;

interface Part extends PendingPart {
  readonly place: DeferredPlace;
}

const done: IteratorReturnResult<undefined> = { value: undefined, done: true };

export class Delivery implements AsyncIterableIterator<PartsUpdate> {
  readonly #input: DeliveryInput;
  readonly #pending = new Map<string, Part>();
  /** Announced, and not asked for yet: what is sent first goes out before more is begun. */
  #announced: Part[];
  #ready: Part[] = [];
  /** How many of the ready ones were sent already. */
  #sent = 0;
  /** By fragment: the fetches of all its places together. */
  readonly #fetches = new Map<DeferUsage, Promise<void> | null>();
  readonly #broken = new Map<DeferUsage, GraphQLError>();
  #lastId = 0;
  #isEnded = false;
  #wake: (() => void) | undefined;

  constructor(input: DeliveryInput, places: readonly DeferredPlace[]) {
    this.#input = input;
    this.#announced = this.#announce(places);
    input.run.context.signal?.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  get announced(): readonly PendingPart[] {
    return this.#announced.map(toAnnouncement);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<PartsUpdate>> {
    if (this.#isEnded) return done;
    await this.#begin();
    if (this.#sent > 0) await setImmediate();
    const { signal } = this.#input.run.context;
    while (this.#ready.length === 0 && !this.#isEnded && signal?.aborted !== true) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#isEnded) return done;
    const value = this.#ready.length > 0 ? this.#update() : this.#giveUp(signal?.reason);
    if (!value.hasNext) this.#end();
    return { value, done: false };
  }

  async return(): Promise<IteratorResult<PartsUpdate>> {
    this.#end();
    this.#wake?.();
    return done;
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#input.onEnd();
  }

  #announce(places: readonly DeferredPlace[]): Part[] {
    return places.map((place) => {
      const part: Part = {
        id: String(this.#lastId++),
        path: toResponsePath(place.path),
        label: place.usage.label,
        place,
      };
      this.#pending.set(part.id, part);
      return part;
    });
  }

  async #begin(): Promise<void> {
    if (this.#announced.length === 0) return;
    const parts = this.#announced;
    this.#announced = [];
    // A subgraph in this process may answer without ever waiting: what was sent before has to leave first.
    await setImmediate();
    if (this.#isEnded) return;
    for (const part of parts) {
      const fetching = this.#fetch(part.place.usage);
      if (fetching === null) this.#ready.push(part);
      else void fetching.then(() => this.#arrived(part));
    }
  }

  /** Null when it is all there. */
  #fetch(usage: DeferUsage): Promise<void> | null {
    let fetching = this.#fetches.get(usage);
    if (fetching === undefined) {
      const { steps, run, toError } = this.#input;
      const broken = (error: unknown) => void this.#broken.set(usage, toError(error));
      try {
        fetching = steps.get(usage)?.(run)?.catch(broken) ?? null;
      } catch (error) {
        broken(error);
        fetching = null;
      }
      this.#fetches.set(usage, fetching);
    }
    return fetching;
  }

  #arrived(part: Part): void {
    this.#ready.push(part);
    this.#wake?.();
  }

  /** The ready ones that are next, in the order in which they became so. */
  #take(): readonly Part[] {
    const parts = this.#ready.slice(this.#sent, this.#sent + mostParts);
    this.#sent += parts.length;
    if (this.#sent === this.#ready.length) {
      this.#ready = [];
      this.#sent = 0;
    }
    return parts;
  }

  #update(): PartsUpdate {
    const parts = this.#take();
    const incremental: PartData[] = [];
    const completed: CompletedPart[] = [];
    const announced: Part[] = [];
    for (const part of parts) {
      this.#pending.delete(part.id);
      const { pieces, errors, places } = this.#deliver(part);
      if (pieces === null) completed.push({ id: part.id, errors });
      else {
        pieces.forEach(({ subPath, data }, i) =>
          incremental.push({ id: part.id, subPath, data, errors: i === 0 ? errors : [] }),
        );
        completed.push({ id: part.id, errors: undefined });
        for (const inner of this.#announce(places)) announced.push(inner);
      }
    }
    this.#announced = this.#announced.concat(announced);
    return { pending: announced.map(toAnnouncement), incremental, completed, hasNext: this.#pending.size > 0 };
  }

  #deliver({ place, path }: Part) {
    const { run, errors, toError } = this.#input;
    const broken = this.#broken.get(place.usage);
    if (broken !== undefined) return { pieces: null, errors: [at(broken, path)], places: [] };
    try {
      const { result, ...shaped } = errors.of(place, () => place.deliver(run));
      return { pieces: result, ...shaped };
    } catch (error) {
      return { pieces: null, errors: [at(toError(error), path)], places: [] };
    }
  }

  /** Everything that is left fails for this reason. */
  #giveUp(reason: unknown): PartsUpdate {
    const known = reason instanceof RequestError ? reason : new RequestError('TIMEOUT', 'The request has ended.');
    const error = new GraphQLError(known.message, { originalError: known, extensions: { ...known.extensions } });
    const completed = [...this.#pending.values()].map(({ id, path }) => ({ id, errors: [at(error, path)] }));
    this.#pending.clear();
    return { pending: [], incremental: [], completed, hasNext: false };
  }
}

function at(error: GraphQLError, path: PendingPart['path']): GraphQLError {
  const { message, extensions, originalError } = error;
  return new GraphQLError(message, { path, extensions, originalError: originalError ?? null });
}

function toAnnouncement({ id, path, label }: Part): PendingPart {
  return { id, path, label };
}
