/** Which questions a run asks: some, the same each time for one seed; or each there is. */
import { seeded } from './seeded.js';

/** `WEFT_TEST_SEED`, for other questions of other callers. */
const seed = Number(process.env['WEFT_TEST_SEED'] ?? '1');
/** `WEFT_TEST_EVERY=1`, as `npm run test:derived` has it: each condition, order and figure there is, beside the random ones. */
export const asksEvery = process.env['WEFT_TEST_EVERY'] === '1';

export class Chance {
  readonly #next: () => number;

  /** Of one name, whatever else is asked before. */
  constructor(name: string) {
    this.#next = seeded([...`${seed} ${name}`].reduce((hash, letter) => Math.imul(hash, 31) + letter.charCodeAt(0), 7));
  }

  below(count: number): number {
    return Math.floor(this.#next() * count);
  }

  of<Item>(items: readonly Item[]): Item | undefined {
    return items[this.below(items.length)];
  }

  holds(probability: number): boolean {
    return this.#next() < probability;
  }

  /** As many, different ones. */
  some<Item>(items: readonly Item[], count: number): Item[] {
    const left = [...items];
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(this.below(left.length), 1)).flat();
  }
}
