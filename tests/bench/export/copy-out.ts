/** `COPY … TO STDOUT` over a connection of `pg`, whose messages are counted and let go. */
import pg from 'pg';

interface CopyConnection {
  query(text: string): void;
}

interface Settle {
  readonly resolve: (bytes: number) => void;
  readonly reject: (error: Error) => void;
}

class CopyOut {
  bytes = 0;
  readonly #text: string;
  readonly #settle: Settle;

  constructor(text: string, settle: Settle) {
    this.#text = text;
    this.#settle = settle;
  }

  submit(connection: CopyConnection): void {
    connection.query(this.#text);
  }
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.bytes += chunk.length;
  }
  handleError(error: Error): void {
    this.#settle.reject(error);
  }
  handleReadyForQuery(): void {
    this.#settle.resolve(this.bytes);
  }
  handleCommandComplete(): void {
    // its end is that of the query
  }
}

/** Answers how many bytes came. */
export async function copyOut(url: string, select: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await new Promise<number>((resolve, reject) => {
      client.query(new CopyOut(`copy (${select}) to stdout (format csv, header)`, { resolve, reject }) as never);
    });
  } finally {
    await client.end();
  }
}
