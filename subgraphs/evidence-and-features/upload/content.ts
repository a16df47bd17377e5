/** Looks at a file as it goes by, and says at its end what it is. */
import {
  assertText,
  headBytes,
  isArchive,
  sniffArchive,
  sniffBinary,
  sniffText,
  UnknownContent,
  type Sniffed,
} from './sniff.js';

/** The longest signature. */
const signatureBytes = 12;

export class Content {
  readonly #filename: string;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  /** Chunks that came before there was enough to tell by. */
  #waiting: Buffer[] = [];
  #head = Buffer.alloc(0);
  #binary: Sniffed | null = null;
  #isLooked = false;

  constructor(filename: string) {
    this.#filename = filename;
  }

  /** Throws UnknownContent as soon as it is known that the file is not taken. */
  add(chunk: Buffer): void {
    if (this.#head.length < headBytes) this.#head = Buffer.concat([this.#head, chunk]).subarray(0, headBytes);
    if (this.#isLooked) return this.#check(chunk);
    this.#waiting.push(chunk);
    // An archive is told by the names of its files, which stand further on.
    if (this.#head.length >= (isArchive(this.#head) ? headBytes : signatureBytes)) this.#look();
  }

  end(): Sniffed {
    if (!this.#isLooked) this.#look();
    if (this.#binary !== null) return this.#binary;
    if (this.#head.length === 0) throw new UnknownContent('The file is empty.');
    this.#decode(Buffer.alloc(0), { stream: false });
    return sniffText(new TextDecoder().decode(this.#head), this.#filename);
  }

  #look(): void {
    this.#isLooked = true;
    this.#binary = sniffBinary(this.#head) ?? sniffArchive(this.#head, this.#filename);
    if (this.#binary === null) assertText(this.#head);
    for (const chunk of this.#waiting) this.#check(chunk);
    this.#waiting = [];
  }

  #check(chunk: Buffer): void {
    if (this.#binary !== null) return;
    if (chunk.includes(0)) throw new UnknownContent('The file is neither text nor a PDF nor an image.');
    this.#decode(chunk, { stream: true });
  }

  #decode(chunk: Buffer, options: { readonly stream: boolean }): void {
    try {
      this.#decoder.decode(chunk, options);
    } catch {
      throw new UnknownContent('The file is not valid UTF-8.');
    }
  }
}
