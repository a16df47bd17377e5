/** Knows where an answer already says an error, however many there are. */
import type { ResponsePath } from '../fetch/data-path.js';

interface Place {
  /** An error is said right here. */
  isSaid: boolean;
  readonly below: Map<string | number, Place>;
}

/** A tree of paths, so that a question costs the length of its path: N objects with N errors would else cost N². */
export class ErrorIndex {
  readonly #root: Place = { isSaid: false, below: new Map() };

  add(path: ResponsePath): void {
    let place = this.#root;
    for (const key of path) {
      let next = place.below.get(key);
      if (next === undefined) place.below.set(key, (next = { isSaid: false, below: new Map() }));
      place = next;
    }
    place.isSaid = true;
  }

  /** True when there is an error at `path`, above it or below it. */
  explains(path: ResponsePath): boolean {
    let place = this.#root;
    for (const key of path) {
      if (place.isSaid) return true;
      const next = place.below.get(key);
      if (next === undefined) return false;
      place = next;
    }
    return place.isSaid || place.below.size > 0;
  }
}
