/** One operation to where its answer is wanted: rows as they come, or the whole answer as JSON. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { finishJson, parseJson, type ExportFormat } from '../../gateway/index.js';
import type { AskedOperation, GraphReader } from '../graph-client/index.js';
import { progressLine, type ProgressLine } from './progress.js';
import { countRows } from './row-count.js';
import { toTable } from './table.js';

export type QueryFormat = ExportFormat | 'table' | 'json';

export interface QueryRun {
  readonly client: GraphReader;
  readonly asked: AskedOperation;
  readonly format: QueryFormat;
  /** A file, which is there only when it is whole; undefined for `output`. */
  readonly file: string | undefined;
  readonly output: Writable;
  readonly errors: Parameters<typeof progressLine>[0];
}

/** Answers whether the answer has no errors. Throws a StartupError for what is refused, and for rows that break off. */
export async function runQuery({ client, asked, format, file, output, errors }: QueryRun): Promise<boolean> {
  if (format === 'json') {
    const answer = parseJson(await client.answer(asked)) as { errors?: unknown };
    await write([`${finishJson(JSON.stringify(answer, null, 2))}\n`], file, output);
    return answer.errors === undefined;
  }
  const wire = format === 'table' ? 'csv' : format;
  const chunks = followed(await client.export(asked, wire), wire, progressLine(errors));
  await write(format === 'table' ? toTable(chunks) : chunks, file, output);
  return true;
}

async function* followed(
  chunks: AsyncIterable<Uint8Array | string>,
  format: ExportFormat,
  line: ProgressLine,
): AsyncGenerator<Uint8Array> {
  const counted = countRows(format);
  let bytes = 0;
  const progress = () => ({ rows: counted.rows(), bytes });
  try {
    for await (const chunk of chunks) {
      const written = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      bytes += written.length;
      counted.add(written);
      line.update(progress());
      yield written;
    }
  } finally {
    line.end(progress());
  }
}

async function write(
  chunks: Iterable<string> | AsyncIterable<Uint8Array | string>,
  file: string | undefined,
  output: Writable,
): Promise<void> {
  if (file === undefined) {
    // A reader that has seen enough, as `head` has, is no failure.
    return pipeline(Readable.from(chunks), output, { end: false }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    });
  }
  const unfinished = `${file}.unfinished`;
  try {
    await pipeline(Readable.from(chunks), createWriteStream(unfinished));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
