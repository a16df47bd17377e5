/** A file that came with an operation, in the place of a variable's value, on its way to the subgraph that takes it. */
import { randomUUID } from 'node:crypto';

export class UploadedFile {
  readonly filename: string;
  readonly mimeType: string;
  readonly #content: Buffer;
  readonly #id = randomUUID();

  constructor(filename: string, mimeType: string, content: Buffer) {
    this.filename = filename;
    this.mimeType = mimeType;
    this.#content = content;
  }

  get content(): Buffer {
    return this.#content;
  }

  /** Tells it apart where variables are compared as text. */
  toJSON(): string {
    return this.#id;
  }
}

/** `variables` with null in place of each file, as the multipart request specification wants them, and where they stood. */
export function takeOutFiles(variables: Readonly<Record<string, unknown>>): {
  readonly variables: Record<string, unknown>;
  readonly files: ReadonlyMap<UploadedFile, readonly string[]>;
} {
  const files = new Map<UploadedFile, string[]>();
  const without = (value: unknown, path: string): unknown => {
    if (value instanceof UploadedFile) {
      files.set(value, [...(files.get(value) ?? []), path]);
      return null;
    }
    if (Array.isArray(value)) return value.map((item: unknown, i) => without(item, `${path}.${i}`));
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, without(item, `${path}.${key}`)]));
  };
  return { variables: without({ ...variables }, 'variables') as Record<string, unknown>, files };
}
