/** What all clients tell the test: that they got on, or that something was wrong. */

/** Far above what anything here takes, also on a busy machine: only what hangs reaches it. */
export const patienceMilliseconds = 20_000;

export class Witness {
  readonly faults: string[] = [];
  #check: (() => void) | undefined;

  fault(message: string): void {
    this.faults.push(message);
    this.progress();
  }

  progress(): void {
    this.#check?.();
  }

  /** Resolves when `missing` names nobody any more; rejects at the first fault, and with the names when patience ends. */
  async until(missing: () => readonly string[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`hanging: ${missing().join(', ')}`)), patienceMilliseconds);
        this.#check = () => {
          if (this.faults.length > 0) reject(new Error(this.faults.slice(0, 3).join('\n')));
          else if (missing().length === 0) resolve();
        };
        this.#check();
      });
    } finally {
      clearTimeout(timer);
      this.#check = undefined;
    }
  }
}
