/** A value that is used and never shown. */
import { inspect } from 'node:util';

const hidden = '[secret]';

/** Prints, logs and serialises as `[secret]`; `reveal()` is the only way to what is inside. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}
