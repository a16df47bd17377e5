/** What a process has started, to be ended at its shutdown, and when its start fails half-way. */
export class Started {
  readonly #ends: (() => Promise<void>)[] = [];

  add(end: () => Promise<void>): void {
    this.#ends.push(end);
  }

  /** Last first. A part that fails keeps no other from ending. */
  async end(): Promise<void> {
    const end = this.#ends.pop();
    if (end === undefined) return;
    try {
      await end();
    } finally {
      await this.end();
    }
  }
}
