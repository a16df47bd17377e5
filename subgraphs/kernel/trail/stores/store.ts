/** What a place outside of the database does for checkpoints. */

export interface CheckpointStore {
  /** As it is called in logs and metrics: without credentials. */
  readonly name: string;
  /** The last checkpoint that it has, null for none; also where nothing can be read back. */
  readLast(): Promise<string | null>;
  /** Keeps it under its size, and as the last one. The same again changes nothing. Throws SizeTaken for another of the same size. */
  publish(checkpoint: { readonly size: number; readonly note: string }): Promise<void>;
}

/** The store has another head of this size: two histories of one log. It is never overwritten. */
export class SizeTaken extends Error {
  constructor(size: number) {
    super(`the store has another checkpoint of size ${size}`);
    this.name = 'SizeTaken';
  }
}

/** What a checkpoint says, apart from who has signed it: keys may have changed in between. */
export function assertSameHead(kept: string, note: string, size: number): void {
  const textOf = (signed: string): string => signed.slice(0, signed.lastIndexOf('\n\n'));
  if (textOf(kept) !== textOf(note)) throw new SizeTaken(size);
}

export const latestName = 'checkpoint';

export function nameOf(size: number): string {
  return `checkpoints/${size}`;
}
