/** What one execution in parts has gathered so far. */
import type { PathNode } from '../answer/response-shape.js';
import { Run } from '../run.js';
import type { JsonObject } from '../plan/selection-tree.js';
import type { DeferUsage } from '../operation/deferred-operation.js';

/** An object that a part adds, below the part's own path. */
export interface Piece {
  readonly subPath: readonly (string | number)[];
  readonly data: JsonObject;
}

/** A deferred fragment at one object that was answered. */
export interface DeferredPlace {
  readonly usage: DeferUsage;
  readonly path: PathNode | null;
  /** Null when a null reached the fragment itself. */
  readonly deliver: (run: IncrementalRun) => readonly Piece[] | null;
}

export class IncrementalRun extends Run {
  /** Of what was shaped since the last look, and is still part of the answer. */
  places: DeferredPlace[] = [];

  takePlaces(): DeferredPlace[] {
    const { places } = this;
    this.places = [];
    return places;
  }
}
