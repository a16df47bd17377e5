/** What was received, one line a change. The last whole line is the state: what was done and the cursor are one write. */
import { closeSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Change } from './follow-changes.js';

export class Journal {
  readonly #file: number;
  #cursor: string | null;

  /** Makes the file when it is missing. A line that a crash cut off was never done: it is removed, and will come again. */
  constructor(path: string) {
    this.#file = openSync(path, 'a+');
    const text = readFileSync(path, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) ftruncateSync(this.#file, Buffer.byteLength(whole));
    const last = whole.trimEnd().split('\n').at(-1) ?? '';
    this.#cursor = last === '' ? null : (JSON.parse(last) as Change).cursor;
  }

  /** Where to go on from; null at the very first start. */
  get cursor(): string | null {
    return this.#cursor;
  }

  /** On disk when it returns. */
  append(change: Change): void {
    writeSync(this.#file, `${JSON.stringify(change)}\n`);
    fdatasyncSync(this.#file);
    this.#cursor = change.cursor;
  }

  close(): void {
    closeSync(this.#file);
  }
}
